"""Every plan that an outcome's undo can be is kept whole: as it was, after a restart."""

import importlib
import inspect
import json
import pkgutil
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import s3ml_tui.domain
import s3ml_tui.services
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject, NothingToDo, Plan
from s3ml_tui.domain.serialization import Misfit
from s3ml_tui.domain.storage.history import Version
from s3ml_tui.services import plan_registry
from s3ml_tui.services.undo.activity_codec import UNDOS, is_known, plain_plan, read_plan

NEVER = {
    "AbortOpenUploads": "one rule is taken out of the others by hand",
    "CancelBatch": "a prediction that was cancelled has ended",
    "CancelRun": "a run that was cancelled has ended",
    "CreateBucket": "makes something anew",
    "DownloadFile": "makes a file, and changes nothing",
    "MakeWorkspace": "nothing takes a workspace back",
    "EmptyBucket": "destroys for good",
    "MakeFolder": "makes something anew",
    "MoveFiles": "needs files of this machine that may have changed",
    "NothingToDo": "does nothing",
    "Predict": "starts a process",
    "PurgeVersions": "destroys for good",
    "ShareObject": "changes nothing",
    "StartRun": "starts a process",
    "RestoreFromArchive": "cannot be called off",
    "WriteBack": "needs bytes that were typed",
    "TrustModel": "is an answer, and changes no bucket",
    "UploadFile": "needs a file of this machine that may have changed",
}
"""Plans that are no undo, and why."""


def plans() -> Iterator[type]:
    """All classes of the domain and the services that are plans."""
    for package in (s3ml_tui.domain, s3ml_tui.services):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for _, cls in inspect.getmembers(module, inspect.isclass):
                if cls.__module__ == module.__name__ and issubclass(cls, Plan) and not inspect.isabstract(cls):
                    yield cls


def test_every_plan_is_kept_or_known_never_to_be_an_undo() -> None:
    found = set(plans())
    assert {CopyForward, DeleteObject} <= found
    unknown = {f"{cls.__module__}.{cls.__name__}" for cls in found - {*UNDOS} if cls.__name__ not in NEVER}
    assert unknown == set(), "name these in services/undo_plans.py, or in NEVER with a reason"
    assert {*UNDOS} <= found
    assert not {cls.__name__ for cls in UNDOS} & NEVER.keys()


def test_every_plan_has_one_entry_in_the_registry() -> None:
    assert set(plans()) == plan_registry.ENTRIES.keys()


# all of them, with any values in them -----------------------------------------------------------------------------

texts = st.text(max_size=12)
times = st.datetimes(timezones=st.just(UTC))
st.register_type_strategy(str, texts)
st.register_type_strategy(float, st.floats(allow_nan=False))  # it is kept too, and equals nothing, not even itself
simple = st.one_of(st.builds(CopyForward), st.builds(DeleteObject))


def any_of(cls: type) -> st.SearchStrategy[Any]:
    with_times = {"modified": times}
    st.register_type_strategy(Version, st.builds(Version, **with_times))
    st.register_type_strategy(Path, texts.map(Path))
    return st.builds(cls)


@pytest.fixture(autouse=True)
def any_plan() -> None:
    st.register_type_strategy(Plan, simple)


@pytest.mark.parametrize("cls", UNDOS, ids=lambda cls: cls.__name__)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_plan_comes_back_as_it_was(cls: type, data: st.DataObject) -> None:
    plan = data.draw(any_of(cls))
    document = json.loads(json.dumps(plain_plan(plan)))
    assert is_known(document)
    back = read_plan(document)
    assert back == plan
    assert type(back) is type(plan)


def test_a_plan_that_is_no_undo_is_not_kept() -> None:
    with pytest.raises(Misfit):
        plain_plan(NothingToDo("Nothing", "of it"))
    assert not is_known({"kind": "NothingToDo", "title": "Nothing", "reason": "of it"})
    assert not is_known({"kind": "UploadFile"})

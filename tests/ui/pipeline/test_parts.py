"""What Pipeline is made of: fields and forms, progress told from events, columns seen in the head of a file."""

from pathlib import Path

import pytest

from s3ml_tui.domain.ml.csv_dialect import HEAD_BYTES
from s3ml_tui.domain.ml.events import Event, Kind, Level, Stage
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.records.estimators import BOTH, CLASSES, FAMILIES
from s3ml_tui.records.spec import Spec
from s3ml_tui.records.spec_errors import flat, nested, wrong_places
from s3ml_tui.services.runs.column_suggestions import DataColumns, columns_in, columns_of, likely_target
from s3ml_tui.training.model import estimators
from s3ml_tui.ui.pipeline.spec_fields import FIELDS, Field, field_at, parse, value_text
from s3ml_tui.ui.pipeline.spec_form import Form
from s3ml_tui.ui.pipeline.stages import Progress, StepState, new_progress
from tests.doubles import MemoryStore
from tests.ui.pipeline_app import WORKSPACE

WHOLE = {"name": "churn", "data": "dataset/raw/churn.csv", "target": "churned"}


def field(path: str) -> Field:
    found = field_at(path)
    assert found is not None
    return found


# fields and forms --------------------------------------------------------------------------------------------------


def test_every_field_of_the_schema_has_a_row_and_a_description() -> None:
    document = flat(Spec.model_validate(WHOLE).model_dump())
    assert {one.path for one in FIELDS} == set(document)
    assert all(one.description for one in FIELDS if one.path != "task")


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("cv", "5", 5),
        ("split.test_size", "0.25", 0.25),
        ("features.exclude", 'a, "b, c",d ', ["a", "b, c", "d"]),
        ("estimator.params", 'C=1.0, kernel="linear"', {"C": 1.0, "kernel": "linear"}),
        ("estimator.params", "{max_depth=None, warm_start=True}", {"max_depth": None, "warm_start": True}),
        ("estimator.params", "hidden_layer_sizes=[10, 5]", {"hidden_layer_sizes": [10, 5]}),
        ("cv", " ", None),
    ],
)
def test_what_a_user_writes_is_read_and_shown_as_it_is_read(path: str, text: str, value: object) -> None:
    assert parse(field(path), text) == value
    assert parse(field(path), value_text(field(path), value)) == value


@pytest.mark.parametrize(
    ("path", "text"),
    [("cv", "five"), ("cv", "2.5"), ("estimator.params", "linear"), ("estimator.params", "x=__import__('os')"),
     ("estimator.params", "**{}"), ("split.test_size", "0,2")],
)  # fmt: skip
def test_what_cannot_be_read_gets_a_sentence(path: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"must be|write them as"):
        parse(field(path), text)


def test_all_that_is_wrong_is_found_at_its_place() -> None:
    wrong = dict(wrong_places({**WHOLE, "name": "a b", "split": {"test_size": -1}, "cv": 1, "nonsense": 1}))
    assert set(wrong) == {"name", "split.test_size", "cv", "nonsense"}
    assert "letters" in wrong["name"]
    assert dict(wrong_places({**WHOLE, "split": {"test_size": 0}}))["split.test_size"].startswith("0 holds nothing out")
    assert dict(wrong_places({**WHOLE, "split": {"test_size": float("inf")}})).keys() == {"split.test_size"}
    assert wrong_places(WHOLE) == ()


def test_flat_and_nested_are_each_others_reverse() -> None:
    document = {**WHOLE, "split": {"seed": 3}, "estimator": {"family": "svc", "params": {"C": 1.0}}}
    assert nested(flat(document)) == document


def test_a_default_is_not_kept_and_a_guess_becomes_the_users_once_set() -> None:
    form = Form()
    form.fill({"data": "dataset/raw/my churn.v2.csv"})
    form.learn_columns(DataColumns(("a", "churned"), "churned"))
    assert form.values["name"] == "my-churn"
    assert form.guessed == {"target", "name"}
    form.put(field("target"), "a")
    form.put(field("features.scale"), False)
    assert form.guessed == {"name"}
    assert "features.scale" not in form.values
    assert not form.wrong
    form.put(field("target"), "other")
    assert form.doubts == {"target": "the data has no column 'other'"}


def test_other_data_drops_guesses_and_version_but_keeps_what_the_user_set() -> None:
    form = Form()
    form.fill({**WHOLE, "version_id": "1", "cv": 5})
    form.fill({"data": "dataset/raw/other.csv"})
    assert form.values == {"name": "churn", "target": "churned", "cv": 5, "data": "dataset/raw/other.csv"}
    form.fill({**WHOLE, "version_id": None})
    assert form.values == WHOLE


def test_the_families_to_choose_from_are_those_training_knows() -> None:
    families = dict(FAMILIES)
    assert families.keys() == estimators.FAMILIES.keys()
    for name, family in estimators.FAMILIES.items():
        assert (families[name] == BOTH) is (family.only_task is None), name
        assert (families[name] == CLASSES) is (family.only_task == "classification"), name


# progress ----------------------------------------------------------------------------------------------------------


def progress_of(*events: Event) -> Progress:
    progress = new_progress(100.0)
    progress.take(events)
    return progress


def test_an_error_before_any_stage_marks_the_first_as_failed() -> None:
    progress = progress_of(
        Event(101, "No such column", Level.ERROR),
        Event(102, "Run failed", Level.ERROR, kind=Kind.RUN_FINISHED, data={"state": "failed", "reason": None}),
    )
    assert progress.state is RunState.FAILED
    assert progress.reason == "No such column"
    assert [step.state for step in progress.steps] == [StepState.FAILED] + [StepState.WAITING] * 4
    assert progress.elapsed(500) == 2


def test_what_was_said_first_of_the_end_stands() -> None:
    progress = progress_of(Event(101, "go", stage=Stage.TRAIN, kind=Kind.STAGE_STARTED))
    progress.end(RunState.CANCELLED, "cancelled by the user", 103)
    progress.take([Event(104, "Run failed", kind=Kind.RUN_FINISHED, data={"state": "failed"})])
    assert progress.state is RunState.CANCELLED
    assert progress.steps[2].state is StepState.CANCELLED
    assert progress.steps[2].elapsed(500) == 2


def test_strange_figures_do_no_harm() -> None:
    progress = progress_of(
        Event(101, "go", stage=Stage.TRAIN, kind=Kind.STAGE_STARTED),
        Event(102, "p", stage=Stage.TRAIN, kind=Kind.PROGRESS, data={"done": "x", "total": 0}),
        Event(102, "m", stage=Stage.TRAIN, kind=Kind.METRICS, data={"a": "x", "b": 1, "c": "Infinity"}),
        Event(103, "done", stage=Stage.TRAIN, kind=Kind.STAGE_FINISHED, data={"elapsed_s": "long"}),
        Event(104, "over", kind=Kind.RUN_FINISHED, data={"state": "wonderful", "model": 3}),
    )
    assert progress.metrics == {"b": 1.0, "c": float("inf")}
    assert progress.steps[2].elapsed_s == 2
    assert progress.state is RunState.FAILED
    assert progress.model is None


# columns -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "names", "target"),
    [
        (b"a,b,target,c\n1,2,3,4\n", ("a", "b", "target", "c"), "target"),
        (b"\xef\xbb\xbfa;b\r\n1;2\r\n", ("a", "b"), "b"),
        (b'"a, x"\t"b\ny"\n1\t2', ("a, x", "b\ny"), "b\ny"),
        (b"a,b", ("a", "b"), "b"),
        ("gr\u00f6\u00dfe,y\n".encode("latin-1"), ("gr\u00f6\u00dfe", "y"), "y"),
        ("a,b\n1,2\n".encode("utf-16"), ("a", "b"), "b"),
        ('"gr\u00f6\u00dfe\n(cm)";b\n1;2\n'.encode(), ("gr\u00f6\u00dfe\n(cm)", "b"), "b"),
        (b"price, EUR;b\n1;2\n", ("price, EUR", "b"), "b"),
        (b'{"a":1,"y":2}\n{"b":1}\n', ("a", "y", "b"), "y"),
    ],
)
def test_columns_are_seen_in_the_head(head: bytes, names: tuple[str, ...], target: str) -> None:
    assert columns_in(head) == DataColumns(names, target)


@pytest.mark.parametrize("head", [b"PAR1\x00\x01", b"\x89PNG\0", b"", b"\n\n", b"a" * HEAD_BYTES])
def test_where_there_are_no_columns_to_see_it_says_why(head: bytes) -> None:
    found = columns_in(head)
    assert found.names == ()
    assert found.note


def test_only_the_head_is_read(tmp_path: Path) -> None:
    store = MemoryStore("lab")
    store.write(WORKSPACE.key("big.csv"), b"a,species,b\n" + b"1,2,3\n" * 50_000)
    assert columns_of(store, WORKSPACE, "big.csv") == DataColumns(("a", "species", "b"), "species")
    assert columns_of(store, WORKSPACE, "s3://lab/ml/big.csv").target == "species"


def test_a_name_that_says_target_wins_over_the_last_column() -> None:
    assert likely_target(("Label", "x")) == "Label"
    assert likely_target(()) == ""

"""Which models were made from a version, on moto and on the embedded server, with versions and without."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.lineage import Use
from s3ml_tui.domain.plans.alias import MoveAlias
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.store import S3Store
from s3ml_tui.services.models.lineage import Uses
from s3ml_tui.services.models.models import Models
from s3ml_tui.services.runs.data import find_data
from tests.s3.seeing import versions_of
from tests.servers import S3Server
from tests.services.arranged import manifest_record


@pytest.fixture(params=["moto", "seaweed"])
def server(request: pytest.FixtureRequest) -> S3Server:
    server = request.getfixturevalue(request.param)
    assert isinstance(server, S3Server)
    return server


@pytest.fixture
def store(server: S3Server) -> Iterator[S3Store]:
    store = connect(Context(endpoint_url=server.endpoint), (server.access_key, server.secret_key))
    yield store
    store.close()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("is_versioned", [True, False])
def test_the_versions_that_were_pinned_name_their_models(
    server: S3Server, store: S3Store, *, is_versioned: bool
) -> None:
    workspace = Place(server.bucket(versioned=is_versioned), "team a/")
    key, layout, models = workspace.key("dataset/raw/ä b.csv"), Layout(workspace), Models(store, Context(), now)
    for number in (1, 2):
        store.write(key, b"%d" % number)
        pin = find_data(store, key, None).pin
        store.write(layout.model_claim(number), b"{}")
        store.write(layout.model_manifest(number), manifest_record(number, data=pin).to_bytes())
    plan = models.plan_promote(workspace, "champion", 1)
    assert isinstance(plan, MoveAlias)
    models.promote(plan)
    uses = Uses(store, models, now).of(workspace, key)
    assert uses is not None
    found = [uses.of(version) for version in versions_of(store, key)]
    old = [(Use("models/v1", ("champion",)),)] if is_versioned else []
    assert found == [(Use("models/v2"),), *old]

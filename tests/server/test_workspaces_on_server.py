"""Making a workspace, on moto and on the embedded server."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.layout import FOLDERS, Layout
from s3ml_tui.domain.ml.workspace import MakeWorkspace
from s3ml_tui.domain.plans.plan import NothingToDo
from s3ml_tui.domain.storage.capabilities import PublicAccess, PublicAccessBlock, Versioning
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.store import S3Store
from s3ml_tui.services.workspace.workspaces import Workspaces
from tests.servers import S3Server


@pytest.fixture(params=["moto", "seaweed"])
def server(request: pytest.FixtureRequest) -> S3Server:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, S3Server)
    return found


@pytest.fixture
def store(server: S3Server) -> Iterator[S3Store]:
    found = connect(Context(endpoint_url=server.endpoint, region="us-east-1"), (server.access_key, server.secret_key))
    yield found
    found.close()


@pytest.fixture
def workspaces(store: S3Store) -> Workspaces:
    return Workspaces(store, Context(), lambda: datetime.now(UTC))


def new_place() -> Place:
    return Place(f"test-{uuid.uuid4().hex[:16]}", "team/")


def test_a_new_bucket_becomes_a_workspace_versioned_and_closed(
    server: S3Server, store: S3Store, workspaces: Workspaces
) -> None:
    place = new_place()
    plan = workspaces.plan_make(place)
    assert isinstance(plan, MakeWorkspace)
    assert plan.makes_bucket
    outcome = workspaces.make(plan)
    report = workspaces.inspect(place)
    assert report.is_workspace
    assert report.missing == FOLDERS
    assert report.facts is not None
    assert report.facts.versioning is Versioning.ON
    assert report.facts.block in {PublicAccessBlock.ON, PublicAccessBlock.UNSUPPORTED}
    assert [sentence for sentence in report.warnings if "Anyone can read" not in sentence] == []  # moto lets anyone in
    assert any("no block" in said for said in report.cannot) == (report.facts.block is PublicAccessBlock.UNSUPPORTED)
    assert f"Made the bucket {place.bucket}." in outcome.details
    assert isinstance(workspaces.plan_make(place), NothingToDo)
    assert workspaces.find(place.under("models/v1")) == place
    traces = server.client().list_object_versions(Bucket=place.bucket)
    assert [entry["Key"] for entry in traces["Versions"]] == [Layout(place).workspace_record.key]
    assert not traces.get("DeleteMarkers")


def test_the_embedded_server_refuses_anonymous_access_and_the_outcome_says_that_it_was_seen(seaweed: S3Server) -> None:
    found = connect(
        Context(endpoint_url=seaweed.endpoint, region="us-east-1"), (seaweed.access_key, seaweed.secret_key)
    )
    service = Workspaces(found, Context(), lambda: datetime.now(UTC))
    place = new_place()
    plan = service.plan_make(place)
    assert isinstance(plan, MakeWorkspace)
    outcome = service.make(plan)
    assert "An unsigned request to the bucket was refused." in outcome.details
    assert any("The server has no block of public access" in sentence for sentence in outcome.details)
    report = service.inspect(place)
    assert report.facts is not None
    assert report.facts.public_access is PublicAccess.REFUSED
    found.close()


def test_an_existing_bucket_is_named_as_a_whole_and_its_objects_stay(
    server: S3Server, store: S3Store, workspaces: Workspaces
) -> None:
    bucket = server.bucket(versioned=False)
    theirs = Place(bucket).key("theirs.csv")
    store.write(theirs, b"x")
    plan = workspaces.plan_make(Place(bucket, "team/"))
    assert isinstance(plan, MakeWorkspace)
    assert plan.is_destructive
    assert "every object in it" in " ".join(plan.sentences())
    workspaces.make(plan)
    assert store.bucket_facts(bucket).versioning is Versioning.ON
    assert store.read(theirs) == b"x"


def test_lifecycle_rules_that_would_eat_it_are_warned_of(
    server: S3Server, store: S3Store, workspaces: Workspaces
) -> None:
    bucket = server.bucket()
    rules = [
        {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 9}},
        {"ID": "off", "Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 9}},
        {"ID": "other", "Status": "Enabled", "Filter": {"Prefix": "other/"}, "Expiration": {"Days": 9}},
    ]
    server.client().put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    report = workspaces.inspect(Place(bucket, "team/"))
    assert [sentence for sentence in report.warnings if "lifecycle rule" in sentence] == [
        sentence for sentence in report.warnings if "'old'" in sentence
    ]
    assert any("'old'" in sentence for sentence in report.warnings)

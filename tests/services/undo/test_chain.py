"""One undo after the other goes further back, though each rolls forward; somebody else's write stops it."""

from pathlib import Path

import pytest

from s3ml_tui.domain.errors import Conflict
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from s3ml_tui.services.undo.activity import Activity
from tests.domain.things import KEY
from tests.servers import S3Server
from tests.services.memory import bodies, store_with
from tests.ui.harness import services_over


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return services_over(store_with(), tmp_path, activity=Activity())


def put(services: Services, folder: Path, content: bytes) -> None:
    file = folder / "a.csv"
    file.write_bytes(content)
    services.perform(services.objects.plan_upload(file, KEY))


def undo(services: Services) -> str:
    """Undo the last; the title of what that did."""
    record = services.activity.last()
    assert record is not None
    return services.perform(services.undo_plan(record), undoes=record.id).title


def top(services: Services) -> bytes | None:
    found: bytes | None = bodies(services.store)[0]
    return found


def test_three_changes_of_one_object_are_undone_one_after_the_other(services: Services, tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        put(services, tmp_path, content)
    services.perform(services.objects.plan_delete(KEY))
    assert undo(services) == "Brought back a.csv"
    assert top(services) == b"two"
    assert undo(services) == "Brought back a.csv"
    assert top(services) == b"one"
    assert undo(services) == "Deleted a.csv"
    assert top(services) is None
    assert services.activity.last() is None
    assert bodies(services.store) == [None, b"one", b"two", None, b"two", b"one"], "nothing was lost on the way"


def test_what_was_done_again_is_undone_again(services: Services, tmp_path: Path) -> None:
    put(services, tmp_path, b"one")
    services.perform(services.objects.plan_delete(KEY))
    undo(services)
    redo = services.activity.records()[0]
    services.perform(services.undo_plan(redo), undoes=redo.id)
    assert top(services) is None
    again = services.activity.last()
    assert again is not None
    assert again.undoes == redo.id
    assert undo(services) == "Brought back a.csv"
    assert top(services) == b"one"
    assert undo(services) == "Deleted a.csv"


def test_somebody_elses_write_in_between_stops_it(services: Services, tmp_path: Path) -> None:
    put(services, tmp_path, b"one")
    put(services, tmp_path, b"two")
    undo(services)
    services.store.write(KEY, b"one")
    with pytest.raises(Conflict, match="nothing was done"):
        undo(services)
    assert top(services) == b"one"


def test_an_undo_that_meets_a_conflict_says_how_to_undo_what_lies_further_back(
    services: Services, tmp_path: Path
) -> None:
    other = ObjectKey(KEY.bucket, "other.csv")
    file = tmp_path / "other.csv"
    file.write_bytes(b"other")
    services.perform(services.objects.plan_upload(file, other))
    put(services, tmp_path, b"one")
    services.store.write(KEY, b"theirs")
    older = services.activity.records()[1]
    with pytest.raises(Conflict, match=rf"`s3ml undo {older.id}` undoes “{older.title}”"):
        undo(services)
    services.perform(services.undo_plan(older), undoes=older.id)
    with pytest.raises(Conflict) as refused:
        undo(services)
    assert "further" not in refused.value.sentence
    assert "s3ml undo" not in refused.value.sentence, "there is nothing further back"


def test_an_undo_of_many_that_is_done_in_part_says_so_too(services: Services, tmp_path: Path) -> None:
    put(services, tmp_path, b"one")
    many = [ObjectKey(KEY.bucket, name) for name in ("x", "y")]
    for key in many:
        services.store.write(key, b"1")
    services.perform(services.many.plan_delete(many))
    services.store.write(many[0], b"theirs")
    record, older = services.activity.records()
    outcome = services.perform(services.undo_plan(record), undoes=record.id)
    assert outcome.failed == 1
    assert f"`s3ml undo {older.id}`" in outcome.details[-1]


def test_the_same_on_the_embedded_server(seaweed: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from s3ml_tui import bootstrap
    from s3ml_tui.domain.context import Context
    from s3ml_tui.domain.uri import ObjectKey

    for name, value in seaweed.environment().items():
        monkeypatch.setenv(name, value)
    key = ObjectKey(seaweed.bucket(), "raw/a.csv")

    def body() -> bytes:
        found: bytes = seaweed.client().get_object(Bucket=key.bucket, Key=key.key)["Body"].read()
        return found

    services = bootstrap.open_services(Context(), by="the test")
    try:
        for content in (b"one", b"two", b"three"):
            file = tmp_path / "a.csv"
            file.write_bytes(content)
            services.perform(services.objects.plan_upload(file, key))
        for content in (b"two", b"one"):
            undo(services)
            assert body() == content
        assert undo(services) == "Deleted a.csv"
    finally:
        services.close()

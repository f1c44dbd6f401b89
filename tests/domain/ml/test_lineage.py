"""Which models were made from a version: told apart by its id, and said briefly."""

from datetime import UTC, datetime

from s3ml_tui.domain.ml.lineage import KeyUses, Pin, Use, pinned, uses_text
from s3ml_tui.domain.storage.history import NULL_VERSION, Version
from s3ml_tui.domain.uri import ObjectKey

KEY = ObjectKey("acme", "a.csv")


def version(version_id: str, etag: str = "e1") -> Version:
    return Version(KEY, version_id, datetime(2026, 11, 23, tzinfo=UTC), etag=etag)


def pin(version_id: str | None, etag: str = "e1") -> Pin:
    return Pin(KEY.uri, version_id, etag, "", 1)


def test_a_version_is_known_by_its_id() -> None:
    uses = KeyUses({pinned(pin("v1", "another")): [Use("models/v3")]})
    assert uses.of(version("v1")) == (Use("models/v3"),)
    assert uses.of(version("v2")) == ()


def test_what_has_no_id_of_its_own_is_known_by_its_content_too() -> None:
    for version_id in (None, NULL_VERSION):
        uses = KeyUses({pinned(pin(version_id)): [Use("models/v3")]})
        assert uses.of(version(NULL_VERSION)) == (Use("models/v3"),)
        assert uses.of(version(NULL_VERSION, "written again")) == ()


def test_what_an_alias_points_to_comes_first_then_the_newest() -> None:
    found = [Use("models/v4"), Use("models/v3"), Use("models/v2", ("champion", "staging")), Use("models/v1")]
    uses = KeyUses({pinned(pin("v1")): found}).of(version("v1"))
    assert [use.model for use in uses] == ["models/v2", "models/v4", "models/v3", "models/v1"]
    assert uses_text(uses) == "used by models/v2 (champion, staging), models/v4 and 2 more"
    assert uses_text(uses[:2]) == "used by models/v2 (champion, staging), models/v4"
    assert uses_text(uses[:1]) == "used by models/v2 (champion, staging)"
    assert uses_text(()) == ""

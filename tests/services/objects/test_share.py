"""Links: of one version, never longer than the credentials live, remembered without the link."""

from datetime import timedelta
from pathlib import Path

import pytest

from s3ml_tui.domain.errors import BadInput, ExpiredCredentials, NotFound
from s3ml_tui.domain.storage.capabilities import Versioning
from s3ml_tui.services.objects.share import LONGEST_S, QrCode, Sharing, TooSmall, qr_code
from tests.doubles import MemoryStore
from tests.services.memory import KEY, READ_ONLY, Clock, changes, entries, store_with
from tests.ui.harness import services_over


@pytest.fixture
def store() -> MemoryStore:
    return store_with(b"old")


@pytest.fixture
def sharing(store: MemoryStore) -> Sharing:
    return Sharing(store, Clock())


def test_a_link_opens_exactly_the_version_that_is_current_now(store: MemoryStore, sharing: Sharing) -> None:
    link = sharing.share(sharing.plan(KEY))
    assert link.version_id == entries(store)[0].version_id
    assert f"versionId={link.version_id}" in link.url
    assert "X-Amz-Expires=900" in link.url
    assert link.url not in repr(link)
    old = link.version_id
    store.write(KEY, b"new")
    assert sharing.plan(KEY, old).version_id == old
    assert sharing.plan(KEY).version_id != old


def test_a_link_to_what_is_not_there_is_not_made() -> None:
    with pytest.raises(NotFound):
        Sharing(store_with(), Clock()).plan(KEY)


@pytest.mark.parametrize("expires_s", [0, -1, LONGEST_S + 1])
def test_a_link_lives_between_a_second_and_a_week(sharing: Sharing, expires_s: int) -> None:
    with pytest.raises(BadInput, match="cannot live for"):
        sharing.plan(KEY, expires_s=expires_s)


def test_a_link_never_outlives_the_credentials(store: MemoryStore, sharing: Sharing) -> None:
    assert sharing.limit().longest_s == LONGEST_S
    store.credentials_expire = Clock()() + timedelta(minutes=43)
    limit = sharing.limit()
    assert 42 * 60 < limit.longest_s <= 43 * 60
    assert limit.credentials_end == store.credentials_expire
    with pytest.raises(BadInput, match="1 hour now") as refused:
        sharing.plan(KEY, expires_s=3600)
    assert "credentials that sign it end at" in refused.value.cause
    assert sharing.plan(KEY).expires_s == 900
    store.credentials_expire += timedelta(days=30)
    assert sharing.limit().credentials_end is None
    store.credentials_expire = Clock()() - timedelta(minutes=1)
    with pytest.raises(ExpiredCredentials):
        sharing.limit()


def test_what_is_remembered_says_what_and_until_when_and_never_the_link(tmp_path: Path) -> None:
    store = store_with(b"old")
    services = services_over(store, tmp_path, READ_ONLY)
    link = services.share(services.sharing.plan(KEY))
    assert changes(store) == []
    outcome = services.sharing.outcome(link)
    assert outcome.title.startswith("Shared a.csv until 20")
    assert str(link.version_id) in outcome.details[0]
    assert outcome.no_undo == "A link cannot be revoked; it ends by itself."
    assert link.url not in repr(outcome)
    assert "memory.invalid" not in repr(outcome)


def test_without_versions_it_is_said_that_later_bytes_are_shared_too() -> None:
    store = store_with(b"old", versioning=Versioning.OFF)
    plan = Sharing(store, Clock()).plan(KEY)
    assert plan.version_id is None
    assert "whatever is there when it is opened" in plan.sentences()[1]


# QR codes --------------------------------------------------------------------------------------------------------


def test_a_text_is_drawn_with_as_much_border_as_there_is_room_for() -> None:
    wide = qr_code("https://example.com/" + "x" * 360, columns=200, rows=60)
    assert isinstance(wide, QrCode)
    assert {len(line) for line in wide.lines} == {69 + 8}
    assert len(wide.lines) == 39
    assert wide.lines[0].strip() == ""
    narrow = qr_code("https://example.com/" + "x" * 360, columns=120, rows=36)
    assert isinstance(narrow, QrCode)
    assert {len(line) for line in narrow.lines} == {69 + 2}
    assert len(narrow.lines) == 36


def test_where_there_is_no_room_what_it_takes_is_told() -> None:
    assert qr_code("x" * 380, columns=80, rows=24) == TooSmall(71, 36)


def test_the_squares_are_the_codes_own() -> None:
    import segno

    matrix = [list(map(bool, row)) for row in segno.make("hello", error="l", micro=False).matrix]
    code = qr_code("hello", columns=80, rows=40)
    assert isinstance(code, QrCode)
    drawn = [
        [bit for letter in line[4:-4] for bit in [letter in upper]] for line in code.lines for upper in ("▀█", "▄█")
    ]
    assert drawn[4 : 4 + len(matrix)] == matrix

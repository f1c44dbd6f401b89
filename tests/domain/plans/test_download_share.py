"""Plans and results of taking bytes out of a bucket."""

from pathlib import Path

import pytest

from s3ml_tui.domain.plans.download_share import DownloadFile, SharedLink, ShareObject, Verification, duration_text
from s3ml_tui.domain.plans.plan import Plan
from tests.domain.things import KEY, NOON

FILE = Path("/home/ada/a.csv")


def test_a_download_names_the_version_and_the_file() -> None:
    plan = DownloadFile(KEY, "v1", 12, NOON, FILE)
    assert isinstance(plan, Plan)
    assert not plan.is_destructive
    assert plan.sentences()[0].startswith(f"12 B of {KEY.uri} from ")
    assert plan.sentences()[0].endswith(f"(version v1) become {FILE}.")


def test_a_download_over_a_file_says_that_it_is_lost() -> None:
    plan = DownloadFile(KEY, None, 12, NOON, FILE, replaces=7)
    assert plan.is_destructive
    assert plan.sentences()[1] == "The 7 B of that file are replaced, and lost on this machine."


def test_sharing_says_who_can_read_what_and_for_how_long() -> None:
    plan = ShareObject(KEY, "v1", 12, 900)
    assert isinstance(plan, Plan)
    said = " ".join(plan.sentences())
    assert f"Whoever has the link can read {KEY.uri} (version v1, 12 B) for 15 minutes" in said
    assert "A version written later is not shared by it." in said


@pytest.mark.parametrize("version_id", [None, "null"])
def test_sharing_without_versions_says_what_the_link_gives(version_id: str | None) -> None:
    assert "whatever is there when it is opened" in " ".join(ShareObject(KEY, version_id, 12, 900).sentences())


def test_a_link_is_not_in_its_repr() -> None:
    assert "secret" not in repr(SharedLink("https://secret", KEY, "v1", NOON))


def test_a_verification_compares_the_digests() -> None:
    assert Verification(KEY, "v1", "a" * 64, "a" * 64, FILE).is_same
    assert not Verification(KEY, "v1", "a" * 64, "b" * 64, FILE).is_same


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [(1, "1 second"), (90, "90 seconds"), (60, "1 minute"), (900, "15 minutes"), (7200, "2 hours"), (86400, "1 day")],
)
def test_durations(duration_s: int, text: str) -> None:
    assert duration_text(duration_s) == text

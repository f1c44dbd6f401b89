"""Browse x permissions that lack: the pane that needs one names it, and all others go on."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.s3.settings import TransferSettings
from s3ml_tui.s3.store import S3Store
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.browse.screen import BrowseScreen
from s3ml_tui.ui.dialogs.prompts import TroubleDialog
from tests import permissions
from tests.exhaustive import rows
from tests.fault_proxy import SwitchableServer
from tests.permissions import Operation
from tests.servers import S3Server
from tests.ui.harness import screen_lines, screen_text, services_over, until, until_shown

QUICK = TransferSettings(attempts=1, backoff_s=0.01, connect_timeout_s=2, read_timeout_s=5)
NAME = "churn.csv"


@dataclass
class Bench:
    """A bucket with two versions of one object, and a server that refuses what it is told to."""

    server: S3Server
    between: SwitchableServer
    folder: Path
    store: S3Store
    bucket: str

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[Pilot[Any]]:
        app = S3mlApp(
            lambda context: services_over(self.store, self.folder, context),
            Context(name="prod"),
            start=Place(self.bucket),
        )
        async with app.run_test(size=(190, 150), notifications=True) as pilot:
            yield pilot


@pytest.fixture
def bench(seaweed: S3Server, tmp_path: Path) -> Iterator[Bench]:
    bucket = seaweed.bucket()
    for body in (b"first,1\n", b"second,2\n"):
        seaweed.client().put_object(Bucket=bucket, Key=NAME, Body=body, Tagging="stage=gold")
    seaweed.client().put_object(Bucket=bucket, Key="deep/a", Body=b"")
    with SwitchableServer(seaweed.endpoint) as between:
        keys = (seaweed.access_key, seaweed.secret_key)
        store = connect(Context(endpoint_url=between.endpoint), keys, settings=QUICK)
        yield Bench(seaweed, between, tmp_path, store, bucket)
        store.close()


def browse(pilot: Pilot[Any]) -> BrowseScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, BrowseScreen)
    return screen


@dataclass(frozen=True)
class PaneContent:
    """What is shown of a part, all being well."""

    pane: str
    """Where, by its tab or place on the screen."""
    shows: tuple[str, ...]


TREE = PaneContent("tree", ("▾ test-", "deep"))
TABLE = PaneContent("table", (NAME, "9 B"))
HEADER = PaneContent("header", ("versioned",))
HISTORY = PaneContent("History", ("History · 2 versions", "← current"))
PREVIEW = PaneContent("Preview", ("second",))
OLD_PREVIEW = PaneContent("old Preview", ("first",))
DETAILS = PaneContent("Details", ("content type", "tag stage"))
OLD_DETAILS = PaneContent("old Details", ("content type", "tag stage"))
ALL = (TREE, TABLE, HEADER, HISTORY, PREVIEW, OLD_PREVIEW, DETAILS, OLD_DETAILS)


@dataclass(frozen=True)
class Row:
    """What is refused, and the words that stand instead."""

    operation: Operation
    instead: dict[PaneContent, tuple[str, ...]]


NEEDS_VERSION = ("s3:GetObjectVersion",)
TABLE_OF_ALL = {
    "ListBuckets": Row(permissions.LIST_BUCKETS, {TREE: ("⊘ s3:ListAllMyBuckets", "▾ test-", "deep")}),
    "ListObjectsV2": Row(
        permissions.LIST_OBJECTS,
        {
            TABLE: ("These credentials lack s3:ListBucket", "R asks again"),
            TREE: ("▸ test-",),
            **dict.fromkeys((HISTORY, PREVIEW, OLD_PREVIEW, DETAILS, OLD_DETAILS), ("No object chosen",)),
        },
    ),
    "ListObjectVersions": Row(
        permissions.LIST_VERSIONS,
        {
            HISTORY: (f"{NAME} · History · the current version alone: needs s3:ListBucketVersions", "9 B", "← current"),
            OLD_PREVIEW: ("second",),
            OLD_DETAILS: ("content type",),
        },
    ),
    "GetBucketVersioning": Row(
        permissions.GET_VERSIONING, {HEADER: ("versioning unknown: needs s3:GetBucketVersioning",)}
    ),
    "GetPublicAccessBlock": Row(permissions.GET_BLOCK, {}),
    "GetBucketLifecycleConfiguration": Row(permissions.GET_LIFECYCLE, {}),
    "GetObject": Row(
        permissions.GET_OBJECT,
        {
            HISTORY: ("History · 2 versions", "by: needs s3:GetObject"),
            PREVIEW: ("These credentials lack s3:GetObject",),
            DETAILS: ("needs s3:GetObject", "9 B", "tag stage"),
        },
    ),
    "GetObject of a version": Row(
        permissions.GET_VERSION,
        {
            HISTORY: ("History · 2 versions", "by: needs s3:GetObjectVersion"),
            OLD_PREVIEW: ("These credentials lack s3:GetObjectVersion",),
            OLD_DETAILS: ("needs s3:GetObjectVersion", "8 B", "tag stage"),
        },
    ),
    "GetObjectTagging": Row(permissions.GET_TAGS, {DETAILS: ("content type", "needs s3:GetObjectTagging")}),
    "GetObjectTagging of a version": Row(
        permissions.GET_VERSION_TAGS, {OLD_DETAILS: ("content type", "needs s3:GetObjectVersionTagging")}
    ),
    "Decrypt": Row(
        permissions.DECRYPT,
        {PREVIEW: ("These credentials lack kms:Decrypt",), OLD_PREVIEW: ("These credentials lack kms:Decrypt",)},
    ),
}


async def to_object(pilot: Pilot[Any]) -> None:
    """From the folder, which is first, to the object."""
    browse(pilot).objects.take_focus()
    await pilot.press("G")


async def look_at(pilot: Pilot[Any], content: PaneContent) -> None:
    """Bring what is to be seen to the front."""
    screen = browse(pilot)
    if content.pane in {"tree", "table", "header"}:
        return
    await to_object(pilot)
    screen.looking.show_tab("History")
    screen.versions.take_focus()
    await pilot.press("G" if content.pane.startswith("old") else "g")
    screen.looking.show_tab(content.pane.removeprefix("old "))
    await pilot.pause()


def shown_in(pilot: Pilot[Any], content: PaneContent) -> str:
    """The part of the screen that it is about."""
    screen, lines = browse(pilot), screen_lines(pilot.app)
    if content.pane == "header":
        return lines[0]
    if content.pane == "tree":
        return "\n".join(line[: screen.buckets.region.right] for line in lines[1:])
    left, top = screen.buckets.region.right, screen.looking.region.y
    rows = lines[1:top] if content.pane == "table" else lines[top:]
    return "\n".join(line[left:] for line in rows)


async def until_seen(pilot: Pilot[Any], content: PaneContent, words: tuple[str, ...]) -> None:
    await look_at(pilot, content)
    await until(pilot, lambda: all(word in shown_in(pilot, content) for word in words), f"{words} in {content.pane}")


@pytest.mark.parametrize("row", rows(TABLE_OF_ALL, {"GetObject"}))
async def test_the_pane_that_lacks_a_permission_names_it_and_the_others_go_on(bench: Bench, row: Row) -> None:
    row.operation.deny(bench.between)
    async with bench.shown() as pilot:
        for content in ALL:
            await until_seen(pilot, content, row.instead.get(content, content.shows))
        assert not any(isinstance(screen, TroubleDialog) for screen in pilot.app.screen_stack)
        bench.between.recover()
        await pilot.press("R")
        for content in row.instead:
            await until_seen(pilot, content, content.shows)


async def test_where_versions_may_not_be_listed_the_current_one_can_still_be_acted_on(bench: Bench) -> None:
    permissions.LIST_VERSIONS.deny(bench.between)
    async with bench.shown() as pilot:
        await until_shown(pilot, NAME)
        await to_object(pilot)
        await until_shown(pilot, "the current version alone")
        browse(pilot).versions.take_focus()
        await pilot.press("r")
        await until_shown(pilot, "This version is the current one already.")
        await pilot.press("escape", "full_stop")
        await until_shown(pilot, "Deleted objects cannot be shown")
        assert "s3:ListBucketVersions" in screen_text(pilot.app)

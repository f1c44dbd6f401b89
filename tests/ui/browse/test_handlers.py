"""What the handlers of Browse's keys do with what is selected; no terminal is needed to see it."""

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.plans.batch import BringBackMany, DeleteMany
from s3ml_tui.domain.plans.copy_move import Clash, CopyObjects
from s3ml_tui.domain.plans.plan import CopyForward, DeleteObject
from s3ml_tui.domain.plans.purge import PurgeVersions
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.bucket_actions import thaw
from s3ml_tui.ui.browse.context import Focus, Selection
from s3ml_tui.ui.browse.copy_move_actions import copy, move
from s3ml_tui.ui.browse.metadata_actions import describe
from s3ml_tui.ui.browse.restore_delete_actions import bring_back, delete, purge, train
from s3ml_tui.ui.browse.share_actions import yank
from s3ml_tui.ui.browse.transfer_actions import download
from s3ml_tui.ui.dialogs.prompts import AskText, Choose
from s3ml_tui.ui.messages import TrainingWanted
from s3ml_tui.ui.object_table.level import Entry
from tests.doubles import MemoryStore
from tests.ui.browse.context_double import BrowseDouble
from tests.ui.browse_app import ROOT, key
from tests.ui.conftest import Opener

KEY = key("a.csv")
WAIT = "The history of a.csv is still being read: wait a moment."
ALL_DELETED = "All that is marked is deleted: r brings it back."


@pytest.fixture
def services(store: MemoryStore, opener: Opener) -> Services:
    store.write(KEY, b"1")
    store.write(KEY, b"22")
    return opener(Context())


def entry(name: str = "a.csv", *, is_folder: bool = False, is_deleted: bool = False) -> Entry:
    return Entry(ROOT, name, is_folder, is_deleted)


def on_object(services: Services, *, is_deleted: bool = False) -> BrowseDouble:
    """The table's cursor is on the object, and its history is there."""
    return BrowseDouble(
        services,
        Selection(place=ROOT, entry=entry(is_deleted=is_deleted), history=services.versions.whole_history(KEY)),
    )


def on_version(services: Services, number: int, focus: Focus = Focus.HISTORY) -> BrowseDouble:
    """History's cursor is on a version; 0 is the newest."""
    history = services.versions.whole_history(KEY)
    return BrowseDouble(
        services,
        Selection(focus, place=ROOT, entry=entry(), history=history, version=history.versions[number]),
    )


def on_folder(services: Services, focus: Focus = Focus.TABLE) -> BrowseDouble:
    return BrowseDouble(
        services, Selection(focus, place=ROOT, pointed=ROOT.under("raw"), entry=entry("raw/", is_folder=True))
    )


def on_marked(services: Services, *names: str, is_deleted: bool = False) -> BrowseDouble:
    """The table's cursor is on another object than those that are marked."""
    marks = [entry(name, is_deleted=is_deleted) for name in names]
    return BrowseDouble(services, Selection(place=ROOT, entry=entry("other.csv"), has_marked=True), marks=marks)


# bring back ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("focus", [Focus.HISTORY, Focus.PREVIEW])
async def test_the_version_under_historys_cursor_is_brought_back(services: Services, focus: Focus) -> None:
    browse = on_version(services, 1, focus)
    await browse.does(bring_back)
    (plan,) = browse.plans
    assert isinstance(plan, CopyForward)
    assert browse.selection.version is not None
    assert plan.source.version_id == browse.selection.version.version_id


async def test_the_newest_bytes_of_what_is_deleted_are_brought_back(services: Services, store: MemoryStore) -> None:
    newest = services.versions.whole_history(KEY).versions[0]
    store.delete(KEY)
    browse = on_object(services, is_deleted=True)
    await browse.does(bring_back)
    (plan,) = browse.plans
    assert isinstance(plan, CopyForward)
    assert plan.source.version_id == newest.version_id


async def test_to_bring_back_what_is_there_leads_to_its_history(services: Services) -> None:
    browse = on_object(services)
    await browse.does(bring_back)
    assert browse.is_history_shown
    assert browse.plans == []


async def test_nothing_is_brought_back_from_a_history_that_is_still_read(services: Services) -> None:
    browse = on_version(services, 1)
    browse.selection = Selection(Focus.HISTORY, entry=entry(), version=browse.selection.version)
    await browse.does(bring_back)
    assert (browse.plans, browse.said) == ([], [WAIT])


async def test_an_object_with_one_version_has_none_to_bring_back(services: Services, store: MemoryStore) -> None:
    store.write(key("one.csv"), b"1")
    history = services.versions.whole_history(key("one.csv"))
    browse = BrowseDouble(services, Selection(place=ROOT, entry=entry("one.csv"), history=history))
    await browse.does(bring_back)
    assert browse.said == ["one.csv has no older version to bring back."]


async def test_what_is_marked_is_brought_back_and_not_what_is_under_the_cursor(
    services: Services, store: MemoryStore
) -> None:
    store.delete(KEY)
    browse = on_marked(services, "a.csv", is_deleted=True)
    await browse.does(bring_back)
    (plan,) = browse.plans
    assert isinstance(plan, BringBackMany)
    assert [one.key for one in plan.plans] == [KEY]


# delete and purge ----------------------------------------------------------------------------------------------------


async def test_the_object_is_deleted_whichever_of_its_versions_is_chosen(services: Services) -> None:
    for browse in (on_object(services), on_version(services, 1)):
        await browse.does(delete)
        (plan,) = browse.plans
        assert isinstance(plan, DeleteObject)
        assert plan.key == KEY


@pytest.mark.parametrize("focus", [Focus.TREE, Focus.TABLE])
async def test_a_folder_is_deleted_whole(services: Services, store: MemoryStore, focus: Focus) -> None:
    store.write(key("raw/1.csv"), b"1")
    browse = on_folder(services, focus)
    await browse.does(delete)
    (plan,) = browse.plans
    assert isinstance(plan, DeleteMany)
    assert [one.key for one in plan.plans] == [key("raw/1.csv")]


async def test_nothing_is_deleted_while_marked_objects_may_still_come(services: Services) -> None:
    browse = on_marked(services)
    await browse.does(delete)
    assert browse.plans == []


async def test_only_versions_are_purged(services: Services) -> None:
    for browse in (on_object(services), on_version(services, 1, Focus.PREVIEW)):
        await browse.does(purge)
        assert browse.plans == []
        assert browse.said == ["Only versions are purged: tab goes to History; choose or mark them there."]
    browse = on_version(services, 1)
    await browse.does(purge)
    (plan,) = browse.plans
    assert isinstance(plan, PurgeVersions)
    assert [item.version_id for item in plan.versions] == [services.versions.whole_history(KEY).versions[1].version_id]


# copy and move -------------------------------------------------------------------------------------------------------


async def test_the_chosen_version_is_copied_to_the_address_that_is_given(services: Services) -> None:
    browse = on_version(services, 1)
    browse.answers = ["s3://acme-ml/b.csv"]
    await browse.does(copy)
    assert [type(dialog) for dialog in browse.dialogs] == [AskText]
    (plan,) = browse.plans
    assert isinstance(plan, CopyObjects)
    (item,) = plan.items
    assert browse.selection.version is not None
    assert (item.target, item.source.version_id) == (key("b.csv"), browse.selection.version.version_id)
    assert not plan.is_move


async def test_an_address_that_is_not_given_moves_nothing(services: Services) -> None:
    browse = on_object(services)
    browse.answers = [None]
    await browse.does(move)
    assert browse.plans == []


async def test_what_becomes_of_what_is_there_is_asked_before_the_plan_is_shown(
    services: Services, store: MemoryStore
) -> None:
    store.write(key("b.csv"), b"333")
    browse = on_object(services)
    browse.answers = ["s3://acme-ml/b.csv", Clash.OVERWRITE.value]
    await browse.does(move)
    assert [type(dialog) for dialog in browse.dialogs] == [AskText, Choose]
    (plan,) = browse.plans
    assert isinstance(plan, CopyObjects)
    assert plan.is_move
    assert not plan.is_undecided


async def test_to_leave_that_question_copies_nothing(services: Services, store: MemoryStore) -> None:
    store.write(key("b.csv"), b"333")
    browse = on_object(services)
    browse.answers = ["s3://acme-ml/b.csv", None]
    await browse.does(copy)
    assert browse.plans == []


# what is chosen ------------------------------------------------------------------------------------------------------


async def test_deleted_objects_that_are_marked_have_nothing_to_take(services: Services) -> None:
    for handler in (copy, move, describe, thaw, download):
        browse = on_marked(services, "a.csv", is_deleted=True)
        await browse.does(handler)
        assert (browse.dialogs, browse.said) == ([], [ALL_DELETED]), handler


async def test_no_question_follows_while_marked_objects_may_still_come(services: Services) -> None:
    for handler in (copy, move, describe, thaw, download):
        browse = on_marked(services)
        await browse.does(handler)
        assert browse.dialogs == [], handler


async def test_training_gets_the_object_by_its_name_in_the_workspace_and_the_version(services: Services) -> None:
    browse = on_version(services, 1)
    assert browse.selection.version is not None
    await browse.does(train)
    browse.workspace = ROOT
    await browse.does(train)
    values = [message.values for message in browse.posted if isinstance(message, TrainingWanted)]
    assert [one["data"] for one in values] == [KEY.uri, "a.csv"]
    assert {one["version_id"] for one in values} == {browse.selection.version.version_id}


async def test_a_folder_is_no_object_to_train_on(services: Services) -> None:
    browse = on_folder(services)
    await browse.does(train)
    assert browse.posted == []
    assert "is a folder" in browse.said[0]


async def test_without_a_session_nothing_is_copied_to_the_clipboard() -> None:
    browse = BrowseDouble(None, Selection(entry=Entry(ROOT, ObjectKey(ROOT.bucket, "a.csv").key)))
    await browse.does(yank)
    assert browse.said == ["There is nothing to copy here."]

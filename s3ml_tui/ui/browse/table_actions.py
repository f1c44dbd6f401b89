"""Browse's keys about the panes: sort, filter, mark; look at an object, go back and forward, tell how much there is."""

from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui.browse.context import Act, BrowseContext, BrowsePanes, Focus
from s3ml_tui.ui.dialogs.folder_size import UsageScreen
from s3ml_tui.ui.keys import with_keys


def sort(browse: BrowsePanes) -> None:
    """By the next column."""
    if _has_rows(browse):
        browse.objects.sort_next()


def filter_names(browse: BrowsePanes) -> None:
    """Type what the names are to have."""
    if browse.selection.place is None or browse.objects.state != "ready":
        browse.say("There is nothing to filter here.")
    else:
        browse.objects.open_filter()


def mark(browse: BrowsePanes) -> None:
    """Mark the object or version under the cursor, and go down."""
    if _is_for_versions(browse):
        browse.versions.rows.mark()
    elif _is_for_marks(browse) and not browse.objects.mark():
        browse.say(with_keys("Folders cannot be marked: {list.open} opens one, and objects in it can."))


def mark_range(browse: BrowsePanes) -> None:
    """Mark from what was marked last to the cursor."""
    if _is_for_versions(browse):
        if not browse.versions.rows.mark_range():
            browse.say(with_keys("There is no mark to go from: {browse.mark} marks a version."))
    elif _is_for_marks(browse) and not browse.objects.mark_range():
        browse.say(with_keys("There is no mark to go from: {browse.mark} marks an object."))


def invert_marks(browse: BrowsePanes) -> None:
    """Mark the objects or versions that are shown and not marked, and the other way round."""
    if _is_for_versions(browse):
        browse.versions.rows.invert()
    elif _is_for_marks(browse):
        browse.objects.invert_marks()


def mark_all(browse: BrowsePanes) -> None:
    """Mark all objects or versions that are shown."""
    if _is_for_versions(browse):
        browse.versions.rows.mark_all()
    elif _is_for_marks(browse):
        browse.objects.mark_all()


def _is_for_versions(browse: BrowsePanes) -> bool:
    """Whether the marks are those of History, whose title is then to be painted anew."""
    if browse.selection.focus is not Focus.HISTORY or browse.versions.state != "ready":
        return False
    browse.versions.call_later(browse.versions.paint_title)
    return True


def _is_for_marks(browse: BrowsePanes) -> bool:
    if browse.selection.focus is not Focus.TABLE:
        browse.say("Objects of the table are marked: tab goes there.")
        return False
    if browse.objects.table.is_arranging:
        browse.say("The rows are still being sorted or filtered: wait a moment.")
        return False
    return _has_rows(browse)


def _has_rows(browse: BrowsePanes) -> bool:
    if browse.objects.state == "ready" and browse.objects.table.row_count:
        return True
    browse.say("There are no objects here.")
    return False


def toggle_deleted(browse: BrowsePanes) -> None:
    """Show deleted objects among the others, or hide them."""
    if browse.selection.place is None:
        browse.say("Choose a bucket first.")
    else:
        browse.objects.toggle_deleted()


def look(browse: BrowsePanes) -> None:
    """From the history to the preview, to the details, and back."""
    browse.looking.show_next()


def more(browse: BrowsePanes) -> None:
    """Read more of what is previewed."""
    reason = browse.looking.ask_more()
    if reason:
        browse.say(reason)


def go_back(browse: BrowsePanes) -> None:
    """To the place seen before this one, as it was left."""
    if not browse.go_along(-1):
        browse.say("There is no place to go back to: this is the first one.")


def go_forward(browse: BrowsePanes) -> None:
    """To the place one went back from."""
    if not browse.go_along(1):
        browse.say(with_keys("There is no place to go forward to: {browse.go_back} goes back first."))


def usage(browse: BrowseContext) -> Act:
    """Show how much lies in the folder under the cursor or the place that is shown, and go where the user wants to."""
    place = browse.selection.folder or browse.selection.place
    if place is None or browse.services is None:
        browse.say("No place is chosen: choose a bucket on the left.")
        return None
    return _show_usage(browse, browse.services, place)


async def _show_usage(browse: BrowseContext, services: Services, place: Place) -> None:
    wanted = await browse.dialog(UsageScreen(services, place))
    if wanted is not None:
        browse.show_place(wanted)

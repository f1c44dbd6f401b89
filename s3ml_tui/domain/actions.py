"""The registry of actions and keys: one key, one meaning.

Footer, help, palette, keymap and the README's table derive from it.
"""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """Where an action is offered."""

    EVERYWHERE = "Everywhere"
    LIST = "In every list"
    BROWSE = "Browse"
    PIPELINE = "Pipeline"
    RUNS = "Runs"
    MODELS = "Models"
    LOGS = "Logs"
    ACTIVITY = "Activity"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a user can do."""

    id: str
    """Stable; a keymap overrides keys by it. `scope.verb`; the UI runs `action_<verb>`."""
    scope: Scope
    keys: tuple[str, ...]
    """By Textual's names."""
    label: str
    """For the footer."""
    tooltip: str
    """A sentence a newcomer understands."""
    in_footer: bool = True
    changes: bool = False
    """Whether it changes the bucket; dimmed in a read-only context."""

    @property
    def verb(self) -> str:
        """What stands after the scope in the id."""
        return self.id.partition(".")[2]


def _everywhere() -> tuple[Action, ...]:
    scope = Scope.EVERYWHERE
    return (
        Action("app.browse", scope, ("1",), "Browse", "Buckets, objects and their versions.", in_footer=False),
        Action(
            "app.pipeline",
            scope,
            ("2",),
            "Pipeline",
            "Describe a training run, start it, watch it.",
            in_footer=False,
        ),
        Action("app.runs", scope, ("3",), "Runs", "All runs of the workspace.", in_footer=False),
        Action(
            "app.models",
            scope,
            ("4",),
            "Models",
            "Model versions and the aliases that point to them.",
            in_footer=False,
        ),
        Action("app.logs", scope, ("5",), "Logs", "Follow what runs write.", in_footer=False),
        Action(
            "app.activity",
            scope,
            ("6",),
            "Activity",
            "What goes on, what was done and can be undone, what was sent.",
            in_footer=False,
        ),
        Action(
            "app.undo",
            scope,
            ("u",),
            "undo",
            "Undo the last outcome, then the one before it; the plan is shown first.",
            changes=True,
        ),
        Action(
            "app.cancel_job",
            scope,
            ("ctrl+k",),
            "cancel",
            "Cancel the run, prediction or job that goes on; asks first.",
            in_footer=False,
        ),
        Action("app.refresh_screen", scope, ("R", "f5"), "refresh", "Ask the server again.", in_footer=False),
        Action(
            "app.zoom", scope, ("plus",), "zoom", "Let the pane in focus fill the screen, and back.", in_footer=False
        ),
        Action("app.go_to", scope, ("colon",), "go to", "Go to a bucket, prefix or object by its s3:// address."),
        Action("app.bookmarks", scope, ("b",), "bookmarks", "Go to a bookmark, or take one away.", in_footer=False),
        Action(
            "app.bookmark", scope, ("B",), "bookmark", "Keep the place that is shown as a bookmark.", in_footer=False
        ),
        Action(
            "app.contexts",
            scope,
            ("C",),
            "contexts",
            "Work in another context: another account, server or region of the settings file.",
            in_footer=False,
        ),
        Action("app.help", scope, ("question_mark", "f1"), "help", "All keys of where you are."),
        Action("app.command_palette", scope, ("ctrl+p",), "palette", "Find any action by name.", in_footer=False),
        Action("app.quit", scope, ("q", "ctrl+c"), "quit", "Leave; asks while a job or run goes on.", in_footer=False),
    )


def _lists() -> tuple[Action, ...]:
    scope = Scope.LIST
    return (
        Action("list.cursor_down", scope, ("j", "down"), "down", "One row down.", in_footer=False),
        Action("list.cursor_up", scope, ("k", "up"), "up", "One row up.", in_footer=False),
        Action("list.half_down", scope, ("ctrl+d",), "half page down", "Half a page down.", in_footer=False),
        Action("list.half_up", scope, ("ctrl+u",), "half page up", "Half a page up.", in_footer=False),
        Action("list.page_down", scope, ("pagedown",), "page down", "A page down.", in_footer=False),
        Action("list.page_up", scope, ("pageup",), "page up", "A page up.", in_footer=False),
        Action("list.top", scope, ("g", "home"), "top", "To the first row.", in_footer=False),
        Action("list.bottom", scope, ("G", "end"), "end", "To the last row; in Browse all is loaded.", in_footer=False),
        Action("list.open", scope, ("enter", "l", "right"), "open", "Open the row under the cursor.", in_footer=False),
        Action("list.back", scope, ("h", "left", "backspace"), "up a level", "Up a level, or back.", in_footer=False),
    )


def _browse() -> tuple[Action, ...]:
    scope = Scope.BROWSE
    return (
        Action(
            "browse.bring_back",
            scope,
            ("r",),
            "bring back",
            "Bring the chosen old version, or what is deleted, marked or in a folder, back on top; nothing is lost.",
            changes=True,
        ),
        Action("browse.add", scope, ("a",), "add", "Upload a file or a folder to this level.", changes=True),
        Action(
            "browse.download",
            scope,
            ("D",),
            "download",
            "Download the chosen object, version or folder, or all that is marked, verified.",
        ),
        Action(
            "browse.delete",
            scope,
            ("x",),
            "delete",
            "Delete the object, a whole folder, or all that is marked; on a versioned bucket this only adds markers.",
            changes=True,
        ),
        Action(
            "browse.purge",
            scope,
            ("X",),
            "purge",
            "In History: destroy the chosen or marked versions for good; the object's name is to be typed.",
            in_footer=False,
            changes=True,
        ),
        Action(
            "browse.copy",
            scope,
            ("c",),
            "copy",
            "Copy the object, the chosen version, a whole folder or all that is marked to another address.",
            in_footer=False,
            changes=True,
        ),
        Action(
            "browse.move",
            scope,
            ("m",),
            "move",
            "Move or rename the object, a whole folder or all that is marked.",
            in_footer=False,
            changes=True,
        ),
        Action(
            "browse.look",
            scope,
            ("i",),
            "look",
            "Look at the object: from its history to a preview of the chosen version, to its details, and back.",
        ),
        Action(
            "browse.more",
            scope,
            ("M",),
            "more",
            "In a preview, read eight times as much of the object; 64 MiB at most.",
            in_footer=False,
        ),
        Action(
            "browse.edit",
            scope,
            ("e",),
            "edit",
            "Edit the object in your editor ($VISUAL, $EDITOR); it is written back only over what you saw.",
            in_footer=False,
            changes=True,
        ),
        Action(
            "browse.describe",
            scope,
            ("E",),
            "tags, metadata",
            "Change tags (of a version), metadata or headers of the object, of all that is marked, or of a folder.",
            in_footer=False,
            changes=True,
        ),
        Action(
            "browse.share", scope, ("S",), "share", "Make a link to this one object or version that works for a while."
        ),
        Action(
            "browse.bucket",
            scope,
            ("I",),
            "bucket…",
            "What the bucket is like: versioning, public access, lifecycle rules; create, empty or delete one.",
            in_footer=False,
        ),
        Action(
            "browse.usage",
            scope,
            ("equals_sign",),
            "how much",
            "How much lies below a folder or this place: objects and bytes, the biggest folders first.",
            in_footer=False,
        ),
        Action(
            "browse.new_folder",
            scope,
            ("F",),
            "new folder",
            "Make a folder here, as far as S3 has any.",
            in_footer=False,
            changes=True,
        ),
        Action(
            "browse.thaw",
            scope,
            ("A",),
            "from archive",
            "Have archived objects made readable for some days: this one, all that is marked, or a folder's.",
            in_footer=False,
            changes=True,
        ),
        Action(
            "browse.mark", scope, ("space",), "mark", "Mark the object or version, or take its mark away, and go down."
        ),
        Action(
            "browse.mark_range",
            scope,
            ("v",),
            "mark range",
            "Mark from what was marked last to the cursor.",
            in_footer=False,
        ),
        Action(
            "browse.invert_marks",
            scope,
            ("asterisk",),
            "invert marks",
            "Mark what is shown and not marked, and the other way round.",
            in_footer=False,
        ),
        Action("browse.mark_all", scope, ("ctrl+a",), "mark all", "Mark all that is shown.", in_footer=False),
        Action(
            "browse.go_back",
            scope,
            ("less_than_sign", "alt+left"),
            "back",
            "Back to the place seen before, as it was left.",
            in_footer=False,
        ),
        Action(
            "browse.go_forward",
            scope,
            ("greater_than_sign", "alt+right"),
            "forward",
            "Forward to the place one went back from.",
            in_footer=False,
        ),
        Action("browse.filter", scope, ("slash",), "filter", "Show only names with this part, glob or /regex/."),
        Action(
            "browse.sort",
            scope,
            ("s",),
            "sort",
            "Sort by the next column; after the last, the other way round.",
            in_footer=False,
        ),
        Action("browse.toggle_deleted", scope, ("full_stop",), "deleted", "Show or hide deleted objects."),
        Action(
            "browse.verify",
            scope,
            ("V",),
            "verify",
            "Download the object again and compare it with a local file.",
            in_footer=False,
        ),
        Action(
            "browse.yank",
            scope,
            ("y",),
            "yank",
            "Take along the URI, key, VersionId, ARN, URL, or the aws command; yy takes the first.",
            in_footer=False,
        ),
        Action(
            "browse.train",
            scope,
            ("T",),
            "train on it",
            "Open the Pipeline screen with this object as its data.",
            in_footer=False,
        ),
        Action(
            "browse.predict",
            scope,
            ("P",),
            "predict",
            "Apply a model version to this object.",
            in_footer=False,
            changes=True,
        ),
        Action(
            "browse.make_workspace",
            scope,
            ("W",),
            "workspace",
            "Make this bucket or prefix a workspace; its plan is shown first.",
            in_footer=False,
            changes=True,
        ),
    )


def _pipeline() -> tuple[Action, ...]:
    scope = Scope.PIPELINE
    return (
        Action("pipeline.start", scope, ("S",), "start…", "Show the plan of this run, and start it.", changes=True),
        Action("pipeline.load", scope, ("ctrl+o",), "load spec", "Fill the rows from a spec file."),
        Action("pipeline.save", scope, ("ctrl+w",), "save spec", "Write the rows to a spec file.", in_footer=False),
        Action("pipeline.open_output", scope, ("o",), "open output", "Go to what the run made, in Browse."),
        Action("pipeline.predict", scope, ("P",), "predict", "Apply a model version to a data object.", changes=True),
        Action("pipeline.follow", scope, ("f",), "follow", "Follow the log's end again.", in_footer=False),
    )


def _runs() -> tuple[Action, ...]:
    return (
        Action("runs.follow_log", Scope.RUNS, ("f",), "log", "Follow this run's log."),
        Action("runs.open_output", Scope.RUNS, ("o",), "open output", "Go to the run's report in Browse."),
        Action(
            "runs.again",
            Scope.RUNS,
            ("a",),
            "run again…",
            "Open the Pipeline screen with this run's spec and data version.",
        ),
    )


def _models() -> tuple[Action, ...]:
    return (
        Action(
            "models.promote",
            Scope.MODELS,
            ("p",),
            "promote",
            "Point an alias to this version; an older one means rolling back.",
            changes=True,
        ),
        Action("models.open_output", Scope.MODELS, ("o",), "open output", "Go to the model's files in Browse."),
        Action(
            "models.predict",
            Scope.MODELS,
            ("P",),
            "predict",
            "Apply this model version to a data object.",
            changes=True,
        ),
    )


def _logs() -> tuple[Action, ...]:
    scope = Scope.LOGS
    return (
        Action("logs.follow", scope, ("f",), "follow", "Follow the log's end again, or stop following."),
        Action("logs.search", scope, ("slash",), "search", "Search the log."),
        Action("logs.next_hit", scope, ("n",), "next", "To the next hit.", in_footer=False),
        Action("logs.previous_hit", scope, ("N",), "previous", "To the hit before.", in_footer=False),
        Action(
            "logs.level", scope, ("w",), "level", "Show info and above, then warnings, then errors, then everything."
        ),
        Action("logs.open_output", scope, ("o",), "open output", "Go to the log's object in Browse."),
    )


def _activity() -> tuple[Action, ...]:
    scope = Scope.ACTIVITY
    return (
        Action(
            "activity.undo_this",
            scope,
            ("enter",),
            "undo this",
            "Undo the outcome under the cursor; its plan is shown first.",
            changes=True,
        ),
        Action("activity.pause", scope, ("z",), "pause", "Let the job under the cursor wait, or go on."),
        Action(
            "activity.retry",
            scope,
            ("a",),
            "again",
            "Do again what failed of the job under the cursor, and only that; its plan is shown first.",
        ),
        Action(
            "activity.look",
            scope,
            ("i",),
            "look",
            "All that is known of the row under the cursor: of a job, of what was done, of a request.",
            in_footer=False,
        ),
        Action("activity.yank", scope, ("y",), "yank", "Copy the request under the cursor as an aws command."),
    )


ACTIONS: tuple[Action, ...] = (
    *_everywhere(), *_lists(), *_browse(), *_pipeline(), *_runs(), *_models(), *_logs(), *_activity(),
)  # fmt: skip


def actions_of(*scopes: Scope) -> tuple[Action, ...]:
    """The actions of these scopes, in the registry's order."""
    return tuple(action for action in ACTIONS if action.scope in scopes)

"""Asking for what a spec or a prediction needs: a field's value, a data object, a version of it, a model.

A dialog to choose several of a data object's columns.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from s3ml_tui.domain.errors import BadInput, S3mlError
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.text import moment_text, size_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.estimators import FAMILIES
from s3ml_tui.services.runs.data import data_key
from s3ml_tui.services.session import Services
from s3ml_tui.ui import render
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.dialogs.prompts import AskText, Choose
from s3ml_tui.ui.keys import with_keys
from s3ml_tui.ui.pipeline.spec_fields import Field, Kind, parse, value_text
from s3ml_tui.ui.pipeline.spec_form import Form


class ChooseColumns(Dialog[list[str] | None]):
    """Answers the marked names in their order; None when the user leaves."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("enter", "take", "Take", priority=True),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(self, title: str, names: Sequence[str], marked: Sequence[str]) -> None:
        super().__init__()
        self._title, self._names, self._marked = title, tuple(names), set(marked)

    def compose(self) -> ComposeResult:
        """Title and list; values are positions, prompts never markup."""
        with Vertical(classes="dialog"):
            yield Static(render.plain(self._title), classes="dialog--title")
            yield SelectionList[int](
                *(Selection(render.plain(name), at, name in self._marked) for at, name in enumerate(self._names))
            )
            yield Static("space marks, enter takes what is marked, escape leaves", classes="dialog--hint")

    def action_take(self) -> None:
        """Answer."""
        self.dismiss([self._names[at] for at in sorted(self.query_one(SelectionList).selected)])

    def action_move(self, step: int) -> None:
        """To another row."""
        marks = self.query_one(SelectionList)
        marks.action_cursor_down() if step > 0 else marks.action_cursor_up()

    def action_cancel(self) -> None:
        """No answer."""
        self.dismiss(None)


_OTHER = "other"
_RAW = "dataset/raw/"
_HOW = {
    Kind.LIST: "Names with commas between; empty for the default",
    Kind.PARAMS: 'As C=1.0, kernel="linear"; empty for the defaults',
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gave; `value` None means the default."""

    value: Any


async def ask_value(
    app: App[Any], services: Services | None, workspace: Place | None, form: Form, field: Field
) -> Answer | None:
    """What the user gives for one field; None when the user leaves. Raises S3mlError."""
    if field.path == "data":
        text = await ask_data(app, services, workspace, str(form.values.get("data", "")))
        return None if text is None else Answer(text or None)
    if field.path == "version_id" and services and workspace and form.values.get("data"):
        return await _ask_version(app, services, workspace, form)
    if field.path == "estimator.family":
        families = [("auto", "auto — hist_gradient_boosting")] + [(name, f"{name} — {what}") for name, what in FAMILIES]
        chosen = await app.push_screen_wait(Choose("Estimator", families, hint=field.description))
        return None if chosen is None else Answer(chosen)
    if field.kind is Kind.CHOICE:
        return await _ask_choice(app, form, field)
    if field.path in {"features.include", "features.exclude"} and form.columns.names:
        names = [name for name in form.columns.names if name != form.values.get("target")]
        marked = await app.push_screen_wait(ChooseColumns(field.description, names, form.values.get(field.path) or ()))
        return None if marked is None else Answer(marked or None)
    if field.path == "target" and form.columns.names:
        columns = [(str(at), name) for at, name in enumerate(form.columns.names)]
        chosen = await app.push_screen_wait(Choose("Target", columns, hint=field.description))
        return None if chosen is None else Answer(form.columns.names[int(chosen)])
    return await _ask_text(app, form, field)


async def ask_data(app: App[Any], services: Services | None, workspace: Place | None, value: str = "") -> str | None:
    """A data object as a spec names it: one of dataset/raw, or typed; None when the user leaves."""
    names = await asyncio.to_thread(_raw_names, services, workspace) if services and workspace else ()
    if names:
        choices = [(str(at), name) for at, name in enumerate(names)] + [(_OTHER, "Another: type its key or address …")]
        chosen = await app.push_screen_wait(Choose("Data", choices, hint=f"What lies in {_RAW}"))
        if chosen is None:
            return None
        if chosen != _OTHER:
            return names[int(chosen)]
    return await app.push_screen_wait(
        AskText(
            "Data",
            value=value or _RAW,
            hint="A key below the workspace, or an s3:// address; CSV, TSV, JSON Lines or Parquet",
            check=lambda text: _wrong_data(workspace, text),
        )
    )


async def ask_model(app: App[Any], services: Services, workspace: Place) -> str | None:
    """A model version or an alias; None when there is none, or the user leaves. Raises S3mlError."""
    versions = [one for one in await asyncio.to_thread(services.models.versions, workspace) if one.is_complete]
    if not versions:
        raise BadInput(
            "There is no model version to predict with",
            cause=f"{Layout(workspace).models.uri} has none that is complete",
            advice=with_keys("Train one first: {pipeline.start} starts a run"),
        )
    choices = [(alias, f"{alias} → {one.path}") for one in versions for alias in one.aliases]
    choices += [(one.path, f"{one.path}  {one.name}  {one.headline}") for one in versions]
    return await app.push_screen_wait(
        Choose("Predict with", choices, hint="Aliases first, then versions, newest first")
    )


async def _ask_version(app: App[Any], services: Services, workspace: Place, form: Form) -> Answer | None:
    key = data_key(workspace, str(form.values["data"]))
    history = await asyncio.to_thread(services.versions.whole_history, key)
    kept = [one for one in history.versions if not one.is_delete_marker]
    choices = [("", "newest, whatever it is when the run starts")]
    choices += [
        (one.version_id, f"{moment_text(one.modified, local_now())}  {size_text(one.size)}  {one.version_id}")
        for one in kept
    ]
    chosen = await app.push_screen_wait(Choose(f"Version of {key.name}", choices))
    return None if chosen is None else Answer(chosen or None)


async def _ask_choice(app: App[Any], form: Form, field: Field) -> Answer | None:
    current = form.values.get(field.path, field.default)
    labels = [
        (str(at), ("● " if choice == current else "  ") + value_text(field, choice))
        for at, choice in enumerate(field.choices)
    ]
    chosen = await app.push_screen_wait(Choose(field.label, labels, hint=field.description))
    return None if chosen is None else Answer(field.choices[int(chosen)])


async def _ask_text(app: App[Any], form: Form, field: Field) -> Answer | None:
    def wrong(text: str) -> str:
        try:
            value = parse(field, text)
        except ValueError as error:
            return f"{field.path}: {error}"
        sentence = form.wrong_if(field, value) if value is not None else ""
        return f"{field.path}: {sentence}" if sentence else ""

    how = _HOW.get(field.kind, "")
    text = await app.push_screen_wait(
        AskText(
            field.label,
            value=value_text(field, form.values.get(field.path)),
            hint=f"{field.description} {how}".strip(),
            check=wrong,
        )
    )
    return None if text is None else Answer(parse(field, text))


def _raw_names(services: Services, workspace: Place) -> tuple[str, ...]:
    try:
        page = services.browsing.page(workspace.under(_RAW))
    except S3mlError:
        return ()  # the user types it, and the plan says what is wrong
    return tuple(key[len(workspace.prefix) :] for key in page.keys if not key.endswith("/"))


def _wrong_data(workspace: Place | None, text: str) -> str:
    if not text.strip() or text.endswith("/"):
        return "That is a folder: name an object in it"
    try:
        data_key(workspace or Place("bucket"), text)
    except S3mlError as error:
        return error.sentence
    return ""

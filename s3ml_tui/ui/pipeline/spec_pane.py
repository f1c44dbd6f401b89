"""The left side of Pipeline: the spec as rows, a line about the row at hand, and what the data's columns tell.

Writing a spec to a file of the user's.
"""

import asyncio
from pathlib import Path
from typing import Any

from textual import on, work
from textual.app import App
from textual.widgets import Static

from s3ml_tui.domain.errors import LocalTrouble, S3mlError
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.spec import Spec
from s3ml_tui.services.runs.column_suggestions import DataColumns, columns_of
from s3ml_tui.services.session import Services
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.prompts import AskText, Choose
from s3ml_tui.ui.pipeline.questions import ask_value
from s3ml_tui.ui.pipeline.spec_fields import Field
from s3ml_tui.ui.pipeline.spec_rows import SpecRows
from s3ml_tui.ui.widgets.rows import Rows
from s3ml_tui.ui.widgets.status_pane import Pane

Asked = tuple[Place, str, str | None]
"""Workspace, data and version whose columns are asked for."""


class SpecPane(Pane):
    """Rows and a hint; knows the session, to read columns and to offer choices."""

    def __init__(self) -> None:
        super().__init__(SpecRows(), Static(id="spec-hint"), title="Spec", id="spec-pane")
        self._services: Services | None = None
        self._workspace: Place | None = None
        self._asked: Asked | None = None

    @property
    def rows(self) -> SpecRows:
        """The rows."""
        return self.query_one(SpecRows)

    def on_mount(self) -> None:
        """Paint what is there."""
        self.changed()

    def settle(self, services: Services | None, workspace: Place | None) -> None:
        """Another session, or a wish to look again; without a workspace the screen says why there is none."""
        self._services, self._workspace, self._asked = services, workspace, None
        if services is None:
            self.wait_for("the session")
        elif workspace is not None:
            self.ready()
            self.changed()

    def fill(self, values: dict[str, Any]) -> None:
        """Fill the rows: from a spec, or from data alone."""
        self._asked = None
        self.rows.form.fill(values)
        self.changed()
        self.rows.focus()

    def changed(self) -> None:
        """The form changed: paint it, and read the columns of other data."""
        form = self.rows.form
        self.rows.rows_changed()
        self.title(f"Spec ▸ {form.values.get('name', 'new')}")
        self._show_hint()
        data = form.values.get("data")
        if self._services is None or self._workspace is None or not data:
            return
        asked = (self._workspace, str(data), form.values.get("version_id"))
        if asked != self._asked:
            self._asked = asked
            self._read_columns(self._services, asked)

    def whole_spec(self) -> Spec | None:
        """The spec; None, the cursor on what is wrong and a word about it, when it is not whole."""
        wrong = self.rows.form.first_wrong()
        if wrong is None:
            return self.rows.form.spec()
        self.rows.go_to(wrong[0])
        self.rows.focus()
        where = f"{wrong[0].path}: " if wrong[0] else ""
        self.notify(f"{where}{wrong[1]}", severity="warning", markup=False)
        return None

    async def edit(self, field: Field) -> None:
        """Ask for a field's value, in a worker. Raises S3mlError."""
        form = self.rows.form
        answer = await ask_value(self.app, self._services, self._workspace, form, field)
        if answer is None:
            return
        if field.path == "data" and answer.value:
            form.put_data(answer.value)
            self._asked = None
        else:
            form.put(field, answer.value)
        self.changed()

    @on(Rows.Highlighted, "#spec")
    def _show_hint(self) -> None:
        text, look = self.rows.hint()
        static = self.query_one("#spec-hint", Static)
        static.update(render.plain(text))
        static.set_classes(f"-{look}" if look else "")

    @work(group="columns", exit_on_error=False)
    async def _read_columns(self, services: Services, asked: Asked) -> None:
        columns, trouble = DataColumns(), ""
        try:
            columns = await asyncio.to_thread(columns_of, services.store, *asked)
        except S3mlError as error:
            trouble = error.title
        if asked == self._asked:
            self.rows.form.learn_columns(columns, trouble)
            self.changed()


async def save_spec(app: App[Any], spec: Spec) -> None:
    """Ask where, and write it; a file that is there is replaced only when the user says so. Raises LocalTrouble."""
    text = await app.push_screen_wait(
        AskText("Save the spec", value=f"{spec.name}.toml", hint="A path on this machine", check=_wrong_path)
    )
    if not text:
        return
    path = Path(text).expanduser()
    if await asyncio.to_thread(path.exists):
        choices = [("keep", "Keep it"), ("replace", "Replace it")]
        if await app.push_screen_wait(Choose(f"{path} is there already", choices)) != "replace":
            return
    await asyncio.to_thread(_write, path, spec.to_toml())
    app.notify(printable(f"Saved to {path}"), markup=False)


def _wrong_path(text: str) -> str:
    return "Give a file's name" if not text.strip() or text.endswith("/") else ""


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise LocalTrouble(
            f"{path} cannot be written", cause=error.strerror or str(error), advice="Choose another folder"
        ) from error

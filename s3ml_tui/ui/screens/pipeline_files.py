"""Writing a spec to a file of the user's."""

import asyncio
from pathlib import Path
from typing import Any

from textual.app import App

from s3ml_tui.domain.errors import LocalTrouble
from s3ml_tui.domain.text import printable
from s3ml_tui.records.spec import Spec
from s3ml_tui.ui.screens.dialogs import AskText, Choose


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

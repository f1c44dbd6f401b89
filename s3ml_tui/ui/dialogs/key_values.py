"""A small editor of name=value pairs: a row each, changed, added and removed by keys, checked as they are typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, Options

Check = Callable[[Mapping[str, str]], str]
"""What is wrong with all pairs together; "" when nothing is."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What the editor answers."""

    pairs: Mapping[str, str]
    """All pairs; with `removes` those that are to be set."""
    removed: tuple[str, ...] = ()
    """Names that were to be removed; only where the editor takes them."""


class PairsEditor(Dialog[Edited | None]):
    """Rows of pairs; answers them once the user wants to see the plan, None when the user leaves."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("a", "add", "Add", show=False),
        Binding("x,delete", "remove", "Remove", show=False),
        Binding("w", "review", "Review", show=False),
    ]

    def __init__(
        self, title: str, pairs: Mapping[str, str], check: Check, *, hint: str = "", removes: bool = False
    ) -> None:
        super().__init__()
        self._title, self._hint, self._check = title, hint, check
        self._pairs = dict(pairs)
        self._before = dict(pairs)
        self._removes = removes
        """Whether `-name` is taken for a name that is to be removed, as where several objects are edited at once."""
        self._removed: list[str] = []

    def compose(self) -> ComposeResult:
        """Title, rows, hint, two buttons."""
        with Vertical(classes="dialog pairs"):
            yield Static(render.plain(self._title), classes="dialog--title")
            yield Options()
            yield Static(classes="dialog--hint")
            with Horizontal(classes="dialog--buttons"):
                yield Button("Review… (w)", variant="primary", id="review")
                yield Button("Cancel", id="cancel")

    def on_mount(self) -> None:
        """Show what is there."""
        self._paint()
        self._rows.focus()

    @property
    def _rows(self) -> Options:
        return self.query_one(Options)

    @property
    def _names(self) -> list[str]:
        return [*self._pairs, *(f"-{name}" for name in self._removed)]

    def _paint(self, at: int | None = None) -> None:
        rows = self._rows
        at = rows.highlighted or 0 if at is None else at
        rows.clear_options()
        lines = [f"{name} = {value}" if value else name for name, value in self._pairs.items()]
        lines += [f"- {name} (removed)" for name in self._removed]
        rows.add_options([*(Option(render.plain(line)) for line in lines), Option("+ add")])
        rows.highlighted = min(at, len(lines))
        wrong = self._check(self._pairs)
        keys = "enter changes · a adds · x removes · w shows the plan"
        hint = self.query_one(".dialog--hint", Static)
        hint.update(render.lines(*([wrong] if wrong else [self._hint] if self._hint else []), keys))
        hint.set_class(bool(wrong), "-wrong")

    # editing -------------------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        names = self._names
        self._edit(names[event.option_index] if event.option_index < len(names) else "")

    def action_add(self) -> None:
        """Another pair."""
        self._edit("")

    @work
    async def _edit(self, name: str) -> None:
        """Ask for a pair; `name` is the one that is changed, "" for a new one."""
        if name.startswith("-") and self._removes and name[1:] in self._removed:
            return
        value = self._pairs.get(name, "")
        shown = printable(f"{name}={value}") if name else ""
        hint = "name=value" + (", or -name to remove it from each" if self._removes else "")
        text = await self.app.push_screen_wait(
            AskText(
                f"Change {name}" if name else "Add",
                value=shown,
                placeholder="name=value",
                hint=hint,
                check=lambda typed: self._wrong(typed, name),
            )
        )
        if text is None or text == shown:
            return
        if self._is_removal(text):
            self._removed.append(text.strip()[1:])
        else:
            self._put(name, *_parted(text))
        self._paint()

    def _is_removal(self, text: str) -> bool:
        text = text.strip()
        return self._removes and text.startswith("-") and "=" not in text and len(text) > 1

    def _wrong(self, text: str, name: str) -> str:
        if self._is_removal(text):
            return ""
        new, value = _parted(text)
        if new in self._pairs and new != name:
            return f"{new} is there already."
        return self._check({new: value}) if new or value else "Write it as name=value."

    def _put(self, old: str, name: str, value: str) -> None:
        """In place of the old pair, or at the end."""
        if old not in self._pairs:
            self._pairs[name] = value
            return
        self._pairs = {
            (name if one == old else one): (value if one == old else its) for one, its in self._pairs.items()
        }

    def action_remove(self) -> None:
        """The pair under the cursor."""
        at, names = self._rows.highlighted, self._names
        if at is None or at >= len(names):
            return
        if names[at] in self._pairs:
            del self._pairs[names[at]]
        else:
            self._removed.remove(names[at][1:])
        self._paint(at)

    # the end -------------------------------------------------------------------------------------------------------

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Review or cancel."""
        if event.button.id == "review":
            self.action_review()
        else:
            self.dismiss(None)

    def action_review(self) -> None:
        """Answer, unless something is wrong or nothing was changed."""
        if wrong := self._check(self._pairs):
            self.notify(printable(wrong), severity="warning", markup=False)
        elif self._pairs == self._before and not self._removed:
            self.notify("Nothing was changed.", severity="warning")
        else:
            self.dismiss(Edited(dict(self._pairs), tuple(self._removed)))

    def action_cancel(self) -> None:
        """No answer; what was edited is lost, which is asked about."""
        if self._pairs == self._before and not self._removed:
            self.dismiss(None)
        else:
            self._ask_to_leave()

    @work
    async def _ask_to_leave(self) -> None:
        changed = len({*self._pairs.items()} ^ {*self._before.items()}) + len(self._removed)
        title = f"Leave without {count_text(changed, 'change')}?"
        if await self.app.push_screen_wait(Choose(title, [("stay", "Go on editing"), ("leave", "Leave")])) == "leave":
            self.dismiss(None)


def _parted(text: str) -> tuple[str, str]:
    """Name and value of `name=value`, with blanks around the first `=` taken away."""
    name, _, value = text.partition("=")
    return name.strip(), value.strip()

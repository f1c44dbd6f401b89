"""Dialogs: a plan to agree to, an error to answer, a text to give, one of several to choose."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.suggester import Suggester
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Plan
from s3ml_tui.domain.text import printable
from s3ml_tui.ui import render
from s3ml_tui.ui.dialogs.dialog import Dialog
from s3ml_tui.ui.widgets.line_input import LineInput


class Options(OptionList):
    """A list to choose from, with the keys of every list."""

    BINDINGS = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("g", "first", show=False),
        Binding("G", "last", show=False),
        Binding("l,right", "select", show=False),
    ]


class ConfirmPlan(Dialog[bool]):
    """Prints a plan; True when the user agrees. Destructive plans focus Cancel, others the verb."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("y", "agree", "Yes", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, plan: Plan, *, note: str = "") -> None:
        super().__init__()
        self.plan = plan
        self._note = note
        """What else is to be known of it; a sentence before the others."""

    def compose(self) -> ComposeResult:
        """Title, sentences, two buttons."""
        plan = self.plan
        with Vertical(classes="dialog -destructive" if plan.is_destructive else "dialog"):
            yield Static(render.plain(plan.title), classes="dialog--title")
            with VerticalScroll(classes="dialog--body", can_focus=False):
                for sentence in (*((self._note,) if self._note else ()), *plan.sentences()):
                    yield Static(render.plain(sentence), classes="dialog--sentence")
            with Horizontal(classes="dialog--buttons"):
                if plan.changes_anything:
                    yield Button(
                        render.plain(plan.affirmative),
                        variant="error" if plan.is_destructive else "primary",
                        id="agree",
                    )
                    yield Button("Cancel", id="cancel")
                else:
                    yield Button("OK", variant="primary", id="cancel")

    def on_mount(self) -> None:
        """Focus what harms least."""
        is_safe = self.plan.changes_anything and not self.plan.is_destructive
        self.query_one("#agree" if is_safe else "#cancel").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "agree")

    def action_cancel(self) -> None:
        """No."""
        self.dismiss(False)

    def action_agree(self) -> None:
        """Yes."""
        self.dismiss(self.plan.changes_anything)

    def action_scroll(self, lines: int) -> None:
        """Through a plan that is longer than the screen."""
        self.query_one(".dialog--body").scroll_relative(y=lines, animate=False)

    def key_left(self) -> None:
        """To the other button."""
        self.focus_previous()

    def key_right(self) -> None:
        """To the other button."""
        self.focus_next()


class TroubleDialog(Dialog[None]):
    """An error that stays until it is answered."""

    BINDINGS = [Binding("escape,enter", "dismiss", "Close")]

    def __init__(self, error: S3mlError) -> None:
        super().__init__()
        self.error = error

    def compose(self) -> ComposeResult:
        """What happened, why, what to do."""
        with Vertical(classes="dialog -trouble"):
            yield Static(render.error_text(self.error), classes="dialog--sentence")
            with Horizontal(classes="dialog--buttons"):
                yield Button("Close", id="close")

    def on_button_pressed(self) -> None:
        """Answered."""
        self.dismiss()


class ShowText(Dialog[None]):
    """A text to read: a line of a log and what belongs to it; every string a paragraph."""

    BINDINGS = [Binding("escape,enter,q", "dismiss", "Close")]

    def __init__(self, title: str, texts: Sequence[str]) -> None:
        super().__init__()
        self._title, self._texts = title, tuple(texts)

    def compose(self) -> ComposeResult:
        """Title and paragraphs."""
        with Vertical(classes="dialog"):
            yield Static(render.plain(self._title), classes="dialog--title")
            with VerticalScroll(classes="dialog--body"):
                for text in self._texts:
                    yield Static(render.lines(*text.splitlines()), classes="dialog--sentence")
            yield Static("escape closes", classes="dialog--hint")


class AskText(Dialog[str | None]):
    """A line of text: a path, an address, a search; None when the user leaves."""

    BINDINGS = [Binding("escape", "cancel", "Cancel")]

    def __init__(
        self,
        title: str,
        *,
        value: str = "",
        placeholder: str = "",
        hint: str = "",
        check: Callable[[str], str] | None = None,
        suggester: Suggester | None = None,
    ) -> None:
        super().__init__()
        self._suggester = suggester
        self._title, self._value, self._placeholder, self._hint = title, value, placeholder, hint
        self._check = check or (lambda _: "")
        """What is wrong with a text; "" when nothing is."""

    def compose(self) -> ComposeResult:
        """Title, input, hint."""
        with Vertical(classes="dialog"):
            yield Static(render.plain(self._title), classes="dialog--title")
            yield LineInput(
                printable(self._value),
                placeholder=self._placeholder,
                suggester=self._suggester,
                select_on_focus=False,
                id="text",
            )
            yield Static(render.plain(self._hint), classes="dialog--hint")

    def on_input_changed(self) -> None:
        """What was wrong may be right now."""
        hint = self.query_one(".dialog--hint", Static)
        if hint.has_class("-wrong"):
            hint.remove_class("-wrong")
            hint.update(render.plain(self._hint))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer, or say what is wrong with it."""
        wrong = self._check(event.value)
        if wrong:
            hint = self.query_one(".dialog--hint", Static)
            hint.update(render.plain(wrong))
            hint.add_class("-wrong")
        else:
            self.dismiss(event.value)

    def action_cancel(self) -> None:
        """No answer."""
        self.dismiss(None)


def refused_by(parse: Callable[[str], object]) -> Callable[[str], str]:
    """A check for `AskText`: the sentence that `parse` refuses a text with; "" when it takes it."""

    def check(text: str) -> str:
        try:
            parse(text)
        except S3mlError as error:
            return error.sentence
        return ""

    return check


class Choose(Dialog[str | None]):
    """One of several; answers its id, None when the user leaves."""

    BINDINGS = [Binding("escape", "cancel", "Cancel")]

    def __init__(
        self, title: str, choices: Sequence[tuple[str, str]], *, hint: str = "", facts: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._title, self._choices, self._hint = title, tuple(choices), hint
        self._facts = tuple(facts)
        """What is to be known before choosing; a line each."""

    def compose(self) -> ComposeResult:
        """Title and list; ids are positions, since text from outside makes no widget id."""
        with Vertical(classes="dialog"):
            yield Static(render.plain(self._title), classes="dialog--title")
            if self._facts:
                yield Static(render.lines(*self._facts), classes="dialog--sentence")
            yield Options(*[Option(render.plain(text)) for _, text in self._choices])
            if self._hint:
                yield Static(render.plain(self._hint), classes="dialog--hint")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer."""
        self.dismiss(self._choices[event.option_index][0])

    def action_cancel(self) -> None:
        """No answer."""
        self.dismiss(None)

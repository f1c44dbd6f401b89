"""Every selector in styles/ matches something, so that a class or id that is renamed without its style is found."""

import ast
import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from textual.app import App
from textual.css.model import Selector, SelectorType
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets._footer import FooterKey

import s3ml_tui.ui
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.ui import stylesheets
from s3ml_tui.ui.preview.rows import PreviewRows
from s3ml_tui.ui.widgets.status_pane import STATES
from tests.services.arranged import WORKSPACE
from tests.ui.harness import until, until_shown
from tests.ui.lab import LARGE, Lab, to_mode

MODES = {"1": "dataset", "2": "Spec", "3": "succeeded", "4": "models/v1", "5": "candidate", "6": "Activity"}
"""The keys of the six modes, with what each shows."""
LOOKS = ("bad", "warn")
"""Of the line below a spec."""
PARTS = ("title", "cause", "step")
"""Of a notice."""


@dataclass(frozen=True)
class Rule:
    """One selector of a style file."""

    file: str
    parts: tuple[Selector, ...]

    @property
    def css(self) -> str:
        return "".join(
            (" > " if part.combinator.name == "CHILD" else " " if part.combinator.name == "DESCENDENT" else "")
            + _marked(part)
            for part in self.parts
        ).strip()

    def names(self, kind: SelectorType) -> list[str]:
        return [part.name for part in self.parts if part.type is kind]

    @property
    def lasting(self) -> str:
        """Without what is only there at times: classes of a state, which begin with a dash, and component classes."""
        kept = [part for part in self.parts if not (part.type is SelectorType.CLASS and is_passing(part.name))]
        return Rule(self.file, tuple(kept)).css


def is_passing(name: str) -> bool:
    return name.startswith("-") or name in components()


def _marked(part: Selector) -> str:
    return {SelectorType.TYPE: "", SelectorType.CLASS: ".", SelectorType.ID: "#"}.get(part.type, "") + part.name


@cache
def rules() -> tuple[Rule, ...]:
    """All of them, nested ones as they are meant."""
    found = []
    for path in stylesheets.style_files():
        sheet = Stylesheet(variables=App[None]().get_css_variables())
        sheet.read(path)
        found += [Rule(Path(path).name, tuple(one.selectors)) for rules in sheet.rules for one in rules.selector_set]
    return tuple(found)


# what the package has ------------------------------------------------------------------------------------------------


@cache
def widgets() -> dict[str, type[DOMNode]]:
    """By name, all classes of widgets and screens that the package has or uses, and those they are made of."""
    own: set[type[DOMNode]] = {FooterKey}
    for found in pkgutil.walk_packages(s3ml_tui.ui.__path__, "s3ml_tui.ui."):
        module = importlib.import_module(found.name)
        own |= {cls for cls in vars(module).values() if isinstance(cls, type) and issubclass(cls, Widget | App)}
    return {base.__name__: base for cls in own for base in cls.__mro__ if issubclass(base, DOMNode)}


@cache
def components() -> frozenset[str]:
    """What widgets draw with, though it is no widget by itself."""
    return frozenset(name for cls in widgets().values() for name in drawn_by(cls))


def drawn_by(cls: type[DOMNode]) -> frozenset[str]:
    return cls._get_component_classes() if issubclass(cls, Widget) else frozenset()


@cache
def words() -> frozenset[str]:
    """All words of the texts in the code of the screens, and the classes that are put together there."""
    found = {f"-{state}" for state in (*STATES, *RunState)}
    found |= {f"-{look}" for look in LOOKS} | {f"notice--{part}" for part in PARTS}
    found.add("-disabled")  # Textual's own, of a key in the footer
    for path in Path(s3ml_tui.ui.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(node.value.split())
    return frozenset(found)


# ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: f"{rule.file}: {rule.css}")
def test_a_selector_names_what_there_is(rule: Rule) -> None:
    for name in rule.names(SelectorType.TYPE):
        assert name in widgets()
    for name in rule.names(SelectorType.ID):
        assert name in words()
    for name in rule.names(SelectorType.CLASS):
        assert name in components() or name in words()


@pytest.mark.parametrize(
    "rule",
    [rule for rule in rules() if rule.parts[-1].name in components()],
    ids=lambda rule: f"{rule.file}: {rule.css}",
)
def test_a_component_class_is_drawn_by_whom_the_selector_names(rule: Rule) -> None:
    owner = rule.names(SelectorType.TYPE)[-1]
    assert rule.parts[-1].name in drawn_by(widgets()[owner])


async def test_what_lasts_in_a_selector_is_on_one_of_the_six_screens_or_in_a_dialog(lab: Lab) -> None:
    lab.run(1, lines=3)
    lab.models(1, champion=1)
    lab.put(WORKSPACE.key("z.txt"), b"text")
    left = {rule.lasting for rule in rules()}
    async with lab.app().run_test(size=LARGE) as pilot:
        await until_shown(pilot, "z.txt")
        await pilot.press("G", "i")
        await until(pilot, lambda: bool(pilot.app.screen.query(PreviewRows)))
        for key, shown in MODES.items():
            await to_mode(pilot, key, shown)
            left -= {css for css in left if pilot.app.screen.query(css) or css == "Screen"}
    assert left
    assert {css for css in left if not css.startswith(DIALOGS)} == set()


DIALOGS = (
    *(".dialog", ".help", ".pairs", ".clash", ".yank", ".picking", ".share", ".go-to", ".bookmarks", ".contexts"),
    *(".usage", ".first-run", "ModalScreen", "FirstRunScreen", "QrScreen", "#qr", "LineInput", "OptionList", "Input"),
)
"""What is only there once something was asked; what is inside them is only checked by its names."""

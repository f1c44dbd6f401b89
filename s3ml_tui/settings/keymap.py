"""The user's keymap: keys by action id, checked against the registry, in Textual's names."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from s3ml_tui.domain.actions import ACTIONS, Action, Scope, actions_of
from s3ml_tui.domain.text import printable
from s3ml_tui.settings.schema import did_you_mean

_MODIFIERS = ("ctrl", "alt", "shift", "super", "meta", "hyper")
_NAMED = frozenset(
    {"escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"}
    | {"up", "down", "left", "right", *(f"f{number}" for number in range(1, 25))}
)
_ALIASES = {"esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup", "pgdn": "pagedown"}
_TEXTUAL = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Where Textual's name for a character is not Unicode's."""
_SWALLOWED = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+left_square_bracket": "escape"}
"""What most terminals send for these."""


def _character(name: str) -> str:
    """A printable ASCII character by Textual's name."""
    found = unicodedata.name(name).lower().replace("-", "_").replace(" ", "_")
    return _TEXTUAL.get(found, found)


_CHARACTERS = {chr(code): _character(chr(code)) for code in range(0x21, 0x7F) if not chr(code).isalnum()}


def key_name(text: str) -> str:
    """A key by Textual's name: `?` is question_mark, `Ctrl+R` is ctrl+r. Raises ValueError with a clause."""
    text = text.strip()
    *modifiers, last = ["+"] if text == "+" else re.split(r"\+(?!$)", text)
    modifiers = [modifier.lower() for modifier in modifiers]
    strange = [modifier for modifier in modifiers if modifier not in _MODIFIERS]
    if strange:
        raise ValueError(f"there is no key {printable(text)!r}: {printable(strange[0])!r} is none of {_MODIFIERS}")
    name = _plain(last)
    if name is None:
        raise ValueError(f"there is no key {printable(text)!r}{did_you_mean(last.lower(), _known())}")
    if modifiers and len(name) == 1 and "shift" not in modifiers:
        name = name.lower()
    whole = "+".join([*sorted(modifiers, key=_MODIFIERS.index), name])
    if whole in _SWALLOWED:
        raise ValueError(f"{whole} cannot be told from {_SWALLOWED[whole]} in most terminals")
    return whole


def _plain(text: str) -> str | None:
    if len(text) == 1:
        return _CHARACTERS.get(text) or (text if text.isalnum() else None)
    name = _ALIASES.get(text.lower(), text.lower())
    return name if name in _known() else None


def _known() -> frozenset[str]:
    return _NAMED | frozenset(_CHARACTERS.values())


def checked(table: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """The keymap of a `[keys]` table (keys by action id, joined by commas), and what is wrong with it."""
    known = {action.id: action for action in ACTIONS}
    keymap: dict[str, str] = {}
    problems = []
    for action_id, value in _flat(table):
        if action_id not in known:
            problems.append(f"[keys] {printable(action_id)}: there is no such action{_meant(action_id)}")
            continue
        keys, wrong = _keys(value)
        problems += [f"[keys] {action_id}: {clause}" for clause in wrong]
        if not wrong:
            keymap[action_id] = ",".join(keys)
    return keymap, problems + (clashes(keymap) if not problems else [])


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """`browse.delete = "x"` is a table in TOML; as one id again."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, value


def _meant(action_id: str) -> str:
    verb = action_id.rpartition(".")[2]
    same = [action.id for action in ACTIONS if action.verb == verb]
    close = f"; did you mean {same[0]}?" if same else did_you_mean(action_id, [action.id for action in ACTIONS])
    return close or "; `s3ml config init` lists them"


def _keys(value: object) -> tuple[list[str], list[str]]:
    given = [part for part in value.split(",") if part.strip()] if isinstance(value, str) else value
    if value == ",":
        given = [","]
    if not isinstance(given, list) or not all(isinstance(part, str) for part in given):
        return [], ['write keys as "r", "r,f5" or ["r", "f5"]']
    if not given:
        return [], ["it names no key"]
    keys, wrong = [], []
    for part in given:
        try:
            keys.append(key_name(part))
        except ValueError as error:
            wrong.append(str(error))
    return list(dict.fromkeys(keys)), wrong


def clashes(keymap: Mapping[str, str]) -> list[str]:
    """The keys that would mean two things on one screen because of the keymap."""
    found: dict[str, None] = {}
    for mode in Scope:
        if mode in {Scope.EVERYWHERE, Scope.LIST}:
            continue
        meanings: dict[str, list[Action]] = defaultdict(list)
        for action in actions_of(mode, Scope.EVERYWHERE, Scope.LIST):
            for key in keymap[action.id].split(",") if action.id in keymap else action.keys:
                meanings[key].append(action)
        for key, actions in meanings.items():
            if len(actions) > 1 and not all(key in action.keys for action in actions):
                ids = " and ".join(action.id for action in actions)
                found[f"[keys] {key} would mean {ids} at once: give one of them another key"] = None
    return list(found)

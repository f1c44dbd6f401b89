"""The registry's keys as Textual bindings, and the keys in force: the user's go before the registry's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from textual.binding import Binding, BindingType
from textual.keys import key_to_character

from s3ml_tui.domain.actions import ACTIONS, Action, Scope, actions_of

_WORDS = {"pagedown": "pgdn", "pageup": "pgup", "escape": "esc"}
_SHORT = {"plus": "+", "slash": "/", "minus": "-", "at": "@", "backslash": "\\", "underscore": "_"}
"""What Textual calls by names that are not Unicode's."""
_ARROWS = {"backspace": "⌫", "left": "←", "right": "→", "up": "↑", "down": "↓"}
_ARROWS_IN_ASCII = {"backspace": "bksp"}
_ID = re.compile(r"\{([a-z]+\.[a-z_]+)\}")
_BY_ID = {action.id: action for action in ACTIONS}


@dataclass(slots=True)
class _InForce:
    """What a process has one of, since it has one app."""

    keymap: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_ascii: bool = False


_in_force = _InForce()


def use(keymap: Mapping[str, str], *, is_ascii: bool) -> None:
    """From now on the keymap's keys (by action id, joined by commas) are in force; all others are the registry's."""
    _in_force.keymap = {action_id: tuple(keys.split(",")) for action_id, keys in keymap.items()}
    _in_force.is_ascii = is_ascii


def keys_of(action: Action) -> tuple[str, ...]:
    """The keys in force, by Textual's names."""
    return _in_force.keymap.get(action.id, action.keys)


def key_text(key: str) -> str:
    """A key as people write it."""
    *modifiers, name = key.split("+") if key != "+" else ["+"]
    if modifiers == ["ctrl"] and len(name) == 1:
        return f"^{name}"
    shown = _WORDS.get(name) or _SHORT.get(name) or (_ARROWS_IN_ASCII if _in_force.is_ascii else _ARROWS).get(name)
    if shown is None:
        character = key_to_character(name) or ""
        shown = character if character.isprintable() and character.strip() else name
    return "+".join([*modifiers, shown])


def keys_text(action: Action) -> str:
    """All keys of an action, as `? f1`."""
    return " ".join(key_text(key) for key in keys_of(action))


def key_for(action_id: str) -> str:
    """The first key of an action as people write it, for a sentence: `r` in `r brings it back`."""
    return key_text(keys_of(_BY_ID[action_id])[0])


def with_keys(sentence: str) -> str:
    """A sentence in which an action's id in braces stands for its key: `{browse.bring_back} brings it back`."""
    return _ID.sub(lambda found: key_for(found[1]), sentence)


def bindings(*scopes: Scope) -> list[BindingType]:
    """The bindings of these scopes, each with the registry's id, label and tooltip."""
    return [_binding(action) for action in actions_of(*scopes)]


def call(action: Action) -> str:
    """What Textual runs for an action: a method of its name, or in Browse the handler of its id."""
    if action.scope is Scope.BROWSE:
        return f"act({action.id!r})"
    return action.id if action.scope is Scope.EVERYWHERE else action.verb


_CHANGES = {action.id if action.scope is Scope.BROWSE else action.verb for action in ACTIONS if action.changes}


def is_change(name: str, parameters: tuple[object, ...]) -> bool:
    """Whether such a call would change the bucket."""
    return (parameters[0] if name == "act" else name) in _CHANGES


def _binding(action: Action) -> Binding:
    return Binding(
        ",".join(action.keys),
        call(action),
        action.label,
        show=action.in_footer,
        tooltip=action.tooltip,
        id=action.id,
        priority=False,
    )

"""The registry's keys as Textual bindings."""

from textual.binding import Binding, BindingType

from s3ml_tui.domain.actions import Action, Scope, actions_of

_SHOWN = {
    "question_mark": "?",
    "full_stop": ".",
    "slash": "/",
    "colon": ":",
    "plus": "+",
    "asterisk": "*",
    "ctrl+a": "^a",
    "ctrl+k": "^k",
    "ctrl+p": "^p",
    "ctrl+o": "^o",
    "ctrl+w": "^w",
    "ctrl+d": "^d",
    "ctrl+u": "^u",
    "ctrl+c": "^c",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "backspace": "⌫",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
}


def key_text(key: str) -> str:
    """A key as people write it."""
    return _SHOWN.get(key, key)


def keys_text(action: Action) -> str:
    """All keys of an action, as `? f1`."""
    return " ".join(key_text(key) for key in action.keys)


def bindings(*scopes: Scope) -> list[BindingType]:
    """The bindings of these scopes, each with the registry's id, label and tooltip."""
    return [_binding(action) for action in actions_of(*scopes)]


def _binding(action: Action) -> Binding:
    name = action.id if action.scope is Scope.EVERYWHERE else action.verb
    return Binding(
        ",".join(action.keys),
        name,
        action.label,
        show=action.in_footer,
        key_display=key_text(action.keys[0]),
        tooltip=action.tooltip,
        id=action.id,
        priority=False,
    )

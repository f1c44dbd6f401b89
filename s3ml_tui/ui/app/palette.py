"""The palette: every action of the screen at hand, by name, from the registry."""

from collections.abc import Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from s3ml_tui.domain.actions import Action, Scope, actions_of
from s3ml_tui.ui.keys import call, keys_text
from s3ml_tui.ui.screens.mode_screen import ModeScreen


class ActionCommands(Provider):
    """Actions of the mode under the palette."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for action in self._actions():
            yield DiscoveryHit(_title(action), partial(self._run, action), help=_help(action))

    async def search(self, query: str) -> Hits:
        """Those whose name or sentence matches."""
        matcher = self.matcher(query)
        for action in self._actions():
            score = matcher.match(f"{_title(action)} {action.tooltip}")
            if score > 0:
                yield Hit(score, matcher.highlight(_title(action)), partial(self._run, action), help=_help(action))

    def _actions(self) -> Iterator[Action]:
        if isinstance(self.screen, ModeScreen):
            yield from actions_of(self.screen.SCOPE, Scope.EVERYWHERE)

    async def _run(self, action: Action) -> None:
        screen = self.screen
        if isinstance(screen, ModeScreen) and screen.is_read_only and action.changes:
            screen.say_read_only()
        else:
            await screen.run_action(call(action))


def _title(action: Action) -> str:
    return action.label.rstrip("…").capitalize()


def _help(action: Action) -> str:
    return f"{keys_text(action)} — {action.tooltip}"

"""The registry of actions: one key, one meaning; what derives from it is true."""

import re
from collections import defaultdict
from pkgutil import resolve_name

from s3ml_tui.domain.actions import ACTIONS, Scope, actions_of
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.browse.screen import HANDLERS
from s3ml_tui.ui.screens.mode_screen import ModeScreen
from s3ml_tui.ui.widgets.rows import Rows
from tests.architecture import readme_keys

MODES = (Scope.BROWSE, Scope.PIPELINE, Scope.RUNS, Scope.MODELS, Scope.LOGS, Scope.ACTIVITY)


def test_ids_are_unique_and_every_action_has_a_key_and_a_sentence() -> None:
    ids = [action.id for action in ACTIONS]
    assert len(ids) == len(set(ids))
    for action in ACTIONS:
        assert action.keys
        assert action.tooltip.endswith(".")
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", action.id)


def test_no_key_means_two_things_on_one_screen() -> None:
    for mode in MODES:
        meanings = defaultdict(set)
        for action in actions_of(mode, Scope.EVERYWHERE):
            for key in action.keys:
                meanings[key].add(action.id)
        assert {key: ids for key, ids in meanings.items() if len(ids) > 1} == {}


def test_every_action_of_the_registry_has_a_method() -> None:
    made = [mode() for mode in S3mlApp.MODES.values() if callable(mode)]
    screens = {type(mode).SCOPE: type(mode) for mode in made if isinstance(mode, ModeScreen)}
    for action in ACTIONS:
        owner = {Scope.EVERYWHERE: S3mlApp, Scope.LIST: Rows}.get(action.scope) or screens[action.scope]
        if action.scope is Scope.BROWSE:
            assert callable(resolve_name(f"s3ml_tui.ui.browse.{HANDLERS[action.id]}"))
        else:
            assert hasattr(owner, f"action_{action.verb}"), action.id
    assert set(HANDLERS) == {action.id for action in actions_of(Scope.BROWSE)}


def test_the_readme_shows_the_registry() -> None:
    assert readme_keys.in_readme() == readme_keys.table().strip()

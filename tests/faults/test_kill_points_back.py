"""Killed while something comes back, is undone, tagged or described; then finished by the same command."""

import pytest

from tests.exhaustive import beyond
from tests.faults.kill_points import POINTS, SEED, Kills
from tests.faults.kill_scenes_back import BACK


@pytest.mark.parametrize(
    "number", [pytest.param(number, marks=beyond(len(BACK), number)) for number in range(POINTS * 35 // 100)]
)
def test_a_killed_command_leaves_nothing_torn_and_is_finished_by_the_same_command(kills: Kills, number: int) -> None:
    arrange, point = kills.draw(BACK, number)
    print(f"SOAK_SEED={SEED}, number {number}: {arrange.__name__}, killed {point}")
    kills.kill_and_finish(arrange, point, number)

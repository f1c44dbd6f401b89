"""Killed at seeded moments while the server copies, moves or deletes; then finished by the same command."""

import pytest

from tests.exhaustive import beyond
from tests.faults.kill_points import POINTS, SEED, Kills
from tests.faults.kill_scenes import WITHIN


@pytest.mark.parametrize(
    "number", [pytest.param(number, marks=beyond(len(WITHIN), number)) for number in range(POINTS * 25 // 100)]
)
def test_a_killed_command_leaves_nothing_torn_and_is_finished_by_the_same_command(kills: Kills, number: int) -> None:
    arrange, point = kills.draw(WITHIN, number)
    print(f"SOAK_SEED={SEED}, number {number}: {arrange.__name__}, killed {point}")
    kills.kill_and_finish(arrange, point, number)

"""Model versions and aliases: what is complete, what points where, and moves that can be undone."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import BadInput, Conflict, NotFound, NotSupported, ReadOnly, StrangeAnswer
from s3ml_tui.domain.plans.alias import MoveAlias
from s3ml_tui.domain.plans.plan import NothingToDo, Plan
from s3ml_tui.records.model_manifest import AliasMove
from s3ml_tui.services.models.models import Models
from tests.doubles import MemoryStore
from tests.services.arranged import AT, LAYOUT, WORKSPACE, memory, now, publish


def models_of(store: MemoryStore, *, read_only: bool = False) -> Models:
    return Models(store, Context(read_only=read_only), now)


def promote(models: Models, alias: str, number: int) -> MoveAlias:
    plan = models.plan_promote(WORKSPACE, alias, number)
    assert isinstance(plan, MoveAlias)
    models.promote(plan)
    return plan


def test_versions_are_newest_first_and_only_a_manifest_makes_one_complete() -> None:
    store = memory()
    store.page_size = 3
    publish(store, 1, 2, 10)
    store.write(LAYOUT.model_claim(11), b"{}")
    store.write(LAYOUT.model(12).key("model.joblib"), b"half")
    store.write(LAYOUT.models.key("notes.md"), b"")
    store.write(LAYOUT.model_manifest(13), b"damaged")
    found = models_of(store).versions(WORKSPACE)
    assert [(one.number, one.is_complete) for one in found] == [
        (13, False),
        (12, False),
        (11, False),
        (10, True),
        (2, True),
        (1, True),
    ]
    best = found[3]
    assert (best.path, best.name, best.estimator, best.headline, best.size, best.created) == (
        "models/v10",
        "churn",
        "SVC",
        "roc_auc 0.871",
        2048,
        AT,
    )


def test_no_models_is_an_empty_list() -> None:
    assert models_of(memory()).versions(WORKSPACE) == ()


def test_a_manifest_that_is_missing_damaged_or_newer_is_said() -> None:
    store = memory()
    models = models_of(store)
    with pytest.raises(NotFound, match="no complete models/v4"):
        models.manifest(WORKSPACE, 4)
    store.write(LAYOUT.model_manifest(4), b"[]")
    with pytest.raises(StrangeAnswer):
        models.manifest(WORKSPACE, 4)
    store.write(LAYOUT.model_manifest(4), b'{"format": 2}')
    with pytest.raises(NotSupported, match="newer s3ml"):
        models.manifest(WORKSPACE, 4)


@pytest.mark.parametrize("name", ["models/v3", "models/v3/", "v3", "3", "s3://bucket/ws/models/v3", "champion"])
def test_every_name_of_a_version_is_understood(name: str) -> None:
    store = memory()
    publish(store, 3)
    models = models_of(store)
    promote(models, "champion", 3)
    assert models.resolve(WORKSPACE, name) == 3


def test_an_unknown_name_is_answered_with_the_aliases_there_are() -> None:
    store = memory()
    with pytest.raises(NotFound, match="no aliases"):
        models_of(store).resolve(WORKSPACE, "champion")
    publish(store, 1)
    promote(models_of(store), "champion", 1)
    with pytest.raises(NotFound, match="champion"):
        models_of(store).resolve(WORKSPACE, "champoin")


def test_promoting_moves_the_alias_keeps_every_move_and_can_be_undone() -> None:
    store = memory()
    publish(store, 1, 2)
    models = models_of(store)
    first = models.plan_promote(WORKSPACE, "champion", 1)
    assert isinstance(first, MoveAlias)
    assert isinstance(first, Plan)
    assert "new alias" in " ".join(first.sentences())
    outcome = models.promote(first)
    assert outcome.undo is None
    assert outcome.no_undo

    second = models.plan_promote(WORKSPACE, "champion", 2)
    assert isinstance(second, MoveAlias)
    assert "until now it pointed to models/v1" in " ".join(second.sentences())
    outcome = models.promote(second)
    assert [alias.number for alias in models.aliases(WORKSPACE)] == [2]
    assert models.versions(WORKSPACE)[0].aliases == ("champion",)

    undo = outcome.undo
    assert isinstance(undo, MoveAlias)
    assert undo.is_rollback
    assert "rolls back" in " ".join(undo.sentences())
    again = models.promote(undo)
    (alias,) = models.aliases(WORKSPACE)
    assert (alias.number, alias.move) == (1, 3)
    assert alias.by
    assert isinstance(again.undo, MoveAlias)
    assert again.undo.number == 2
    moves = [AliasMove.from_bytes(store.read(LAYOUT.alias_move("champion", n)), "") for n in (1, 2, 3)]
    assert [(move.model, move.previous) for move in moves] == [
        ("models/v1", None),
        ("models/v2", "models/v1"),
        ("models/v1", "models/v2"),
    ]


def test_promoting_what_it_points_to_already_is_nothing_to_do() -> None:
    store = memory()
    publish(store, 1)
    promote(models_of(store), "champion", 1)
    assert isinstance(models_of(store).plan_promote(WORKSPACE, "champion", 1), NothingToDo)


def test_an_incomplete_version_cannot_be_promoted() -> None:
    store = memory()
    store.write(LAYOUT.model_claim(1), b"{}")
    with pytest.raises(NotFound, match="no complete models/v1"):
        models_of(store).plan_promote(WORKSPACE, "champion", 1)


@pytest.mark.parametrize("name", ["", "v3", "3", "a/b", "../x", "x" * 64, "a b"])
def test_not_every_name_can_be_an_alias(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be an alias"):
        models_of(memory()).plan_promote(WORKSPACE, name, 1)


def test_an_alias_that_was_moved_meanwhile_is_left_alone() -> None:
    store = memory()
    publish(store, 1, 2, 3)
    models = models_of(store)
    promote(models, "champion", 1)
    mine = models.plan_promote(WORKSPACE, "champion", 2)
    assert isinstance(mine, MoveAlias)
    promote(models, "champion", 3)
    with pytest.raises(Conflict, match="moved by somebody else"):
        models.promote(mine)
    assert models.resolve(WORKSPACE, "champion") == 3


@pytest.mark.parametrize("honours_conditions", [True, False])
def test_of_many_who_promote_at_once_exactly_one_does(honours_conditions: bool) -> None:
    store = memory()
    store.honours_conditions = honours_conditions
    publish(store, *range(1, 9))
    models = models_of(store)
    plans = [models.plan_promote(WORKSPACE, "champion", number) for number in range(1, 9)]
    barrier = threading.Barrier(8)

    def attempt(plan: object) -> int | None:
        assert isinstance(plan, MoveAlias)
        barrier.wait(timeout=30)
        try:
            models.promote(plan)
        except Conflict:
            return None
        return plan.number

    with ThreadPoolExecutor(8) as pool:
        winners = [number for number in pool.map(attempt, plans) if number]
    assert len(winners) == 1
    (alias,) = models.aliases(WORKSPACE)
    assert (alias.number, alias.move) == (winners[0], 1)


def test_a_damaged_move_is_left_out_of_the_list_told_by_name_and_can_be_promoted_over() -> None:
    store = memory()
    publish(store, 1)
    store.write(LAYOUT.alias_move("champion", 7), b"damaged")
    models = models_of(store)
    assert models.aliases(WORKSPACE) == ()
    with pytest.raises(StrangeAnswer, match="damaged"):
        models.resolve(WORKSPACE, "champion")
    promote(models, "champion", 1)
    (alias,) = models.aliases(WORKSPACE)
    assert (alias.number, alias.move) == (1, 8)


def test_a_read_only_context_moves_nothing() -> None:
    store = memory()
    publish(store, 1)
    models = models_of(store, read_only=True)
    plan = models.plan_promote(WORKSPACE, "champion", 1)
    assert isinstance(plan, MoveAlias)
    asked = len(store.requests)
    with pytest.raises(ReadOnly):
        models.promote(plan)
    assert len(store.requests) == asked

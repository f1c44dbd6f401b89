"""Model versions and the aliases that point to them."""

from collections.abc import Callable
from datetime import datetime
from difflib import get_close_matches

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Conflict, NotFound, NotSupported, StrangeAnswer
from s3ml_tui.domain.ml.layout import Layout, model_number
from s3ml_tui.domain.ml.models import Alias, ModelVersion
from s3ml_tui.domain.plans.alias import MoveAlias
from s3ml_tui.domain.plans.plan import NothingToDo, Outcome
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.uri import Place
from s3ml_tui.records.model_manifest import AliasMove, Manifest
from s3ml_tui.services.browse.recursive import folders
from s3ml_tui.services.models import aliases as alias_records
from s3ml_tui.services.parallel import at_once
from s3ml_tui.services.processes.end import who
from s3ml_tui.services.runs.records import headline_text
from s3ml_tui.services.versions.read_only import refuse_read_only
from s3ml_tui.services.workspace.number_claims import claim, highest_seen

MODEL_FILE = "model.joblib"


class Models:
    """Everything a user may ask of model versions."""

    def __init__(self, store: Store, context: Context, now: Callable[[], datetime]) -> None:
        self._store = store
        self._context = context
        self._now = now

    def versions(self, workspace: Place) -> tuple[ModelVersion, ...]:
        """All model versions, newest first; one whose manifest is missing or cannot be read is incomplete."""
        names = folders(self._store, Layout(workspace).models)
        numbers = sorted({number for name in names if (number := model_number(name)) is not None}, reverse=True)
        pointing = self.aliases(workspace) if numbers else ()
        return tuple(at_once(lambda number: self._version(workspace, number, pointing), numbers))

    def manifest(self, workspace: Place, number: int) -> Manifest:
        """MANIFEST.json of one version. Raises NotFound, StrangeAnswer, NotSupported (a newer format)."""
        key = Layout(workspace).model_manifest(number)
        try:
            body = self._store.read(key)
        except NotFound as error:
            raise NotFound(
                f"There is no complete models/v{number} in {workspace.uri}",
                cause=f"{key.uri} is not there: it was never made, is being made, or its run failed",
                advice=f"See the versions there are: s3ml models --workspace {workspace.uri}",
            ) from error
        return Manifest.from_bytes(body, key.uri)

    def resolve(self, workspace: Place, name: str) -> int:
        """The number that `models/v3`, `v3`, `3`, its s3:// address or an alias means. Raises NotFound."""
        below = name.removeprefix(workspace.uri)
        if below.isascii() and below.isdigit() and int(below) > 0:
            return int(below)
        number = model_number(below)
        if number is not None:
            return number
        moves = alias_records.newest_moves(self._store, workspace)
        if name not in moves:
            close = get_close_matches(name, moves, n=1) or sorted(moves)
            there = (
                f"Aliases there are: {', '.join(close)}" if close else "There are no aliases yet; name it as models/v1"
            )
            raise NotFound(f"There is no model called {name!r} in {workspace.uri}", advice=there)
        return alias_records.read_alias(self._store, workspace, name, moves[name]).number

    def aliases(self, workspace: Place) -> tuple[Alias, ...]:
        """All aliases by name; one whose newest record cannot be read is left out, and `resolve` says why."""
        return alias_records.readable_aliases(self._store, workspace)

    def plan_promote(self, workspace: Place, alias: str, number: int) -> MoveAlias | NothingToDo:
        """Point `alias` to models/v`number`. Raises BadInput (no name for an alias), NotFound (no such version)."""
        alias_records.check_name(alias)
        self.manifest(workspace, number)
        move, previous = self._points_to(workspace, alias)
        if previous == number:
            return NothingToDo(f"Make models/v{number} {alias}", f"{alias} points to models/v{number} already.")
        return MoveAlias(workspace, alias, number, previous, move)

    def promote(self, plan: MoveAlias) -> Outcome:
        """Move the alias, if it still is as it was seen. Raises ReadOnly, Conflict."""
        refuse_read_only(self._context, plan.title)
        layout = Layout(plan.workspace)
        # the number before the look: whoever moves the alias after the look has taken it
        first = highest_seen(self._store, layout.aliases.under(plan.alias)) + 1
        if alias_records.newest_moves(self._store, plan.workspace).get(plan.alias, 0) != plan.seen_move:
            raise _moved(plan)
        at, by = self._now(), who()
        previous = None if plan.previous is None else f"models/v{plan.previous}"
        record = AliasMove(alias=plan.alias, model=f"models/v{plan.number}", previous=previous, moved=at, by=by)
        doubts: list[str] = []
        try:
            move, written = claim(
                self._store,
                lambda number: layout.alias_move(plan.alias, number),
                first,
                lambda _number: record.to_bytes(),
                attempts=1,
                warn=doubts.append,
            )
        except Conflict as error:
            raise _moved(plan) from error
        back = None
        if plan.previous is not None:
            back = MoveAlias(plan.workspace, plan.alias, plan.previous, plan.number, move, affirmative="Move it back")
        return Outcome(
            title=f"{plan.alias} points to models/v{plan.number}",
            at=at,
            details=(f"Recorded as {written.key.uri}.", *(f"{doubt}." for doubt in doubts)),
            key=written.key,
            version_id=written.version_id,
            undo=back,
            no_undo="" if back else "It is the alias's first move: there is nothing it could point back to.",
        )

    def _version(self, workspace: Place, number: int, pointing: tuple[Alias, ...]) -> ModelVersion:
        names = tuple(alias.name for alias in pointing if alias.number == number)
        try:
            manifest = self.manifest(workspace, number)
        except (NotFound, NotSupported, StrangeAnswer):
            return ModelVersion(number, is_complete=False, aliases=names)
        file = manifest.files.get(MODEL_FILE)
        return ModelVersion(
            number=number,
            is_complete=True,
            created=manifest.created,
            run_id=manifest.run_id,
            name=manifest.name,
            estimator=manifest.estimator.rpartition(".")[2],
            metrics=manifest.metrics,
            headline=headline_text(manifest.headline, manifest.metrics),
            size=file.size if file else 0,
            aliases=names,
        )

    def _points_to(self, workspace: Place, alias: str) -> tuple[int, int | None]:
        """Its newest move and what it points to; a record that cannot be read points nowhere."""
        move = alias_records.newest_moves(self._store, workspace).get(alias, 0)
        if not move:
            return 0, None
        try:
            return move, alias_records.read_alias(self._store, workspace, alias, move).number
        except (NotSupported, StrangeAnswer):
            return move, None


def _moved(plan: MoveAlias) -> Conflict:
    return Conflict(
        f"{plan.alias} was moved by somebody else meanwhile; nothing was done",
        cause="It no longer is as it was when this was planned",
        advice="Look where it points now and decide again",
    )

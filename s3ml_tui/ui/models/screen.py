"""Models: every model version of the workspace, newest first, with the aliases that point to it."""

import asyncio
from collections.abc import Sequence

from textual import on, work

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.models import ModelVersion
from s3ml_tui.domain.text import moment_text, size_text
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys
from s3ml_tui.ui.clock import local_now
from s3ml_tui.ui.dialogs.prompts import AskText
from s3ml_tui.ui.messages import PlaceWanted, PlanProposed, PredictionWanted, Trouble
from s3ml_tui.ui.screens.workspace_list import ListScreen
from s3ml_tui.ui.widgets.rows import Cell, Column, ItemRows, Rows

DEFAULT_ALIAS = "champion"


class ModelRows(ItemRows[ModelVersion]):
    """Model versions, newest first."""

    COLUMNS = (
        Column("model", 13),
        Column("alias", 16),
        Column("pipeline", 16, from_width=100),
        Column("estimator"),
        Column("result", 20),
        Column("size", 8, "right", from_width=110),
        Column("made", 15, from_width=90),
        Column("by run", 19, from_width=130),
    )

    def __init__(self) -> None:
        super().__init__(id="models")

    def identity(self, item: ModelVersion) -> int:
        """Its number."""
        return item.number

    def cells(self, item: ModelVersion) -> Sequence[Cell | str]:
        """Name, aliases, what it is and how good."""
        if not item.is_complete:
            aliases = Cell(", ".join(item.aliases), "warn")
            why = (Cell("incomplete", "warn"), Cell("no manifest", "dim"))
            return (Cell(f"○ {item.path}", "dim"), aliases, "", *why, "", "", "")
        return (
            Cell(f"✓ {item.path}", "good"),
            Cell(", ".join(item.aliases), "accent"),
            item.name,
            item.estimator.rpartition(".")[2],
            item.headline,
            size_text(item.size),
            Cell(moment_text(item.created, local_now()) if item.created else "", "dim"),
            Cell(item.run_id, "dim"),
        )


class ModelsScreen(ListScreen[ModelVersion]):
    """The list; promote, open, predict."""

    MODE = "models"
    SCOPE = Scope.MODELS
    BINDINGS = keys.bindings(Scope.MODELS)
    NOUN = "model"
    EMPTY_STEP = "{app.pipeline} opens Pipeline: a run that succeeds makes a model version"

    def __init__(self) -> None:
        super().__init__(ModelRows())

    def read(self, services: Services, workspace: Place) -> tuple[tuple[ModelVersion, ...], bool]:
        """All versions; a run may make another, and who may not see the runs waits for none."""
        models = services.models.versions(workspace)
        try:
            return models, bool(services.runs.running_here()) or services.runs.is_any_running(workspace)
        except S3mlError:
            return models, False

    @on(Rows.Opened, "#models")
    def _opened(self) -> None:
        self.action_open_output()

    def action_open_output(self) -> None:
        """Go to the model's files."""
        model = self.chosen_item()
        if model is not None and self.workspace is not None:
            self.post_message(PlaceWanted(Layout(self.workspace).model(model.number)))

    def action_predict(self) -> None:
        """Apply it to a data object."""
        model = self._complete()
        if model is not None:
            self.post_message(PredictionWanted(model=model.path))

    @work
    async def action_promote(self) -> None:
        """Ask for the alias and propose the move."""
        model, workspace, services = self._complete(), self.workspace, self.services
        if model is None or workspace is None or services is None:
            return
        alias = await self.app.push_screen_wait(
            AskText(
                f"Point which alias to {model.path}?",
                value=DEFAULT_ALIAS,
                hint="As champion or staging; pointing it to an older version is rolling back.",
                check=lambda text: "" if text.strip() else "An alias needs a name.",
            )
        )
        if not alias:
            return
        try:
            plan = await asyncio.to_thread(services.models.plan_promote, workspace, alias.strip(), model.number)
        except S3mlError as error:
            self.post_message(Trouble(error))
        else:
            self.post_message(PlanProposed(plan))

    def _complete(self) -> ModelVersion | None:
        """The version under the cursor, if it can be used; else the user is told why not."""
        model = self.chosen_item()
        if model is None or model.is_complete:
            return model
        self.notify(f"{model.path} is incomplete: its run never wrote the manifest.", severity="warning")
        return None

"""Pipeline: the spec as rows on the left; the run that was started, its stages and its log, on the right."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal

from s3ml_tui.domain.actions import Scope
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.plans.plan import Outcome, Plan
from s3ml_tui.domain.text import printable
from s3ml_tui.domain.uri import ObjectKey, Place
from s3ml_tui.records.spec import Spec, load_spec
from s3ml_tui.services.runs.data import data_key
from s3ml_tui.services.runs.plans import CancelBatch, CancelRun
from s3ml_tui.services.session import Services
from s3ml_tui.ui import keys
from s3ml_tui.ui.dialogs.prompts import AskText, Choose, ConfirmPlan
from s3ml_tui.ui.messages import PlaceWanted, Trouble
from s3ml_tui.ui.pipeline.follow import Followed, FollowedBatch, FollowedRun
from s3ml_tui.ui.pipeline.outputs import outputs_of
from s3ml_tui.ui.pipeline.questions import ask_data, ask_model
from s3ml_tui.ui.pipeline.run_pane import FollowedWatch
from s3ml_tui.ui.pipeline.spec_form import Form
from s3ml_tui.ui.pipeline.spec_pane import SpecPane, save_spec
from s3ml_tui.ui.screens.mode_screen import ModeScreen
from s3ml_tui.ui.widgets.rows import Rows


class PipelineScreen(ModeScreen):
    """Describe a run, start it, watch it; or predict with a model version."""

    MODE = "pipeline"
    SCOPE = Scope.PIPELINE
    BINDINGS = keys.bindings(Scope.PIPELINE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]

    def __init__(self) -> None:
        super().__init__()
        self._is_asking = False
        self._prediction: tuple[str | None, ObjectKey | None] | None = None
        """Wanted before there was a session."""

    def body(self) -> ComposeResult:
        """Spec; run."""
        with Horizontal(id="pipeline"):
            yield SpecPane()
            yield FollowedWatch()

    def on_mount(self) -> None:
        """Say what is waited for."""
        self._settle_session()
        self._spec.rows.focus()

    @property
    def _spec(self) -> SpecPane:
        return self.query_one(SpecPane)

    @property
    def _watch(self) -> FollowedWatch:
        return self.query_one(FollowedWatch)

    # the session ---------------------------------------------------------------------------------------------------

    def watch_services(self) -> None:
        """A session came."""
        self._settle_session()

    def watch_workspace(self) -> None:
        """Another workspace."""
        self._settle_session()

    def watch_search(self) -> None:
        """There may be a workspace after all, or a reason why not."""
        if self.services is not None and self.workspace is None:
            self._settle_session()

    def connect_failed(self, error: S3mlError) -> None:
        """No session, and why."""
        self._spec.trouble(error)

    def refresh_all(self) -> None:
        """Read the data's columns again."""
        self._settle_session()

    def after(self, outcome: Outcome) -> None:
        """The run shown here may have been cancelled."""
        self._watch.after(outcome)

    def keep(self) -> Form:
        """What was typed."""
        return self._spec.rows.form

    def bring(self, kept: Form) -> None:
        """Go on with what was typed."""
        self._spec.rows.form = kept
        self._spec.changed()

    def run_to_cancel(self) -> tuple[Place, str] | None:
        """The run shown here while it goes on."""
        return self._watch.run_going_on()

    def plan_to_cancel(self) -> CancelRun | CancelBatch | None:
        """Of the run, or the prediction, that is shown here."""
        return super().plan_to_cancel() or self._watch.batch_going_on()

    def _settle_session(self) -> None:
        self._spec.settle(self.services, self.workspace)
        if self.services is not None and self.workspace is None:
            self.say_no_workspace(self._spec, "Runs are started in a workspace, and write to it.")
        self._begin_prediction()

    def _cannot(self) -> str:
        """Why nothing can be started; "" when it can."""
        if self.services is None:
            return keys.with_keys("There is no session yet: {app.refresh_screen} connects.")
        if self.is_read_only:
            return "This context is read-only: nothing can be started in it."
        if self.workspace is not None:
            return ""
        return keys.with_keys("There is no workspace here: {app.browse} and {browse.make_workspace} make one.")

    # the spec ------------------------------------------------------------------------------------------------------

    def fill(self, values: dict[str, Any]) -> None:
        """Fill the rows: from a spec, or from data alone."""
        self._spec.fill(values)

    @on(Rows.Opened, "#spec")
    def _open_row(self) -> None:
        field = self._spec.rows.field
        if field is None:
            self.action_start()
        else:
            self._ask(self._spec.edit(field))

    @work(group="asking", exit_on_error=False)
    async def _ask(self, question: Coroutine[Any, Any, None]) -> None:
        """One conversation at a time; what goes wrong in it is told."""
        if self._is_asking:
            question.close()
            return
        self._is_asking = True
        try:
            await question
        except S3mlError as error:
            self.post_message(Trouble(error))
        finally:
            self._is_asking = False

    def action_load(self) -> None:
        """Fill the rows from a spec file."""
        self._ask(self._load())

    async def _load(self) -> None:
        path = await self.app.push_screen_wait(AskText("Load a spec", placeholder="churn.toml", hint="A TOML file"))
        if path:
            spec = await asyncio.to_thread(load_spec, Path(path).expanduser())
            self.fill(spec.model_dump(exclude_defaults=True))

    def action_save(self) -> None:
        """Write the rows to a spec file."""
        spec = self._spec.whole_spec()
        if spec is not None:
            self._ask(save_spec(self.app, spec))

    # runs and predictions ------------------------------------------------------------------------------------------

    def action_start(self) -> None:
        """Show the plan of the run, and start it."""
        if self._cannot():
            self.notify(self._cannot(), severity="warning")
            return
        spec = self._spec.whole_spec()
        if spec is not None and self.services is not None and self.workspace is not None:
            self._ask(self._start_run(self.services, self.workspace, spec))

    async def _start_run(self, services: Services, workspace: Place, spec: Spec) -> None:
        plan = await asyncio.to_thread(services.runs.plan_start, spec, workspace)
        if await self._agreed(plan):
            self._watch.begin(FollowedRun(services, await asyncio.to_thread(services.runs.start, plan)))

    async def _agreed(self, plan: Plan) -> bool:
        """Whether the user agrees to the plan; not asked of one who has gone to another screen meanwhile."""
        if self.is_current:
            return await self.app.push_screen_wait(ConfirmPlan(plan))
        self.notify(printable(f"{plan.title} was not started: you left before its plan was ready."), markup=False)
        return False

    def action_predict(self) -> None:
        """Apply a model version to a data object."""
        if self._cannot():
            self.notify(self._cannot(), severity="warning")
        else:
            self.predict(None, None)

    def predict(self, model: str | None, data: ObjectKey | None) -> None:
        """Ask for what is missing, show the plan, and predict; once there is a session."""
        self._prediction = (model, data)
        self._begin_prediction()

    def _begin_prediction(self) -> None:
        if self._prediction is not None and self.services is not None and self.workspace is not None:
            wanted, self._prediction = self._prediction, None
            self._ask(self._predict(self.services, self.workspace, *wanted))

    async def _predict(self, services: Services, workspace: Place, model: str | None, data: ObjectKey | None) -> None:
        model = model or await ask_model(self.app, services, workspace)
        if model is not None and data is None:
            text = await ask_data(self.app, services, workspace)
            data = data_key(workspace, text) if text else None
        if model is None or data is None:
            return
        plan = await asyncio.to_thread(services.predictions.plan, workspace, model, data)
        if plan.trust is not None:
            if not await self._agreed(plan.trust):
                return
            await asyncio.to_thread(services.predictions.trust, plan.trust)
            plan = replace(plan, trust=None)
        if await self._agreed(plan):
            self._watch.begin(FollowedBatch(services, await asyncio.to_thread(services.predictions.start, plan)))

    # the log and what was made ---------------------------------------------------------------------------------------

    def action_follow(self) -> None:
        """Follow the log's end again, or stop."""
        if not self._watch.toggle_follow():
            self.notify(keys.with_keys("There is no log yet: {pipeline.start} starts a run."), severity="warning")

    @on(Rows.Left, "#run-log")
    @on(Rows.Left, "#metrics")
    def _leave_watch(self) -> None:
        self._spec.rows.focus()

    @on(Rows.Opened, "#metrics")
    def action_open_output(self) -> None:
        """Choose something that was made, and go there in Browse."""
        shown = self._watch.shown
        if shown is None:
            self.notify(keys.with_keys("Nothing was made yet: {pipeline.start} starts a run."), severity="warning")
        else:
            self._ask(self._open_output(shown))

    async def _open_output(self, followed: Followed) -> None:
        found = outputs_of(followed)
        choices = [(str(at), output.label) for at, output in enumerate(found)]
        chosen = await self.app.push_screen_wait(Choose(f"Open, of {followed.name}", choices, hint="In Browse"))
        if chosen is not None:
            output = found[int(chosen)]
            self.post_message(PlaceWanted(output.place, output.key))

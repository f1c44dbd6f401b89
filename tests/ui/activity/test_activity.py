"""Activity: jobs paused, cancelled and done again; what was done, by earlier sessions too; the requests sent."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.errors import Cancelled, LocalTrouble, ServerFault
from s3ml_tui.domain.job_control import report_done, rests
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.storage.store import Cancelled as IsCancelled
from s3ml_tui.domain.storage.store import Progress
from s3ml_tui.domain.uri import Place
from s3ml_tui.services.session import Services
from s3ml_tui.services.undo.activity import Activity, Where
from s3ml_tui.ui import messages
from s3ml_tui.ui.activity.activity_rows import ActivityRows
from s3ml_tui.ui.activity.job_rows import JobRows
from s3ml_tui.ui.activity.request_rows import RequestRows
from s3ml_tui.ui.activity.screen import _LOOK_S
from s3ml_tui.ui.app.app import S3mlApp
from s3ml_tui.ui.dialogs.prompts import Choose, ConfirmPlan, ShowText
from tests.services.memory import refusing
from tests.ui.harness import clock, has, screen_text, services_over, until, until_shown
from tests.ui.lab import HOSTILE, LARGE, SIZES, SMALL, Lab, dangerous_texts, to_mode

KEY = "dataset/raw/churn.csv"


class Steps:
    """Work over some steps, each of which waits until it is let go."""

    def __init__(self, count: int = 4, size: int = 250, *, fails_at: int | None = None) -> None:
        self.count, self.size, self.fails_at = count, size, fails_at
        self.go = threading.Semaphore(0)
        self.done = 0

    def let(self, steps: int) -> None:
        """So many steps go on."""
        self.go.release(steps)

    def __call__(self, progress: Progress, cancelled: IsCancelled) -> str:
        for number in range(self.count):
            if rests(cancelled):
                raise Cancelled
            while not self.go.acquire(timeout=0.01):
                if cancelled():
                    raise Cancelled
            if number == self.fails_at:
                raise ServerFault("The server failed", advice="Try again")
            if self.size:
                progress(self.size)
            self.done += 1
            report_done(cancelled, self.done, self.count)
        return "done"


class Session:
    """The lab's session with a record of what was done, as one process has it after another."""

    def __init__(self, lab: Lab, *, server: str = "http://here") -> None:
        self.lab, self.server = lab, server
        self.state = lab.folder / "state"
        self.opened: list[Services] = []

    def activity(self, name: str = "prod", *, server: str = "") -> Activity:
        return Activity(self.state, Where(name, server or self.server), by="an earlier session")

    def services(self, context: Context | None = None) -> Services:
        at = context or Context(name="prod")
        return services_over(self.lab.store, self.lab.folder, at, activity=self.activity(at.name))

    def open(self, context: Context) -> Services:
        self.opened.append(self.services(context))
        return self.opened[-1]

    def app(self, **options: Any) -> S3mlApp:
        return self.lab.app(self.open, **options)


@pytest.fixture
def session(lab: Lab) -> Session:
    return Session(lab)


def start(pilot: Pilot[Any], work: Steps, title: str = "Download a.csv") -> None:
    total = work.count * work.size or None
    pilot.app.post_message(messages.JobWanted(title, work, lambda result: f"It is {result}", total=total))


def job_line(app: S3mlApp, title: str) -> str:
    """The job's line, "" while there is none; dialogs and toasts that name it stand below."""
    lines = (line for line in screen_text(app).splitlines() if line.startswith("│") and title in line)
    return next(lines, "")


async def begun(pilot: Pilot[Any], work: Steps, *texts: str) -> None:
    start(pilot, work)
    await until_shown(pilot, "running", *texts)


# jobs ----------------------------------------------------------------------------------------------------------------


@SIZES
async def test_a_job_shows_how_far_it_is_and_what_it_took(session: Session, size: tuple[int, int]) -> None:
    work = Steps()
    async with session.app().run_test(size=size, notifications=True) as pilot:
        await to_mode(pilot, "6", "No jobs yet")
        await begun(pilot, work)
        work.let(2)
        await until(pilot, lambda: "50%" in job_line(session_app(pilot), "Download a.csv"), "half of it")
        if size == LARGE:
            assert "▓▓▓▓▓▓░░░░░░" in job_line(session_app(pilot), "Download a.csv")
            assert "500 B of 1.0 kB" in job_line(session_app(pilot), "Download a.csv")
        work.let(2)
        await until_shown(pilot, "✓ done", "1 job")
        assert "%" not in job_line(session_app(pilot), "Download a.csv")


def session_app(pilot: Pilot[Any]) -> S3mlApp:
    assert isinstance(pilot.app, S3mlApp)
    return pilot.app


async def test_a_job_without_bytes_counts_its_things(session: Session) -> None:
    work = Steps(4, 0)
    async with session.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "6", "No jobs yet")
        await begun(pilot, work)
        work.let(1)
        await until(pilot, lambda: "1 of 4" in job_line(session_app(pilot), "Download a.csv"), "the count")
        work.let(3)
        await until_shown(pilot, "✓ done")


@SIZES
async def test_z_pauses_a_job_between_two_steps_and_lets_it_go_on(session: Session, size: tuple[int, int]) -> None:
    work = Steps()
    async with session.app().run_test(size=size, notifications=True) as pilot:
        await to_mode(pilot, "6", "No jobs yet")
        await begun(pilot, work)
        await pilot.press("z")
        await until_shown(pilot, "pausing")
        work.let(1)
        await until_shown(pilot, "◇ paused", "25%")
        work.let(3)
        await pilot.press("2")
        await until_shown(pilot, "paused")
        await pilot.press("6")
        assert work.done == 1
        await pilot.press("z")
        await until_shown(pilot, "✓ done")
        assert work.done == 4
        await pilot.press("z")
        await until_shown(pilot, "Nothing is going on")


async def test_a_paused_job_makes_room_for_one_that_waits(session: Session) -> None:
    works = [Steps() for _ in range(5)]
    async with session.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "6", "No jobs yet")
        for number, work in enumerate(works):
            start(pilot, work, f"Job {number}")
        await until_shown(pilot, "○ waiting", "5 of 5 jobs going on")
        assert "waiting" in job_line(session_app(pilot), "Job 4")
        pilot.app.screen.query_one(JobRows).focus()
        await pilot.press("G", "z")
        await until(pilot, lambda: "running" in job_line(session_app(pilot), "Job 4"), "the last one begins")
        works[0].let(1)
        await until(pilot, lambda: "paused" in job_line(session_app(pilot), "Job 0"), "the first one waits")
        for work in works:
            work.let(4)
        await until_shown(pilot, "1 of 5 jobs going on")
        await pilot.press("z")
        await until(pilot, lambda: not session_app(pilot).jobs.active, "all are over")


async def test_ctrl_k_cancels_the_job_under_the_cursor_also_one_that_waits_or_is_paused(session: Session) -> None:
    works = [Steps() for _ in range(5)]
    async with session.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "No jobs yet")
        for number, work in enumerate(works):
            start(pilot, work, f"Job {number}")
        await until_shown(pilot, "○ waiting")
        pilot.app.screen.query_one(JobRows).focus()
        await pilot.press("g", "ctrl+k")
        await until_shown(pilot, "Cancel “Job 4”?")
        await pilot.press("j", "enter")
        await until(pilot, lambda: "⊘ cancelled" in job_line(session_app(pilot), "Job 4"), "the one that waited")
        await pilot.press("j", "z")
        works[3].let(1)
        await until(pilot, lambda: "paused" in job_line(session_app(pilot), "Job 3"), "it is paused")
        await pilot.press("ctrl+k")
        await until_shown(pilot, "Cancel “Job 3”?")
        await pilot.press("j", "enter")
        await until(pilot, lambda: "⊘ cancelled" in job_line(session_app(pilot), "Job 3"), "the one that was paused")
        assert [job.is_over for job in session_app(pilot).jobs.all] == [False, False, False, True, True]
        session_app(pilot).jobs.close()


async def test_a_does_again_what_failed(session: Session) -> None:
    work = Steps(fails_at=1)
    async with session.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "No jobs yet")
        await begun(pilot, work)
        await pilot.press("a")
        await until_shown(pilot, "Nothing of it failed that could be done again.")
        work.let(2)
        await until_shown(pilot, "The server failed", "Close")
        await pilot.press("enter")
        await until_shown(pilot, "✗ failed")
        work.fails_at = None
        await pilot.press("a")
        await until_shown(pilot, "● running", "2 jobs")
        work.let(4)
        await until_shown(pilot, "✓ done", "✗ failed")


async def test_a_plan_that_failed_is_planned_and_proposed_again(session: Session, lab: Lab) -> None:
    services = session.services()
    async with session.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "Nothing was done yet")
        lab.store.before = refusing("delete", ServerFault("The server failed", advice="Try again"))
        pilot.app.post_message(messages.PlanProposed(services.objects.plan_delete(lab.workspace.key(KEY))))
        await agree(pilot, "Delete churn.csv")
        await until_shown(pilot, "The server failed", "Close")
        await pilot.press("enter")
        lab.store.before = refusing("nothing", ServerFault(""))
        lab.store.write(lab.workspace.key(KEY), b"newer, by somebody else")
        await until_shown(pilot, "✗ failed")
        await pilot.press("a")
        await agree(pilot, "Delete churn.csv", "Its 23 B")
        await until_shown(pilot, "Deleted churn.csv", "1 outcome")


async def test_of_many_only_what_failed_is_done_again(session: Session, lab: Lab) -> None:
    keys = [lab.workspace.key(f"dataset/raw/{name}") for name in ("a", "b", "c")]
    for key in keys:
        lab.put(key, b"1")
    plan = session.services().many.plan_delete(keys)

    def refuse_b(verb: str, address: str) -> None:
        if verb == "delete" and address.endswith("/b"):
            raise ServerFault("The server failed", advice="Try again")

    async with session.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "Nothing was done yet")
        lab.store.before = refuse_b
        pilot.app.post_message(messages.PlanProposed(plan))
        await agree(pilot, "Delete 3 objects")
        await until_shown(pilot, "◐ in part", "Deleted 2 of 3 objects")
        lab.store.before = refusing("nothing", ServerFault(""))
        await pilot.press("a")
        await until_shown(pilot, "Delete 1 object", "b: 1 B together")
        await agree(pilot, "Delete 1 object")
        await until_shown(pilot, "Deleted 1 object", "✓ done")
        left = lab.store.list_page(lab.workspace.under("dataset/raw")).keys
        assert [key.rpartition("/")[2] for key in left] == ["churn.csv"]


async def test_enter_on_a_job_tells_all_that_is_known_of_it(session: Session) -> None:
    work = Steps()
    async with session.app().run_test(size=SMALL) as pilot:
        await to_mode(pilot, "6", "No jobs yet")
        await begun(pilot, work)
        work.let(1)
        pilot.app.screen.query_one(JobRows).focus()
        await until_shown(pilot, "25%")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ShowText))
        await until_shown(pilot, "It is running.", "250 B of 1.0 kB")
        work.let(3)
        await pilot.press("escape")
        await until_shown(pilot, "✓ done")


# what was done -------------------------------------------------------------------------------------------------------


async def agree(pilot: Pilot[Any], *texts: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan), f"the plan {texts}")
    await until_shown(pilot, *texts)
    await pilot.press("y")
    await until(pilot, lambda: not isinstance(pilot.app.screen, ConfirmPlan))


def deleted(session: Session, name: str = KEY) -> None:
    """An earlier session deleted an object."""
    services = session.services()
    key = session.lab.workspace.key(name)
    session.lab.put(key, b"bytes of it")
    services.perform(services.objects.plan_delete(key))


def content(session: Session, name: str = KEY) -> bytes:
    return session.lab.store.read(session.lab.workspace.key(name))


@SIZES
async def test_u_undoes_what_an_earlier_session_did(session: Session, size: tuple[int, int]) -> None:
    deleted(session)
    async with session.app().run_test(size=size, notifications=True) as pilot:
        await until_shown(pilot, "ws/ · ")
        await pilot.press("u")
        await agree(pilot, "Bring back churn.csv", "This undoes “Deleted churn.csv” (", "by an earlier")
        await until(pilot, lambda: "Brought back churn.csv" in screen_text(pilot.app))
        assert content(session) == b"bytes of it"
        await to_mode(pilot, "6", "Brought back churn.csv", "Deleted churn.csv", "undone ", "2 outcomes")


async def test_what_was_done_is_listed_after_a_restart_with_its_undo(session: Session) -> None:
    deleted(session)
    session.activity().note(Outcome("Made it a workspace", clock() - timedelta(hours=3), no_undo="It stays one."))
    async with session.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "2 outcomes", "Made it a workspace", "3 h ago", "It stays one.")
        assert has(pilot.app, "Deleted churn.csv", "enter undoes it", "bucket")
        await pilot.press("enter")
        await until(pilot, lambda: "It stays one." in screen_text(pilot.app))
        await pilot.press("j", "i")
        await until_shown(pilot, "by an earlier session.", "Its undo: Bring back churn.csv.", "http://here")
        await pilot.press("escape", "enter")
        await agree(pilot, "Bring back churn.csv")
        await until_shown(pilot, "3 outcomes")
        assert content(session) == b"bytes of it"
        await pilot.press("j", "j", "enter")
        await until_shown(pilot, "It was undone already; what undid it can be undone.")


async def test_an_undo_of_what_was_changed_meanwhile_is_refused_in_a_sentence(session: Session) -> None:
    deleted(session)
    session.lab.put(session.lab.workspace.key(KEY), b"by somebody else")
    async with session.app().run_test(size=LARGE, notifications=True) as pilot:
        await until_shown(pilot, "ws/ · ")
        await pilot.press("u")
        await agree(pilot, "Bring back churn.csv")
        await until_shown(pilot, "Somebody wrote 16 B to it", "Close")
        await pilot.press("enter")
        assert content(session) == b"by somebody else"


async def test_what_was_done_in_another_bucket_is_undone_there_only(session: Session) -> None:
    deleted(session)
    session.lab.store.create_bucket("other")
    async with session.app(start=Place("other")).run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "Deleted churn.csv")
        await pilot.press("u")
        await until_shown(pilot, "Nothing was done yet that could be undone.")
        await pilot.press("enter")
        await agree(pilot, "Bring back churn.csv")
        await until_shown(pilot, "2 outcomes")
        assert content(session) == b"bytes of it"


async def test_what_was_done_in_another_context_says_where_it_can_be_undone(session: Session) -> None:
    deleted(session)
    here = Session(session.lab, server="http://elsewhere")
    async with here.app(context=Context(name="lab")).run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "Deleted churn.csv", "can be undone in prod", "prod ▸ bucket")
        await pilot.press("u")
        await until_shown(pilot, "Nothing was done yet that could be undone.")
        await pilot.press("enter")
        await until_shown(pilot, "was done to another server", "in the context prod, on http://here", "Close")


async def test_a_read_only_context_undoes_nothing(session: Session) -> None:
    deleted(session)
    async with session.app(context=Context(name="prod", read_only=True)).run_test(
        size=LARGE, notifications=True
    ) as pilot:
        await to_mode(pilot, "6", "Deleted churn.csv")
        await pilot.press("enter")
        await until_shown(pilot, "This context is read-only")
        await pilot.press("1", "u")
        await pilot.app.workers.wait_for_complete()
        assert not isinstance(pilot.app.screen, ConfirmPlan)


async def test_what_another_process_does_meanwhile_shows_on_r(session: Session) -> None:
    async with session.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "6", "Nothing was done yet")
        session.activity().note(Outcome("Deleted b.csv", clock()))
        await pilot.press("R")
        await until_shown(pilot, "Deleted b.csv", "by an earlier session · 1 outcome")


async def test_a_record_that_cannot_be_read_says_why_and_the_rest_goes_on(session: Session) -> None:
    session.state.mkdir(parents=True)
    (session.state / "activity.jsonl").mkdir()
    work = Steps(1)
    async with session.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "What was done cannot be read back", "Check the folder's permissions")
        start(pilot, work)
        work.let(1)
        await until_shown(pilot, "✓ done")


async def test_what_cannot_be_remembered_is_said_once_and_undone_in_the_session(session: Session, lab: Lab) -> None:
    session.state.write_text("no folder")
    plan = session.services().objects.plan_delete(lab.workspace.key(KEY))
    async with session.app().run_test(size=LARGE, notifications=True) as pilot:
        await to_mode(pilot, "6", "What was done cannot be read back")
        pilot.app.post_message(messages.PlanProposed(plan))
        await agree(pilot, "Delete churn.csv")
        await until_shown(pilot, "What was done is not remembered", "1 outcome")
        await pilot.press("u")
        await agree(pilot, "Bring back churn.csv")
        await until_shown(pilot, "2 outcomes")


async def test_many_outcomes_scroll_and_the_cursor_stays_where_it_was(session: Session) -> None:
    for number in range(300):
        session.activity().note(Outcome(f"Deleted {number}.csv", clock()))
    async with session.app().run_test(size=SMALL) as pilot:
        await to_mode(pilot, "6", "Deleted 299.csv", "300 outcomes")
        await pilot.press("G")
        await until_shown(pilot, "Deleted 0.csv")
        pilot.app.post_message(messages.OutcomeArrived(Outcome("One more", clock())))
        await until_shown(pilot, "301 outcomes", "Deleted 0.csv")
        chosen = pilot.app.screen.query_one(ActivityRows).chosen
        assert chosen is not None
        assert chosen.title == "Deleted 0.csv"


# requests ------------------------------------------------------------------------------------------------------------


def send(session: Session, operation: str = "ListObjectsV2", **parameters: Any) -> None:
    log = session.opened[-1].requests
    log.flags = ("--endpoint-url", "http://here")
    log.ended(log.began(operation, parameters or {"Bucket": "bucket"}, clock().timestamp()), 0.012, status=200, size=99)


@SIZES
async def test_requests_show_live_as_aws_commands(session: Session, size: tuple[int, int]) -> None:
    async with session.app().run_test(size=size) as pilot:
        await until_shown(pilot, "ws/ · ")
        await to_mode(pilot, "6", "Nothing was sent yet")
        send(session)
        await until_shown(pilot, "200", "12", "aws s3api list-objects-v2 --bucket bucket", "1 request")
        log = session.opened[-1].requests
        going = log.began("GetObject", {"Bucket": "bucket", "Key": "a b"}, clock().timestamp())
        await until_shown(pilot, "…", "aws s3api get-object --bucket bucket", "2 requests")
        log.ended(going, 3.0, error="ConnectTimeoutError")
        await until_shown(pilot, "none", "3,000")
        pilot.app.screen.query_one(RequestRows).focus()
        await pilot.press("g", "enter")
        await until_shown(pilot, "GetObject", "--key 'a b' FILE", "Not answered (ConnectTimeoutError)", "3,000.0 ms")


async def test_y_copies_the_whole_command(session: Session) -> None:
    copied: list[str] = []
    async with session.app().run_test(size=SMALL, notifications=True) as pilot:
        pilot.app.copy_to_clipboard = copied.append  # type: ignore[method-assign,assignment]  # the terminal's
        await to_mode(pilot, "6", "Nothing was sent yet")
        await pilot.press("y")
        await until_shown(pilot, "No request was sent yet.")
        send(session, "HeadObject", Bucket="bucket", Key="dataset/" + "very/" * 20 + "deep file.csv")
        await until_shown(pilot, "1 request")
        await pilot.press("y")
        await until_shown(pilot, "The command is copied")
    assert copied == [
        f"aws s3api head-object --bucket bucket --key 'dataset/{'very/' * 20}deep file.csv' --endpoint-url http://here"
    ]


async def test_the_cursor_stays_on_a_request_while_others_come(session: Session) -> None:
    async with session.app().run_test(size=SMALL) as pilot:
        await to_mode(pilot, "6", "Nothing was sent yet")
        for number in range(3):
            send(session, "HeadObject", Bucket="bucket", Key=f"first {number}")
        await until_shown(pilot, "3 requests")
        rows = pilot.app.screen.query_one(RequestRows)
        rows.focus()
        await pilot.press("j")
        for number in range(20):
            send(session, "HeadObject", Bucket="bucket", Key=f"more {number}")
        await until_shown(pilot, "23 requests")
        assert rows.chosen is not None
        assert ("Key", "first 1") in rows.chosen.parameters


async def test_requests_cost_nothing_while_they_are_not_shown(session: Session) -> None:
    async with session.app().run_test(size=SMALL) as pilot:
        await to_mode(pilot, "6", "Nothing was sent yet")
        activity = pilot.app.screen
        await to_mode(pilot, "3", "No runs yet")
        looked = 0
        rows = activity.query_one(RequestRows)

        def look() -> bool:
            nonlocal looked
            looked += 1
            return False

        rows.look = look  # type: ignore[method-assign]  # counts
        send(session)
        ticks: list[int] = []
        activity.set_interval(_LOOK_S, lambda: ticks.append(looked))
        await until(pilot, lambda: len(ticks) > 2, "so often it would have been looked at")
        assert looked == 0
        await pilot.press("6")
        await until(pilot, lambda: looked > 0, "it is looked at again")


# all of it -----------------------------------------------------------------------------------------------------------


@SIZES
async def test_texts_that_mean_harm_are_shown_as_they_are(session: Session, size: tuple[int, int]) -> None:
    session.activity().note(Outcome(HOSTILE, clock(), (HOSTILE,), no_undo=HOSTILE))
    async with session.app().run_test(size=size) as pilot:
        await to_mode(pilot, "6", "1 outcome")
        send(session, "HeadObject", Bucket="bucket", Key=HOSTILE)
        await until_shown(pilot, "1 request", "evil\\x1b[31m")
        assert not dangerous_texts(pilot.app)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(pilot.app.screen, ShowText))
        assert not dangerous_texts(pilot.app)
        await pilot.press("escape")
        pilot.app.screen.query_one(RequestRows).focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ShowText))
        assert not dangerous_texts(pilot.app)


async def test_a_click_chooses_and_a_second_one_opens(session: Session) -> None:
    deleted(session)
    async with session.app().run_test(size=LARGE) as pilot:
        await to_mode(pilot, "6", "Deleted churn.csv")
        await pilot.click(ActivityRows, offset=(20, 1))
        assert pilot.app.screen.query_one(ActivityRows).has_focus
        await pilot.click(ActivityRows, offset=(20, 1), times=2)
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmPlan))


async def test_the_pane_in_focus_has_the_most_room_on_a_low_screen(session: Session) -> None:
    async with session.app().run_test(size=SMALL) as pilot:
        deleted(session)
        await to_mode(pilot, "6", "Deleted churn.csv")

        def height(name: str) -> int:
            return pilot.app.screen.query_one(f"#{name}-pane").size.height

        await until(pilot, lambda: height("outcome") > height("request"))
        send(session)
        await until_shown(pilot, "1 request")
        pilot.app.screen.query_one(RequestRows).focus()
        await until(pilot, lambda: height("request") > height("outcome"))


# leaving -------------------------------------------------------------------------------------------------------------


async def leave(pilot: Pilot[Any], choice: str) -> None:
    await pilot.press("q")
    await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
    lines = [line for line in screen_text(pilot.app).splitlines() if "Stay" in line or "quit" in line.lower()]
    at = next(number for number, line in enumerate(lines) if choice in line)
    await pilot.press(*["j"] * at, "enter")


async def test_waiting_ends_the_app_with_its_last_job_and_a_paused_one_goes_on(session: Session) -> None:
    works = [Steps(2), Steps(2)]
    app = session.app()
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        for work in works:
            start(pilot, work)
        await until(pilot, lambda: len(app.jobs.active) == 2, "both go on")
        app.jobs.all[0].pause()
        await leave(pilot, "Wait for the jobs, then quit")
        await until_shown(pilot, "s3ml ends with the last job")
        assert app.current_mode == "activity"
        works[0].let(2)
        await until(pilot, lambda: len(app.jobs.active) == 1, "one is over")
        assert app.is_running
        works[1].let(2)
        await until(pilot, lambda: not app.is_running, "it ends")
    assert app.return_code == 0
    assert [job.state for job in app.jobs.all] == ["done", "done"]


async def test_one_stays_when_what_was_waited_for_failed(session: Session) -> None:
    work = Steps(2, fails_at=0)
    app = session.app()
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        await begun(pilot, work)
        await leave(pilot, "Wait for the job, then quit")
        work.let(1)
        await until_shown(pilot, "s3ml stays", "The server failed")
        await pilot.press("enter", "q")
        await until(pilot, lambda: not app.is_running)


async def test_one_may_change_ones_mind_about_waiting(session: Session) -> None:
    work = Steps(2)
    app = session.app()
    async with app.run_test(size=LARGE, notifications=True) as pilot:
        await begun(pilot, work)
        await leave(pilot, "Wait for the job, then quit")
        await until_shown(pilot, "s3ml ends with the last job")
        await leave(pilot, "Stay")
        work.let(2)
        await until_shown(pilot, "✓ done")
        assert app.is_running


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (LocalTrouble("The disk is full", advice="Free some space"), "failed"),
        (Cancelled(), "cancelled"),
    ],
    ids=["failed", "cancelled"],
)
async def test_a_job_that_ended_can_be_retried(session: Session, told: Exception, expected: str) -> None:
    app = session.app()

    def work(_progress: Progress, _cancelled: IsCancelled) -> Any:
        raise told

    async with app.run_test(size=LARGE) as pilot:
        pilot.app.post_message(messages.JobWanted("Download a.csv", work, str))
        await until(pilot, lambda: bool(app.jobs.all) and app.jobs.all[0].is_over)
        assert app.jobs.all[0].state == expected
        assert app.jobs.all[0].can_be_retried

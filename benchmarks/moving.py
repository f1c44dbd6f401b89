"""Browse while files move: from the press of a key to its frame, on the embedded server.

.venv/bin/python -m benchmarks.moving
"""

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.table import up_or_down
from benchmarks.timed_app import SIZE, TimedApp, head, print_row, until
from benchmarks.transfers import BUCKET, Bench, bench
from s3ml_tui.domain.context import Context
from s3ml_tui.domain.plans.plan import Outcome
from s3ml_tui.domain.storage.store import Cancelled, Progress
from s3ml_tui.domain.uri import Place
from s3ml_tui.s3.connect import connect
from s3ml_tui.services.session import Services
from s3ml_tui.ui.messages import JobWanted
from s3ml_tui.ui.object_table.loader import set_aside
from tests.ui.harness import services_over

IDLE_PRESSES = 150
JOBS = 4
LISTED = Place(BUCKET, "listed/")


async def presses_while(app: TimedApp, name: str, begin_one: Callable[[int], asyncio.Event]) -> None:
    """Keys as long as a job goes on, some jobs one after another: of few presses the 99th percentile is the worst."""
    taken = list[float]()
    for job in range(JOBS):
        is_over = begin_one(job)
        while not is_over.is_set():
            taken.append(await up_or_down(app))
            await app.rest()
    print_row(name, taken, "– / 100")


async def main(_keys: int = 0) -> None:
    """An idle app, many small files and one large one, up and down."""
    head()
    with bench() as at, tempfile.TemporaryDirectory() as state:
        os.environ.update(at.environment | {"XDG_STATE_HOME": state})
        for number in range(30):
            (at.folder / "listed").mkdir(exist_ok=True)
            (at.folder / "listed" / f"f{number:02}").write_bytes(b"x")
        key = at.environment["AWS_ACCESS_KEY_ID"], at.environment["AWS_SECRET_ACCESS_KEY"]
        store = connect(Context(endpoint_url=at.environment["AWS_ENDPOINT_URL"], region="us-east-1"), key)
        app = TimedApp(lambda context: services_over(store, Path(state), context), Context())
        async with app.run_test(size=SIZE):
            await until(lambda: app.session.services is not None)
            assert app.session.services is not None
            await asyncio.to_thread(app.session.services.transfers.interrupted)
            set_aside()  # as `s3ml` does once its first session has looked for what was interrupted
            await move(app, at, "listed")
            app.show_place(LISTED)
            await until(lambda: app.browse.objects.table.row_count >= 30 and not app.browse.objects.is_reading)
            print_row("an idle app", [await up_or_down(app) for _ in range(IDLE_PRESSES)])
            await presses_while(
                app, "while 2,000 files of 10 KiB go up", lambda job: begin(app, at, "many", f"up{job}")
            )
            await presses_while(app, "while they come down", lambda job: begin(app, at, f"up{job}", is_down=True))
            await presses_while(app, "while 256 MiB go up", lambda job: begin(app, at, "large", f"large{job}"))
        store.close()


async def move(app: TimedApp, at: Bench, name: str) -> None:
    """Wait for it."""
    await begin(app, at, name).wait()


def begin(app: TimedApp, at: Bench, name: str, target: str = "", *, is_down: bool = False) -> asyncio.Event:
    """Start the job as a screen does; set when it is over."""
    services, is_over = app.session.services, asyncio.Event()
    assert isinstance(services, Services)
    loop = asyncio.get_running_loop()

    def work(progress: Progress, cancelled: Cancelled) -> Outcome:
        try:
            if is_down:
                plan = services.transfers.plan_download([Place(BUCKET, f"{name}/")], at.folder / "back" / name)
            else:
                plan = services.transfers.plan_upload([at.folder / name], Place(BUCKET, f"{target or name}/"))
            return services.perform(plan, progress=progress, cancelled=cancelled)
        finally:
            loop.call_soon_threadsafe(is_over.set)

    app.post_message(JobWanted(name, work, lambda outcome: outcome.title, None))
    return is_over


if __name__ == "__main__":
    asyncio.run(main())

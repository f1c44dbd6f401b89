"""The process itself: a job as JSON on stdin, events as lines on stdout, the rest on stderr."""

import os
import sys
import time

from pydantic import ValidationError

from s3ml_tui.bootstrap import now, open_store
from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.ml.events import Event, Kind, Level
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.records.document import places
from s3ml_tui.records.job import Job, TrainingJob
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.runner.events import Journal
from s3ml_tui.runner.exit import Farewell
from s3ml_tui.training.predict import run_prediction
from s3ml_tui.training.run import run_training

HELP = "Reads a job (JSON) on stdin, prints events (JSON lines) on stdout. `s3ml run` and `s3ml predict` start it."


def main() -> int:
    """Do the job; exit code 0 when it succeeded, 1 when it failed, 128 + the signal when it was stopped."""
    if len(sys.argv) > 1:
        print(HELP)
        return 0
    stop = Stop()
    stop.listen()
    try:
        last_word = _carry_out(stop)
    except ValidationError as error:
        return _failed(f"The job cannot be read: {'; '.join(places(error))}", 1)
    except S3mlError as error:
        return _failed(error.sentence, 128 + stop.signal_number if stop.is_asked else 1)
    if last_word.is_given_up:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(last_word.exit_code)
    return last_word.exit_code


def _carry_out(stop: Stop) -> Farewell:
    job = Job.model_validate_json(sys.stdin.buffer.read()).job
    journal = Journal([_Output()])
    store = open_store(job.context)
    try:
        if isinstance(job, TrainingJob):
            return run_training(job, store, journal, stop, now)
        return run_prediction(job, store, journal, stop, now)
    finally:
        store.close()


def _failed(sentence: str, code: int) -> int:
    data = {"state": RunState.FAILED.value, "model": None, "reason": sentence}
    _Output()(Event(time.time(), sentence, Level.ERROR, kind=Kind.RUN_FINISHED, data=data).line())
    return code


class _Output:
    """Stdout, as long as somebody holds the other end."""

    def __init__(self) -> None:
        self._is_open = True

    def __call__(self, line: str) -> None:
        try:
            if self._is_open:
                print(line, flush=True)
        except OSError:
            self._is_open = False


if __name__ == "__main__":
    sys.exit(main())

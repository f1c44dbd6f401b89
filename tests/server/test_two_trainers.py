"""Two trainers at once: each gets a model version of its own, whether or not the server honours conditions."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from s3ml_tui.domain.context import Context
from s3ml_tui.domain.ml.layout import Layout
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.runs import RunState
from s3ml_tui.records.job import TrainingJob
from s3ml_tui.records.model_manifest import Manifest
from s3ml_tui.records.spec import spec_from
from s3ml_tui.runner.cancellation import Stop
from s3ml_tui.training.run import run_training
from tests.cli.line import line_to
from tests.doubles import MemoryStore
from tests.exhaustive import EXHAUSTIVE
from tests.servers import S3Server
from tests.training.bench import ROOT, Bench, now

ROUNDS, RACERS = 10, 2
DATA = "calls,months,churned\n" + "".join(f"{at % 7},{at % 5},{'yes' if at % 3 else 'no'}\n" for at in range(60))
SPEC = {"name": "race", "data": "dataset/raw/churn.csv", "target": "churned", "estimator": {"family": "dummy"}}
AT_THE_BARRIER = 'read -r _; exec "$@" </dev/null'
"""For a shell: wait until the other end of stdin is closed, then become the command."""
TIMEOUT_S = 60.0


@EXHAUSTIVE
def test_two_s3ml_run_processes_released_by_one_barrier_get_different_models_ten_times(
    seaweed: S3Server, tmp_path: Path
) -> None:
    race_for(ROUNDS, seaweed, tmp_path)


def test_two_s3ml_run_processes_released_by_one_barrier_get_different_models(seaweed: S3Server, tmp_path: Path) -> None:
    race_for(1, seaweed, tmp_path)


def race_for(rounds: int, seaweed: S3Server, tmp_path: Path) -> None:
    """So many races, each for the next two models, and what is in the workspace then."""
    bucket = seaweed.bucket()
    line = line_to(seaweed)
    line("init", f"s3://{bucket}", "--yes")
    (tmp_path / "churn.csv").write_text(DATA)
    (tmp_path / "race.toml").write_text(spec_from(SPEC).to_toml())
    line("put", tmp_path / "churn.csv", f"s3://{bucket}/dataset/raw/")
    command = [sys.executable, "-m", "s3ml_tui", "run", str(tmp_path / "race.toml"), "--workspace", f"s3://{bucket}"]
    for _round in range(rounds):
        race(command, os.environ | dict(line.environment), tmp_path)
    runs = line("runs", "--workspace", f"s3://{bucket}", "--json").rows
    assert [run["state"] for run in runs] == ["succeeded"] * rounds * RACERS
    assert sorted(run["model"] for run in runs) == sorted(f"models/v{number}" for number in all_numbers(rounds))
    for run in runs:
        body = seaweed.client().get_object(Bucket=bucket, Key=f"{run['model']}/MANIFEST.json")["Body"].read()
        manifest = Manifest.from_bytes(body, run["model"])
        assert (manifest.model, manifest.run_id) == (run["model"], run["run_id"])


def race(command: Sequence[str], environment: dict[str, str], folder: Path) -> None:
    """Bring two processes to one barrier, open it, and wait for both."""
    read_end, write_end = os.pipe()
    said = [folder / f"{racer}.err" for racer in range(RACERS)]
    racers = []
    try:
        for path in said:
            with path.open("wb") as file:
                racers.append(
                    subprocess.Popen(
                        ["/bin/sh", "-c", AT_THE_BARRIER, "sh", *command],
                        env=environment,
                        stdin=read_end,
                        stdout=file,
                        stderr=file,
                    )
                )
        assert [racer.poll() for racer in racers] == [None] * RACERS
        os.close(write_end)
        codes = [racer.wait(TIMEOUT_S) for racer in racers]
    finally:
        os.close(read_end)
        for racer in racers:
            racer.kill()
            racer.wait()
    assert codes == [0] * RACERS, "\n".join(path.read_text() for path in said)


def test_two_trainers_where_conditions_are_ignored_get_different_models_ten_times() -> None:
    """The worst case: both have seen that a number is free before either writes its claim."""
    barrier, waited = threading.Barrier(RACERS), threading.local()

    def before(verb: str, address: str) -> None:
        if verb == "write" and address.endswith("/_claim.json") and not getattr(waited, "once", False):
            waited.once = True
            barrier.wait(TIMEOUT_S)

    bench = Bench(MemoryStore(ROOT.bucket, honours_conditions=False, before=before))
    data = bench.put("churn.csv", DATA.encode())
    for number in range(ROUNDS):
        with ThreadPoolExecutor(RACERS) as pool:
            states = list(
                pool.map(lambda racer: train(bench, data, racer), range(number * RACERS, (number + 1) * RACERS))
            )
        assert states == [RunState.SUCCEEDED] * RACERS
    made = [bench.result(run_name(racer)).model for racer in range(ROUNDS * RACERS)]
    for first, second in zip(made[::2], made[1::2], strict=True):
        assert first != second
    assert sorted(map(str, made)) == sorted(f"models/v{number}" for number in all_numbers())
    for racer, model in enumerate(made):
        manifest = bench.manifest(int(str(model).removeprefix("models/v")))
        assert (manifest.model, manifest.run_id) == (model, run_name(racer))
    taken_back = [address for verb, address in bench.store.requests if verb == "delete_version"]
    assert len([one for one in taken_back if one.endswith("/_claim.json")]) == ROUNDS, "they did not race"
    assert [claims_of(bench, number) for number in all_numbers()] == [1] * (RACERS * ROUNDS)


def train(bench: Bench, data: Pin, racer: int) -> RunState:
    """A whole run, as its process does it."""
    job = TrainingJob(
        context=Context(),
        workspace=ROOT.uri,
        data=data,
        run_id=run_name(racer),
        spec=spec_from(SPEC | {"data": data.uri}),
    )
    return run_training(job, bench.store, bench.journal(), Stop(), now).state


def run_name(racer: int) -> str:
    return f"race{racer}"


def claims_of(bench: Bench, number: int) -> int:
    """How many wrote the claim of a number."""
    return sum(len(page.versions) for page in bench.store.history(Layout(ROOT).model_claim(number)))


def all_numbers(rounds: int = ROUNDS) -> range:
    return range(1, rounds * RACERS + 1)

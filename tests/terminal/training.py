"""Pipeline in a real terminal: the keys that fill a spec and start a run, and what a run is made of.

The steps wait for what the screen shows before each key that needs it.
"""

import re
import urllib.error
import urllib.request

import psutil

from s3ml_tui.domain.text import printable
from s3ml_tui.records.estimators import FAMILIES
from s3ml_tui.services.processes import end
from s3ml_tui.ui.pipeline.spec_fields import FIELDS
from tests.terminal.browsing import Bench, agree
from tests.terminal.pty_screen import PtyScreen

RUN = r"\d{8}-\d{4}(?:\d{2})?-[a-z0-9]{4,8}"
"""A run's id, or a batch's."""
STAGES = ("prepare", "split", "train", "evaluate", "publish")


def set_field(screen: PtyScreen, path: str, value: str) -> None:
    """Open a field's row, write its value, see it in the row."""
    label = _open(screen, path)
    write(screen, value)
    screen.press("enter")
    screen.wait_for(rf"│ {label} +{re.escape(value)} ")


def write(screen: PtyScreen, text: str) -> None:
    """Write a text in the place of the one that a dialog offers.

    A key that an input binds may be overtaken by those typed after it: so it is seen to be empty before.
    """
    if screen.wait_for(r"▊ (?!▔|▁)(.{60,})▎")[1].strip():
        screen.press("ctrl+a", "ctrl+k")
        screen.wait_for(r"▊ {60,}▎")
    screen.type(text)
    screen.wait_for(rf"{re.escape(text[-40:])} *▎")


def set_estimator(screen: PtyScreen, family: str, params: str) -> None:
    """Choose an estimator from the list and write its parameters."""
    _open(screen, "estimator.family")
    names = ["auto", *(name for name, _what in FAMILIES)]
    screen.press("home", *["down"] * names.index(family), "enter")
    screen.wait_for(rf"│ estimator +{family} ")
    set_field(screen, "estimator.params", params)


def choose_data(screen: PtyScreen, name: str, target: str) -> None:
    """Take the first object of dataset/raw as data, and see what is guessed from its columns."""
    screen.press("g", "j", "enter")
    screen.wait_for(rf"│ {{2,}}dataset/raw/{re.escape(name)}")
    screen.press("enter")
    screen.wait_for(rf"│ target +{target} +guessed")
    screen.wait_for(rf"│ name +{re.escape(name.partition('.')[0])} +guessed")


def load_spec(screen: PtyScreen, path: str, *, name: str) -> None:
    """ctrl+o, a file's path; see the pipeline's name in the rows."""
    screen.press("ctrl+o")
    screen.wait_for(r"│ {2}Load a spec")
    screen.type(path)
    screen.press("enter")
    screen.wait_for(rf"│ name +{name} ")


def start_run(screen: PtyScreen, *, model: str, known: str = "") -> str:
    """S, read the plan, Enter; the id of the run that goes on. `known` is the run that was shown before."""
    screen.press("S")
    agree(screen, "Start", plan=rf"Its model becomes {model}, or a higher")
    other = f"(?!{known})" if known else ""
    return screen.wait_for(rf"─ run {other}({RUN}) · running")[1]


def cancel_run(screen: PtyScreen, run_id: str) -> None:
    """ctrl+k, read the plan, agree."""
    screen.press("ctrl+k")
    screen.wait_for(rf"Cancel run {run_id}(?s:.*)Cancel the run +Cancel")
    screen.press("y")
    screen.wait_until_gone(r"Cancel the run +Cancel")


def done(stage: str) -> str:
    """What the line of a finished stage looks like."""
    return rf"✓ {stage} +\d+\S+ (?:s )?"


def _open(screen: PtyScreen, path: str) -> str:
    """Open the dialog of a field; its label. A dialog's title stands further from the border than a row's label."""
    place = next(place for place, field in enumerate(FIELDS) if field.path == path)
    label = FIELDS[place].label
    screen.press("g", *["j"] * place, "enter")
    screen.wait_for(rf"(?i)│ {{2}}{printable(label)} +│")
    return label


# outside the terminal ------------------------------------------------------------------------------------------------


def processes_of(bench: Bench, run_id: str) -> list[psutil.Process]:
    """Everything alive in the session of a run's process: the process, its workers, their tracker."""
    start = bench.line("runs", run_id, "--workspace", f"s3://{bench.bucket}", "--json").row
    return end.members(start["pid"])


def state_of(bench: Bench, run_id: str) -> str:
    """How a run stands, as the command line tells it."""
    runs = bench.line("runs", "--workspace", f"s3://{bench.bucket}", "--json").rows
    return next(str(run["state"]) for run in runs if run["run_id"] == run_id)


def manifests(bench: Bench) -> list[str]:
    """The model versions that exist."""
    return [key for key in keys_below(bench, "models/") if key.endswith("/MANIFEST.json")]


def keys_below(bench: Bench, prefix: str) -> list[str]:
    """What the server lists there."""
    found = bench.keys()
    return sorted(key for key in found if key.startswith(prefix))


def fetch(url: str) -> bytes:
    """What anybody gets who has the address."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=30) as answer:
        body: bytes = answer.read()
        return body


def is_closed(bench: Bench, key: str = "") -> bool:
    """Whether the server refuses an unsigned request for the bucket, or for an object in it."""
    try:
        fetch(f"{bench.server.endpoint}/{bench.bucket}/{key}")
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code in {401, 403}
    return False

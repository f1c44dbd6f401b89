"""What a spec names that nothing has, as far as it can be told before the data are read: families, metrics, seeds."""

import difflib
from collections.abc import Iterator, Sequence

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.text import printable
from s3ml_tui.records.estimators import BOTH, FAMILIES
from s3ml_tui.records.scorers import BY_TASK
from s3ml_tui.records.spec import Spec

MOST_SEED = 2**32 - 1
"""The largest one that scikit-learn takes."""


def refuse_unknown_names(spec: Spec) -> None:
    """Raises BadInput naming each with its place."""
    found = [f"{path}: {sentence}" for path, sentence in unknown_names(spec)]
    if found:
        raise BadInput("The spec cannot be used", cause="; ".join(found), advice="Mend these values of the spec")


def unknown_names(spec: Spec) -> Iterator[tuple[str, str]]:
    """Pairs of path and sentence, as `estimator.family` and `there is no 'forest'; close to it: random_forest`."""
    if not 0 <= spec.split.seed <= MOST_SEED:
        yield "split.seed", f"must be from 0 to {MOST_SEED}"
    families = {"auto": BOTH, **dict(FAMILIES)}
    family = spec.estimator.family
    knows = families.get(family, BOTH)
    if family not in families:
        yield "estimator.family", f"there is no {printable(family)!r}{_close(family, list(families))}"
    elif spec.task != "auto" and knows not in (BOTH, spec.task):
        yield "estimator.family", f"{family} is for {knows}, not for {spec.task}"
    task = knows if spec.task == "auto" else spec.task
    known = BY_TASK.get(task) or tuple(dict.fromkeys(name for names in BY_TASK.values() for name in names))
    for name in spec.metrics:
        other = next((one for one, names in BY_TASK.items() if name in names), "")
        if name not in known and other:
            yield "metrics", f"{name} is for {other}, not for {task}"
        elif name not in known:
            yield "metrics", f"there is no {printable(name)!r}{_close(name, known)}"


def _close(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=3)
    return f"; close to it: {', '.join(close)}" if close else f"; there are: {', '.join(known)}"

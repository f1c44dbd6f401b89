"""Scikit-learn's own data sets as CSV files, with their real column names.

`python -m s3ml_tui.training.data.samples breast_cancer|diabetes|iris OUT.csv`
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn import datasets


def breast_cancer() -> pd.DataFrame:
    """569 tumours, 30 measures, `diagnosis` malignant or benign."""
    return _named(datasets.load_breast_cancer(as_frame=True), "diagnosis")


def diabetes() -> pd.DataFrame:
    """442 patients, 10 measures, their `progression` after a year."""
    frame: pd.DataFrame = datasets.load_diabetes(as_frame=True).frame
    return frame.rename(columns={"target": "progression"})


def iris() -> pd.DataFrame:
    """150 flowers, 4 measures, their `species`."""
    return _named(datasets.load_iris(as_frame=True), "species")


SAMPLES: dict[str, Callable[[], pd.DataFrame]] = {"breast_cancer": breast_cancer, "diabetes": diabetes, "iris": iris}


def write_sample(name: str, path: Path) -> None:
    """The sample as CSV; numbers with all their digits."""
    SAMPLES[name]().to_csv(path, index=False)


def _named(bunch: Any, target: str) -> pd.DataFrame:
    frame: pd.DataFrame = bunch.frame.rename(columns={"target": target})
    frame[target] = [str(bunch.target_names[index]) for index in frame[target]]
    return frame


def main(arguments: list[str]) -> int:
    """Write the sample that is asked for; 2 when it is not known."""
    if len(arguments) != 2 or arguments[0] not in SAMPLES:
        print(f"usage: python -m s3ml_tui.training.data.samples {'|'.join(SAMPLES)} OUT.csv", file=sys.stderr)
        return 2
    write_sample(arguments[0], Path(arguments[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A pipeline's spec: TOML outside, pydantic inside."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from s3ml_tui.domain.errors import BadInput
from s3ml_tui.domain.ml.csv_dialect import TAB
from s3ml_tui.records.document import places

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$")]
Task = Literal["auto", "classification", "regression"]
ParamValue = bool | int | float | str | list[bool | int | float | str]
"""What TOML can say; it has no word for None, which a text "None" stands for."""


MISSING = ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "#N/A", "<NA>", "?")
"""Words that stand for a missing number, date or boolean; an empty field is missing everywhere."""
_NO_JSON_NUMBERS = ("Infinity", "-Infinity", "NaN")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Features(_Part):
    """Which columns, and what is done to them before the estimator sees them."""

    include: list[str] | None = None
    """Columns to learn from; None means all but the target."""
    exclude: list[str] = []
    """Columns to leave out."""
    scale: bool = False
    """Whether numbers are scaled to mean 0 and variance 1."""
    impute: Literal["auto", "none", "mean", "median", "most_frequent"] = "auto"
    """What stands in for missing values; auto is median for numbers, most frequent for categories."""
    encode: Literal["auto", "onehot", "ordinal", "target"] = "auto"
    """How categories become numbers; auto is onehot, and target for columns with many different values."""
    categories: list[str] = []
    """Columns of text whatever they hold, as a code of digits or sizes 1, 2, XL."""
    index: Literal["leave_out", "keep"] = "leave_out"
    """Whether to learn from the row index that pandas and R write beside the columns; include also keeps it."""


class Reading(_Part):
    """How the text of a CSV or TSV file becomes values; a Parquet file has its own types."""

    delimiter: str | None = None
    """One character, or tab; None is told from the file."""
    decimal: Literal[".", ","] = "."
    """What stands before the decimals of a number."""
    thousands: Literal["none", ",", ".", " ", "'"] = "none"
    """What groups the digits of a number."""
    encoding: str | None = None
    """As utf-8, latin-1, cp1250; None is told from the file."""
    missing: list[str] = list(MISSING)
    """Words that mean that there is no value, in columns of numbers, dates and booleans; an empty field always does."""
    missing_in_text: bool = False
    """Whether they mean it in columns of text and classes too."""

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, delimiter: str | None) -> str | None:
        if delimiter is not None and delimiter != TAB and (len(delimiter) != 1 or delimiter in '"\r\n'):
            raise ValueError("must be one character, or tab")
        return delimiter

    @field_validator("encoding")
    @classmethod
    def _known(cls, encoding: str | None) -> str | None:
        try:
            if encoding is not None:
                "".encode(encoding)
        except LookupError as error:
            raise ValueError("must be an encoding that Python knows, as utf-8 or latin-1") from error
        return encoding

    @model_validator(mode="after")
    def _differ(self) -> "Reading":
        if self.decimal == self.thousands:
            raise ValueError("thousands: must not be the decimal sign")
        return self


class Split(_Part):
    """Which rows are held out."""

    method: Literal["auto", "random", "stratified", "tail"] = "auto"
    """auto is stratified for classification, random for regression; tail holds out the last rows, unshuffled."""
    test_size: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.2
    """Below 1: the share of rows; from 1 on: how many; 0 (with cv): none."""
    seed: int = 0


class Estimator(_Part):
    """A scikit-learn estimator by family name, and its parameters."""

    family: str = "auto"
    """auto is hist_gradient_boosting; else a family such as linear_regression, svc, random_forest."""
    params: dict[str, ParamValue] = {}
    """Constructor arguments."""

    @field_validator("params", mode="before")
    @classmethod
    def _infinities(cls, params: Any) -> Any:
        """JSON has no word for infinity: records and jobs say it as a text."""
        if not isinstance(params, dict):
            return params
        return {name: float(one) if one in _NO_JSON_NUMBERS else one for name, one in params.items()}


class Spec(_Part):
    """One pipeline. `name`, `data` and `target` must be given; all else has a default."""

    name: Name
    data: Annotated[str, StringConstraints(min_length=1)]
    """A key below the workspace, or an s3:// address; CSV, TSV, JSON Lines or Parquet."""
    version_id: str | None = None
    """Which version of the data; None is the newest."""
    target: Annotated[str, StringConstraints(min_length=1)]
    task: Task = "auto"
    features: Features = Features()
    split: Split = Split()
    estimator: Estimator = Estimator()
    cv: Annotated[int, Field(ge=2, le=100)] | None = None
    """Folds of cross-validation over the training rows; None for none."""
    n_jobs: Annotated[int, Field(ge=-1)] = 1
    """Processes for cross-validation and forests; -1 is one a core."""
    metrics: list[str] = []
    """Scikit-learn scorers to add to the task's own; the first one is the headline."""
    reading: Reading = Reading()
    rules: Literal[1, 2] = 2
    """How the data are read: 2, or 1 as s3ml did up to 0.1, which old runs were recorded with."""

    @model_validator(mode="after")
    def _fits_together(self) -> "Spec":
        if self.n_jobs == 0:
            raise ValueError("n_jobs: must be 1 or more, or -1 for one a core")
        if self.split.test_size == 0 and self.cv is None:
            raise ValueError("split.test_size: 0 holds nothing out; set cv, so that there is something to evaluate")
        if self.split.test_size > 1 and self.split.test_size != int(self.split.test_size):
            raise ValueError("split.test_size: from 1 on it counts rows and must be whole")
        if self.features.include is not None and self.target in self.features.include:
            raise ValueError(f"features.include: holds the target {self.target!r}")
        return self

    def to_toml(self) -> str:
        """The spec as TOML, defaults left out; `parse_spec` gives the same spec back."""
        import tomlkit  # only who saves a spec needs it

        return tomlkit.dumps(self.model_dump(exclude_defaults=True, exclude_none=True))


def parse_spec(text: str, where: str = "the spec") -> Spec:
    """The spec in a TOML text. Raises BadInput naming every error with its place."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"{where} is no TOML", cause=str(error), advice="Mend that line") from error
    return spec_from(document, where)


def spec_from(document: dict[str, Any], where: str = "the spec") -> Spec:
    """The spec in a parsed document. Raises BadInput naming every error with its place."""
    try:
        return Spec.model_validate(document)
    except ValidationError as error:
        raise BadInput(
            f"{where} cannot be used",
            cause="; ".join(place.removeprefix("the whole: ") for place in places(error)),
            advice="The smallest spec has name, data and target",
        ) from error


def load_spec(path: Path) -> Spec:
    """The spec in a file. Raises BadInput."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadInput(f"There is no spec {path}", advice="Give the path of a TOML file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read", cause=str(error), advice="Give the path of a TOML file") from error
    return parse_spec(text, str(path))

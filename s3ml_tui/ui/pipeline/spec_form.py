"""A spec that is being written: values by path, which of them were guessed, and what is wrong with them."""

from collections.abc import Mapping
from typing import Any

from s3ml_tui.records.spec import Spec, spec_from
from s3ml_tui.records.spec_errors import flat, nested, wrong_places
from s3ml_tui.services.runs.column_suggestions import DataColumns
from s3ml_tui.ui.pipeline.spec_fields import FIELDS, Field, field_at

_COLUMN_FIELDS = ("target", "features.include", "features.exclude", "features.categories")
_DESCRIBING = {"name", "target"}
"""Fields that only a whole spec brings; without them, values are those of a data object."""


class Form:
    """What stands in the rows; `wrong` and `doubts` follow every change."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        """By path; only what is set."""
        self.guessed: set[str] = set()
        self.columns = DataColumns()
        """Of the data; without names while they are not known."""
        self.wrong: dict[str, str] = {}
        """What keeps it from being started, by the field's path; "" for the whole."""
        self.doubts: dict[str, str] = {}
        """What will probably fail, by the field's path."""
        self._data_trouble = ""
        self._check()

    def put(self, field: Field, value: Any) -> None:
        """The user set a field; None, or its default, unsets it."""
        self.guessed.discard(field.path)
        if value is None or value == field.default:
            self.values.pop(field.path, None)
        else:
            self.values[field.path] = value
        self._check()

    def put_data(self, data: str, version_id: str | None = None) -> None:
        """Other data: what was guessed from the old, and its version, go."""
        for path in (*self.guessed, "version_id"):
            self.values.pop(path, None)
        self.guessed.clear()
        self.columns, self._data_trouble = DataColumns(), ""
        self.values["data"] = data
        if version_id:
            self.values["version_id"] = version_id
        self._check()

    def fill(self, document: Mapping[str, Any]) -> None:
        """A whole spec takes the place of everything; data alone keeps the rest."""
        values = {path: value for path, value in flat(document).items() if value is not None}
        if _DESCRIBING.isdisjoint(values):
            self.put_data(str(values.pop("data", "")), values.pop("version_id", None))
            self.values |= values
        else:
            self.values, self.guessed, self.columns, self._data_trouble = values, set(), DataColumns(), ""
        self._check()

    def learn_columns(self, columns: DataColumns, trouble: str = "") -> None:
        """The data's columns were seen, or `trouble` says why not: guess what is not set."""
        self.columns, self._data_trouble = columns, trouble
        target = self.values.get("target")
        if columns.target and (target is None or "target" in self.guessed):
            self._guess("target", columns.target)
        if "name" not in self.values or "name" in self.guessed:
            self._guess("name", _name_of(str(self.values.get("data", ""))))
        self._check()

    def wrong_if(self, field: Field, value: Any) -> str:
        """What would be wrong with the field if it had this value; "" for nothing."""
        values = {path: one for path, one in self.values.items() if path != field.path}
        if value is not None:
            values[field.path] = value
        found = wrong_places(nested(values))
        return next((sentence for path, sentence in found if _path_of(path) == field.path), "")

    def document(self) -> dict[str, Any]:
        """The values as a spec's document."""
        return nested(self.values)

    def spec(self) -> Spec:
        """The spec. Raises BadInput naming every error."""
        return spec_from(self.document())

    def first_wrong(self) -> tuple[Field | None, str] | None:
        """The first field that keeps it from being started (None: none in particular), and why."""
        for field in FIELDS:
            if field.path in self.wrong:
                return field, self.wrong[field.path]
        return (None, next(iter(self.wrong.values()))) if self.wrong else None

    def _guess(self, path: str, value: str) -> None:
        if value:
            self.values[path] = value
            self.guessed.add(path)

    def _check(self) -> None:
        self.wrong = {}
        for path, sentence in wrong_places(self.document()):
            known = _path_of(path)
            self.wrong.setdefault(known, sentence if known or not path else f"{path}: {sentence}")
        self.doubts = {"data": self._data_trouble} if self._data_trouble else {}
        names = set(self.columns.names)
        for path in _COLUMN_FIELDS if names else ():
            value = self.values.get(path)
            for name in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
                if name not in names:
                    self.doubts.setdefault(path, f"the data has no column {name!r}")


def _path_of(path: str) -> str:
    field = field_at(path)
    return field.path if field else ""


def _name_of(data: str) -> str:
    """A name for a pipeline over this data: its file's, with what a name may not hold left out."""
    stem = data.rstrip("/").rpartition("/")[2].partition(".")[0]
    return "".join(one if one.isascii() and (one.isalnum() or one in "_-") else "-" for one in stem).strip("-_")[:60]

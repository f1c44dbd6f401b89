"""What a run will make of its data, as far as the first rows of a CSV tell: for its plan, before anything is started.

Missing words by column, columns of many different texts, a word among numbers. The run itself looks at all rows.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from s3ml_tui.domain.errors import S3mlError
from s3ml_tui.domain.ml.csv_dialect import HEAD_BYTES, TAB, dialect_of, rows_of_head, text_of_head
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.ml.many_texts import is_many, names_rows
from s3ml_tui.domain.ml.number_text import Numbers, odd_texts
from s3ml_tui.domain.storage.store import Store
from s3ml_tui.domain.text import count_text, printable
from s3ml_tui.domain.uri import parse_object
from s3ml_tui.records.spec import Spec

MOST_NAMED = 6
_NO_CSV = (b"PAR1", b"{", b"[")


def outlook(store: Store, data: Pin, spec: Spec) -> tuple[str, ...]:
    """Sentences for the plan; none for other formats, and for data that cannot be read now: the run will say why."""
    try:
        head = store.read(parse_object(data.uri), data.version_id, length=HEAD_BYTES)
    except S3mlError:
        return ()
    return outlook_of_head(head, spec)


def outlook_of_head(head: bytes, spec: Spec) -> tuple[str, ...]:
    """The same of an object's first bytes."""
    text = None if head.startswith(_NO_CSV) or spec.rules == 1 else text_of_head(head, spec.reading.encoding)
    if not text:
        return ()
    is_all = len(head) < HEAD_BYTES
    delimiter = "\t" if spec.reading.delimiter == TAB else spec.reading.delimiter
    dialect = dialect_of(text, is_all=is_all, delimiter=delimiter)
    rows = [row for row in rows_of_head(text, dialect, is_all=is_all) if len(row) == len(dialect.header)]
    if not rows:
        return ()
    names = {*(spec.features.include or dialect.header), spec.target} - set(spec.features.exclude)
    columns = [
        _Column(name, values, spec)
        for name, values in zip(dialect.header, zip(*rows, strict=True), strict=True)
        if name in names and name
    ]
    where = f"its {count_text(len(rows), 'row')}" if is_all else f"its first {count_text(len(rows), 'row')}"
    return tuple(_sentences(columns, where, spec))


class _Column:
    """One column of the head."""

    def __init__(self, name: str, values: Sequence[str], spec: Spec) -> None:
        numbers = Numbers(spec.reading.decimal, spec.reading.thousands)
        counts = Counter(value for value in values if value)
        self.name = printable(name)
        self.words = {word: counts[word] for word in spec.reading.missing if word in counts}
        rest = {value: count for value, count in counts.items() if value not in self.words}
        self.rows, self.distinct = len(values), len(rest)
        self.is_numbers = bool(rest) and all(numbers.value(value) is not None for value in rest)
        odd = None if name in spec.features.categories or name == spec.target else odd_texts(rest, numbers)
        self.odd = next((value for value in values if value in odd.texts), "") if odd and odd.is_exception else ""
        self.is_feature = name != spec.target


def _sentences(columns: Sequence[_Column], where: str, spec: Spec) -> Iterator[str]:
    is_all = spec.reading.missing_in_text
    missing = [one for one in columns if one.words and (one.is_numbers or is_all)]
    kept = [one for one in columns if one.words and not one.is_numbers and not is_all]
    if missing:
        yield f"Missing in {where}: {_listed([f'{one.name} {_words(one)}' for one in missing])}."
    if kept:
        yield (
            f"Kept as text in {where}: {_listed([f'{one.name} {_words(one)}' for one in kept])}. "
            "reading.missing_in_text = true takes them as missing."
        )
    many = [one for one in columns if one.is_feature and not one.is_numbers and is_many(one.distinct, one.rows)]
    many = [one for one in many if not names_rows(one.distinct, one.rows)]
    if many and spec.features.encode in ("auto", "target"):
        named = _listed([f"{one.name} ({one.distinct:,})" for one in many])
        yield f"Many different texts in {where}, so target-encoded: {named}."
    elif many:
        named = _listed([f"{one.name} ({one.distinct:,})" for one in many])
        yield f"Many different texts in {where}, {spec.features.encode} all the same: {named}."
    for one in [one for one in columns if one.odd][:MOST_NAMED]:
        yield f"{one.name} holds numbers and {printable(one.odd[:40])!r}: the run refuses it; see reading.missing."


def _words(column: _Column) -> str:
    return ", ".join(f"{count:,} {word!r}" for word, count in column.words.items())


def _listed(parts: Sequence[str]) -> str:
    more = f" and {len(parts) - MOST_NAMED} more" if len(parts) > MOST_NAMED else ""
    return "; ".join(parts[:MOST_NAMED]) + more

"""docs/FAULTS.md has every fault and every operation, and nothing in it that the table of faults would not let pass."""

from tests.faults.documented import CODES, DOCUMENT
from tests.faults.operations import OPERATIONS
from tests.faults.table import ALWAYS, FEW, ROWS, Row


def lines() -> dict[str, list[str]]:
    """The cells of each line of the two tables, by the fault's name."""
    table_text = DOCUMENT.read_text().partition("## How it is told")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table_text.splitlines() if line[:2] == "| "
    ]
    return {row[0]: row[1:] for row in rows if row[0] != "fault"}


def allowed(row: Row) -> set[str]:
    kinds = {kind.__name__ for kind in row.errors}
    return {CODES[name] for name in kinds if name in CODES} | {"✓", "·", "P"}


def test_every_fault_is_there_with_what_happens() -> None:
    assert {name: cells[0] for name, cells in lines().items()} == {row.name: row.happens for row in ROWS}


def test_every_operation_is_a_column_of_both_tables() -> None:
    heads = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| fault | what happens")]
    columns = [[cell.strip() for cell in head.strip("|").split("|")][2:] for head in heads]
    assert columns == [[operation.name for operation in OPERATIONS]] * 2


def test_no_cell_tells_what_the_table_of_faults_forbids() -> None:
    found = lines()
    for row in ROWS:
        for operation, cell in zip(OPERATIONS, found[row.name][1:], strict=True):
            codes = set(cell.split())
            assert codes <= allowed(row), (row.name, operation.name)
            is_asked = not operation.is_like_another or row.name in FEW
            assert bool(codes) == is_asked, (row.name, operation.name)


def test_what_lasts_is_told_and_never_passes_for_done() -> None:
    """A command all of whose changes fail cannot come through."""
    found = lines()
    for row in (row for row in ROWS if row.times == ALWAYS and row.name.endswith("for changes")):
        cells = dict(zip((one.name for one in OPERATIONS), found[row.name][1:], strict=True))
        assert {cells["put small"], cells["delete"], cells["tag"], cells["purge"]}.isdisjoint({"✓", "·"})

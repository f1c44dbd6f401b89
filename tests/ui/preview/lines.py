"""Lines of a sheet, for tests."""

from s3ml_tui.ui.preview.sheet import Line, Sheet


def line(sheet: Sheet, index: int) -> Line:
    row = sheet.row(index)
    assert isinstance(row, Line)
    return row


def text(sheet: Sheet, index: int) -> str:
    return line(sheet, index).text

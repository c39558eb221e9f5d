"""Reading the first sheet of a spreadsheet (.xls, .xlsx) as rows of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from termserver.errors import InvalidSource

_OLD, _NEW = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"


def is_sheet(path: Path) -> bool:
    """Tell whether `path` is a spreadsheet, by its first bytes and its suffix."""
    if path.suffix.lower() not in {".xls", ".xlsx", ".xlsm"}:
        return False
    with path.open("rb") as stream:
        return stream.read(4) in {_OLD, _NEW}


def read_sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells as text) of the first sheet; rows without any text are left out.

    Whole numbers are written without a decimal point. Raises: InvalidSource for a damaged file.
    """
    with path.open("rb") as stream:
        old = stream.read(4) == _OLD
    rows = _old_rows(path) if old else _new_rows(path)
    for number, cells in enumerate(rows, 1):
        fields = [_text(one) for one in cells]
        if any(fields):
            yield number, fields


def _old_rows(path: Path) -> Iterator[Iterable[object]]:
    import xlrd

    try:
        sheet = xlrd.open_workbook(str(path)).sheet_by_index(0)
    except (xlrd.XLRDError, ValueError, IndexError, AssertionError) as error:
        raise InvalidSource(f"the spreadsheet cannot be read: {error}", file=path.name) from error
    for row in range(sheet.nrows):
        yield sheet.row_values(row)


def _new_rows(path: Path) -> Iterator[Iterable[object]]:
    import zipfile

    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise InvalidSource(f"the spreadsheet cannot be read: {error}", file=path.name) from error
    try:
        yield from book.worksheets[0].iter_rows(values_only=True)
    finally:
        book.close()


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()

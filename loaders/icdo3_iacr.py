"""ICD-O-3.2 morphology in the table of IACR and NAACCR: .xls, .xlsx, or saved as TSV or CSV.

The spreadsheet has a row of version text above its header. Level is 1, 2 or 3 for a heading (a code
like 801-804), otherwise Preferred, Synonym or Related. Tried on the TSV; the further columns of the
spreadsheet (obs, Includes, Excludes …) are read by their published names.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from loaders.icdo3_terms import MORPHOLOGY, Code, Part, Term, group_range, place_in_groups
from loaders.sheets import is_sheet, read_sheet
from loaders.tables import Row, read_lists
from termserver.errors import InvalidSource

VERSION = "3.2"
_CODE, _LEVEL, _TERM = "ICDO3.2", "Level", "Term"
_HEADINGS = frozenset({"1", "2", "3"})
_KINDS = {"Synonym": "synonym", "Related": "related"}
_NOTES = {
    # column of the spreadsheet (colons taken off) -> property
    "Code reference": "code-reference",
    "See also": "see-also",
    "See note": "note",
    "Includes": "includes",
    "Excludes": "excludes",
    "Other text": "note",
}


def recognises(path: Path) -> bool:
    """Tell whether `path` is such a table: the header is in one of its first two rows."""
    try:
        rows = _lists(path)
        return any(_is_header(fields) for _, fields in (next(rows, (0, [])), next(rows, (0, []))))
    except InvalidSource:
        return False


def read(path: Path) -> Part:
    """Return the morphology axis. Raises: InvalidSource with file and line."""
    part = Part(axis=MORPHOLOGY, version=VERSION, source=path.name)
    for row in _rows(path):
        level = row.need(_LEVEL)
        if level in _HEADINGS:
            _heading(part, row)
        elif level == "Preferred":
            _notes(part.title(row, row.need(_CODE), row.need(_TERM)), row)
        elif level in _KINDS:
            entry = part.at(row, row.need(_CODE))
            obsolete = bool(row.get("obs"))
            entry.terms.append(Term(value=row.need(_TERM), kind=_KINDS[level], obsolete=obsolete))
            _notes(entry, row)
        else:
            raise row.fault(
                f"the level '{level}' is unknown; known: 1, 2, 3, Preferred, Synonym, Related"
            )
    place_in_groups(part)
    return part.checked()


def _heading(part: Part, row: Row) -> None:
    code = row.need(_CODE)
    if group_range(code) is None:
        raise row.fault(f"'{code}' is no group; they are written like 800 or 801-804")
    if code in part.codes:
        raise row.fault(f"the group '{code}' occurs twice")
    part.codes[code] = Code(
        code=code, file=row.file, line=row.line, title=row.need(_TERM), heading=True
    )
    _notes(part.codes[code], row)


def _notes(entry: Code, row: Row) -> None:
    for column, name in _NOTES.items():
        value = row.get(column)
        if value and (name, value) not in entry.notes:
            entry.notes.append((name, value))


def _lists(path: Path) -> Iterator[tuple[int, list[str]]]:
    if is_sheet(path):
        return read_sheet(path)
    return read_lists(path, delimiter="," if path.suffix.lower() == ".csv" else "\t")


def _is_header(fields: list[str]) -> bool:
    return [one.strip() for one in fields[:3]] == [_CODE, _LEVEL, _TERM]


def _rows(path: Path) -> Iterator[Row]:
    header: list[str] | None = None
    for line, fields in _lists(path):
        if header is None:
            header = [one.strip().rstrip(":") for one in fields] if _is_header(fields) else None
            continue
        if len(fields) != len(header):
            raise InvalidSource(
                f"{len(fields)} fields where the header has {len(header)} columns",
                file=path.name,
                line=line,
            )
        yield Row(file=path.name, line=line, fields=dict(zip(header, fields, strict=True)))

"""SNOMED CT RF2: finding the files of a release and reading their rows.

Files are known by the prefix of their name and by their header, never by their folder: releases
differ in both (Release File Specification, 3.3). Text is UTF-8, tab separated, without quoting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from loaders.base import Progress
from termserver.errors import InvalidSource

ReleaseType = Literal["Full", "Snapshot", "Delta"]
Row = list[str]

_BLOCK_BYTES = 1 << 20
"""So much text is read and split at once: the cost of a row is then that of splitting it."""

_NAME = re.compile(
    r"^x?(?P<prefix>sct2|der2)_(?P<content>[^_]+)_?.*?(?P<release>Full|Snapshot|Delta)",
    re.IGNORECASE,
)
_REFSET = re.compile(r"^(?P<pattern>[cis]*)Refset$")

_COMMON = ("id", "effectiveTime", "active", "moduleId")
_REFSET_COMMON = (*_COMMON, "refsetId", "referencedComponentId")
LAYOUTS: dict[str, tuple[str, ...]] = {
    "concept": (*_COMMON, "definitionStatusId"),
    "description": (*_COMMON, "conceptId", "languageCode", "typeId", "term", "caseSignificanceId"),
    "relationship": (
        *_COMMON,
        *("sourceId", "destinationId", "relationshipGroup"),
        *("typeId", "characteristicTypeId", "modifierId"),
    ),
    "concrete": (
        *_COMMON,
        *("sourceId", "value", "relationshipGroup"),
        *("typeId", "characteristicTypeId", "modifierId"),
    ),
    "identifier": (
        *("alternateIdentifier", "effectiveTime", "active", "moduleId"),
        *("identifierSchemeId", "referencedComponentId"),
    ),
}
"""Kind of file -> its columns. Reference sets have six of their own and any number behind."""

_KINDS = {
    "concept": "concept",
    "description": "description",
    "textdefinition": "definition",
    "relationship": "relationship",
    "statedrelationship": "stated",
    "relationshipconcretevalues": "concrete",
    "identifier": "identifier",
}
_LAYOUT_OF = {"definition": "description", "stated": "relationship"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rf2File:
    """One file of a release.

    `kind` is concept, description, definition, relationship, stated, concrete, identifier or
    refset; `columns` the names of a reference set's extra columns; `order` where each standard
    column stands (None where they stand as in `LAYOUTS`); `source` the index of the source that
    holds it.
    """

    path: Path
    kind: str
    release: ReleaseType
    source: int
    pattern: str = ""
    columns: tuple[str, ...] = ()
    order: tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        """Return the file's base name, for messages."""
        return self.path.name

    @property
    def width(self) -> int:
        """Return the number of columns of each row."""
        if self.kind == "refset":
            return len(_REFSET_COMMON) + len(self.columns)
        return len(LAYOUTS[_LAYOUT_OF.get(self.kind, self.kind)])


def is_release(source: Path) -> bool:
    """Tell whether `source` (a folder, or one file) holds RF2 files: by name and first columns."""
    return any(True for path in _candidates(source) if _looks_right(path))


def find_files(sources: Sequence[Path]) -> list[Rf2File]:
    """Return every RF2 file of the sources, in the order of source and then name.

    Raises: InvalidSource for a file whose header does not fit its name, or where there are none.
    """
    found = [
        _open(path, index)
        for index, source in enumerate(sources)
        for path in sorted(_candidates(source), key=lambda one: (one.name, str(one)))
    ]
    if not found:
        names = ", ".join(source.name for source in sources)
        raise InvalidSource(f"no SNOMED CT RF2 file (sct2_… or der2_… .txt) in {names}")
    return found


def read_blocks(file: Rf2File, progress: Progress | None = None) -> Iterator[tuple[int, list[Row]]]:
    """Yield (line number of the first, rows) for some thousand rows at a time.

    Columns stand in the order of `LAYOUTS`. Raises: InvalidSource with the line for a row of
    another width, a last line that is cut off, or bytes that are not UTF-8.
    """
    order = file.order
    number = 2
    try:
        with file.path.open(encoding="utf-8-sig", newline="\n", buffering=1 << 20) as text:
            text.readline()
            while lines := text.readlines(_BLOCK_BYTES):
                rows = [line.rstrip("\r\n").split("\t") for line in lines]
                _check_widths(file, number, rows, lines[-1])
                if order is not None:
                    rows = [[row[at] for at in order] for row in rows]
                yield number, rows
                number += len(rows)
                if progress is not None:
                    progress(file.name, number, None)
    except UnicodeDecodeError as error:
        raise InvalidSource(
            "the text is not UTF-8, as RF2 requires", file=file.name, line=_bad_line(file.path)
        ) from error


def _check_widths(file: Rf2File, number: int, rows: list[Row], last: str) -> None:
    width = file.width
    if set(map(len, rows)) != {width}:
        at = next(at for at, row in enumerate(rows) if len(row) != width)
        raise _wrong_width(file, number + at, rows[at])
    if last[-1] != "\n":
        raise InvalidSource(
            "the last line does not end: the file is cut off",
            file=file.name,
            line=number + len(rows) - 1,
        )


def _wrong_width(file: Rf2File, number: int, row: Row) -> InvalidSource:
    text = f"{len(row)} columns where the header has {file.width}"
    return InvalidSource(text, file=file.name, line=number)


def _bad_line(path: Path) -> int:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _candidates(source: Path) -> Iterable[Path]:
    paths = source.rglob("*.txt") if source.is_dir() else [source]
    return [path for path in paths if path.is_file() and _kind_of(path) is not None]


def _kind_of(path: Path) -> tuple[str, str, ReleaseType] | None:
    """Return kind, refset pattern and release type by the name, None for a file that is not
    RF2's.
    """
    match = _NAME.match(path.name)
    if match is None or path.suffix.lower() != ".txt":
        return None
    release: ReleaseType
    match match["release"].lower():
        case "full":
            release = "Full"
        case "snapshot":
            release = "Snapshot"
        case _:
            release = "Delta"
    refset = _REFSET.match(match["content"])
    if refset is not None:
        return "refset", refset["pattern"], release
    kind = _KINDS.get(match["content"].lower())
    return None if kind is None else (kind, "", release)


def _header(path: Path) -> list[str]:
    with path.open("rb") as lines:
        first = lines.readline(1 << 16)
    try:
        return first.decode("utf-8-sig").rstrip("\r\n").split("\t")
    except UnicodeDecodeError as error:
        raise InvalidSource(
            "the header is not UTF-8, as RF2 requires", file=path.name, line=1
        ) from error


def _looks_right(path: Path) -> bool:
    try:
        header = _header(path)
    except (InvalidSource, OSError):
        return False
    return {"effectiveTime", "active", "moduleId"} <= set(header)


def _open(path: Path, source: int) -> Rf2File:
    named = _kind_of(path)
    assert named is not None
    kind, pattern, release = named
    header = _header(path)
    if kind == "refset":
        columns = _refset_columns(path, header, pattern)
        return Rf2File(
            path=path, kind=kind, release=release, source=source, pattern=pattern, columns=columns
        )
    order = _order(path, header, LAYOUTS[_LAYOUT_OF.get(kind, kind)])
    return Rf2File(path=path, kind=kind, release=release, source=source, order=order)


def _order(path: Path, header: list[str], wanted: tuple[str, ...]) -> tuple[int, ...] | None:
    """Return where the wanted columns stand; None where they stand in order. Other columns: an
    error.
    """
    if tuple(header) == wanted:
        return None
    if sorted(header) != sorted(wanted):
        raise InvalidSource(
            f"columns {', '.join(header)}; expected {', '.join(wanted)}", file=path.name, line=1
        )
    return tuple(header.index(name) for name in wanted)


def _refset_columns(path: Path, header: list[str], pattern: str) -> tuple[str, ...]:
    common = len(_REFSET_COMMON)
    # older releases write referencedComponentID and the like
    if [name.lower() for name in header[:common]] != [name.lower() for name in _REFSET_COMMON]:
        raise InvalidSource(
            f"columns {', '.join(header)}; a reference set begins with {', '.join(_REFSET_COMMON)}",
            file=path.name,
            line=1,
        )
    if len(header) - common != len(pattern):
        raise InvalidSource(
            f"the name says {len(pattern)} extra columns ('{pattern}'), the header has "
            f"{len(header) - common}: {', '.join(header[common:]) or 'none'}",
            file=path.name,
            line=1,
        )
    return tuple(header[common:])

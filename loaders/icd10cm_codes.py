"""ICD-10-CM: codes as they are gathered from all files of a release, and the lists of codes.

Lists come in three layouts: CMS's order file (fixed width, with long and short titles), CMS's code
file (code and title), and a bare list of codes. None has dots; 7th-character codes stand only here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loaders.tables import decoded_lines
from termserver.errors import InvalidSource

# Three to seven characters with a digit among them: C7A, QA00, E083211.
_CODE = r"[A-Z](?=[0-9A-Z]*\d)[0-9A-Z]{2,6}"
# Fixed width: order number, code, valid for coding, short title, long title.
_ORDER = re.compile(r"(\d{5}) (.{7}) ([01]) (.{60}) (\S.*)")
_TITLED = re.compile(rf"({_CODE}) +(\S.*)")
_BARE = re.compile(_CODE)
_HEADING = re.compile(r"\d{1,2}|[A-Z][0-9A-Z]{2}-[A-Z][0-9A-Z]{2}")
_PLAIN_LENGTH = 3


@dataclass(slots=True, kw_only=True)
class Diagnosis:
    """A code of any level. `heading` is a chapter or section; `notes` are (kind, text) in order."""

    code: str
    title: str | None = None
    parent: str | None = None
    heading: bool = False
    billable: bool | None = None
    inclusion_terms: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    extensions: dict[str, str] = field(default_factory=dict)
    short_title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A row of a list: the code without its dot, and what the layout says beside it."""

    file: str
    line: int
    code: str
    title: str | None = None
    short_title: str | None = None
    billable: bool | None = None


def with_dot(bare: str) -> str:
    """Return a code with the dot after its third character (`A000` -> `A00.0`)."""
    return f"{bare[:_PLAIN_LENGTH]}.{bare[_PLAIN_LENGTH:]}" if len(bare) > _PLAIN_LENGTH else bare


def is_list(path: Path) -> bool:
    """Tell whether `path` is a list in one of the three layouts, by its first lines."""
    if path.suffix.lower() != ".txt":
        return False
    try:
        head = [line.strip() for _, line in zip(range(3), decoded_lines(path), strict=False)]
    except InvalidSource:
        return False
    known = [
        one
        for one in head
        if _ORDER.fullmatch(one) or _TITLED.fullmatch(one) or _BARE.fullmatch(one)
    ]
    headings = [one for one in head if _HEADING.fullmatch(one)]
    return bool(known) and len(known) + len(headings) == len(head)


def read_list(path: Path) -> Iterator[Listed]:
    """Yield the codes of a list; chapters and sections in it are passed over.

    Raises: InvalidSource with file and line for a row in none of the layouts, or a code twice.
    """
    seen: set[str] = set()
    before = ""
    for number, raw in enumerate(decoded_lines(path), 1):
        line = raw.strip()
        if not line or _HEADING.fullmatch(line):
            continue
        row = _listed(path, number, line)
        # A section of one category (C50) stands in the bare list right before that category.
        section, before = line == before and len(line) == _PLAIN_LENGTH, line
        if section:
            continue
        if row.code in seen:
            raise InvalidSource(f"the code '{row.code}' occurs twice", file=path.name, line=number)
        seen.add(row.code)
        yield row


def _listed(path: Path, number: int, line: str) -> Listed:
    order = _ORDER.fullmatch(line)
    if order:
        _, padded, billable, short, title = order.groups()
        code = padded.strip()
        if not _BARE.fullmatch(code):
            raise InvalidSource(f"'{code}' is no ICD-10-CM code", file=path.name, line=number)
        return Listed(
            file=path.name,
            line=number,
            code=code,
            title=title.strip(),
            short_title=short.strip(),
            billable=billable == "1",
        )
    if _BARE.fullmatch(line):
        return Listed(file=path.name, line=number, code=line)
    titled = _TITLED.fullmatch(line)
    if titled is None:
        raise InvalidSource(
            "the row is neither of CMS's order file, its code file, nor a bare code",
            file=path.name,
            line=number,
        )
    return Listed(
        file=path.name, line=number, code=titled.group(1), title=titled.group(2), billable=True
    )


def add_listed(codes: dict[str, Diagnosis], rows: list[Listed]) -> None:
    """Add the listed codes that the tabular list lacks, each below its longest known prefix.

    Raises: InvalidSource for a code without title whose title cannot be made from the tabular list.
    """
    for row in sorted(rows, key=lambda one: len(one.code)):
        code = with_dot(row.code)
        entry = codes.get(code)
        if entry is None:
            parent = _prefix(codes, row.code)
            entry = codes[code] = Diagnosis(
                code=code, parent=parent, title=row.title or _extended(codes, parent, row)
            )
        entry.short_title = row.short_title or entry.short_title
        entry.billable = entry.billable if row.billable is None else row.billable


def _prefix(codes: dict[str, Diagnosis], bare: str) -> str | None:
    """Return the longest known code above `bare`, placeholder X's passed over; None if none."""
    for length in range(len(bare) - 1, _PLAIN_LENGTH - 1, -1):
        code = with_dot(bare[:length])
        if code in codes:
            return code
    return None


def extension_of(codes: dict[str, Diagnosis], code: str | None, character: str) -> str | None:
    """Return what a 7th character means for `code`: the nearest definition above, None if none."""
    while code is not None:
        entry = codes[code]
        if entry.extensions:
            return entry.extensions.get(character)
        code = entry.parent
    return None


def _extended(codes: dict[str, Diagnosis], parent: str | None, row: Listed) -> str:
    meaning = extension_of(codes, parent, row.code[-1])
    if parent is None or meaning is None:
        raise InvalidSource(
            f"the code '{row.code}' has no title: it is not in the tabular list, and no 7th "
            f"character '{row.code[-1]}' is defined above it",
            file=row.file,
            line=row.line,
        )
    return f"{codes[parent].title}, {meaning}"

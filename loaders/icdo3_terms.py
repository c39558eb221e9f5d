"""ICD-O-3: what every source comes down to, whichever publisher made it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from loaders.tables import Row
from termserver.errors import InvalidSource

TOPOGRAPHY = "topography"
MORPHOLOGY = "morphology"

_SITE = re.compile(r"C\d\d(\.\d)?")
_HISTOLOGY = re.compile(r"\d{4}/[012369]")
_GROUP = re.compile(r"(\d{3})(?:-(\d{3}))?")


@dataclass(slots=True, kw_only=True)
class Term:
    """Another name of a code: `kind` synonym, related or inclusion; `obsolete` as the file says."""

    value: str
    kind: str
    obsolete: bool = False


@dataclass(slots=True, kw_only=True)
class Code:
    """A code of one axis. `heading` is a group or category, which is not used for coding."""

    code: str
    file: str
    line: int
    title: str | None = None
    heading: bool = False
    parent: str | None = None
    terms: list[Term] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def fault(self, text: str) -> InvalidSource:
        """Return (not raise) an error that names the first row of the code."""
        return InvalidSource(text, file=self.file, line=self.line)


@dataclass(slots=True, kw_only=True)
class Part:
    """One axis as one source gives it; `version` is the edition that this publisher's file is."""

    axis: str
    version: str
    source: str
    codes: dict[str, Code] = field(default_factory=dict)

    def at(self, row: Row, code: str) -> Code:
        """Return the code's entry, made when it is met first. Raises: InvalidSource."""
        pattern = _SITE if self.axis == TOPOGRAPHY else _HISTOLOGY
        if not pattern.fullmatch(code):
            written = "C50 or C50.9" if self.axis == TOPOGRAPHY else "8500/3"
            raise row.fault(f"'{code}' is no {self.axis} code; they are written like {written}")
        return self.codes.setdefault(code, Code(code=code, file=row.file, line=row.line))

    def title(self, row: Row, code: str, title: str) -> Code:
        """Give a code its title. Raises: InvalidSource where it has one already."""
        entry = self.at(row, code)
        if entry.title is not None:
            raise row.fault(f"the code '{code}' has a second title")
        entry.title = title
        return entry

    def groups(self, entry: Code) -> Iterator[str]:
        """Yield the headings that a code is under, the narrowest first."""
        while entry.parent is not None:
            entry = self.codes[entry.parent]
            yield entry.code

    def checked(self) -> Part:
        """Return the part itself. Raises: InvalidSource for a code without title or parent."""
        for entry in self.codes.values():
            if entry.title is None:
                raise entry.fault(f"the code '{entry.code}' has terms but no title")
            if entry.parent is not None and entry.parent not in self.codes:
                raise entry.fault(
                    f"the parent '{entry.parent}' of '{entry.code}' is not in the file"
                )
        if not self.codes:
            raise InvalidSource("the file holds no code", file=self.source)
        return self


def group_range(code: str) -> tuple[int, int] | None:
    """Return first and last of a morphology group (`801-804`, `800`), None if it is none."""
    match = _GROUP.fullmatch(code)
    if match is None:
        return None
    first = int(match.group(1))
    return first, int(match.group(2) or first)


def place_in_groups(part: Part) -> None:
    """Give every code and group the narrowest group that contains it as its parent.

    Groups nest (967-972 holds 967-969); a code outside all groups stays without a parent.
    """
    ranges = {
        code: found
        for code, entry in part.codes.items()
        if entry.heading and (found := group_range(code))
    }
    for code, entry in part.codes.items():
        first, last = ranges.get(code) or (int(code[:3]), int(code[:3]))
        holders = [
            (high - low, name)
            for name, (low, high) in ranges.items()
            if name != code and low <= first and last <= high
        ]
        entry.parent = min(holders)[1] if holders else None


def in_hierarchy_order(part: Part) -> Iterator[Code]:
    """Yield the codes, parents before their children, otherwise in the order of the source."""
    done: set[str] = set()
    for entry in part.codes.values():
        chain = [entry]
        while chain[-1].parent and chain[-1].parent not in done:
            chain.append(part.codes[chain[-1].parent])
        for one in reversed(chain):
            if one.code not in done:
                done.add(one.code)
                yield one

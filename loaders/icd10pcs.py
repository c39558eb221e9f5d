"""ICD-10-PCS from CMS's files: tables (XML) and, for the official titles, the order file.

The tables give sections, body systems and operations, and rows of values whose product are the
codes; each row states how many (`pcsRow/@codes`). Without the order file a code is displayed by the
values of its axes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.base import LoadOptions, Progress, Reading
from loaders.tables import decoded_lines
from loaders.xmlfile import fault, flat_text, head_has, parse_xml
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, Coding, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PackHeader,
    PropertyRecord,
    Record,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

URL = "http://www.cms.gov/Medicare/Coding/ICD10"
"""THO, NamingSystem ICD-10-PCS."""
NOTICE = (
    "ICD-10-PCS is published by the Centers for Medicare and Medicaid Services (United States) and "
    "is in the public domain."
)
# Fixed width: order number, code, valid for coding, short title, long title.
_ORDER = re.compile(r"(\d{5}) ([0-9A-HJ-NP-Z]{3}|[0-9A-HJ-NP-Z]{7}) +([01]) (.{60}) (\S.*)")
_HEAD_LENGTH = 3
_SHORT = Coding(code="short", display="Short title")


@dataclass(slots=True, kw_only=True)
class _Code:
    title: str
    parent: str | None = None
    heading: bool = False
    definition: str | None = None
    short: str | None = None
    values: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Icd10PcsLoader:
    """Loader of ICD-10-PCS (see `loaders.base.Loader`)."""

    name: str = "icd10pcs"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is the tables or the order file of ICD-10-PCS, or holds one."""
        return bool(_files(source, _is_tables) or _files(source, _is_order))

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read the tables and, where it is there, the order file. Raises: InvalidSource."""
        tables = [path for one in sources for path in _files(one, _is_tables)]
        orders = [path for one in sources for path in _files(one, _is_order)]
        if len(tables) != 1 or len(orders) > 1:
            names = ", ".join(one.name for one in (*tables, *orders)) or "none"
            raise InvalidSource(
                "a release is the tables (icd10pcs_tables_2026.xml) and at most one order file; "
                f"there are: {names}"
            )
        stated, codes = _read_tables(tables[0])
        for path in orders:
            _add_titles(codes, path)
        version = options.version or stated
        if not version:
            raise InvalidSource("the tables state no version; name it with --version")
        progress("ICD-10-PCS codes", len(codes), len(codes))
        missing = (
            "there is no order file: codes are displayed by the values of their axes, not by "
            "the official titles",
        )
        return Reading(
            header=PackHeader(
                name=options.name or "icd-10-pcs",
                version=version,
                kind=self.name,
                title=f"ICD-10-PCS {version}",
                licence=NOTICE,
                warnings=() if orders else missing,
            ),
            records=_records(_system(version, codes), codes),
            expected={
                "concepts": len(codes),
                "edges": sum(one.parent is not None for one in codes.values()),
            },
        )


LOADER = Icd10PcsLoader()


def _is_tables(path: Path) -> bool:
    return head_has(path, b"<ICD10PCS.tabular")


def _is_order(path: Path) -> bool:
    """Tell whether `path` is the order file; ICD-10-CM's has the layout too, but begins A00."""
    if path.suffix.lower() != ".txt":
        return False
    try:
        first = next(decoded_lines(path), "")
    except InvalidSource:
        return False
    found = _ORDER.fullmatch(first.rstrip())
    return found is not None and found.group(2)[0].isdigit()


def _files(source: Path, test: Callable[[Path], bool]) -> list[Path]:
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    return [one for one in files if one.is_file() and test(one)]


def _read_tables(path: Path) -> tuple[str | None, dict[str, _Code]]:
    root = parse_xml(path)
    codes: dict[str, _Code] = {}
    for table in root.findall("pcsTable"):
        above = _heading(codes, table, path)
        for row in table.findall("pcsRow"):
            _add_row(codes, row, above, path)
    if not codes:
        raise InvalidSource("the file has no pcsTable", file=path.name)
    version = root.findtext("version")
    return (version.strip() if version else None), codes


def _heading(codes: dict[str, _Code], table: Element, path: Path) -> str:
    """Add section, body system and operation of a table; return the three characters."""
    axes = table.findall("axis")
    if [one.get("pos") for one in axes] != ["1", "2", "3"]:
        raise fault(path, table, "a table has to begin with the axes 1, 2 and 3")
    code = ""
    for axis in axes:
        labels = axis.findall("label")
        if len(labels) != 1 or not labels[0].get("code"):
            raise fault(path, axis, "this axis needs exactly one label with a code")
        label = labels[0]
        above, code = code or None, code + label.get("code", "")
        definition = axis.findtext("definition")
        entry = codes.setdefault(code, _Code(title=flat_text(label), parent=above, heading=True))
        entry.definition = entry.definition or definition
    return code


def _add_row(codes: dict[str, _Code], row: Element, above: str, path: Path) -> None:
    axes = []
    for axis in row.findall("axis"):
        title = axis.findtext("title") or ""
        axes.append([(title, one.get("code", ""), flat_text(one)) for one in axis.findall("label")])
    made = list(product(*axes))
    if len(axes) != 4 or str(len(made)) != row.get("codes"):
        raise fault(
            path, row, f"the row says it has {row.get('codes')} codes; its axes give {len(made)}"
        )
    for values in made:
        code = above + "".join(one for _, one, _ in values)
        if code in codes:
            raise fault(path, row, f"the code '{code}' occurs twice")
        codes[code] = _Code(
            title=", ".join((codes[above].title, *(label for _, _, label in values))),
            parent=above,
            values=[(title, label) for title, _, label in values],
        )


def _add_titles(codes: dict[str, _Code], path: Path) -> None:
    """Take the titles of the order file. Raises: InvalidSource for a code that no table has."""
    seen: set[str] = set()
    for line, text in enumerate(decoded_lines(path), 1):
        found = _ORDER.fullmatch(text.rstrip())
        if found is None:
            raise InvalidSource("the row is not of CMS's order file", file=path.name, line=line)
        _, code, _, short, title = found.groups()
        if code in seen:
            raise InvalidSource(f"the code '{code}' occurs twice", file=path.name, line=line)
        seen.add(code)
        entry = codes.get(code)
        if entry is None:
            raise InvalidSource(
                f"the code '{code}' is in no table; tables and order file are of two releases",
                file=path.name,
                line=line,
            )
        if len(code) > _HEAD_LENGTH:
            entry.title, entry.short = title.strip(), short.strip()


def _system(version: str, codes: dict[str, _Code]) -> CodeSystem:
    axes = sorted({_property(title) for one in codes.values() for title, _ in one.values})
    return CodeSystem(
        url=URL,
        version=version,
        id="icd-10-pcs",
        name="ICD10PCS",
        title="International Classification of Diseases, 10th Revision, Procedure Coding System",
        status="active",
        content="complete",
        case_sensitive=True,
        hierarchy_meaning="is-a",
        language="en",
        copyright=NOTICE,
        properties=tuple(PropertyDefinition(code=one) for one in axes),
        resource={"publisher": "Centers for Medicare and Medicaid Services"},
    )


def _property(title: str) -> str:
    """Return the property of an axis by its title: `Body Part` -> `body-part`."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))


def _records(system: CodeSystem, codes: dict[str, _Code]) -> Iterator[Record]:
    yield CodeSystemRecord(system=system)
    for code, one in codes.items():
        yield ConceptRecord(
            code=code, display=one.title, definition=one.definition, abstract=one.heading
        )
        if one.parent:
            yield EdgeRecord(child=code, parent=one.parent)
    for code, one in codes.items():
        if one.short and one.short != one.title:
            yield DesignationRecord(code=code, value=one.short, language="en", use=_SHORT)
        for title, label in one.values:
            yield PropertyRecord(code=code, property=_property(title), type="string", value=label)

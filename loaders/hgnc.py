"""HGNC gene nomenclature from its complete set (tab-separated, lists as "a|b") -> records.

A gene is displayed by its approved symbol; its name, aliases and earlier symbols are designations.
Rows may end early, as some copies of the set do; what stands behind the last column has no name and
is left out with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.tables import Row, check_header, header_of, read_lists
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, Coding, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    PackHeader,
    PropertyRecord,
    Record,
)

URL = "http://www.genenames.org"
"""THO, CodeSystem v3-hgnc: the uri for genes."""
NOTICE = (
    "Data of the HUGO Gene Nomenclature Committee (HGNC), genenames.org; free to use (CC0). "
    "Please cite HGNC."
)
_REQUIRED = ("hgnc_id", "symbol", "name", "status")
_NAMES = {
    "name": Coding(code="name", display="Approved name"),
    "alias_symbol": Coding(code="alias_symbol", display="Alias symbol"),
    "alias_name": Coding(code="alias_name", display="Alias name"),
    "prev_symbol": Coding(code="prev_symbol", display="Previous symbol"),
    "prev_name": Coding(code="prev_name", display="Previous name"),
}
_CODE = re.compile(r"HGNC:\d+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_APPROVED = "Approved"


@dataclass(frozen=True, slots=True)
class HgncLoader:
    """Loader of HGNC's complete set (see `loaders.base.Loader`)."""

    name: str = "hgnc"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is a table of HGNC, by its header."""
        known = {".txt", ".tsv"}
        return (
            source.is_file()
            and source.suffix.lower() in known
            and set(_REQUIRED) <= set(header_of(source, "\t"))
        )

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one table. Raises: InvalidSource with file and line."""
        if len(sources) != 1:
            raise InvalidSource("HGNC is read from one file: hgnc_complete_set.txt")
        path = sources[0]
        header = [one for one in header_of(path, "\t") if one]
        genes, surplus = _genes(path, header)
        version = options.version or max(row.get("date_modified") for row in genes.values())
        if not version:
            raise InvalidSource(
                "no gene says when it was modified; name the version with --version",
                file=path.name,
            )
        progress("genes", len(genes), len(genes))
        warning = f"{surplus} rows have more fields than the header; those have no name, left out"
        return Reading(
            header=PackHeader(
                name=options.name or "hgnc",
                version=version,
                kind=self.name,
                title=f"HGNC {version}",
                licence=NOTICE,
                warnings=(warning,) if surplus else (),
            ),
            records=_records(version, header, genes),
            expected={"concepts": len(genes)},
        )


LOADER = HgncLoader()


def _genes(path: Path, header: list[str]) -> tuple[dict[str, Row], int]:
    """Return the rows by code, and how many have more fields than the header."""
    genes: dict[str, Row] = {}
    surplus = 0
    rows = read_lists(path, delimiter="\t")
    line, _ = next(rows)
    check_header(path, line, header, ("hgnc_id", "symbol", "status"))
    for line, values in rows:
        surplus += len(values) > len(header)
        padded = values + [""] * (len(header) - len(values))
        row = Row(file=path.name, line=line, fields=dict(zip(header, padded, strict=False)))
        code = row.need("hgnc_id")
        if not _CODE.fullmatch(code):
            raise row.fault(f"'{code}' is no HGNC id (HGNC:1100)")
        if code in genes:
            raise row.fault(f"the code '{code}' occurs twice")
        for column in ("symbol", "status"):
            row.need(column)
        day = row.get("date_modified")
        if day and not _DAY.fullmatch(day):
            raise row.fault(f"'{day}' in the column 'date_modified' is no date (YYYY-MM-DD)")
        genes[code] = row
    if not genes:
        raise InvalidSource("the table has a header and no row", file=path.name)
    return genes, surplus


def _records(version: str, header: list[str], genes: dict[str, Row]) -> Iterator[Record]:
    columns = [one for one in header if one not in _NAMES and one not in {"hgnc_id", "symbol"}]
    yield CodeSystemRecord(
        system=CodeSystem(
            url=URL,
            version=version,
            id="hgnc",
            name="HGNC",
            title="HUGO Gene Nomenclature Committee",
            status="active",
            content="complete",
            case_sensitive=True,
            language="en",
            copyright=NOTICE,
            properties=tuple(PropertyDefinition(code=one) for one in columns),
            resource={"publisher": "HUGO Gene Nomenclature Committee"},
        )
    )
    for code, row in genes.items():
        status = row.get("status")
        inactive = status != _APPROVED
        yield ConceptRecord(
            code=code,
            display=row.get("symbol"),
            inactive=inactive,
            status=status.lower() if inactive else None,
        )
    for code, row in genes.items():
        for column, use in _NAMES.items():
            for text in _values(row, column):
                yield DesignationRecord(code=code, value=text, language="en", use=use)
        for column in columns:
            for text in _values(row, column):
                yield PropertyRecord(code=code, property=column, type="string", value=text)


def _values(row: Row, column: str) -> list[str]:
    parts = (one.strip() for one in row.get(column).split("|"))
    return list(dict.fromkeys(one for one in parts if one))

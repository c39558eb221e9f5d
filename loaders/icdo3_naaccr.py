"""NAACCR's yearly update table of ICD-O-3 (2018, 2021, 2022 …) -> ConceptMap from before to after.

Layout as NAACCR documents it ("ICD-O-3 Update", table 1): rows of title text, then a header with a
status, the morphology code, the term, which standard setters require it, and remarks. Not tried on
a real file. Each target says in its comment what the table says:
- new term for a code: equivalent to itself; preferred term or reportability changed: relatedto;
- new code or behaviour: relatedto, from the code that was used before, where the table states it;
- deleted code: relatedto the code to use instead, unmatched where none is stated.
What states no former code is in the description of the map: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.base import LoadOptions, Progress, Reading
from loaders.icdo3 import NOTICE
from loaders.sheets import is_sheet, read_sheet
from loaders.tables import Row, read_lists
from termserver.errors import InvalidSource
from termserver.records import DocumentRecord, PackHeader, Record
from termserver.systems import ICD_O_3

_COLUMNS = {
    # column -> names that it has in one year or another, folded
    "status": ("status", "icdo3status", "icdo32status", "update", "typeofchange"),
    "code": (
        *("icdocode", "icdo3code", "icdo32code", "icdo32", "icdo3"),
        *("icdo3morphologycode", "icdo32morphologycode", "morphologycode", "histologybehaviorcode"),
    ),
    "term": ("term", "terms", "preferredterm", "morphologyterm"),
    "former": ("formercode", "previouscode", "priorcode", "oldcode", "formericdo3code"),
    "remarks": ("remarks", "remark", "comments", "comment"),
}
_NEEDED = ("status", "code", "term")
_YEAR = re.compile(r"(?<!\d)(20[12]\d)(?!\d)")
_CODE = re.compile(r"\d{4}/[012369]", re.ASCII)
_NEXT = r"[^;]{0,60}?(?<![\d/])(\d{4}/[012369])(?!\d)"
_BEFORE = re.compile(
    r"\b(?:former(?:ly)?|previous(?:ly)?|prior|before|was|changed from)\b" + _NEXT, re.I | re.ASCII
)
_INSTEAD = re.compile(r"\b(?:use|see|now|code to)\b" + _NEXT, re.I | re.ASCII)
_TITLE_ROWS = 10


@dataclass(frozen=True, slots=True)
class NaaccrUpdateLoader:
    """Loader of one yearly table (see `loaders.base.Loader`)."""

    name: str = "icdo3-naaccr"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is such a table: its header is in one of the first ten rows."""
        if not source.is_file():
            return False
        try:
            return _header(_lists(source)) is not None
        except InvalidSource:
            return False

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one year's table. Raises: InvalidSource with file and line."""
        if len(sources) != 1:
            raise InvalidSource("each year's update is a map of its own; name one file")
        path = sources[0]
        found = _YEAR.search(path.name)
        year = options.version or (found.group(1) if found else None)
        if year is None:
            raise InvalidSource(
                "the file's name has no year (2022 ICD-O-3.2 Update.xlsx); name it with --version",
                file=path.name,
            )
        changes = list(_changes(path))
        if not changes:
            raise InvalidSource("the table has no rows", file=path.name)
        progress("changes", len(changes), len(changes))
        return Reading(
            header=PackHeader(
                name=options.name or "icd-o-3-naaccr-update",
                version=year,
                kind=self.name,
                title=f"NAACCR's update of ICD-O-3 for {year}",
                licence=NOTICE,
            ),
            records=_records(path, year, changes),
            expected={"ConceptMap": 1},
        )


LOADER = NaaccrUpdateLoader()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One row: what it is (`kind`), its code and term, and the code before or instead, if any."""

    kind: str
    status: str
    code: str
    term: str
    other: str | None
    remarks: str

    @property
    def comment(self) -> str:
        """Return what the table says, for the target."""
        return f"{self.status}: {self.term}" + (f" ({self.remarks})" if self.remarks else "")


def kind_of(status: str) -> str | None:
    """Return new-code, behaviour, deleted, term, reportability; None for an unknown status.

    Statuses are told by their words, since each year writes them a little differently.
    """
    words = set(re.findall(r"[a-z]+", status.casefold()))
    if words & {"deleted", "deletion", "obsolete", "removed"}:
        return "deleted"
    if words & {"behavior", "behaviour", "behaviors"}:
        return "behaviour"
    if "code" in words and "new" in words:
        return "new-code"
    if words & {"reportability", "reportable"}:
        return "reportability"
    if words & {"term", "terms", "synonym", "terminology", "preferred"}:
        is_new = "new" in words and "preferred" not in words
        return "term" if is_new or "synonym" in words else "renamed"
    return None


def _lists(path: Path) -> Iterator[tuple[int, list[str]]]:
    if is_sheet(path):
        return read_sheet(path)
    if path.suffix.lower() not in {".csv", ".tsv", ".txt"}:
        raise InvalidSource("a spreadsheet, CSV or TSV is needed", file=path.name)
    return read_lists(path, delimiter="," if path.suffix.lower() == ".csv" else "\t")


def _header(rows: Iterator[tuple[int, list[str]]]) -> dict[str, int] | None:
    """Read up to the header; return column -> its place, None where there is no header."""
    for line, fields in rows:
        folded = [re.sub(r"[^a-z0-9]", "", one.casefold()) for one in fields]
        places = {
            column: next((at for at, one in enumerate(folded) if one in names), -1)
            for column, names in _COLUMNS.items()
        }
        if all(places[column] >= 0 for column in _NEEDED):
            return places
        if line > _TITLE_ROWS:
            break
    return None


def _changes(path: Path) -> Iterator[Change]:
    rows = _lists(path)
    places = _header(rows)
    if places is None:
        raise InvalidSource(
            "no header with a status, a code and a term (Status, ICD-O code, Term) in the first "
            f"{_TITLE_ROWS} rows",
            file=path.name,
        )
    seen: set[tuple[str, str, str]] = set()
    for line, fields in rows:
        cells = {
            name: " ".join(fields[at].split()) if 0 <= at < len(fields) else ""
            for name, at in places.items()
        }
        row = Row(file=path.name, line=line, fields=cells)
        change = _change(row)
        key = (change.kind, change.code, change.term)
        if key in seen:
            raise row.fault(f"the change of '{change.code}' ({change.term}) occurs twice")
        seen.add(key)
        yield change


def _change(row: Row) -> Change:
    status, code, term = row.need("status"), row.need("code"), row.need("term")
    kind = kind_of(status)
    if kind is None:
        raise row.fault(
            f"the status '{status}' is unknown; known are new code, new term, behaviour change, "
            "term change, reportability change and deleted code, in these or like words"
        )
    if not _CODE.fullmatch(code):
        raise row.fault(f"'{code}' is no morphology with behaviour (8500/3)")
    stated, remarks = row.get("former"), row.get("remarks")
    if stated and not _CODE.fullmatch(stated):
        raise row.fault(f"the former code '{stated}' is no morphology with behaviour (8500/3)")
    other = stated or _stated(kind, remarks)
    if other == code:
        if kind in {"new-code", "behaviour"} and stated:
            raise row.fault(f"'{code}' is said to be new and to be its own former code")
        other = None
    return Change(kind=kind, status=status, code=code, term=term, other=other, remarks=remarks)


def _stated(kind: str, remarks: str) -> str | None:
    """Return the one code that the remarks name as the one before (or instead), else None."""
    pattern = _INSTEAD if kind == "deleted" else _BEFORE
    found = set(pattern.findall(remarks)) if kind in {"deleted", "new-code", "behaviour"} else set()
    return found.pop() if len(found) == 1 else None


def _records(path: Path, year: str, changes: list[Change]) -> Iterator[Record]:
    elements: dict[str, list[dict[str, Any]]] = {}
    open_changes: list[str] = []
    for one in changes:
        source, target = _pair(one)
        if source is None:
            open_changes.append(f"{one.code} {one.term} ({one.status})")
            continue
        targets = elements.setdefault(source, [])
        targets.append(target)
    said = "; ".join(open_changes) or "none"
    yield DocumentRecord(
        type="ConceptMap",
        resource={
            "resourceType": "ConceptMap",
            "id": f"icd-o-3-naaccr-{year}",
            "url": f"{ICD_O_3}/ConceptMap/naaccr-update",
            "version": year,
            "name": f"ICDO3NAACCRUpdate{year}",
            "title": f"ICD-O-3, NAACCR's update for {year}",
            "status": "active",
            "description": (
                f"Made from {path.name}: codes before the update to codes after it; the comment of "
                f"each target is the row. Rows that state no former code: {said}"
            ),
            "group": [
                {
                    "source": ICD_O_3,
                    "target": ICD_O_3,
                    "element": [
                        {"code": code, "target": _merged(targets)}
                        for code, targets in elements.items()
                    ],
                }
            ],
        },
    )


def _pair(change: Change) -> tuple[str | None, dict[str, Any]]:
    """Return the code before (None: not stated) and the target, with what the row says."""
    code, comment = change.code, change.comment
    match change.kind:
        case "deleted":
            if change.other is None:
                return code, {"equivalence": "unmatched", "comment": comment}
            return code, {"code": change.other, "equivalence": "relatedto", "comment": comment}
        case "new-code" | "behaviour":
            target = {"code": code, "display": change.term, "equivalence": "relatedto"}
            return change.other, {**target, "comment": comment}
        case "term":
            return code, {"code": code, "equivalence": "equivalent", "comment": comment}
    return code, {"code": code, "equivalence": "relatedto", "comment": comment}


def _merged(targets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one target for each code, the comments of several rows together."""
    found: dict[str | None, dict[str, Any]] = {}
    for one in targets:
        known = found.get(one.get("code"))
        if known is None:
            found[one.get("code")] = dict(one)
            continue
        known["comment"] += f"; {one['comment']}"
        if one["equivalence"] != known["equivalence"]:
            known["equivalence"] = "relatedto"
    return list(found.values())

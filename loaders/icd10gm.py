"""ICD-10-GM from DIMDI's (BfArM's) metadata files and crosswalks between years -> records.

Semicolons, no header: codes (23 columns in CP850 to 2004's layout, 30 since 2012's, 28 since 2018),
groups and chapters; the files are told by name, as their read-me lists them. A crosswalk becomes a
ConceptMap. The metadata hold titles only: inclusions and exclusions are in the ClaML file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.icd10gm_map import crosswalk, is_crosswalk
from loaders.tables import Row, decoded_lines, read_lists
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DocumentRecord,
    EdgeRecord,
    PackHeader,
    PropertyRecord,
    Record,
)

URL = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
NOTICE = (
    "ICD-10-GM: published by the Bundesinstitut für Arzneimittel und Medizinprodukte (formerly "
    "DIMDI), whose terms of download apply; a modification of ICD-10, copyright World Health "
    "Organization."
)
_NAME = re.compile(
    r"icd10gm(\d{4})(?:syst)?_(kodes|codes|gruppen|kapitel)(?:\..*)?\.txt", re.IGNORECASE
)
_CORE = "level place made chapter group full code bare title"
_LISTS = "mortl1 mortl2 mortl3 mortl4 morbl"
_LAYOUTS = {
    23: f"{_CORE} p295 p301 {_LISTS} sex sex-error age-min age-max age-error rare used",
    28: f"{_CORE} title3 title4 title5 p295 p301 {_LISTS} sex sex-error age-min age-max age-error "
    "rare used ifsg-report ifsg-lab",
    30: f"{_CORE} title3 title4 title5 p295 p301 {_LISTS} sex sex-error age-min-old age-min "
    "age-max-old age-max age-error rare used ifsg-report ifsg-lab",
}
_PROPERTIES = [
    *("p295", "p301", "mortl1", "mortl2", "mortl3", "mortl4", "morbl", "sex", "sex-error"),
    *("age-min", "age-max", "age-error", "rare", "used", "ifsg-report", "ifsg-lab"),
]
_NOTHING = frozenset({"", "UNDEF"})


@dataclass(slots=True, kw_only=True)
class _Entry:
    title: str
    parent: str | None = None
    heading: bool = False
    row: Row | None = None


@dataclass(slots=True, kw_only=True)
class _Files:
    year: str = ""
    codes: Path | None = None
    groups: Path | None = None
    chapters: Path | None = None
    maps: list[Path] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Icd10GmLoader:
    """Loader of ICD-10-GM's metadata (see `loaders.base.Loader`)."""

    name: str = "icd10gm"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is, or directly holds, files of these names."""
        found = _files([source])
        return found.codes is not None or bool(found.maps)

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read codes, groups and chapters of one year, and crosswalks. Raises: InvalidSource."""
        found = _files(sources)
        if found.codes is None and not found.maps:
            raise InvalidSource(
                "there is no file of codes (icd10gm2017syst_kodes.txt) and no crosswalk",
                file=", ".join(one.name for one in sources),
            )
        url = options.system or URL
        maps = [crosswalk(path, url) for path in found.maps]
        entries = _entries(found) if found.codes else {}
        version = options.version or found.year or str(maps[0]["version"])
        progress("ICD-10-GM codes", len(entries), len(entries))
        return Reading(
            header=PackHeader(
                name=options.name or ("icd-10-gm" if entries else "icd-10-gm-crosswalk"),
                version=version,
                kind=self.name,
                title=f"ICD-10-GM {version}",
                licence=NOTICE,
                warnings=_warnings(found),
            ),
            records=_records(url, version, entries, maps),
            expected={"concepts": len(entries)},
        )


LOADER = Icd10GmLoader()


def _files(sources: list[Path]) -> _Files:
    found = _Files()
    for source in sources:
        for path in sorted(source.iterdir()) if source.is_dir() else [source]:
            named = _NAME.fullmatch(path.name)
            if is_crosswalk(path):
                found.maps.append(path)
            elif named:
                found.year = named.group(1)
                match named.group(2).lower():
                    case "gruppen":
                        found.groups = path
                    case "kapitel":
                        found.chapters = path
                    case _:
                        found.codes = path
    return found


def _warnings(found: _Files) -> tuple[str, ...]:
    absent = {"groups (gruppen)": found.groups, "chapters (kapitel)": found.chapters}
    return tuple(
        f"there is no file of {what}: the hierarchy begins below"
        for what, path in absent.items()
        if path is None and found.codes is not None
    )


def encoding_of(path: Path) -> str:
    """Return utf-8, or cp850 where the file is not in it (the files up to 2004's)."""
    try:
        for _ in decoded_lines(path):
            pass
    except InvalidSource:
        return "cp850"
    return "utf-8"


def _encoding(path: Path, columns: dict[int, list[str]]) -> str:
    """Return the encoding; a table of codes in the layout after 2004's is always in utf-8."""
    found = encoding_of(path)
    first = next(read_lists(path, delimiter=";", quoting=False, encoding=found), None)
    later = first is not None and len(columns) > 1 and len(first[1]) > min(columns)
    return "utf-8" if later else found


def _rows(path: Path, columns: dict[int, list[str]]) -> Iterator[Row]:
    rows = read_lists(path, delimiter=";", quoting=False, encoding=_encoding(path, columns))
    for line, fields in rows:
        names = columns.get(len(fields))
        if names is None:
            known = " or ".join(map(str, columns))
            raise InvalidSource(
                f"{len(fields)} fields where this file has {known}", file=path.name, line=line
            )
        yield Row(file=path.name, line=line, fields=dict(zip(names, fields, strict=True)))


def _entries(found: _Files) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    if found.chapters:
        for row in _rows(found.chapters, {2: ["code", "title"]}):
            _add(entries, row, row.need("code"), None, heading=True)
    groups: dict[str, str] = {}
    if found.groups:
        for row in _rows(found.groups, {4: ["first", "last", "chapter", "title"]}):
            code = f"{row.need('first')}-{row.need('last')}"
            chapter = row.need("chapter")
            if found.chapters and chapter not in entries:
                raise row.fault(f"the chapter '{chapter}' is not in the file of chapters")
            _add(entries, row, code, chapter if found.chapters else None, heading=True)
            groups[row.need("first")] = code
    if found.codes:
        _add_codes(entries, groups, found)
    return entries


def _add_codes(entries: dict[str, _Entry], groups: dict[str, str], found: _Files) -> None:
    layouts = {width: names.split() for width, names in _LAYOUTS.items()}
    for row in _rows(found.codes or Path(), layouts):
        code = row.need("code").rstrip("+†")
        above = _parent(row, code, entries, groups, found)
        _add(entries, row, code, above, heading=False).row = row


def _parent(
    row: Row, code: str, entries: dict[str, _Entry], groups: dict[str, str], found: _Files
) -> str | None:
    level = row.need("level")
    if level not in {"3", "4", "5"}:
        raise row.fault(f"'{level}' in the first column is no level; known: 3, 4, 5")
    if level != "3":
        above = code[:-1].rstrip(".")
        if above not in entries:
            raise row.fault(f"the code '{above}' above '{code}' is not in the file")
        return above
    if found.groups:
        group = groups.get(row.need("group"))
        if group is None:
            raise row.fault(f"the group '{row.get('group')}' is not in the file of groups")
        return group
    return row.need("chapter") if found.chapters else None


def _add(
    entries: dict[str, _Entry], row: Row, code: str, parent: str | None, *, heading: bool
) -> _Entry:
    if code in entries:
        raise row.fault(f"the code '{code}' occurs twice")
    if parent is not None and parent not in entries:
        raise row.fault(f"the chapter '{parent}' is not in the file of chapters")
    entries[code] = _Entry(title=row.need("title"), parent=parent, heading=heading)
    return entries[code]


def _records(
    url: str, version: str, entries: dict[str, _Entry], maps: list[dict[str, object]]
) -> Iterator[Record]:
    if entries:
        yield from _code_system(url, version, entries)
    for one in maps:
        yield DocumentRecord(type="ConceptMap", resource=one)


def _code_system(url: str, version: str, entries: dict[str, _Entry]) -> Iterator[Record]:
    yield CodeSystemRecord(
        system=CodeSystem(
            url=url,
            version=version,
            id="icd-10-gm",
            name="ICD10GM",
            title=f"ICD-10-GM Version {version}",
            status="active",
            content="complete",
            case_sensitive=True,
            hierarchy_meaning="is-a",
            language="de",
            copyright=NOTICE,
            properties=(
                PropertyDefinition(code="terminal", type="boolean", description="codable"),
                *(PropertyDefinition(code=one, type="code") for one in _PROPERTIES),
            ),
            resource={"publisher": "Bundesinstitut für Arzneimittel und Medizinprodukte"},
        )
    )
    for code, one in entries.items():
        yield ConceptRecord(code=code, display=one.title, abstract=one.heading)
        if one.parent:
            yield EdgeRecord(child=code, parent=one.parent)
    for code, one in entries.items():
        if one.row is not None:
            yield from _details(code, one.row)


def _details(code: str, row: Row) -> Iterator[Record]:
    terminal = row.get("place") == "T"
    yield PropertyRecord(code=code, property="terminal", type="boolean", value=terminal)
    for name in _PROPERTIES:
        value = row.get(name)
        if value not in _NOTHING:
            yield PropertyRecord(code=code, property=name, type="code", value=value)

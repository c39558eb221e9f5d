"""ICD-10-CM from the files of CMS and NCHS: tabular list (XML) and code lists -> records.

The tabular list has chapters, sections, categories, codes and notes; the codes with a 7th character
stand in the order file or code list only (derived from the definitions of 7th characters they would
be wrong for 76 codes of the release of April 2026). Case of codes matters, as THO's CodeSystem says
(http://hl7.org/fhir/sid/icd-10-cm 2.0.1, caseSensitive true).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.icd10cm_codes import Diagnosis, Listed, add_listed, is_list, read_list
from loaders.icd10cm_tabular import NOTES, is_tabular, read_tabular
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, Coding, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationBlock,
    DesignationRow,
    EdgeRecord,
    PackHeader,
    PropertyBlock,
    PropertyRow,
    Record,
)
from termserver.systems import ICD_10_CM

NOTICE = (
    "ICD-10-CM is published by the National Center for Health Statistics and the Centers for "
    "Medicare and Medicaid Services (United States) and is in the public domain there; it is a "
    "modification of ICD-10, copyright World Health Organization."
)
DISTRIBUTION = "simple-icd-10-cm"
"""An installed distribution that carries the official files as data."""

_INCLUSION = Coding(code="inclusion", display="Inclusion term")
_SHORT = Coding(code="short", display="Short title")
_NOWHERE: frozenset[int] = frozenset()
_TOGETHER = 5_000
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Icd10CmLoader:
    """Loader of ICD-10-CM files (see `loaders.base.Loader`)."""

    name: str = "icd10cm"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is a tabular list or a code list, or directly holds one."""
        return bool(_known_files(source))

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one release from all sources together. Raises: InvalidSource."""
        files = [path for one in sources for path in _known_files(one)]
        tabular = _one([path for path in files if is_tabular(path)], "tabular list")
        listed = _one([path for path in files if is_list(path)], "code list")
        if tabular is None and listed is None:
            names = ", ".join(one.name for one in sources)
            raise InvalidSource("no ICD-10-CM tabular list (XML) and no code list", file=names)
        stated, codes = read_tabular(tabular) if tabular else (None, {})
        if listed:
            _add(codes, list(read_list(listed)))
        orphans = _without_category(codes)
        version = options.version or stated or _year(listed or sources[0])
        progress("ICD-10-CM codes", len(codes), len(codes))
        header = PackHeader(
            name=options.name or "icd-10-cm",
            version=version,
            kind=self.name,
            title=f"ICD-10-CM {version}",
            licence=NOTICE,
            warnings=(*_warnings(tabular, listed), *orphans),
        )
        edges = sum(one.parent is not None for one in codes.values())
        return Reading(
            header=header,
            records=_records(code_system(version, fragment=listed is None or bool(orphans)), codes),
            expected={"concepts": len(codes), "edges": edges},
        )


LOADER = Icd10CmLoader()


def bundled_source() -> list[Path]:
    """Return the official files inside the installed distribution, found without importing it.

    Raises: InvalidSource where the distribution, or a file of it, is not there.
    """
    from importlib import metadata

    try:
        files = metadata.distribution(DISTRIBUTION).files or []
    except metadata.PackageNotFoundError as error:
        raise InvalidSource(
            f"the Python package {DISTRIBUTION} is not installed; it carries ICD-10-CM's files"
        ) from error
    paths = [Path(str(one.locate())) for one in files if "data" in one.parts]
    found = [path for path in sorted(paths) if is_tabular(path) or is_list(path)]
    if len(found) != 2:
        names = ", ".join(path.name for path in found) or "none"
        raise InvalidSource(
            f"the Python package {DISTRIBUTION} should carry a tabular list and a code list; "
            f"there are: {names}"
        )
    return found


def code_system(version: str, *, fragment: bool) -> CodeSystem:
    """Return the facts of one release."""
    return CodeSystem(
        url=ICD_10_CM,
        version=version,
        id="icd-10-cm",
        name="ICD10CM",
        title="International Classification of Diseases, 10th Revision, Clinical Modification",
        status="active",
        content="fragment" if fragment else "complete",
        case_sensitive=True,
        hierarchy_meaning="is-a",
        language="en",
        copyright=NOTICE,
        properties=(
            PropertyDefinition(code="billable", type="boolean", description="valid for coding"),
            PropertyDefinition(code="kind", type="code", description="chapter, section, code"),
            *(PropertyDefinition(code=name, type="string") for name in NOTES),
        ),
        resource={"publisher": "National Center for Health Statistics"},
    )


def _known_files(source: Path) -> list[Path]:
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    return [path for path in files if path.is_file() and (is_tabular(path) or is_list(path))]


def _one(paths: list[Path], what: str) -> Path | None:
    """Return the only one of `paths`, None if there is none. Raises: InvalidSource for several."""
    if len(paths) > 1:
        names = ", ".join(path.name for path in paths)
        raise InvalidSource(f"more than one {what} ({names}); a release is read from one of each")
    return paths[0] if paths else None


def _add(codes: dict[str, Diagnosis], rows: list[Listed]) -> None:
    add_listed(codes, rows)
    above = {one.parent for one in codes.values()}
    for one in codes.values():
        if one.billable is None and not one.heading:
            # A code is valid for coding where it is not subdivided (Guidelines, section I.B.2).
            one.billable = one.code not in above


def _year(path: Path) -> str:
    found = _YEAR.search(path.name)
    if found is None:
        raise InvalidSource(
            "the file does not say its release and neither does its name (icd10cm_order_2026.txt); "
            "name it with --version",
            file=path.name,
        )
    return found.group(1)


def _without_category(codes: dict[str, Diagnosis]) -> tuple[str, ...]:
    """Return a warning that names the codes whose category no file has."""
    lone = [code for code, one in codes.items() if one.parent is None and "." in code]
    if not lone:
        return ()
    shown = ", ".join(lone[:5]) + (", …" if len(lone) > 5 else "")
    return (
        f"{len(lone)} codes stand without the category above them, so the release is a fragment: "
        f"{shown}",
    )


def _warnings(tabular: Path | None, listed: Path | None) -> tuple[str, ...]:
    if listed is None:
        return (
            "there is no order file or code list, and only they name the codes with a 7th "
            "character: this release is a fragment",
        )
    if tabular is None:
        return ("there is no tabular list (XML): no chapters, sections, notes or inclusion terms",)
    return ()


def _records(system: CodeSystem, codes: dict[str, Diagnosis]) -> Iterator[Record]:
    yield CodeSystemRecord(system=system)
    for one in codes.values():
        yield ConceptRecord(code=one.code, display=one.title, abstract=one.heading)
        if one.parent:
            yield EdgeRecord(child=one.code, parent=one.parent)
    every = iter(codes.values())
    while some := list(islice(every, _TOGETHER)):
        yield DesignationBlock(rows=[row for one in some for row in _designations(one)])
        yield PropertyBlock(rows=[row for one in some for row in _properties(one)])


def _designations(one: Diagnosis) -> Iterator[DesignationRow]:
    terms = [(term, _INCLUSION) for term in dict.fromkeys(one.inclusion_terms)]
    if one.short_title and one.short_title != one.title:
        terms.insert(0, (one.short_title, _SHORT))
    for value, use in terms:
        yield one.code, value, "en", use, True, None, None, None, None, _NOWHERE, _NOWHERE


def _properties(one: Diagnosis) -> Iterator[PropertyRow]:
    kind = ("section" if one.parent else "chapter") if one.heading else "code"
    yield _property(one.code, "kind", "code", kind)
    if one.billable is not None:
        yield _property(one.code, "billable", "boolean", one.billable)
    for name, note in dict.fromkeys(one.notes):
        yield _property(one.code, name, "string", note)


def _property(code: str, name: str, kind: str, value: str | bool) -> PropertyRow:
    return code, name, kind, value, None, 0, True, None, None

"""ICD-O-3 from the publishers' files: WHO (3.0), NCI (3.1), IACR/NAACCR (3.2) -> records.

The 3.1 and 3.2 files hold morphology only; topography has not changed since 3.0. So several sources
make one edition; an edition with one axis missing is a fragment and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders import icdo3_iacr, icdo3_nci, icdo3_who
from loaders.base import LoadOptions, Progress, Reading
from loaders.icdo3_terms import MORPHOLOGY, TOPOGRAPHY, Code, Part, in_hierarchy_order
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, Coding, FilterDefinition, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PackHeader,
    PropertyRecord,
    Record,
)
from termserver.systems import ICD_O_3, SNOMED_CT, SYNONYM

NOTICE = (
    "ICD-O-3 is copyright World Health Organization / International Agency for Research on Cancer. "
    "It is loaded from files that the operator obtained; their terms apply."
)
_USES = {
    "synonym": Coding(system=SNOMED_CT, code=SYNONYM, display="Synonym"),
    "inclusion": Coding(code="inclusion", display="Inclusion term"),
    "related": Coding(code="related", display="Related term"),
}
_PROPERTIES = (
    PropertyDefinition(code="axis", type="code", description="topography or morphology"),
    PropertyDefinition(code="behaviour", type="code", description="fifth digit of a morphology"),
    PropertyDefinition(code="histology", type="string", description="first four digits"),
    PropertyDefinition(code="group", type="code", description="heading that the code is under"),
    PropertyDefinition(code="includes", type="string"),
    PropertyDefinition(code="excludes", type="string"),
    PropertyDefinition(code="note", type="string"),
    PropertyDefinition(code="see-also", type="string"),
    PropertyDefinition(code="code-reference", type="string"),
)
_FILTERS = (
    FilterDefinition(code="axis", operators=("=", "in"), value="topography | morphology"),
    FilterDefinition(code="behaviour", operators=("=", "in"), value="0 | 1 | 2 | 3 | 6 | 9"),
    FilterDefinition(code="group", operators=("=", "in"), value="a heading: C50, 850 or 801-804"),
)


@dataclass(frozen=True, slots=True)
class Icdo3Loader:
    """Loader of ICD-O-3 files (see `loaders.base.Loader`)."""

    name: str = "icdo3"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is an ICD-O-3 file, or a folder that directly holds one."""
        return bool(_known_files(source))

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one edition from all sources together. Raises: InvalidSource."""
        parts = _read_parts([path for one in sources for path in _files(one)])
        version = options.version or _version(parts)
        missing = {TOPOGRAPHY, MORPHOLOGY} - {part.axis for part in parts}
        warnings = tuple(
            f"the {axis} axis is missing, so this edition is a fragment; load the file with it "
            "together with this one (--together)"
            for axis in sorted(missing)
        )
        count = sum(len(part.codes) for part in parts)
        progress("ICD-O-3 codes", count, count)
        header = PackHeader(
            name=options.name or "icd-o-3",
            version=version,
            kind=self.name,
            title=f"ICD-O-3, edition {version}",
            licence=NOTICE,
            warnings=warnings,
        )
        system = code_system(version, fragment=bool(missing))
        edges = sum(code.parent is not None for part in parts for code in part.codes.values())
        return Reading(
            header=header,
            records=_records(system, parts),
            expected={"concepts": count, "edges": edges},
        )


LOADER = Icdo3Loader()


def code_system(version: str, *, fragment: bool) -> CodeSystem:
    """Return the facts of one edition."""
    return CodeSystem(
        url=ICD_O_3,
        version=version,
        id="icd-o-3",
        name="ICD_O_3",
        title="International Classification of Diseases for Oncology, third edition",
        status="active",
        content="fragment" if fragment else "complete",
        case_sensitive=True,
        hierarchy_meaning="is-a",
        language="en",
        copyright=NOTICE,
        properties=_PROPERTIES,
        filters=_FILTERS,
        resource={"publisher": "World Health Organization"},
    )


def read_parts(source: Path) -> list[Part]:
    """Return the axes that a file or folder holds, topography first. Raises: InvalidSource."""
    return _read_parts(_files(source))


def _files(source: Path) -> list[Path]:
    """Return the ICD-O-3 files of a source. Raises: InvalidSource where there is none."""
    found = _known_files(source)
    if not found:
        raise InvalidSource(
            "no ICD-O-3 file; known are WHO's tab files (3.0), NCI's CSV files (3.1) and the table "
            "of IACR or NAACCR (3.2)",
            file=source.name,
        )
    return found


def _known_files(source: Path) -> list[Path]:
    if source.is_dir():
        return [one for one in sorted(source.iterdir()) if one.is_file() and _knows(one)]
    return [source] if source.is_file() and _knows(source) else []


def _knows(path: Path) -> bool:
    if path.suffix.lower() not in {".txt", ".tsv", ".tab", ".csv", ".xls", ".xlsx"}:
        return False
    return icdo3_who.recognises(path) or icdo3_nci.recognises(path) or icdo3_iacr.recognises(path)


def _read_parts(paths: list[Path]) -> list[Part]:
    """Return at most one part for each axis, topography first. Raises: InvalidSource."""
    nci = [path for path in paths if icdo3_nci.recognises(path)]
    parts = [icdo3_who.read(path) for path in paths if icdo3_who.recognises(path)]
    parts += [icdo3_iacr.read(path) for path in paths if icdo3_iacr.recognises(path)]
    parts += [icdo3_nci.read(nci)] if nci else []
    for axis in (TOPOGRAPHY, MORPHOLOGY):
        same = [part.source for part in parts if part.axis == axis]
        if len(same) > 1:
            raise InvalidSource(
                f"the {axis} axis is given more than once ({', '.join(same)}); an edition has one "
                "file for each axis: name the files that belong together"
            )
    return sorted(parts, key=lambda part: part.axis != TOPOGRAPHY)


def _version(parts: list[Part]) -> str:
    """Return the edition: the morphology's, since topography is the same in 3.0, 3.1 and 3.2."""
    return parts[-1].version


def _records(system: CodeSystem, parts: list[Part]) -> Iterator[Record]:
    yield CodeSystemRecord(system=system)
    for part in parts:
        for entry in in_hierarchy_order(part):
            yield ConceptRecord(code=entry.code, display=entry.title, abstract=entry.heading)
            if entry.parent:
                yield EdgeRecord(child=entry.code, parent=entry.parent)
    for part in parts:
        for entry in part.codes.values():
            yield from _details(part, entry)


def _details(part: Part, entry: Code) -> Iterator[Record]:
    axis, code = part.axis, entry.code
    for term in entry.terms:
        yield DesignationRecord(
            code=code,
            value=term.value,
            language="en",
            use=_USES[term.kind],
            status="deprecated" if term.obsolete else None,
        )
    yield PropertyRecord(code=code, property="axis", type="code", value=axis)
    if axis == MORPHOLOGY and not entry.heading:
        histology, _, behaviour = code.partition("/")
        yield PropertyRecord(code=code, property="histology", type="string", value=histology)
        yield PropertyRecord(code=code, property="behaviour", type="code", value=behaviour)
    if not entry.heading:
        for group in part.groups(entry):
            yield PropertyRecord(code=code, property="group", type="code", value=group)
    for name, value in entry.notes:
        yield PropertyRecord(code=code, property=name, type="string", value=value)

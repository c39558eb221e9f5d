"""LOINC: a release folder as Regenstrief publishes it -> records.

Layout and columns: LOINC Users' Guide, appendix A; meaning in FHIR: THO, "Using LOINC". Terms,
parts and answers are concepts; answer lists and groups are concepts too (they answer $lookup), and
carry the property `value-set`, by which `termserver.providers.loinc` leaves them out of lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.loinc_concepts import Codes, concept_records, read_codes
from loaders.loinc_details import AXES, INTEGERS, detail_records
from loaders.loinc_release import NOTICE, TERMS, Release, find_release, release_version
from loaders.loinc_variants import variant_records
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, FilterDefinition, PropertyDefinition
from termserver.records import CodeSystemRecord, PackHeader, Record
from termserver.systems import LOINC

_EXTRA = {
    # properties that come from the accessory files -> type
    "PartTypeName": "string",
    "Answer": "code",
    "AnswerList": "code",
    "answers-for": "code",
    "answer-list": "code",
    "ExtCode": "Coding",
    "value-set": "string",
    "AnswerListOID": "string",
    "ExtDefinedYN": "string",
    "ExtDefinedAnswerListCodeSystem": "string",
    "ExtDefinedAnswerListLink": "string",
    "MAP_TO": "code",
    "MAP_TO_COMMENT": "string",
    "PanelMember": "code",
    "MemberOfPanel": "code",
    "ParentGroup": "code",
    "Group": "code",
    "GroupMember": "code",
    "Archetype": "string",
    "document-kind": "code",
    "document-role": "code",
    "document-setting": "code",
    "document-subject-matter-domain": "code",
    "document-type-of-service": "code",
}
_FILTERS = (
    FilterDefinition(code="concept", operators=("is-a", "descendent-of", "="), value="part code"),
    FilterDefinition(code="parent", operators=("=", "in"), value="part codes"),
    FilterDefinition(code="ancestor", operators=("=", "in"), value="part codes"),
    FilterDefinition(code="copyright", operators=("=",), value="LOINC | 3rdParty"),
    FilterDefinition(code="LIST", operators=("=", "in"), value="answer list (LL…)"),
    FilterDefinition(code="answer-list", operators=("=", "in"), value="answer list (LL…)"),
    FilterDefinition(code="answers-for", operators=("=", "in"), value="term or answer list"),
)


@dataclass(frozen=True, slots=True)
class LoincLoader:
    """Loader of LOINC release folders (see `loaders.base.Loader`)."""

    name: str = "loinc"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is, or directly holds, a folder with LoincTable/Loinc.csv."""
        return find_release(source) is not None

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one release. Raises: InvalidSource."""
        if len(sources) != 1:
            raise InvalidSource("LOINC is loaded from one release at a time")
        release = find_release(sources[0])
        if release is None:
            raise InvalidSource("no LoincTable/Loinc.csv here", file=sources[0].name)
        version = release_version(release, sources[0], options.version)
        columns = _columns(release)
        codes = read_codes(release)
        progress("LOINC codes", len(codes.concepts), len(codes.concepts))
        absent = release.absent()
        warnings = (f"not in this release folder: {', '.join(absent)}",) if absent else ()
        header = PackHeader(
            name=options.name or "loinc",
            version=version,
            kind=self.name,
            title=f"LOINC {version}",
            licence=release.licence(),
            warnings=warnings,
        )
        return Reading(
            header=header,
            records=_records(release, codes, code_system(version, columns), progress),
            expected={"concepts": len(codes.concepts), "edges": len(codes.edges)},
        )


LOADER = LoincLoader()


def code_system(version: str, columns: tuple[str, ...]) -> CodeSystem:
    """Return LOINC's own facts; `columns` are the columns of its Loinc.csv."""
    types = {name: "code" for name in AXES} | {name: "integer" for name in INTEGERS}
    properties = tuple(
        PropertyDefinition(
            code=name, uri=f"{LOINC}/property/{name}", type=types.get(name, "string")
        )
        for name in columns
        if name != "LOINC_NUM"
    ) + tuple(
        PropertyDefinition(code=name, uri=f"{LOINC}/property/{name}", type=kind)
        for name, kind in _EXTRA.items()
    )
    return CodeSystem(
        url=LOINC,
        version=version,
        id="loinc",
        name="LOINC",
        title="Logical Observation Identifiers, Names and Codes (LOINC)",
        status="active",
        content="complete",
        case_sensitive=False,
        hierarchy_meaning="is-a",
        language="en-US",
        value_set=f"{LOINC}/vs",
        copyright=NOTICE,
        properties=properties,
        filters=_FILTERS,
        resource={"publisher": "Regenstrief Institute, Inc."},
    )


def _columns(release: Release) -> tuple[str, ...]:
    first = next(release.rows(TERMS), None)
    if first is None:
        raise InvalidSource("the table holds no term", file="Loinc.csv")
    return tuple(first.fields)


def _records(
    release: Release, codes: Codes, system: CodeSystem, progress: Progress
) -> Iterator[Record]:
    yield CodeSystemRecord(system=system)
    yield from concept_records(codes)
    count = 0
    for part in (detail_records(release, codes), variant_records(release, codes)):
        for record in part:
            count += 1
            if count % 10_000 == 0:
                progress("LOINC names and properties", count, None)
            yield record
    progress("LOINC names and properties", count, count)

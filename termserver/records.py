"""Rows that loaders yield and the store takes.

Order within a load: one `PackHeader` first. Then for each code system: its `CodeSystemRecord`, all
its `ConceptRecord`s and `EdgeRecord`s (in source order: sibling order is concept order), and only
then
its designations, properties, refsets and members. `DocumentRecord`s may come anywhere after the
header.
A code is unique in its code system; an edge, designation or property names codes of the code system
begun last.

The records that come by the million are not frozen: making a frozen one takes three times as long
(7 µs against 2), which is a minute for a release of SNOMED CT. Nobody changes one all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from termserver.model import CodeSystem, Coding, Json, PropertyValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A source as the user gave it: its base name and the SHA-256 of its content."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackHeader:
    """What the pack is: `name` and `version` become the folder name.

    `kind` is the loader's name (rf2, loinc, icdo3, icd10cm, fhir-package, csv …); `fhir_versions`
    are those of a package manifest; `licence` is the text shown at load and in `packs`; `core` is
    the
    FHIR release ("4.0", "5.0") whose core package this is, None otherwise.
    """

    name: str
    version: str
    kind: str
    title: str | None = None
    fhir_versions: tuple[str, ...] = ()
    core: str | None = None
    licence: str | None = None
    sources: tuple[SourceFile, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSystemRecord:
    """Begins a code system version."""

    system: CodeSystem


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class ConceptRecord:
    """A concept of the code system begun last."""

    code: str
    display: str | None
    definition: str | None = None
    inactive: bool = False
    abstract: bool = False
    status: str | None = None
    module: int | None = None
    effective_time: int | None = None
    defined: bool | None = None
    extensions: tuple[Json, ...] = ()


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class EdgeRecord:
    """`child` is directly below `parent` (both codes of the code system begun last)."""

    child: str
    parent: str


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class DesignationRecord:
    """A designation of `code`. The fields from `id` on are SNOMED CT's (description row)."""

    code: str
    value: str
    language: str | None = None
    use: Coding | None = None
    additional_use: tuple[Coding, ...] = ()
    status: str | None = None
    active: bool = True
    extensions: tuple[Json, ...] = ()
    id: int | None = None
    module: int | None = None
    effective_time: int | None = None
    case_significance: int | None = None
    preferred_in: frozenset[int] = frozenset()
    acceptable_in: frozenset[int] = frozenset()


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class PropertyRecord:
    """A property of `code`. `target` names a concept of the same system where the value is one.

    `group` is the SNOMED CT role group (0 none), `active` false for inactive relationship rows that
    are kept; the rest is the source row's.
    """

    code: str
    property: str
    type: str
    value: PropertyValue
    target: str | None = None
    group: int = 0
    active: bool = True
    module: int | None = None
    effective_time: int | None = None
    extensions: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefsetRecord:
    """A reference set, by its id and the names of its extra columns, in order."""

    refset: int
    pattern: str
    columns: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class RefsetMemberRecord:
    """A reference set row; `fields` are the extra columns as text, in the refset's order."""

    refset: int
    component: int
    fields: tuple[str, ...] = ()
    active: bool = True
    id: str | None = None
    module: int | None = None
    effective_time: int | None = None


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class HistoryRecord:
    """An earlier state of a component, from a Full release."""

    component: int
    kind: str
    effective_time: int
    active: bool
    row: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRecord:
    """An alternate identifier of a concept (sct2_Identifier)."""

    code: str
    scheme: int
    identifier: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """A resource kept as JSON: ValueSet, ConceptMap, NamingSystem, StructureDefinition."""

    type: str
    resource: Mapping[str, Any] = field(default_factory=dict)


Record = (
    CodeSystemRecord
    | ConceptRecord
    | EdgeRecord
    | DesignationRecord
    | PropertyRecord
    | RefsetRecord
    | RefsetMemberRecord
    | HistoryRecord
    | IdentifierRecord
    | DocumentRecord
)

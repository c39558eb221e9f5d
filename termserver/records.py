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
Blocks carry the same rows as tuples, some thousand at a time; `single` takes them apart.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from termserver.model import CodeSystem, Coding, Json, PropertyValue

DesignationRow = tuple[
    str,
    str,
    str | None,
    Coding | None,
    bool,
    int | None,
    int | None,
    int | None,
    int | None,
    frozenset[int],
    frozenset[int],
]
PropertyRow = tuple[str, str, str, PropertyValue, str | None, int, bool, int | None, int | None]
RefsetMemberRow = tuple[int, int, tuple[str, ...], bool, str | None, int | None, int | None]
LanguageState = tuple[int, int, bool, int, int]


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


@dataclass(slots=True, kw_only=True)
class DesignationBlock:
    """Many designations at once: the fields of `DesignationRecord` as tuples.

    In the order code, value, language, use, active, id, module, effective_time, case_significance,
    preferred_in, acceptable_in. Equal `use` and acceptability are best one object.
    """

    rows: list[DesignationRow]


@dataclass(slots=True, kw_only=True)
class PropertyBlock:
    """Many properties at once: the fields of `PropertyRecord`, but for the last, as tuples."""

    rows: list[PropertyRow]


@dataclass(slots=True, kw_only=True)
class RefsetMemberBlock:
    """Many reference set rows at once: the fields of `RefsetMemberRecord` as tuples."""

    rows: list[RefsetMemberRow]


@dataclass(slots=True, kw_only=True)
class LanguageBlock:
    """Many rows of language reference sets, of which a release has the most, as columns.

    `states` are (refset, acceptability, active, module, effective time), each once; `state` gives
    the number of each row's; `components` are description ids, `members` the UUIDs of the rows, 16
    bytes each. Only rows whose field is one acceptability and whose own id is a UUID in lower case.
    """

    states: list[LanguageState]
    state: array[int]
    components: array[int]
    members: bytes


@dataclass(slots=True, kw_only=True)
class SourceRows:
    """Rows as the source wrote them, of which the tables of a pack keep only a part.

    They are kept for whoever builds on this pack (an extension on its base), and no request reads
    them. `kind` says which file; the columns at `at` are in `numbers`, one array each, and
    `state[i]` is the number of what row i has in all others: numbers go on over all blocks of one
    kind, and `states` are those that are new here. Row order is that of the source.
    """

    kind: str
    at: tuple[int, ...]
    numbers: tuple[array[int], ...]
    state: array[int]
    states: list[tuple[str, ...]]


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
    | DesignationBlock
    | PropertyBlock
    | RefsetMemberBlock
    | LanguageBlock
    | SourceRows
)


def single(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the records with those of blocks one by one (for whoever reads few)."""
    for record in records:
        match record:
            case DesignationBlock():
                yield from (_designation(row) for row in record.rows)
            case PropertyBlock():
                yield from (_property(row) for row in record.rows)
            case RefsetMemberBlock():
                yield from (_member(row) for row in record.rows)
            case LanguageBlock():
                yield from _language_members(record)
            case _:
                yield record


def _designation(row: DesignationRow) -> DesignationRecord:
    code, value, language, use, active, id_, module, time, case, preferred, acceptable = row
    return DesignationRecord(
        code=code,
        value=value,
        language=language,
        use=use,
        active=active,
        id=id_,
        module=module,
        effective_time=time,
        case_significance=case,
        preferred_in=preferred,
        acceptable_in=acceptable,
    )


def _property(row: PropertyRow) -> PropertyRecord:
    code, name, type_, value, target, group, active, module, time = row
    return PropertyRecord(
        code=code,
        property=name,
        type=type_,
        value=value,
        target=target,
        group=group,
        active=active,
        module=module,
        effective_time=time,
    )


def _member(row: RefsetMemberRow) -> RefsetMemberRecord:
    refset, component, fields, active, id_, module, time = row
    return RefsetMemberRecord(
        refset=refset,
        component=component,
        fields=fields,
        active=active,
        id=id_,
        module=module,
        effective_time=time,
    )


def _language_members(block: LanguageBlock) -> Iterator[RefsetMemberRecord]:
    for at, (state, component) in enumerate(zip(block.state, block.components, strict=True)):
        refset, acceptability, active, module, time = block.states[state]
        yield RefsetMemberRecord(
            refset=refset,
            component=component,
            fields=(str(acceptability),),
            active=active,
            id=str(UUID(bytes=block.members[16 * at : 16 * at + 16])),
            module=module,
            effective_time=time,
        )

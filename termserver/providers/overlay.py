"""Code systems held in memory: resources sent with one request (tx-resource, $cache-control)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from termserver import filters, search
from termserver.conceptset import ConceptSet
from termserver.errors import InvalidRequest, NotSupported
from termserver.fhirjson import code_system_records
from termserver.hierarchy import MemoryHierarchy
from termserver.model import (
    CodeSystem,
    Concept,
    Designation,
    FilterClause,
    Json,
    Member,
    Ordinal,
    Property,
    PropertyValue,
)
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PropertyRecord,
    Record,
)

NOT_IS_A = frozenset({"part-of", "grouped-by"})
"""hierarchyMeaning values that give a tree but no subsumption (design.md section 3)."""


@dataclass(slots=True)
class _Rows:
    system: CodeSystem | None = None
    concepts: list[ConceptRecord] = field(default_factory=list)
    parents: dict[str, list[str]] = field(default_factory=dict)
    designations: dict[str, list[Designation]] = field(default_factory=dict)
    properties: dict[str, list[Property]] = field(default_factory=dict)


def overlay_provider(resource: Json) -> OverlayProvider:
    """Return a provider for one CodeSystem resource. Cost: linear in its concepts.

    Raises: InvalidRequest for a code that occurs twice, a cycle, or a resource that is no
    CodeSystem.
    """
    rows = _gather(code_system_records(resource))
    if rows.system is None:
        raise InvalidRequest("A CodeSystem resource is needed")
    return OverlayProvider(rows.system, _ordered(rows), rows.parents)


def _gather(records: Iterable[Record]) -> _Rows:
    rows = _Rows()
    for record in records:
        match record:
            case CodeSystemRecord():
                rows.system = record.system
            case ConceptRecord():
                rows.concepts.append(record)
            case EdgeRecord():
                rows.parents.setdefault(record.child, []).append(record.parent)
            case DesignationRecord():
                rows.designations.setdefault(record.code, []).append(_designation(record))
            case PropertyRecord():
                rows.properties.setdefault(record.code, []).append(_property(record))
            case _:
                pass
    return rows


def _designation(record: DesignationRecord) -> Designation:
    return Designation(
        value=record.value,
        language=record.language,
        use=record.use,
        additional_use=record.additional_use,
        status=record.status,
        active=record.active,
        extensions=record.extensions,
    )


def _property(record: PropertyRecord) -> Property:
    return Property(
        code=record.property,
        type=record.type,
        value=record.value,
        extensions=record.extensions,
    )


def _ordered(rows: _Rows) -> list[Concept]:
    """Return the concepts in pre-order of the hierarchy, siblings in source order, as packs number
    them.
    """
    by_code = {record.code: record for record in rows.concepts}
    if len(by_code) < len(rows.concepts):
        twice = next(_repeated(record.code for record in rows.concepts))
        raise InvalidRequest(f"The code '{twice}' occurs twice in the code system")
    below: dict[str | None, list[str]] = {}
    for record in rows.concepts:
        above = rows.parents.get(record.code)
        below.setdefault(above[0] if above else None, []).append(record.code)
    ordered: list[Concept] = []
    waiting = list(reversed(below.get(None, ())))
    while waiting:
        code = waiting.pop()
        ordered.append(_concept(by_code[code], rows))
        waiting.extend(reversed(below.get(code, ())))
    if len(ordered) < len(by_code):
        lost = sorted(set(by_code) - {one.code for one in ordered})[0]
        raise InvalidRequest(f"The hierarchy of the code system has a cycle above '{lost}'")
    return ordered


def _repeated(codes: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            yield code
        seen.add(code)


def _concept(record: ConceptRecord, rows: _Rows) -> Concept:
    return Concept(
        code=record.code,
        display=record.display,
        definition=record.definition,
        abstract=record.abstract,
        inactive=record.inactive,
        status=record.status,
        designations=tuple(rows.designations.get(record.code, ())),
        properties=tuple(rows.properties.get(record.code, ())),
        extensions=record.extensions,
    )


class OverlayProvider:
    """A CodeSystemProvider over concepts in memory."""

    def __init__(
        self, system: CodeSystem, concepts: Sequence[Concept], parents: dict[str, list[str]]
    ) -> None:
        """Take the concepts in pre-order and each code's direct parents."""
        self._system = system
        self._concepts = tuple(concepts)
        self._ordinals = {one.code: Ordinal(at) for at, one in enumerate(self._concepts)}
        self._folded: dict[str, Ordinal] = {}
        if system.case_sensitive is not True:
            for code, ordinal in self._ordinals.items():
                self._folded.setdefault(code.casefold(), ordinal)
        self._hierarchy = MemoryHierarchy(
            {
                self._ordinals[child]: [self._ordinals[one] for one in above]
                for child, above in parents.items()
            }
        )

    @property
    def system(self) -> CodeSystem:
        """Return the code system's own facts."""
        return self._system

    @property
    def hierarchy(self) -> MemoryHierarchy:
        """Return the graph."""
        return self._hierarchy

    def find(self, code: str) -> Member | None:
        """Return the ordinal of a code by the system's case rule, or None."""
        found = self._ordinals.get(code)
        return found if found is not None else self._folded.get(code.casefold())

    def code_of(self, member: Member) -> str:
        """Return the code as defined."""
        return self._at(member).code

    def display_of(self, member: Member) -> str | None:
        """Return the display, None where there is none."""
        return self._at(member).display

    def concept(self, member: Member) -> Concept:
        """Return all that is known of one member."""
        return self._at(member)

    def concepts(self, members: Sequence[Member]) -> list[Concept]:
        """Return `concept` of each, in order."""
        return [self._at(one) for one in members]

    def all(self) -> ConceptSet:
        """Return every concept."""
        return ConceptSet.range(0, len(self._concepts))

    def inactive(self) -> ConceptSet:
        """Return the inactive concepts."""
        return ConceptSet.of(at for at, one in enumerate(self._concepts) if one.inactive)

    def abstract(self) -> ConceptSet:
        """Return the concepts that are not for selection."""
        return ConceptSet.of(at for at, one in enumerate(self._concepts) if one.abstract)

    def is_inactive(self, member: Member) -> bool:
        """Tell whether a member is inactive."""
        return self._at(member).inactive

    def is_abstract(self, member: Member) -> bool:
        """Tell whether a member is not for selection."""
        return self._at(member).abstract

    def select(self, clause: FilterClause) -> ConceptSet:
        """Return the concepts that satisfy a filter clause (`termserver.filters`)."""
        require_is_a(self._system, clause.op)
        return filters.select(self, clause)

    def contains(self, clause: FilterClause, member: Member) -> bool:
        """Tell whether a member satisfies a filter clause."""
        require_is_a(self._system, clause.op)
        return isinstance(member, int) and filters.contains(self, clause, member)

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Tell whether `member` is properly below `ancestor`. Raises: NotSupported."""
        require_is_a(self._system, "is-a")
        both = isinstance(ancestor, int) and isinstance(member, int)
        return both and self._hierarchy.is_below(Ordinal(int(member)), Ordinal(int(ancestor)))

    def property_rows(self, property_code: str) -> Iterator[tuple[Ordinal, PropertyValue]]:
        """Yield every value of one property."""
        for at, concept in enumerate(self._concepts):
            for one in concept.properties:
                if one.code == property_code:
                    yield Ordinal(at), one.value

    def property_values(self, member: Member, property_code: str) -> Sequence[PropertyValue]:
        """Return one member's values of one property."""
        return [one.value for one in self._at(member).properties if one.code == property_code]

    def search(self, text: str) -> ConceptSet:
        """Return the concepts that match every word of `text` (rule: termserver.search)."""
        return ConceptSet.of(
            at
            for at, one in enumerate(self._concepts)
            if search.matches(text, one.code, [one.display or "", *_names(one)])
        )

    def _at(self, member: Member) -> Concept:
        return self._concepts[int(member)]


def _names(concept: Concept) -> list[str]:
    return [one.value for one in concept.designations if one.active]


def require_is_a(system: CodeSystem, operator: str) -> None:
    """Refuse is-a questions where the hierarchy says something else.

    No hierarchyMeaning counts as is-a (design.md section 3). Raises: NotSupported.
    """
    if operator in filters.HIERARCHICAL - {"child-of"} and system.hierarchy_meaning in NOT_IS_A:
        raise NotSupported(
            f"The hierarchy of '{system.canonical}' means '{system.hierarchy_meaning}', so "
            f"'{operator}' cannot be answered"
        )

"""StoredProvider: a code system version that stands in a pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from termserver import filters
from termserver.conceptset import ConceptSet
from termserver.errors import UnknownCode
from termserver.index.attributes import AttributeIndex
from termserver.index.hierarchy import StoredHierarchy
from termserver.index.rows import PageRows
from termserver.index.text import Hits
from termserver.memo import Memo
from termserver.model import (
    CodeSystem,
    Concept,
    Designation,
    FilterClause,
    Member,
    Ordinal,
    Property,
    PropertyValue,
)
from termserver.providers.overlay import require_is_a
from termserver.store.pack import Pack, Refset, RefsetMember, SystemRange
from termserver.store.reader import ConceptFacts, DesignationRow

SELECTED_BYTES = 4 * 1024 * 1024
"""Of the sets that property values select and that are kept."""


class StoredProvider:
    """A CodeSystemProvider over the rows and index files of one pack."""

    def __init__(self, pack: Pack, system: CodeSystem, place: SystemRange) -> None:
        """Take the pack, the code system's facts and where its concepts stand."""
        self.pack = pack
        self.first, self.last = place.first, place.last
        self._system = system
        self._number = place.number
        self._key = (place.number, place.first, place.last)
        self._any_case = system.case_sensitive is not True
        self._codes = pack.codes
        self._reader = pack.reader
        self._all = ConceptSet.range(self.first, self.last)
        self._equal = Memo(SELECTED_BYTES)

    @property
    def system(self) -> CodeSystem:
        """Return the code system's own facts."""
        return self._system

    @property
    def hierarchy(self) -> StoredHierarchy:
        """Return the graph (of the whole pack; edges never leave a code system)."""
        return self.pack.hierarchy

    # -- codes -------------------------------------------------------------------------------

    def find(self, code: str) -> Member | None:
        """Return the ordinal of a code by the system's case rule, or None.

        Exactly; and where the system is not known to be case-sensitive, then in any case.
        """
        found = self._codes.find(code, self._key)
        if found is None and self._any_case:
            found = self._codes.find_folded(code, self._key)
        return found

    def find_exactly(self, code: str) -> Ordinal | None:
        """Return the ordinal of exactly this code, whatever the system's case rule, or None."""
        return self._codes.find(code, self._key)

    def code_of(self, member: Member) -> str:
        """Return the code as defined. Raises: UnknownCode for what is no member."""
        return self._codes[self._ordinal(member)]

    def display_of(self, member: Member) -> str | None:
        """Return the display, None where there is none."""
        return self._reader.display(self._ordinal(member))

    def concept(self, member: Member) -> Concept:
        """Return all that is known of one member. Raises: UnknownCode."""
        return self._reader.concept(self._ordinal(member))

    def concepts(self, members: Sequence[Member]) -> list[Concept]:
        """Return `concept` of each, in order, in three reads."""
        return self._reader.concepts([self._ordinal(one) for one in members])

    def brief(self, members: Sequence[Member], *, names: bool) -> list[Concept]:
        """Return concepts without definition and properties (`termserver.providers.brief`)."""
        return self._reader.brief(
            [self._ordinal(one) for one in members], self.pack.flags, names=names
        )

    @property
    def page_rows(self) -> PageRows | None:
        """Return the rows of expansions, None where there are none."""
        return self.pack.rows

    def _ordinal(self, member: Member) -> Ordinal:
        if isinstance(member, int) and self.first <= member < self.last:
            return member
        raise UnknownCode(f"'{member}' is no member of '{self._system.canonical}'")

    # -- sets --------------------------------------------------------------------------------

    def all(self) -> ConceptSet:
        """Return every concept."""
        return self._all

    def inactive(self) -> ConceptSet:
        """Return the inactive concepts."""
        return self._inactive

    def abstract(self) -> ConceptSet:
        """Return the concepts that are not for selection."""
        return self._abstract

    @cached_property
    def _inactive(self) -> ConceptSet:
        return self.pack.flags.inactive & self._all

    @cached_property
    def _abstract(self) -> ConceptSet:
        return self.pack.flags.abstract & self._all

    def is_inactive(self, member: Member) -> bool:
        """Tell whether a member is inactive."""
        return member in self._inactive

    def is_abstract(self, member: Member) -> bool:
        """Tell whether a member is not for selection."""
        return member in self._abstract

    # -- questions ---------------------------------------------------------------------------

    def select(self, clause: FilterClause) -> ConceptSet:
        """Return the concepts that satisfy a filter clause (`termserver.filters`)."""
        require_is_a(self._system, clause.op)
        return filters.select(self, clause)

    def contains(self, clause: FilterClause, member: Member) -> bool:
        """Tell whether a member satisfies a filter clause, without building the set."""
        require_is_a(self._system, clause.op)
        return isinstance(member, int) and filters.contains(self, clause, member)

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Tell whether `member` is properly below `ancestor`. Raises: NotSupported."""
        require_is_a(self._system, "is-a")
        return self.hierarchy.is_below(self._ordinal(member), self._ordinal(ancestor))

    def property_rows(self, property_code: str) -> Iterator[tuple[Ordinal, PropertyValue]]:
        """Yield every value of one property, ascending by ordinal; nothing if unknown."""
        return self._reader.property_rows(self._number, property_code)

    def property_equals(self, property_code: str, text: str) -> ConceptSet:
        """Return the concepts that have a value of a property that reads `text` (filter `=`)."""
        kept = self._equal.get(
            (property_code, text), lambda: self._matching(property_code, text), _size
        )
        assert kept is not None
        return kept

    def _matching(self, property_code: str, text: str) -> ConceptSet:
        target = self._codes.find(text, self._key)
        return self._reader.property_matches(self._number, property_code, text, target)

    def property_values(self, member: Member, property_code: str) -> Sequence[PropertyValue]:
        """Return one member's values of one property; empty if none."""
        return self._reader.property_values(self._ordinal(member), property_code)

    def property_codes(self) -> list[str]:
        """Return the codes of all properties that any concept has, sorted."""
        return self._reader.property_codes(self._number)

    def search(self, text: str) -> ConceptSet:
        """Return the concepts that match every word of `text` (rule: termserver.search)."""
        found = self.pack.text.concepts(text)
        return self.all() if found is None else found & self.all()

    def search_ranked(self, text: str, within: ConceptSet) -> Iterator[Ordinal]:
        """Yield the concepts of `within` that match, those with the best names first, each once."""
        if not text.strip():
            return iter(within & self.all())
        return self.pack.text.ranked(text, within & self.all())

    def search_hits(self, text: str, within: ConceptSet) -> Hits:
        """Return the concepts of `within` that match a text that is not blank, counted and ranked.

        What `search` and `search_ranked` say of them, at a fraction of the cost; `within` is a part
        of this code system.
        """
        return self.pack.text.hits(text, within)

    # -- beyond the protocol: SNOMED CT and ECL ----------------------------------------------

    def designations(self, member: Member) -> list[Designation]:
        """Return one member's designations, inactive ones too."""
        return self._reader.designations(self._ordinal(member))

    def properties(self, member: Member) -> list[Property]:
        """Return one member's active properties."""
        return self._reader.properties(self._ordinal(member))

    def facts(self, member: Member) -> ConceptFacts:
        """Return module, effective time, definition status and depth of a member."""
        return self._reader.facts(self._ordinal(member))

    def iter_designations(self) -> Iterator[DesignationRow]:
        """Yield every designation with its row's columns, by concept."""
        return self._reader.designation_rows(self.first, self.last)

    def concept_columns(
        self,
    ) -> Iterator[tuple[Ordinal, int | None, int | None, bool | None, bool]]:
        """Yield (ordinal, module, effective time, defined, inactive) of every concept,
        ascending.
        """
        return self._reader.concept_columns(self.first, self.last)

    @property
    def attribute_index(self) -> AttributeIndex:
        """Return the attribute rows as columns (of the whole pack)."""
        return self.pack.attributes

    def refsets(self) -> Sequence[Refset]:
        """Return the reference sets of the pack."""
        return self.pack.refsets()

    def refset_concepts(self, refset: int) -> ConceptSet:
        """Return the active members that are concepts; empty if there are none (no query)."""
        return self.pack.members.concepts(refset) & self.all()

    def refset_rows(self, refset: int) -> Iterable[RefsetMember]:
        """Return the rows of one reference set, inactive ones too, by component."""
        return self.pack.refset_members(refset)

    def refset_rows_of(self, component: int) -> Iterable[RefsetMember]:
        """Return the rows of one component in all reference sets, in the order of the source."""
        return self.pack.refset_rows_of(component)


def _size(found: ConceptSet) -> int:
    return 100 + len(found.to_bytes())

"""LOINC: a stored release with LOINC's filters; answer lists and groups answer but are not listed.

Source: THO, "Using LOINC". The loader marks lists and groups by the property `value-set`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from termserver import filters
from termserver.conceptset import ConceptSet
from termserver.hierarchy import Hierarchy
from termserver.index.rows import PageRows
from termserver.model import (
    CodeSystem,
    Concept,
    FilterClause,
    Member,
    Ordinal,
    Property,
    PropertyValue,
)
from termserver.providers import loinc_filters as own
from termserver.providers.loinc_columns import Columns
from termserver.providers.stored import StoredProvider

LIST_MARK = "value-set"
RELATED = "RELATEDNAMES2"
CLASSTYPES = {
    "1": "Laboratory class",
    "2": "Clinical class",
    "3": "Claims attachments",
    "4": "Surveys",
}


class LoincProvider:
    """A CodeSystemProvider over one LOINC release."""

    def __init__(self, stored: StoredProvider) -> None:
        """Take the release as it is stored."""
        self.stored = stored
        self.columns = Columns()

    @property
    def system(self) -> CodeSystem:
        """Return the code system's own facts."""
        return self.stored.system

    @property
    def hierarchy(self) -> Hierarchy:
        """Return the hierarchy of components by system (several parents are usual)."""
        return self.stored.hierarchy

    def find(self, code: str) -> Member | None:
        """Return the member of a code in any case: terms, parts, answers, lists and groups."""
        return self.stored.find(code)

    def code_of(self, member: Member) -> str:
        """Return the code as defined."""
        return self.stored.code_of(member)

    def display_of(self, member: Member) -> str | None:
        """Return the long common name of a term, the name of anything else."""
        return self.stored.display_of(member)

    def concept(self, member: Member) -> Concept:
        """Return all that is known of one member; related names are properties, not names."""
        return _shown(self.stored.concept(member))

    def concepts(self, members: Sequence[Member]) -> list[Concept]:
        """Return `concept` of each, in order."""
        return [_shown(one) for one in self.stored.concepts(members)]

    def brief(self, members: Sequence[Member], *, names: bool) -> list[Concept]:
        """Return concepts without properties (`termserver.providers.brief`)."""
        found = self.stored.brief(members, names=names)
        return [_shown(one) for one in found] if names else found

    @property
    def page_rows(self) -> PageRows | None:
        """Return the rows of expansions, None where there are none."""
        return self.stored.page_rows

    @cached_property
    def _lists(self) -> ConceptSet:
        return ConceptSet.of(at for at, _ in self.stored.property_rows(LIST_MARK))

    def all(self) -> ConceptSet:
        """Return terms, parts and answers: a list is a value set (`http://loinc.org/vs/LL…`)."""
        return self.stored.all() - self._lists

    def inactive(self) -> ConceptSet:
        """Return the deprecated concepts."""
        return self.stored.inactive()

    def abstract(self) -> ConceptSet:
        """Return the concepts that are not for selection."""
        return self.stored.abstract()

    def is_inactive(self, member: Member) -> bool:
        """Tell whether a member is deprecated."""
        return self.stored.is_inactive(member)

    def is_abstract(self, member: Member) -> bool:
        """Tell whether a member is not for selection."""
        return self.stored.is_abstract(member)

    def select(self, clause: FilterClause) -> ConceptSet:
        """Return the concepts that satisfy a filter; never a list or group.

        Raises: UnknownCode, InvalidValueSet, NotSupported.
        """
        if own.is_own(clause):
            return own.select(self, clause) - self._lists
        return filters.select(self, clause) - self._lists

    def contains(self, clause: FilterClause, member: Member) -> bool:
        """Tell whether a member satisfies a filter, without building the set."""
        if not isinstance(member, int) or member in self._lists:
            return False
        if own.is_own(clause):
            return own.contains(self, clause, member)
        return filters.contains(self, clause, member)

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Tell whether `member` is properly below `ancestor` in the hierarchy."""
        return self.stored.subsumes(ancestor, member)

    def property_codes(self) -> list[str]:
        """Return the codes of all properties that any concept has, sorted."""
        return [one for one in self.stored.property_codes() if one != LIST_MARK]

    def property_rows(self, property_code: str) -> Iterable[tuple[Ordinal, PropertyValue]]:
        """Yield every value of one property, ascending by concept; nothing if unknown."""
        return self.stored.property_rows(property_code)

    def property_values(self, member: Member, property_code: str) -> Sequence[PropertyValue]:
        """Return one member's values of one property; empty if none."""
        return self.stored.property_values(member, property_code)

    def search(self, text: str) -> ConceptSet:
        """Return the concepts one of whose names matches, related names too."""
        return self.stored.search(text)

    def search_ranked(self, text: str, within: ConceptSet) -> Iterable[Ordinal]:
        """Yield the concepts of `within` that match, those with the best names first."""
        return self.stored.search_ranked(text, within)


def _shown(concept: Concept) -> Concept:
    """Return a concept as $lookup shows it.

    RELATEDNAMES2 are words to search by, no names of the concept: a property in each language, as
    suite case loinc-lookup-code has it.
    """
    related = [one for one in concept.designations if one.use and one.use.code == RELATED]
    properties = [
        replace(one, description=CLASSTYPES.get(str(one.value))) if one.code == "CLASSTYPE" else one
        for one in concept.properties
        if one.code not in {LIST_MARK, RELATED}
    ]
    properties += [
        Property(code=RELATED, type="string", value=one.value, language=one.language)
        for one in related
    ]
    return replace(
        concept,
        designations=tuple(one for one in concept.designations if one not in related),
        properties=tuple(properties),
    )

"""NDC: a stored directory whose codes are also found by their 11 digits.

A package code has ten digits and two hyphens, in three layouts (4-4-2, 5-3-2, 5-4-1). Payers write
eleven digits, the short part filled with a zero (5-4-2), with hyphens or without (45 CFR 162.1002;
HIPAA's NDC format). THO, "Using NDC", has the ten digits with hyphens as the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from termserver.conceptset import ConceptSet
from termserver.hierarchy import Hierarchy
from termserver.model import CodeSystem, Concept, FilterClause, Member, Ordinal, PropertyValue
from termserver.providers.stored import StoredProvider

_ELEVEN = re.compile(r"(\d{5})-?(\d{4})-?(\d\d)")
_TEN = re.compile(r"\d{10}")
_LAYOUTS = ((4, 4), (5, 3), (5, 4))


def spellings(text: str) -> Iterator[str]:
    """Yield the package codes that a number of 10 or 11 digits can mean; nothing for other text."""
    eleven = _ELEVEN.fullmatch(text)
    if eleven:
        labeler, product, package = eleven.groups()
        if labeler[0] == "0":
            yield f"{labeler[1:]}-{product}-{package}"
        if product[0] == "0":
            yield f"{labeler}-{product[1:]}-{package}"
        if package[0] == "0":
            yield f"{labeler}-{product}-{package[1:]}"
    elif _TEN.fullmatch(text):
        for labeler_end, length in _LAYOUTS:
            end = labeler_end + length
            yield f"{text[:labeler_end]}-{text[labeler_end:end]}-{text[end:]}"


class NdcProvider:
    """A CodeSystemProvider over one release of the directory."""

    def __init__(self, stored: StoredProvider) -> None:
        """Take the release as it is stored."""
        self.stored = stored

    @property
    def system(self) -> CodeSystem:
        """Return the code system's own facts."""
        return self.stored.system

    @property
    def hierarchy(self) -> Hierarchy:
        """Return an empty graph: NDC defines no subsumption."""
        return self.stored.hierarchy

    def find(self, code: str) -> Member | None:
        """Return the member of a code, or of its 10 or 11 digits where they mean only one code."""
        found = self.stored.find(code)
        if found is not None:
            return found
        meant = {self.stored.find(one) for one in spellings(code)} - {None}
        return meant.pop() if len(meant) == 1 else None

    def code_of(self, member: Member) -> str:
        """Return the code as the FDA writes it."""
        return self.stored.code_of(member)

    def display_of(self, member: Member) -> str | None:
        """Return the display."""
        return self.stored.display_of(member)

    def concept(self, member: Member) -> Concept:
        """Return all that is known of one member."""
        return self.stored.concept(member)

    def concepts(self, members: Sequence[Member]) -> list[Concept]:
        """Return `concept` of each, in order."""
        return self.stored.concepts(members)

    def brief(self, members: Sequence[Member], *, names: bool) -> list[Concept]:
        """Return concepts without properties (`termserver.providers.brief`)."""
        return self.stored.brief(members, names=names)

    def all(self) -> ConceptSet:
        """Return every product and package."""
        return self.stored.all()

    def inactive(self) -> ConceptSet:
        """Return those that were excluded or are no longer marketed."""
        return self.stored.inactive()

    def abstract(self) -> ConceptSet:
        """Return the concepts that are not for selection: none."""
        return self.stored.abstract()

    def is_inactive(self, member: Member) -> bool:
        """Tell whether a member is inactive."""
        return self.stored.is_inactive(member)

    def is_abstract(self, member: Member) -> bool:
        """Tell whether a member is not for selection."""
        return self.stored.is_abstract(member)

    def select(self, clause: FilterClause) -> ConceptSet:
        """Return the concepts that satisfy a filter. Raises: InvalidValueSet, NotSupported."""
        return self.stored.select(clause)

    def contains(self, clause: FilterClause, member: Member) -> bool:
        """Tell whether a member satisfies a filter."""
        return self.stored.contains(clause, member)

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Return False: NDC defines no subsumption."""
        return self.stored.subsumes(ancestor, member)

    def property_codes(self) -> list[str]:
        """Return the codes of all properties that any concept has, sorted."""
        return self.stored.property_codes()

    def property_rows(self, property_code: str) -> Iterable[tuple[Ordinal, PropertyValue]]:
        """Yield every value of one property, ascending by concept; nothing if unknown."""
        return self.stored.property_rows(property_code)

    def property_values(self, member: Member, property_code: str) -> Sequence[PropertyValue]:
        """Return one member's values of one property; empty if none."""
        return self.stored.property_values(member, property_code)

    def search(self, text: str) -> ConceptSet:
        """Return the concepts one of whose names matches."""
        return self.stored.search(text)

    def search_ranked(self, text: str, within: ConceptSet) -> Iterable[Ordinal]:
        """Yield the concepts of `within` that match, those with the best names first."""
        return self.stored.search_ranked(text, within)

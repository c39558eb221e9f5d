"""A code system seen with supplements: their designations and properties laid over the base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from termserver import filters
from termserver.conceptset import ConceptSet
from termserver.deadline import Check
from termserver.hierarchy import Hierarchy
from termserver.model import (
    CodeSystem,
    Concept,
    Designation,
    FilterClause,
    Member,
    Ordinal,
    PropertyValue,
)
from termserver.providers.base import CodeSystemProvider, contains_until, select_until


def supplemented(
    provider: CodeSystemProvider, supplements: Sequence[CodeSystemProvider]
) -> CodeSystemProvider:
    """Return `provider` with `supplements` over it (itself where there are none)."""
    return SupplementedProvider(provider, supplements) if supplements else provider


def unwrapped(provider: CodeSystemProvider) -> CodeSystemProvider:
    """Return the base of a supplemented provider, any other as it is."""
    return provider.base if isinstance(provider, SupplementedProvider) else provider


class SupplementedProvider:
    """A base provider and an ordered list of supplements.

    Properties of supplements take part in filters, designations in search; codes, hierarchy and
    membership are the base's alone (a supplement defines no codes: FHIR R4 codesystem, 4.8.8).
    """

    def __init__(self, base: CodeSystemProvider, supplements: Sequence[CodeSystemProvider]) -> None:
        """Take the base and the supplements' own providers."""
        self._base = base
        self._supplements = tuple(supplements)
        declared = {one.code: one for one in base.system.properties}
        for supplement in supplements:
            for one in supplement.system.properties:
                declared.setdefault(one.code, one)
        self._system = replace(base.system, properties=tuple(declared.values()))

    @property
    def base(self) -> CodeSystemProvider:
        """Return the provider that the supplements are laid over."""
        return self._base

    @property
    def supplements(self) -> tuple[CodeSystem, ...]:
        """Return the facts of the supplements, in order."""
        return tuple(one.system for one in self._supplements)

    @property
    def system(self) -> CodeSystem:
        """Return the base's facts, with the supplements' property definitions."""
        return self._system

    @property
    def hierarchy(self) -> Hierarchy:
        """Return the base's graph."""
        return self._base.hierarchy

    def find(self, code: str) -> Member | None:
        """Return the base's member."""
        return self._base.find(code)

    def code_of(self, member: Member) -> str:
        """Return the base's code."""
        return self._base.code_of(member)

    def display_of(self, member: Member) -> str | None:
        """Return the base's display."""
        return self._base.display_of(member)

    def concept(self, member: Member) -> Concept:
        """Return the concept with what the supplements add, each marked with its source."""
        return self._merged(self._base.concept(member))

    def concepts(self, members: Sequence[Member]) -> list[Concept]:
        """Return `concept` of each, in order."""
        return [self._merged(one) for one in self._base.concepts(members)]

    def all(self) -> ConceptSet:
        """Return the base's concepts."""
        return self._base.all()

    def inactive(self) -> ConceptSet:
        """Return the base's inactive concepts."""
        return self._base.inactive()

    def abstract(self) -> ConceptSet:
        """Return the base's abstract concepts."""
        return self._base.abstract()

    def is_inactive(self, member: Member) -> bool:
        """Ask the base."""
        return self._base.is_inactive(member)

    def is_abstract(self, member: Member) -> bool:
        """Ask the base."""
        return self._base.is_abstract(member)

    def select(self, clause: FilterClause) -> ConceptSet:
        """Select by the base, or by a supplement's property."""
        if self._is_added(clause.property):
            return filters.select(self, clause)
        return self._base.select(clause)

    def contains(self, clause: FilterClause, member: Member) -> bool:
        """Test by the base, or by a supplement's property."""
        if self._is_added(clause.property):
            return isinstance(member, int) and filters.contains(self, clause, member)
        return self._base.contains(clause, member)

    def select_until(self, clause: FilterClause, check: Check) -> ConceptSet:
        """Select as `select` does, stopped by `check` where the base can be."""
        if self._is_added(clause.property):
            return self.select(clause)
        return select_until(self._base, clause, check)

    def contains_until(self, clause: FilterClause, member: Member, check: Check) -> bool:
        """Test as `contains` does, stopped by `check` where the base can be."""
        if self._is_added(clause.property):
            return self.contains(clause, member)
        return contains_until(self._base, clause, member, check)

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Ask the base."""
        return self._base.subsumes(ancestor, member)

    def property_rows(self, property_code: str) -> Iterable[tuple[Ordinal, PropertyValue]]:
        """Yield the base's rows, then each supplement's."""
        yield from self._base.property_rows(property_code)
        for supplement in self._supplements:
            for ordinal, value in supplement.property_rows(property_code):
                member = self._base.find(supplement.code_of(ordinal))
                if isinstance(member, int):
                    yield member, value

    def property_values(self, member: Member, property_code: str) -> Sequence[PropertyValue]:
        """Return the base's values, then the supplements'."""
        found = list(self._base.property_values(member, property_code))
        for supplement, own in self._own(self._base.code_of(member)):
            found.extend(supplement.property_values(own, property_code))
        return found

    def search(self, text: str) -> ConceptSet:
        """Return the matches of the base and of the supplements' designations."""
        found = self._base.search(text)
        for supplement in self._supplements:
            members = (self._base.find(supplement.code_of(one)) for one in supplement.search(text))
            found = found | ConceptSet.of(one for one in members if isinstance(one, int))
        return found

    def _is_added(self, property_code: str) -> bool:
        own = {one.code for one in self._base.system.properties}
        return property_code not in own and any(
            one.code == property_code for one in self._system.properties
        )

    def _own(self, code: str) -> Iterable[tuple[CodeSystemProvider, Member]]:
        for supplement in self._supplements:
            member = supplement.find(code)
            if member is not None:
                yield supplement, member

    def _merged(self, concept: Concept) -> Concept:
        for supplement, member in self._own(concept.code):
            extra = supplement.concept(member)
            source = supplement.system.canonical
            language = supplement.system.language
            added = [replace(one, source=source) for one in extra.designations]
            if extra.display and extra.display != concept.display:
                added.insert(0, Designation(value=extra.display, language=language, source=source))
            concept = replace(
                concept,
                designations=(*concept.designations, *added),
                properties=(
                    *concept.properties,
                    *(replace(one, source=source) for one in extra.properties),
                ),
                extensions=(*concept.extensions, *extra.extensions),
            )
        return concept

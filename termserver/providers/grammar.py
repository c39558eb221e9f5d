"""GrammarProvider: a code system whose codes are told by a grammar rather than listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from termserver.conceptset import ConceptSet
from termserver.errors import NotSupported, Unenumerable, UnknownCode
from termserver.hierarchy import MemoryHierarchy
from termserver.model import (
    CodeSystem,
    Concept,
    FilterClause,
    Issue,
    Member,
    Ordinal,
    PropertyValue,
)


class Grammar(Protocol):
    """What one grammar decides. Codes are members; a canonical spelling is a member's code."""

    @property
    def system(self) -> CodeSystem:
        """Return the code system's facts."""

    def find(self, code: str) -> str | None:
        """Return the canonical spelling of a valid code, None for any other."""

    def concept(self, code: str) -> Concept:
        """Return what is known of a valid code."""

    def contains(self, clause: FilterClause, code: str) -> bool:
        """Tell whether a valid code satisfies a filter. Raises: InvalidValueSet, NotSupported."""

    def property_values(self, code: str, name: str) -> Sequence[PropertyValue]:
        """Return a valid code's values of one property; empty if none."""

    def why_unknown(self, code: str) -> str | None:
        """Return why a code is not valid, None where there is nothing to say."""

    def why_outside(self, clause: FilterClause, code: str) -> str | None:
        """Return why a valid code does not satisfy a filter, None where there is nothing to say."""


class GrammarProvider:
    """A CodeSystemProvider over a grammar: answers for any code, cannot be listed."""

    def __init__(self, grammar: Grammar, *, unlisted: str | None = None) -> None:
        """Take the grammar; `unlisted` says why it has no list, where it has no common codes either
        (suite tx.fhir.org, hgvs-expand-all).
        """
        self._grammar = grammar
        self._unlisted = unlisted
        self._hierarchy = MemoryHierarchy({})

    @property
    def system(self) -> CodeSystem:
        """Return the code system's own facts."""
        return self._grammar.system

    @property
    def hierarchy(self) -> MemoryHierarchy:
        """Return the empty graph."""
        return self._hierarchy

    def find(self, code: str) -> Member | None:
        """Return the canonical spelling of a valid code, None for any other."""
        return self._grammar.find(code)

    def code_of(self, member: Member) -> str:
        """Return the code itself."""
        return self._code(member)

    def display_of(self, member: Member) -> str | None:
        """Return the display, None where there is none."""
        return self._grammar.concept(self._code(member)).display

    def concept(self, member: Member) -> Concept:
        """Return all that is known of one code."""
        return self._grammar.concept(self._code(member))

    def concepts(self, members: Sequence[Member]) -> list[Concept]:
        """Return `concept` of each, in order."""
        return [self.concept(one) for one in members]

    def all(self) -> ConceptSet:
        """Raise Unenumerable: a grammar has no list."""
        raise self._unenumerable()

    def inactive(self) -> ConceptSet:
        """Return the empty set."""
        return ConceptSet.empty()

    def abstract(self) -> ConceptSet:
        """Return the empty set."""
        return ConceptSet.empty()

    def is_inactive(self, member: Member) -> bool:
        """Tell whether the code is deprecated in the source of the grammar."""
        return self._grammar.concept(self._code(member)).inactive

    def is_abstract(self, member: Member) -> bool:
        """Return False: every valid code may be used."""
        return False

    def select(self, clause: FilterClause) -> ConceptSet:
        """Raise Unenumerable: what satisfies a filter has no end either."""
        raise self._unenumerable()

    def contains(self, clause: FilterClause, member: Member) -> bool:
        """Tell whether a code satisfies a filter. Raises: InvalidValueSet, NotSupported."""
        return self._grammar.contains(clause, self._code(member))

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Raise NotSupported: no grammar of these defines a hierarchy."""
        raise NotSupported(f"'{self.system.url}' defines no hierarchy, so nothing subsumes another")

    def property_codes(self) -> list[str]:
        """Return the codes of the properties that the code system declares."""
        return [one.code for one in self.system.properties]

    def property_rows(self, property_code: str) -> Iterator[tuple[Ordinal, PropertyValue]]:
        """Yield nothing: there is no list of members."""
        return iter(())

    def property_values(self, member: Member, property_code: str) -> Sequence[PropertyValue]:
        """Return one code's values of one property; empty if none."""
        return self._grammar.property_values(self._code(member), property_code)

    def search(self, text: str) -> ConceptSet:
        """Raise Unenumerable: there is no list to search."""
        raise self._unenumerable()

    def why_unknown(self, code: str) -> Issue | None:
        """Return an information issue on what is wrong with a code, None if nothing can be said."""
        text = self._grammar.why_unknown(code)
        if text is None:
            return None
        return Issue(severity="information", code="code-invalid", tx_type="invalid-code", text=text)

    def why_outside(self, clause: FilterClause, member: Member) -> str | None:
        """Return why a code does not satisfy a filter, None if nothing can be said."""
        return self._grammar.why_outside(clause, self._code(member))

    def _unenumerable(self) -> Unenumerable:
        if self._unlisted is not None:
            return Unenumerable(
                self._unlisted, message_id="CODESYSTEM_NOT_ENUMERABLE", issue_code="not-supported"
            )
        return Unenumerable(
            f"The code System '{self.system.url}' has a grammar and so has infinite members."
        )

    def _code(self, member: Member) -> str:
        if isinstance(member, str):
            return member
        raise UnknownCode(f"'{member}' is no member of '{self.system.canonical}'")

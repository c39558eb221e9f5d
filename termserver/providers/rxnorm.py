"""RxNorm: a stored release with RxNorm's filters (STY, SAB, TTY, REL and RELA).

Source: THO, "Using RxNorm", RxNorm Filter Properties. The loader keeps what stands second in a
relation row and is no concept as the property `from:REL`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from termserver import filters
from termserver.conceptset import ConceptSet
from termserver.errors import InvalidValueSet
from termserver.filters.is_in import listed
from termserver.filters.source import text_of
from termserver.hierarchy import Hierarchy
from termserver.index.rows import PageRows
from termserver.model import (
    CodeSystem,
    Concept,
    FilterClause,
    Issue,
    Member,
    Ordinal,
    PropertyValue,
)
from termserver.providers.stored import StoredProvider

HIDDEN = "from:"
_REPLACES = "replaces"
RELS = frozenset({"SY", "SIB", "RN", "PAR", "CHD", "RB", "RO"})
_TYPE_COLUMNS = {"TUI": "TUI", "STN": "STN", "STY": "STY"}
_OPERATORS = ("=", "in")


class RxNormProvider:
    """A CodeSystemProvider over one RxNorm release."""

    def __init__(self, stored: StoredProvider) -> None:
        """Take the release as it is stored."""
        self.stored = stored

    @property
    def system(self) -> CodeSystem:
        """Return the code system's own facts."""
        return self.stored.system

    @property
    def hierarchy(self) -> Hierarchy:
        """Return an empty graph: RxNorm defines no subsumption."""
        return self.stored.hierarchy

    def find(self, code: str) -> Member | None:
        """Return the member of an RXCUI that has a name of the source RXNORM, or None."""
        return self.stored.find(code)

    def code_of(self, member: Member) -> str:
        """Return the RXCUI."""
        return self.stored.code_of(member)

    def display_of(self, member: Member) -> str | None:
        """Return the name of the concept's own term type."""
        return self.stored.display_of(member)

    def concept(self, member: Member) -> Concept:
        """Return all that is known of one member; REL is shown only where no RELA says more."""
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

    def all(self) -> ConceptSet:
        """Return every concept."""
        return self.stored.all()

    def inactive(self) -> ConceptSet:
        """Return the concepts whose own name is obsolete."""
        return self.stored.inactive()

    def abstract(self) -> ConceptSet:
        """Return the concepts that are not for selection: none."""
        return self.stored.abstract()

    def is_inactive(self, member: Member) -> bool:
        """Tell whether a member is obsolete."""
        return self.stored.is_inactive(member)

    def is_abstract(self, member: Member) -> bool:
        """Tell whether a member is not for selection."""
        return self.stored.is_abstract(member)

    def select(self, clause: FilterClause) -> ConceptSet:
        """Return the concepts that satisfy a filter. Raises: InvalidValueSet, NotSupported."""
        if clause.property == "STY":
            return filters.select(self.stored, _semantic(clause))
        if _is_relation(clause):
            _check_operator(clause)
            return ConceptSet.union_all([self._related(clause, one) for one in listed(clause)])
        return self.stored.select(clause)

    def contains(self, clause: FilterClause, member: Member) -> bool:
        """Tell whether a member satisfies a filter."""
        if not isinstance(member, int):
            return False
        if clause.property == "STY":
            return filters.contains(self.stored, _semantic(clause), member)
        if _is_relation(clause):
            return member in self.select(clause)
        return self.stored.contains(clause, member)

    def _related(self, clause: FilterClause, value: str) -> ConceptSet:
        """Return the concepts that stand first in a row whose second is `value` (CUI:… or AUI:…).

        "select RXCUI1 from rxnrel where REL = :rel and RXCUI2 = :value": a row reads "concept 2
        RELA concept 1", so these are the values of the property on the concept that is named.
        """
        kind, _, code = value.partition(":")
        member = self.stored.find(code) if kind == "CUI" else None
        if member is None:
            hidden = replace(clause, property=HIDDEN + clause.property, op="=", value=value)
            return ConceptSet.of(
                at
                for at, found in self.stored.property_rows(hidden.property)
                if text_of(found) == value
            )
        values = self.stored.property_values(member, clause.property)
        found = (self.stored.find(text_of(one)) for one in values)
        return ConceptSet.of(one for one in found if isinstance(one, int))

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Return False: RxNorm defines no subsumption (`isa` is a relation like others)."""
        return self.stored.subsumes(ancestor, member)

    def why_unknown(self, code: str) -> Issue | None:
        """Return that an RXCUI was given up, and for which; None where nothing is known of it."""
        new = [
            self.stored.code_of(at)
            for at, old in self.stored.property_rows(_REPLACES)
            if text_of(old) == code
        ]
        if not new:
            return None
        text = f"The RXCUI '{code}' was given up for {', '.join(new)}"
        return Issue(severity="information", code="code-invalid", tx_type="invalid-code", text=text)

    def property_codes(self) -> list[str]:
        """Return the codes of all properties that any concept has, sorted."""
        return [one for one in self.stored.property_codes() if not one.startswith(HIDDEN)]

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


def _is_relation(clause: FilterClause) -> bool:
    """Tell whether a filter is of THO's form `[RELA] = CUI:n`.

    Without the prefix it is an ordinary filter on a property: the concepts that have the value.
    """
    return clause.value.startswith(("CUI:", "AUI:"))


def _semantic(clause: FilterClause) -> FilterClause:
    """Return a filter on STY as one on the column that it names, TUI where it names none."""
    _check_operator(clause)
    column, colon, value = clause.value.partition(":")
    if not colon:
        return replace(clause, property="TUI")
    if column not in _TYPE_COLUMNS:
        raise InvalidValueSet(
            f"The RxNorm filter 'STY {clause.op} {clause.value}' names the column '{column}'; "
            f"known: {', '.join(_TYPE_COLUMNS)}"
        )
    return replace(clause, property=column, value=value)


def _check_operator(clause: FilterClause) -> None:
    if clause.op not in _OPERATORS:
        raise InvalidValueSet(
            f"The RxNorm filter '{clause.property}' does not take the operator '{clause.op}'; "
            f"it takes {', '.join(_OPERATORS)}"
        )


def _shown(concept: Concept) -> Concept:
    said = {one.value for one in concept.properties if one.code not in RELS and one.type == "code"}
    return replace(
        concept,
        properties=tuple(
            one
            for one in concept.properties
            if not one.code.startswith(HIDDEN) and not (one.code in RELS and one.value in said)
        ),
    )

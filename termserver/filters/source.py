"""What filters need of a code system, and how they read property, value and case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from termserver.conceptset import ConceptSet
from termserver.errors import InvalidValueSet, UnknownCode
from termserver.fhirjson import property_code, standard_property
from termserver.hierarchy import Hierarchy
from termserver.model import CodeSystem, Coding, FilterClause, Member, Ordinal, PropertyValue

CODE_WORDS = frozenset({"concept", "code"})
"""Filters name the code itself in either way (R4 core uses both)."""

_DEFAULT_FALSE = frozenset({"inactive"})
"""Standard properties that are false where a concept does not carry them (concept-properties).

Not so `notSelectable`: the suite's notSelectable-prop-false keeps only codes that say false."""


class FilterSource(Protocol):
    """The part of a CodeSystemProvider that filters read."""

    @property
    def system(self) -> CodeSystem:
        """Return the code system's facts."""

    @property
    def hierarchy(self) -> Hierarchy:
        """Return its graph."""

    def find(self, code: str) -> Member | None:
        """Return the member of a code."""

    def code_of(self, member: Member) -> str:
        """Return the code of a member."""

    def display_of(self, member: Member) -> str | None:
        """Return the display of a member."""

    def all(self) -> ConceptSet:
        """Return every concept."""

    def inactive(self) -> ConceptSet:
        """Return the inactive concepts."""

    def abstract(self) -> ConceptSet:
        """Return the concepts that are not selectable."""

    def is_inactive(self, member: Member) -> bool:
        """Tell whether a member is inactive."""

    def is_abstract(self, member: Member) -> bool:
        """Tell whether a member is not selectable."""

    def property_rows(self, property_code: str) -> Iterable[tuple[Ordinal, PropertyValue]]:
        """Yield all values of a property."""

    def property_values(self, member: Member, property_code: str) -> Sequence[PropertyValue]:
        """Return one member's values of a property."""


def root(source: FilterSource, clause: FilterClause) -> Ordinal:
    """Return the concept that a hierarchical filter names.

    Raises: UnknownCode, naming root, system and version; InvalidValueSet for another property than
    `concept`, or where the hierarchy does not mean is-a.
    """
    if clause.property not in CODE_WORDS:
        raise InvalidValueSet(
            f"The filter operator '{clause.op}' on "
            f"'{source.system.canonical}' works on the property "
            f"'concept', not on '{clause.property}'"
        )
    member = source.find(clause.value)
    if not isinstance(member, int):
        raise UnknownCode(
            f"The filter '{clause.property} {clause.op} {clause.value}' "
            "names a code that is not in "
            f"the code system '{source.system.url}' version "
            f"'{source.system.version or '(none)'}'; load a version that has it"
        )
    return member


def values_of(source: FilterSource, clause: FilterClause, member: Member) -> Sequence[str]:
    """Return what a property filter compares: the member's values as text, empty if it has none."""
    name = _resolved(source, clause)
    if clause.property in CODE_WORDS:
        return [source.code_of(member)]
    standard = standard_property(source.system, name)
    if standard in {"parent", "child"} and isinstance(member, int):
        steps = source.hierarchy.parents if standard == "parent" else source.hierarchy.children
        return [source.code_of(one) for one in steps(member)]
    if clause.property == "display" and not _declares(source, "display"):
        return [source.display_of(member) or ""]
    found = [text_of(value) for value in source.property_values(member, name)]
    if not found and standard in _DEFAULT_FALSE:
        return [text_of(source.is_inactive(member))]
    return found


def equals(source: FilterSource, clause: FilterClause) -> ConceptSet | None:
    """Return the concepts whose property has exactly the clause's value, where the source has a
    shorter way than to walk over all values; None where it has none. Raises: InvalidValueSet.
    """
    name = _resolved(source, clause)
    standard = standard_property(source.system, name)
    if clause.property in CODE_WORDS or standard in _DEFAULT_FALSE:
        return None
    if standard in {"parent", "child"}:
        member = source.find(clause.value)
        if not isinstance(member, int) or source.code_of(member) != clause.value:
            return ConceptSet.empty()
        steps = source.hierarchy.children if standard == "parent" else source.hierarchy.parents
        return ConceptSet.of(steps(member))
    if clause.property == "display" and not _declares(source, "display"):
        return None
    shorter: Any = getattr(source, "property_equals", None)
    found: ConceptSet | None = shorter(name, clause.value) if shorter is not None else None
    return found


def rows_of(source: FilterSource, clause: FilterClause) -> Iterable[tuple[Ordinal, str]]:
    """Yield (concept, value as text) for every value that a property filter compares."""
    name = _resolved(source, clause)
    standard = standard_property(source.system, name)
    walk = (
        clause.property in CODE_WORDS
        or standard in {"parent", "child"}
        or standard in _DEFAULT_FALSE
        or (clause.property == "display" and not _declares(source, "display"))
    )
    if walk:
        for ordinal in source.all():
            for value in values_of(source, clause, ordinal):
                yield ordinal, value
    else:
        for ordinal, row in source.property_rows(name):
            yield ordinal, text_of(row)


def text_of(value: PropertyValue) -> str:
    """Return a property value as a filter value writes it (Coding as `system#code`)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Coding):
        system = f"{value.system or ''}|{value.version}" if value.version else value.system or ""
        return f"{system}#{value.code or ''}"
    return str(value)


def same_text(source: FilterSource, clause: FilterClause, left: str, right: str) -> bool:
    """Compare a value with the filter's; codes by the system's case rule, all else literally."""
    if left == right:
        return True
    is_code = clause.property in CODE_WORDS
    return (
        is_code and source.system.case_sensitive is not True and left.casefold() == right.casefold()
    )


def _declares(source: FilterSource, code: str) -> bool:
    return any(one.code == code for one in source.system.properties)


def _resolved(source: FilterSource, clause: FilterClause) -> str:
    """Return the property's code in this system; it must be known in some way."""
    system = source.system
    name = property_code(system, clause.property)
    known = (
        clause.property in CODE_WORDS
        or _declares(source, name)
        or standard_property(system, name) is not None
        or clause.property == "display"
        or any(one.code == name for one in system.filters)
        or any(True for _ in source.property_rows(name))
    )
    if not known:
        properties = ", ".join(["concept", *(one.code for one in system.properties)])
        raise InvalidValueSet(
            f"Unknown filter property '{clause.property}' for code system '{system.canonical}'; "
            f"known: {properties}"
        )
    return name

"""LOINC's own filters: fields by part code or name, hierarchy, copyright, answer lists.

Source: THO, "Using LOINC", LOINC Filters; suite `tx.fhir.org` (LIST, answers-for, CLASS).
LOINC's codes and property values are compared without case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import re2

from termserver.conceptset import ConceptSet
from termserver.errors import InvalidValueSet, UnknownCode
from termserver.filters import regex
from termserver.filters.is_in import listed
from termserver.filters.source import FilterSource, text_of
from termserver.model import Concept, FilterClause, Member, Ordinal, PropertyValue
from termserver.providers.loinc_columns import Columns

LONG_NAME, DEFINITION = "LONG_COMMON_NAME", "DefinitionDescription"
LISTS = frozenset({"LIST", "answers-for"})
HIERARCHY = frozenset({"parent", "ancestor"})
COPYRIGHT = "copyright"
_NOTICE = "EXTERNAL_COPYRIGHT_NOTICE"
_COPYRIGHTS = {"loinc": False, "3rdparty": True}
_FIELD_OPERATORS = frozenset({"=", "in", "not-in", "regex"})


class LoincSource(FilterSource, Protocol):
    """What these filters need beside what all filters need."""

    @property
    def columns(self) -> Columns:
        """Return the columns of fields that are kept."""

    def concepts(self, members: Sequence[Member]) -> list[Concept]:
        """Return all that is known of several members."""


def is_own(clause: FilterClause) -> bool:
    """Tell whether a filter is one of LOINC's own (values of the clause are not looked at)."""
    return clause.property in LISTS | HIERARCHY | {COPYRIGHT} or (
        clause.op in _FIELD_OPERATORS
        and clause.property not in {"concept", "code", "display", "child", "inactive"}
    )


def select(source: LoincSource, clause: FilterClause) -> ConceptSet:
    """Return the concepts that satisfy one of LOINC's own filters.

    Raises: UnknownCode for a part, list or term that is not there; InvalidValueSet for an operator
    or value that the filter does not have, or an unknown property.
    """
    if clause.property in HIERARCHY:
        return _below(source, clause)
    if clause.property in LISTS:
        return _answers(source, clause)
    if clause.property == COPYRIGHT:
        third_party = ConceptSet.of(at for at, _ in source.property_rows(_NOTICE))
        return third_party if _third_party(clause) else source.all() - third_party
    return _fields(source, clause)


def contains(source: LoincSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether a concept satisfies one of LOINC's own filters, without building the set."""
    if clause.property in HIERARCHY:
        return any(_is_below(source, clause, member, one) for one in _roots(source, clause))
    if clause.property in LISTS:
        return member in _answers(source, clause)
    if clause.property == COPYRIGHT:
        return bool(source.property_values(member, _NOTICE)) is _third_party(clause)
    _require_known(source, clause)
    test = _test(source, clause)
    return any(map(test, _values(source, clause.property, member))) is not _negated(clause)


# -- hierarchy -----------------------------------------------------------------------------------


def _below(source: LoincSource, clause: FilterClause) -> ConceptSet:
    graph = source.hierarchy
    return ConceptSet.union_all(
        [
            ConceptSet.of(graph.children(one))
            if clause.property == "parent"
            else graph.descendants(one)
            for one in _roots(source, clause)
        ]
    )


def _is_below(source: LoincSource, clause: FilterClause, member: Ordinal, root: Ordinal) -> bool:
    if clause.property == "parent":
        return root in source.hierarchy.parents(member)
    return source.hierarchy.is_below(member, root)


def _roots(source: LoincSource, clause: FilterClause) -> list[Ordinal]:
    return [_known(source, clause, one) for one in _named(clause)]


def _named(clause: FilterClause) -> tuple[str, ...]:
    """Return the values of a filter that takes `=` and `in` only. Raises: InvalidValueSet."""
    if clause.op == "=":
        return (clause.value.strip(),)
    if clause.op == "in":
        return listed(clause)
    raise InvalidValueSet(
        f"The LOINC filter '{clause.property}' does not take the operator '{clause.op}'; "
        "it takes =, in"
    )


def _known(source: LoincSource, clause: FilterClause, code: str) -> Ordinal:
    member = source.find(code)
    if isinstance(member, int):
        return member
    raise UnknownCode(
        f"The filter '{clause.property} {clause.op} {clause.value}' names '{code}', which is not "
        f"in the code system '{source.system.url}' version '{source.system.version or '(none)'}'; "
        "load a version that has it"
    )


# -- answer lists, copyright ---------------------------------------------------------------------


def _answers(source: LoincSource, clause: FilterClause) -> ConceptSet:
    """Return the answers of lists; `answers-for` also takes a term, which stands for its lists."""
    found: set[Ordinal] = set()
    for code in _named(clause):
        member = _known(source, clause, code)
        lists = [member]
        if clause.property == "answers-for" and not source.code_of(member).startswith("LL"):
            lists = _targets(source, member, "answer-list")
        for one in lists:
            found.update(_targets(source, one, "Answer"))
            found.update(_targets(source, one, "GroupMember"))
    return ConceptSet.of(found)


def _targets(source: LoincSource, member: Ordinal, name: str) -> list[Ordinal]:
    found = (source.find(text_of(one)) for one in source.property_values(member, name))
    return [one for one in found if isinstance(one, int)]


def _third_party(clause: FilterClause) -> bool:
    found = _COPYRIGHTS.get(clause.value.strip().lower())
    if clause.op != "=" or found is None:
        raise InvalidValueSet(
            f"The LOINC filter 'copyright' takes '= LOINC' or '= 3rdParty', "
            f"not '{clause.op} {clause.value}'"
        )
    return found


# -- fields --------------------------------------------------------------------------------------


def _fields(source: LoincSource, clause: FilterClause) -> ConceptSet:
    _require_known(source, clause)
    column = source.columns.get(
        clause.property,
        lambda: _rows(source, clause.property),
        lambda value: _name(source, value),
    )
    if clause.op == "regex":
        pattern = _pattern(clause)
        return column.matching(lambda name: pattern.search(name) is not None)
    found = column.equal_to(_wanted(clause))
    return source.all() - found if _negated(clause) else found


def _negated(clause: FilterClause) -> bool:
    return clause.op == "not-in"


def _test(source: LoincSource, clause: FilterClause) -> Callable[[PropertyValue], bool]:
    """Return what decides for one value, compared by code and by the name of the part."""
    if clause.op == "regex":
        pattern = _pattern(clause)
        return lambda value: pattern.search(_name(source, value)) is not None
    wanted = {one.casefold() for one in _wanted(clause)}
    return lambda value: (
        text_of(value).casefold() in wanted or _name(source, value).casefold() in wanted
    )


def _pattern(clause: FilterClause) -> re2._Regexp:
    # Not anchored: suite case loinc-validate-filter-class-regex-good anchors where it wants to.
    return regex.compiled(replace(clause, value="(?i)" + clause.value))


def _wanted(clause: FilterClause) -> tuple[str, ...]:
    return (clause.value,) if clause.op == "=" else listed(clause)


def _name(source: LoincSource, value: PropertyValue) -> str:
    """Return the name of a value: the display of the part that it is, otherwise its own text."""
    text = text_of(value)
    if text.startswith("LP"):
        member = source.find(text)
        if isinstance(member, int):
            return source.display_of(member) or text
    return text


def _rows(source: LoincSource, name: str) -> Iterator[tuple[Ordinal, PropertyValue]]:
    if name not in {LONG_NAME, DEFINITION}:
        yield from source.property_rows(name)
        return
    # Kept as display and definition, not once more as properties; CLASSTYPE marks the terms.
    for ordinal, _ in source.property_rows("CLASSTYPE"):
        for value in _values(source, name, ordinal):
            yield ordinal, value


def _values(source: LoincSource, name: str, member: Ordinal) -> Sequence[PropertyValue]:
    if name == LONG_NAME:
        display = source.display_of(member)
        is_term = bool(source.property_values(member, "CLASSTYPE"))
        return [display] if display and is_term else []
    if name == DEFINITION:
        definition = source.concepts([member])[0].definition
        return [definition] if definition else []
    return source.property_values(member, name)


def _require_known(source: LoincSource, clause: FilterClause) -> None:
    name = clause.property
    declared = [one.code for one in source.system.properties]
    if name not in declared and not any(True for _ in source.property_rows(name)):
        raise InvalidValueSet(
            f"Unknown filter property '{name}' for code system '{source.system.canonical}'; "
            f"known: concept, {', '.join(sorted(HIERARCHY | LISTS))}, copyright, "
            f"{', '.join(declared)}"
        )

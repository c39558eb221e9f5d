"""Description filters: a concept is kept if one of its descriptions satisfies all of them.

Without an `active` filter only active descriptions count (ECL 2.2, 6.8).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from termserver.conceptset import ConceptSet
from termserver.ecl.concepts import ids_of, modules_of, time_fits
from termserver.ecl.source import DescriptionRow
from termserver.ecl.syntax import (
    ActiveFilter,
    ConceptReference,
    DescriptionFilter,
    DescriptionFilters,
    DescriptionIdFilter,
    Dialect,
    DialectFilter,
    EffectiveTimeFilter,
    LanguageFilter,
    ModuleFilter,
    SearchTerm,
    TermFilter,
    TypeFilter,
    TypeIdFilter,
)
from termserver.ecl.terms import any_of, longest_letters
from termserver.errors import InvalidExpression, UnknownCode
from termserver.search import tokens

if TYPE_CHECKING:
    from termserver.ecl.evaluate import Evaluator

PREFERRED, ACCEPTABLE = "900000000000548007", "900000000000549004"
_FEW_LETTERS = 3
"""Fewer letters stand in too many words for a list of these to be of use."""

Test = Callable[[DescriptionRow], bool]


def filtered(evaluator: Evaluator, found: ConceptSet, group: DescriptionFilters) -> ConceptSet:
    """Return the concepts of `found` with a description that satisfies every filter."""
    # terms last: they cost the most
    ordered = sorted(group.filters, key=lambda one: isinstance(one, TermFilter))
    tests = [_test(evaluator, one) for one in ordered]
    if not any(isinstance(one, ActiveFilter) for one in group.filters):
        tests.insert(0, lambda row: row.active)
        found = _with_words(evaluator, found, group)
    kept: set[int] = set()
    for at, row in enumerate(evaluator.source.descriptions(found)):
        if at % 1000 == 0:
            evaluator.check()
        if row.ordinal not in kept and all(test(row) for test in tests):
            kept.add(row.ordinal)
    return ConceptSet.of(sorted(kept))


def _with_words(evaluator: Evaluator, found: ConceptSet, group: DescriptionFilters) -> ConceptSet:
    """Leave out the concepts that the text index rules out, so that few descriptions are read."""
    for one in group.filters:
        if isinstance(one, TermFilter) and not one.negated:
            hits = [_candidates(evaluator, term) for term in one.terms]
            known = [hit for hit in hits if hit is not None]
            if len(known) == len(hits):
                found = found & ConceptSet.union_all(known)
    return found


def _candidates(evaluator: Evaluator, term: SearchTerm) -> ConceptSet | None:
    """Return at least the concepts that a search term may match, None if that is all of them."""
    if term.kind == "match":
        return evaluator.source.search(term.text) if tokens(term.text) else None
    letters = longest_letters(term.text)
    return evaluator.source.containing(letters) if len(letters) >= _FEW_LETTERS else None


def _test(evaluator: Evaluator, one: DescriptionFilter) -> Test:
    match one:
        case TermFilter():
            matches = any_of(one.terms)
            return lambda row: matches(row.term) != one.negated
        case LanguageFilter():
            return lambda row: (row.kind.language in one.codes) != one.negated
        case TypeFilter():
            return lambda row: (row.kind.type in one.tokens) != one.negated
        case TypeIdFilter():
            types = {int(code) for code in ids_of(evaluator, evaluator.values(one.value))}
            return lambda row: (row.kind.type_id in types) != one.negated
        case DialectFilter():
            return _dialect_test(evaluator, one)
        case DescriptionIdFilter():
            ids = {int(text) for text in one.ids}
            return lambda row: (row.id in ids) != one.negated
        case ModuleFilter():
            modules = modules_of(evaluator, one)
            return lambda row: (row.module in modules) != one.negated
        case EffectiveTimeFilter():
            return lambda row: time_fits(one.comparison, row.effective_time)
        case ActiveFilter():
            return lambda row: row.active == (one.value != one.negated)
        case _:
            assert_never(one)


def _dialect_test(evaluator: Evaluator, one: DialectFilter) -> Test:
    wanted = [
        (refsets, _acceptabilities(dialect.acceptability or one.acceptability))
        for dialect in one.dialects
        for refsets in [_refsets(evaluator, dialect)]
    ]

    def test(row: DescriptionRow) -> bool:
        hit = any(
            ("prefer" in kinds and not refsets.isdisjoint(row.preferred_in))
            or ("accept" in kinds and not refsets.isdisjoint(row.acceptable_in))
            for refsets, kinds in wanted
        )
        return hit != one.negated

    return test


def _refsets(evaluator: Evaluator, dialect: Dialect) -> frozenset[int]:
    name = dialect.name
    if isinstance(name, str):
        found = evaluator.source.dialect(name)
        if not found:
            raise UnknownCode(
                f"The expression constraint names the dialect '{name}', which is not known"
            )
        return frozenset(found)
    if isinstance(name, ConceptReference):
        evaluator.reference(name)
        return frozenset({int(name.id)})
    return frozenset(int(code) for code in ids_of(evaluator, evaluator.concepts(name)))


def _acceptabilities(values: tuple[str | ConceptReference, ...]) -> frozenset[str]:
    if not values:
        return frozenset({"prefer", "accept"})
    known = {PREFERRED: "prefer", ACCEPTABLE: "accept", "prefer": "prefer", "accept": "accept"}
    found = set()
    for one in values:
        text = one.id if isinstance(one, ConceptReference) else one
        if text not in known:
            raise InvalidExpression(
                f"'{text}' is no acceptability; known: {PREFERRED} (preferred), {ACCEPTABLE} "
                "(acceptable)",
                expression=text,
                position=one.at if isinstance(one, ConceptReference) else 0,
                expected="accept or prefer",
            )
        found.add(known[text])
    return frozenset(found)

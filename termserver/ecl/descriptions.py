"""Description filters: a concept is kept if one of its descriptions satisfies all of them.

Without an `active` filter only active descriptions count (ECL 2.2, 6.8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

import numpy as np

from termserver.conceptset import ConceptSet
from termserver.ecl.columns import contains
from termserver.ecl.concepts import named_by, time_fits
from termserver.ecl.source import Column, DescriptionFacts, DescriptionRows
from termserver.ecl.syntax import (
    ActiveFilter,
    ConceptReference,
    ConceptReferences,
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
from termserver.ecl.terms import any_of, beginning, longest_letters
from termserver.errors import InvalidExpression, UnknownCode
from termserver.search import tokens

if TYPE_CHECKING:
    from termserver.ecl.evaluate import Evaluator

PREFERRED, ACCEPTABLE = "900000000000548007", "900000000000549004"
_FEW_LETTERS = 3
"""Fewer letters stand in too many words for a list of these to be of use."""

_Shared = (
    LanguageFilter
    | TypeFilter
    | TypeIdFilter
    | DialectFilter
    | ModuleFilter
    | EffectiveTimeFilter
    | ActiveFilter
)
"""Filters of what many descriptions share."""

Test = Callable[[DescriptionFacts], bool]


def filtered(evaluator: Evaluator, found: ConceptSet, group: DescriptionFilters) -> ConceptSet:
    """Return the concepts of `found` with a description that satisfies every filter.

    Cost: linear in the descriptions of `found`, by columns; texts are read only of those that
    satisfy all other filters and that the text index does not rule out.
    """
    terms = [_Words(one, None) for one in group.filters if isinstance(one, TermFilter)]
    if not any(isinstance(one, ActiveFilter) for one in group.filters):
        # the text index holds active descriptions
        terms = [_Words(one.filter, _having(evaluator, one.filter)) for one in terms]
        for one in terms:
            if one.concepts is not None and not one.filter.negated:
                found = found & one.concepts
    rows = evaluator.source.descriptions(found)
    at = np.flatnonzero(_fitting(evaluator, rows, group))
    for one in terms:
        at = at[_matching(evaluator, rows, at, one)]
    # descriptions ascend by concept
    concepts = rows.ordinal[at]
    kept = concepts[np.flatnonzero(np.diff(concepts, prepend=-1))]
    return ConceptSet.of_packed(kept.astype(np.uint32).tobytes())


@dataclass(frozen=True, slots=True)
class _Words:
    """A term filter and at least the concepts that have what it looks for; None if not known."""

    filter: TermFilter
    concepts: ConceptSet | None


def _fitting(evaluator: Evaluator, rows: DescriptionRows, group: DescriptionFilters) -> Column:
    """Tell which descriptions satisfy the filters, but for those of terms."""
    ids = [one for one in group.filters if isinstance(one, DescriptionIdFilter)]
    others = [one for one in group.filters if not isinstance(one, TermFilter | DescriptionIdFilter)]
    tests = [_test(evaluator, one) for one in others]
    if not any(isinstance(one, ActiveFilter) for one in others):
        tests.append(lambda facts: facts.active)
    fits = np.array([all(test(one) for test in tests) for one in rows.shared], dtype=bool)
    result: Column = fits[rows.facts]
    for one in ids:
        evaluator.check()
        wanted = evaluator.source.description_rows([int(text) for text in one.ids])
        result &= np.isin(rows.row, wanted, invert=one.negated)
    return result


def _matching(evaluator: Evaluator, rows: DescriptionRows, at: Column, words: _Words) -> Column:
    """Tell which of the descriptions at some positions have a text that a term filter takes."""
    looked = np.ones(len(at), dtype=bool)
    if words.concepts is not None:
        looked = contains(words.concepts, rows.ordinal[at])
    matches = any_of(words.filter.terms)
    hits = np.zeros(len(at), dtype=bool)
    texts = evaluator.source.terms(rows.row[at[looked]])
    hits[looked] = [matches(text) for text in _watched(evaluator, texts)]
    return ~hits if words.filter.negated else hits


def _watched(evaluator: Evaluator, texts: Iterable[str]) -> Iterator[str]:
    for at, text in enumerate(texts):
        if at % 1000 == 0:
            evaluator.check()
        yield text


def _having(evaluator: Evaluator, one: TermFilter) -> ConceptSet | None:
    """Return at least the concepts with an active description that has any of the terms."""
    hits = [_candidates(evaluator, term) for term in one.terms]
    known = [hit for hit in hits if hit is not None]
    return ConceptSet.union_all(known) if len(known) == len(hits) else None


def _candidates(evaluator: Evaluator, term: SearchTerm) -> ConceptSet | None:
    """Return at least the concepts that a search term may match, None if that is all of them."""
    if term.kind == "match":
        return evaluator.source.search(term.text) if tokens(term.text) else None
    start, letters = beginning(term.text), longest_letters(term.text)
    words = tokens(start)
    if words and max(map(len, words)) >= _FEW_LETTERS:
        return evaluator.source.search(start)
    found = evaluator.source.containing(letters) if len(letters) >= _FEW_LETTERS else None
    # a list of all words was looked through; where it tells nothing, short words still do
    return evaluator.source.search(start) if found is None and words else found


def _test(evaluator: Evaluator, one: _Shared) -> Test:
    match one:
        case LanguageFilter():
            return lambda facts: (facts.language in one.codes) != one.negated
        case TypeFilter():
            return lambda facts: (facts.type in one.tokens) != one.negated
        case TypeIdFilter():
            typed = named_by(evaluator, one.value)
            return lambda facts: typed(facts.type_id) != one.negated
        case DialectFilter():
            return _dialect_test(evaluator, one)
        case ModuleFilter():
            named = named_by(evaluator, one.value)
            return lambda facts: named(facts.module) != one.negated
        case EffectiveTimeFilter():
            return lambda facts: time_fits(one.comparison, facts.effective_time)
        case ActiveFilter():
            return lambda facts: facts.active == (one.value != one.negated)
        case _:
            assert_never(one)


def _dialect_test(evaluator: Evaluator, one: DialectFilter) -> Test:
    wanted = [
        (_language_set(evaluator, dialect), _acceptabilities(accepted))
        for dialect in one.dialects
        for accepted in [dialect.acceptability or one.acceptability]
    ]

    def test(facts: DescriptionFacts) -> bool:
        hit = any(
            ("prefer" in kinds and any(map(named, facts.preferred_in)))
            or ("accept" in kinds and any(map(named, facts.acceptable_in)))
            for named, kinds in wanted
        )
        return hit != one.negated

    return test


def _language_set(evaluator: Evaluator, dialect: Dialect) -> Callable[[int], bool]:
    """Return what tells whether a language reference set is one that a dialect names."""
    name = dialect.name
    if isinstance(name, str):
        found = evaluator.source.dialect(name)
        if not found:
            raise UnknownCode(
                f"The expression constraint names the dialect '{name}', which is not known"
            )
        return lambda refset: refset in found
    if isinstance(name, ConceptReference):
        return named_by(evaluator, ConceptReferences(references=(name,)))
    return named_by(evaluator, name)


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

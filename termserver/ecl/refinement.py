"""Refinements over attribute rows as columns: attributes, groups, cardinality, reverse, dots.

`[min..max]` on an attribute counts rows of a concept, inside braces rows of one group; on braces it
counts groups. Without a cardinality it is `[1..*]`. `!=` asks for a row whose value is another one.
A constraint as a value, `*` too, asks for concepts: concrete values are compared by `#`, texts and
truth alone.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Protocol

import numpy as np

from termserver.conceptset import ConceptSet
from termserver.ecl.columns import compare, contains
from termserver.ecl.groups import Found, Groups, Keys, concepts_of, groups_of
from termserver.ecl.source import AttributeRows, Column, EclSource
from termserver.ecl.syntax import (
    Attribute,
    AttributeGroup,
    AttributeSet,
    BooleanComparison,
    Cardinality,
    Comparison,
    ConceptComparison,
    NumberComparison,
    RefinementSet,
    StringComparison,
    TimeComparison,
    Wildcard,
)
from termserver.ecl.terms import any_of
from termserver.errors import NotSupported

if TYPE_CHECKING:
    from termserver.ecl.syntax import Expression, SubExpression


class Sets(Protocol):
    """The part of the evaluator that refinements call back."""

    @property
    def source(self) -> EclSource:
        """Return the edition."""

    def concepts(self, tree: Expression) -> ConceptSet:
        """Return the concepts of a constraint."""

    def check(self) -> None:
        """Raise when the deadline has passed."""


def refined(sets: Sets, focus: ConceptSet, tree: RefinementSet) -> ConceptSet:
    """Return the concepts of `focus` that satisfy a refinement."""
    found = [_item(sets, focus, item) for item in tree.items]
    return _joined(tree.junction, found)


def _item(
    sets: Sets, focus: ConceptSet, item: AttributeSet | AttributeGroup | RefinementSet
) -> ConceptSet:
    sets.check()
    if isinstance(item, RefinementSet):
        return refined(sets, focus, item)
    if isinstance(item, AttributeSet):
        return _attributes(sets, focus, item)
    groups = groups_of(sets.source.attributes(), item.attributes)
    keys = _grouped(sets, groups, item.attributes)
    return _within(focus, concepts_of(groups.listed(keys)), item.cardinality)


def _attributes(sets: Sets, focus: ConceptSet, tree: AttributeSet) -> ConceptSet:
    """Return the concepts that satisfy attributes, whatever groups they stand in."""
    found = []
    for one in tree.items:
        if isinstance(one, AttributeSet):
            found.append(_attributes(sets, focus, one))
        else:
            # looked at even where `[0..*]` asks for nothing: it may name what is not there
            rows = _rows(sets, one)
            found.append(_within(focus, rows.concept, one.cardinality))
    return _joined(tree.junction, found)


def _joined(junction: str, found: list[ConceptSet]) -> ConceptSet:
    if junction == "OR":
        return ConceptSet.union_all(found)
    return reduce(lambda left, right: left & right, found)


def _within(focus: ConceptSet, concepts: Column, cardinality: Cardinality | None) -> ConceptSet:
    """Return the concepts of `focus` that occur in `concepts` as often as `cardinality` says."""
    least = cardinality.least if cardinality else 1
    most = cardinality.most if cardinality else None
    if least == 0 and most is None:
        return focus
    values, counts = np.unique(concepts, return_counts=True)
    if least == 0 and most is not None:
        too_many = values[counts > most]
        return focus - ConceptSet.of(too_many.tolist())
    fits = counts >= least
    if most is not None:
        fits &= counts <= most
    return focus & ConceptSet.of(values[fits].tolist())


# -- inside braces -----------------------------------------------------------------------------


def _grouped(sets: Sets, groups: Groups, tree: AttributeSet) -> Keys:
    """Return the groups that satisfy all (or any) attributes."""
    found = [
        _grouped(sets, groups, one)
        if isinstance(one, AttributeSet)
        else _group_keys(sets, groups, one)
        for one in tree.items
    ]
    return reduce(or_ if tree.junction == "OR" else and_, found)


def _group_keys(sets: Sets, groups: Groups, attribute: Attribute) -> Keys:
    cardinality = attribute.cardinality
    keys, counts = np.unique(groups.keys(_rows(sets, attribute)), return_counts=True)
    least = cardinality.least if cardinality else 1
    most = cardinality.most if cardinality else None
    too_many = counts > most if most is not None else np.zeros(len(keys), dtype=bool)
    if least == 0:
        return Keys(keys[too_many], without=True)
    return Keys(keys[(counts >= least) & ~too_many])


# -- rows of one attribute ---------------------------------------------------------------------


def _rows(sets: Sets, attribute: Attribute) -> Found:
    """Return the rows that satisfy an attribute; reversed, they speak of their values."""
    sets.check()
    comparison = attribute.comparison
    if isinstance(comparison, ConceptComparison):
        return _concept_rows(sets, attribute, comparison)
    if attribute.reverse:
        raise NotSupported("A reversed attribute needs a concept as its value")
    return _concrete_rows(sets, attribute, comparison)


def _concept_rows(sets: Sets, attribute: Attribute, comparison: ConceptComparison) -> Found:
    rows = sets.source.attributes()
    at = _positions(sets, rows.type, attribute.name)
    near, far = (rows.source, rows.target) if not attribute.reverse else (rows.target, rows.source)
    if not _is_any(comparison.value) or comparison.negated:
        inside = contains(sets.concepts(comparison.value), far[at])
        at = at[~inside] if comparison.negated else at[inside]
    return Found(near[at], rows.group[at], at)


def _positions(sets: Sets, types: Column, name: SubExpression) -> Column:
    """Return where the rows of the named attribute types stand (rows are sorted by type)."""
    if _is_any(name):
        return np.arange(len(types))
    wanted = np.array(sets.concepts(name).to_array(), dtype=types.dtype)
    low = np.searchsorted(types, wanted, side="left")
    high = np.searchsorted(types, wanted, side="right")
    spans = [np.arange(start, stop) for start, stop in zip(low, high, strict=True) if stop > start]
    return np.concatenate(spans) if spans else np.arange(0)


def _is_any(value: SubExpression) -> bool:
    """Tell whether a constraint is `*` alone, which takes any concept without looking."""
    plain = not (value.operator or value.member_of or value.filters or value.history)
    return isinstance(value.focus, Wildcard) and plain


def _concrete_rows(sets: Sets, attribute: Attribute, comparison: Comparison) -> Found:
    rows = sets.source.attributes()
    at = _positions(sets, rows.concrete_type, attribute.name)
    at = at[_concrete_mask(rows, at, comparison)] if len(at) else at
    return Found(rows.concrete_source[at], rows.concrete_group[at], at + len(rows.source))


def _concrete_mask(rows: AttributeRows, at: Column, comparison: Comparison) -> Column:
    if isinstance(comparison, NumberComparison):
        numbers = rows.number[at]
        fits = compare(numbers, comparison.order, float(comparison.value))
        return fits & ~np.isnan(numbers)
    texts = [rows.text[int(one)] for one in at]
    numeric = ~np.isnan(rows.number[at])
    match comparison:
        case StringComparison():
            matches = any_of(comparison.terms, whole=True)
            hits = [matches(text) for text in texts]
        case BooleanComparison():
            hits = [text == ("true" if comparison.value else "false") for text in texts]
        case TimeComparison() | ConceptComparison():
            raise NotSupported("An attribute has no date as its value")
    mask = np.array(hits, dtype=bool)
    return (~mask if comparison.negated else mask) & ~numeric


def values_of(sets: Sets, focus: ConceptSet, types: ConceptSet) -> ConceptSet:
    """Return the values that the attributes `types` have in the concepts of `focus` (dotted)."""
    rows = sets.source.attributes()
    wanted = contains(types, rows.type) & contains(focus, rows.source)
    return ConceptSet.of(np.unique(rows.target[wanted]).tolist())

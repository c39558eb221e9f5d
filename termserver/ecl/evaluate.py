"""Syntax tree -> concept set, over an `EclSource`. Source: ECL 2.2 specification and guide.

A result is a concept set or, where fields of a reference set are chosen, rows.
An unknown concept is an error, never an empty set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from typing import Protocol, assert_never

from termserver.conceptset import ConceptSet
from termserver.ecl import concepts, descriptions, members, refinement
from termserver.ecl.operators import operate
from termserver.ecl.source import EclSource
from termserver.ecl.syntax import (
    ActiveFilter,
    AlternateIdentifier,
    Compound,
    ConceptFilters,
    ConceptReference,
    ConceptReferences,
    ConceptSetValue,
    Dotted,
    Expression,
    Focus,
    Nested,
    Refined,
    SubExpression,
    Wildcard,
)
from termserver.errors import InvalidExpression, UnknownCode
from termserver.model import Ordinal


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Chosen fields of reference set rows, in the order of the reference set, each once."""

    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Observer(Protocol):
    """Follows an evaluation (`termserver.ecl.explain`)."""

    def begin(self, tree: Expression) -> None:
        """Take a sub-expression that is looked at."""

    def end(self, found: ConceptSet | Rows) -> None:
        """Take the answer of the one that began last and has not ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluator:
    """Evaluates trees over one source. `check` is called between steps and may raise (deadline)."""

    source: EclSource
    check: Callable[[], None] = field(default=lambda: None)
    observe: Observer | None = None

    def result(self, tree: Expression) -> ConceptSet | Rows:
        """Return what a whole constraint gives. Raises: UnknownCode, NotSupported."""
        chosen = _chosen(tree)
        if chosen is None:
            return self.concepts(tree)
        if self.observe is not None:
            self.observe.begin(tree)
        found = members.rows(self, chosen)
        if self.observe is not None:
            self.observe.end(found)
        return found

    def concepts(self, tree: Expression) -> ConceptSet:
        """Return the concepts of a constraint. Raises: UnknownCode, NotSupported."""
        self.check()
        if self.observe is not None:
            self.observe.begin(tree)
        match tree:
            case SubExpression():
                found = self._sub(tree)
            case Compound():
                found = self._compound(tree)
            case Refined():
                focus = self.concepts(tree.focus)
                found = refinement.refined(self, focus, tree.refinement)
            case Dotted():
                found = self.concepts(tree.focus)
                for attribute in tree.attributes:
                    found = refinement.values_of(self, found, self.concepts(attribute))
            case _:
                assert_never(tree)
        if self.observe is not None:
            self.observe.end(found)
        return found

    def _compound(self, tree: Compound) -> ConceptSet:
        sets = [self.concepts(one) for one in tree.operands]
        if tree.junction == "AND":
            return reduce(lambda left, right: left & right, sets)
        return sets[0] - sets[1] if tree.junction == "MINUS" else ConceptSet.union_all(sets)

    def _sub(self, tree: SubExpression) -> ConceptSet:
        if tree.member_of is None:
            _refuse_member_filters(tree)
            found = self._focus(tree.focus, with_inactive=_asks_inactive(tree))
        else:
            found = members.components(self, tree)
        if tree.operator is not None:
            found = operate(tree.operator, found, self.source.hierarchy, self.check)
        for one in tree.filters:
            self.check()
            if isinstance(one, ConceptFilters):
                found = concepts.filtered(self, found, one)
            else:
                found = descriptions.filtered(self, found, one)
        return found if tree.history is None else members.with_history(self, found, tree.history)

    def _focus(self, focus: Focus, *, with_inactive: bool) -> ConceptSet:
        match focus:
            case ConceptReference():
                return ConceptSet.of([self.reference(focus)])
            case AlternateIdentifier():
                return ConceptSet.of([self._alternate(focus)])
            case Wildcard():
                every = self.source.every_concept
                return every() if with_inactive else self.source.everything()
            case Nested():
                chosen = _chosen(focus.expression)
                if chosen is not None:
                    return members.as_concepts(self, members.rows(self, chosen))
                return self.concepts(focus.expression)
            case _:
                assert_never(focus)

    def reference(self, reference: ConceptReference) -> Ordinal:
        """Return the concept of a reference. Raises: UnknownCode."""
        found = self.source.find(reference.id)
        if found is None:
            term = f" |{reference.term}|" if reference.term else ""
            raise UnknownCode(
                f"The expression constraint names the concept {reference.id}{term} at position "
                f"{reference.at}, which this edition does not have"
            )
        return found

    def _alternate(self, focus: AlternateIdentifier) -> Ordinal:
        found = self.source.alternate(focus.scheme, focus.code)
        if found is None:
            raise UnknownCode(
                f"The expression constraint names {focus.scheme}#{focus.code} at position "
                f"{focus.at}, which this edition does not have"
            )
        return found

    def values(self, value: ConceptSetValue) -> ConceptSet:
        """Return the concepts of a filter's value."""
        if isinstance(value, ConceptReferences):
            return ConceptSet.of(self.reference(one) for one in value.references)
        return self.concepts(value)


def _refuse_member_filters(tree: SubExpression) -> None:
    """Refuse filters of rows where no reference set is asked, which the grammar lets pass."""
    if tree.member_filters:
        raise InvalidExpression(
            f"The expression constraint filters members at position {tree.at} without '^' before "
            "the reference set",
            expression="",
            position=tree.at,
            expected="'^' before the reference set",
        )


def _chosen(tree: Expression) -> SubExpression | None:
    """Return the sub-expression whose rows are asked for, None where the answer is concepts."""
    if isinstance(tree, SubExpression):
        if tree.member_of is not None and tree.member_of.fields:
            # what stands around the rows needs concepts, so there they are read as concepts
            return None if tree.operator or tree.filters or tree.history else tree
        if isinstance(tree.focus, Nested) and tree == SubExpression(focus=tree.focus):
            return _chosen(tree.focus.expression)
    return None


def _asks_inactive(tree: SubExpression) -> bool:
    """Tell whether a concept filter asks for inactive concepts, so that `*` means every concept."""
    return any(
        isinstance(one, ActiveFilter) and one.value == one.negated
        for group in tree.filters
        if isinstance(group, ConceptFilters)
        for one in group.filters
    )


def evaluate(
    tree: Expression, source: EclSource, *, check: Callable[[], None] | None = None
) -> ConceptSet:
    """Return the concepts of a constraint; rows count where their one field holds concepts.

    Raises: UnknownCode; NotSupported where the rows chosen are no concepts.
    """
    evaluator = Evaluator(source=source, check=check or (lambda: None))
    found = evaluator.result(tree)
    return members.as_concepts(evaluator, found) if isinstance(found, Rows) else found

"""What generated expressions hold: the names of the kinds of things in a tree."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from termserver.ecl import syntax as s

WANTED = frozenset(
    {
        *(f"operator {one.value}" for one in s.Operator),
        *("AND", "OR", "MINUS", "dots", "brackets", "alternate identifier", "wildcard"),
        *("refinement", "attribute", "reverse", "group", "reverse in braces", "both in braces"),
        *("group in brackets", "attributes in brackets", "refinement joined by OR"),
        *("cardinality 0..0", "cardinality 0..*", "cardinality n..m", "cardinality of groups"),
        *("value: concept", "value: number", "value: text", "value: truth", "value: negated"),
        *("member of", "fields chosen", "all fields"),
        *("field: concept", "field: number", "field: text", "field: truth", "field: date"),
        *("member module", "member time", "member active"),
        *("term", "wild term", "several terms", "language", "type", "type by id", "id"),
        *("dialect by alias", "dialect by id", "dialect by a set", "acceptability"),
        *("description module", "description time", "description active"),
        *("status", "status by id", "concept module", "concept time", "concept active"),
        *("history", "history MIN", "history MOD", "history MAX", "history by a set"),
    }
)
_VALUES = {
    s.ConceptComparison: "concept",
    s.NumberComparison: "number",
    s.StringComparison: "text",
    s.BooleanComparison: "truth",
    s.TimeComparison: "date",
}
_SHARED = {s.ModuleFilter: "module", s.EffectiveTimeFilter: "time", s.ActiveFilter: "active"}
_ALONE = {
    s.Dotted: "dots",
    s.Nested: "brackets",
    s.AlternateIdentifier: "alternate identifier",
    s.Wildcard: "wildcard",
    s.Refined: "refinement",
    s.LanguageFilter: "language",
    s.TypeFilter: "type",
    s.TypeIdFilter: "type by id",
    s.DescriptionIdFilter: "id",
    s.DefinitionStatusFilter: "status",
    s.DefinitionStatusIdFilter: "status by id",
}


def features(tree: Any) -> Iterator[str]:
    """Yield a name for each thing in a tree, as often as it stands there."""
    yield from _of(tree)
    for field in dataclasses.fields(tree):
        value = getattr(tree, field.name)
        for one in value if isinstance(value, tuple) else (value,):
            if dataclasses.is_dataclass(one):
                yield from features(one)


def _of(tree: Any) -> Iterator[str]:
    if type(tree) in _ALONE:
        yield _ALONE[type(tree)]
    match tree:
        case s.Compound():
            yield tree.junction
        case s.SubExpression():
            yield from _sub(tree)
        case s.Attribute() | s.AttributeGroup() | s.AttributeSet() | s.RefinementSet():
            yield from _refinement(tree)
        case s.Cardinality():
            most = "*" if tree.most is None else tree.most
            zero = tree.least == 0 and most in {0, "*"}
            yield f"cardinality {tree.least}..{most}" if zero else "cardinality n..m"
        case s.History():
            by_set = tree.subset is not None
            yield "history by a set" if by_set else f"history {tree.profile or ''}".strip()
        case s.MemberFilters() | s.ConceptFilters() | s.DescriptionFilters():
            yield from _filters(tree)


def _sub(tree: s.SubExpression) -> Iterator[str]:
    if tree.operator is not None:
        yield f"operator {tree.operator.value}"
    if tree.member_of is not None:
        yield "member of"
        if tree.member_of.fields:
            yield "all fields" if tree.member_of.fields == ("*",) else "fields chosen"


def _refinement(
    tree: s.Attribute | s.AttributeGroup | s.AttributeSet | s.RefinementSet,
) -> Iterator[str]:
    match tree:
        case s.Attribute():
            yield "reverse" if tree.reverse else "attribute"
            yield f"value: {_VALUES[type(tree.comparison)]}"
            if getattr(tree.comparison, "negated", False):
                yield "value: negated"
        case s.AttributeGroup():
            yield "group"
            if tree.cardinality is not None:
                yield "cardinality of groups"
            ways = set(_ways(tree.attributes))
            if True in ways:
                yield "both in braces" if False in ways else "reverse in braces"
        case s.AttributeSet():
            if tree.bracketed:
                yield "attributes in brackets"
        case s.RefinementSet():
            if tree.junction == "OR":
                yield "refinement joined by OR"
            if tree.bracketed and any(isinstance(one, s.AttributeGroup) for one in tree.items):
                yield "group in brackets"


def _ways(tree: s.AttributeSet) -> Iterator[bool]:
    for one in tree.items:
        if isinstance(one, s.AttributeSet):
            yield from _ways(one)
        else:
            yield one.reverse


def _filters(tree: s.MemberFilters | s.ConceptFilters | s.DescriptionFilters) -> Iterator[str]:
    kinds = {s.MemberFilters: "member", s.ConceptFilters: "concept"}
    kind = kinds.get(type(tree), "description")
    for one in tree.filters:
        if type(one) in _SHARED:
            yield f"{kind} {_SHARED[type(one)]}"
        elif isinstance(one, s.FieldFilter):
            yield f"field: {_VALUES[type(one.comparison)]}"
        elif isinstance(one, s.TermFilter):
            yield from ("wild term" if term.kind == "wild" else "term" for term in one.terms)
            if len(one.terms) > 1:
                yield "several terms"
        elif isinstance(one, s.DialectFilter):
            yield from _dialects(one)


def _dialects(tree: s.DialectFilter) -> Iterator[str]:
    for one in tree.dialects:
        if isinstance(one.name, str):
            yield "dialect by alias"
        else:
            in_set = isinstance(one.name, s.SubExpression) and one.name.operator is not None
            yield "dialect by a set" if in_set else "dialect by id"
        if one.acceptability or tree.acceptability:
            yield "acceptability"

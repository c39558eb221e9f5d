"""The syntax tree of an expression constraint: frozen data with source positions.

Source: ECL 2.2, ABNF (long and brief syntax give the same tree). Positions (`at`, 0-based) take no
part in equality, so that `parse(format(parse(text)))` can be compared.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal


class Operator(StrEnum):
    """constraintOperator, in brief syntax."""

    CHILD_OF = "<!"
    CHILD_OR_SELF_OF = "<<!"
    DESCENDANT_OR_SELF_OF = "<<"
    DESCENDANT_OF = "<"
    PARENT_OF = ">!"
    PARENT_OR_SELF_OF = ">>!"
    ANCESTOR_OR_SELF_OF = ">>"
    ANCESTOR_OF = ">"
    TOP = "!!>"
    BOTTOM = "!!<"


Junction = Literal["AND", "OR", "MINUS"]
Order = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptReference:
    """A concept by identifier, with the term written beside it (no part of the meaning)."""

    id: str
    term: str | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternateIdentifier:
    """A concept by an identifier of another scheme, `LOINC#54486-6`."""

    scheme: str
    code: str
    term: str | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wildcard:
    """`*`: any concept."""

    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """An expression constraint in brackets."""

    expression: Expression
    at: int = field(default=0, compare=False)


Focus = ConceptReference | AlternateIdentifier | Wildcard | Nested


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberOf:
    """`^`, with the fields chosen: names, `("*",)` for all, none for the referenced components."""

    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubExpression:
    """subExpressionConstraint: operator, membership, focus, filters in order, history."""

    focus: Focus
    operator: Operator | None = None
    member_of: MemberOf | None = None
    member_filters: tuple[MemberFilters, ...] = ()
    filters: tuple[DescriptionFilters | ConceptFilters, ...] = ()
    history: History | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """Two or more constraints joined by AND or OR, or exactly two by MINUS."""

    junction: Junction
    operands: tuple[SubExpression, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refined:
    """`focus : refinement`."""

    focus: SubExpression
    refinement: Refinement
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dotted:
    """`focus . attribute . attribute`."""

    focus: SubExpression
    attributes: tuple[SubExpression, ...]
    at: int = field(default=0, compare=False)


Expression = SubExpression | Compound | Refined | Dotted


# -- refinements -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Cardinality:
    """`[least..most]`; `most` None is many."""

    least: int
    most: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptComparison:
    """`= value` or `!= value` where the value is a constraint."""

    negated: bool
    value: SubExpression


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberComparison:
    """`>= #5`."""

    order: Order
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StringComparison:
    """`= "text"`, `= match:"words"`, `= wild:"pat*"`, or a set of them (any one)."""

    negated: bool
    terms: tuple[SearchTerm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BooleanComparison:
    """`= true`."""

    negated: bool
    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeComparison:
    """`>= "20200101"`, or a set (any one); "" is no date."""

    order: Order
    values: tuple[str, ...]


Comparison = (
    ConceptComparison | NumberComparison | StringComparison | BooleanComparison | TimeComparison
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTerm:
    """typedSearchTerm: `match` (words, each a prefix) or `wild` (`*` for any text)."""

    kind: Literal["match", "wild"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """eclAttribute: `[0..1] R name = value`."""

    name: SubExpression
    comparison: Comparison
    cardinality: Cardinality | None = None
    reverse: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeSet:
    """Attributes joined by AND or OR, or one alone (`AND`)."""

    junction: Literal["AND", "OR"]
    items: tuple[Attribute | AttributeSet, ...]
    bracketed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeGroup:
    """`[1..2] { attributes }`."""

    attributes: AttributeSet
    cardinality: Cardinality | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinementSet:
    """Sets and groups joined by AND or OR, or one alone (`AND`)."""

    junction: Literal["AND", "OR"]
    items: tuple[AttributeSet | AttributeGroup | RefinementSet, ...]
    bracketed: bool = False


Refinement = RefinementSet


# -- filters -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFilter:
    """`term = …` of a description filter."""

    negated: bool
    terms: tuple[SearchTerm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageFilter:
    """`language = en`."""

    negated: bool
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeFilter:
    """`type = (syn fsn)`; tokens in full: synonym, fullyspecifiedname, definition."""

    negated: bool
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeIdFilter:
    """`typeId = …`."""

    negated: bool
    value: ConceptSetValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One dialect (alias or reference set) with the acceptabilities asked for (none: any)."""

    name: str | ConceptReference | SubExpression
    acceptability: tuple[str | ConceptReference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectFilter:
    """`dialect = en-gb (prefer)` or `dialectId = …`; `by_id` tells which."""

    negated: bool
    by_id: bool
    dialects: tuple[Dialect, ...]
    acceptability: tuple[str | ConceptReference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionIdFilter:
    """`id = …` of a description filter."""

    negated: bool
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionStatusFilter:
    """`definitionStatus = primitive`; tokens: primitive, defined."""

    negated: bool
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionStatusIdFilter:
    """`definitionStatusId = …`."""

    negated: bool
    value: ConceptSetValue


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleFilter:
    """`moduleId = …`."""

    negated: bool
    value: ConceptSetValue


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveTimeFilter:
    """`effectiveTime >= "20200131"`."""

    comparison: TimeComparison


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveFilter:
    """`active = true`."""

    negated: bool
    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFilter:
    """A member filter on a field of the reference set by its name."""

    field: str
    comparison: Comparison
    at: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptReferences:
    """eclConceptReferenceSet: two or more references in brackets."""

    references: tuple[ConceptReference, ...]


ConceptSetValue = SubExpression | ConceptReferences

DescriptionFilter = (
    TermFilter
    | LanguageFilter
    | TypeFilter
    | TypeIdFilter
    | DialectFilter
    | ModuleFilter
    | EffectiveTimeFilter
    | ActiveFilter
    | DescriptionIdFilter
)
ConceptFilter = (
    DefinitionStatusFilter
    | DefinitionStatusIdFilter
    | ModuleFilter
    | EffectiveTimeFilter
    | ActiveFilter
)
MemberFilter = ModuleFilter | EffectiveTimeFilter | ActiveFilter | FieldFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionFilters:
    """`{{ D … }}`: one description must satisfy all."""

    filters: tuple[DescriptionFilter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptFilters:
    """`{{ C … }}`."""

    filters: tuple[ConceptFilter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFilters:
    """`{{ M … }}`: one row must satisfy all."""

    filters: tuple[MemberFilter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """`{{ +HISTORY… }}`: a profile (MIN, MOD, MAX), a subset of associations, or neither (all)."""

    profile: Literal["MIN", "MOD", "MAX"] | None = None
    subset: Expression | None = None

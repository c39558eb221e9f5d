"""Text -> syntax tree: recursive descent over the grammar of ECL 2.2, long and brief syntax.

The rule that a function reads is named in its docstring. Refinements stand in `parse_refinement`,
filters in `filters`, what is compared in `comparisons`.
"""

from __future__ import annotations

import re

from termserver.ecl.filters import description_or_concept_filters, history, member_filters
from termserver.ecl.parse_refinement import peek_junction, refinement, take_junction
from termserver.ecl.scanner import SPACE, Scanner
from termserver.ecl.syntax import (
    AlternateIdentifier,
    Compound,
    ConceptFilters,
    ConceptReference,
    DescriptionFilters,
    Dotted,
    Expression,
    Focus,
    MemberFilters,
    MemberOf,
    Nested,
    Operator,
    Refined,
    SubExpression,
    Wildcard,
)

_SYMBOL = re.compile(r"!!>|!!<|<<!|>>!|<!|>!|<<|>>|<|>")
_WORDS = {
    "childof": Operator.CHILD_OF,
    "childorselfof": Operator.CHILD_OR_SELF_OF,
    "descendantorselfof": Operator.DESCENDANT_OR_SELF_OF,
    "descendantof": Operator.DESCENDANT_OF,
    "parentof": Operator.PARENT_OF,
    "parentorselfof": Operator.PARENT_OR_SELF_OF,
    "ancestororselfof": Operator.ANCESTOR_OR_SELF_OF,
    "ancestorof": Operator.ANCESTOR_OF,
    "top": Operator.TOP,
    "bottom": Operator.BOTTOM,
}
_ALIAS = r"[A-Za-z][-A-Za-z0-9]*"
_IDENTIFIER = re.compile(rf"({_ALIAS})#([-A-Za-z0-9._]+)")
_QUOTED_IDENTIFIER = re.compile(rf'"({_ALIAS})#([^"\\]+)"')
_MEMBER_OF = re.compile(r"\^|memberof(?![-A-Za-z0-9]*#)", re.I)
_ANY = re.compile(r"\*|any", re.I)
_CHOSEN = "the name of a reference set field, or '*'"
_FOCUS = "a concept identifier (6 to 18 digits), '*', '^', '(' or scheme#identifier"


def parse_ecl(text: str) -> Expression:
    """Return the syntax tree of an expression constraint.

    Raises: InvalidExpression with position and what was expected there; TooCostly for a text of
    more than 200,000 characters or 60 nestings. Source: ECL 2.2, expressionConstraint.
    """
    scanner = Scanner(text)
    found = _expression(scanner)
    if not scanner.at_end():
        scanner.fail(_what_next(found, "the end"))
    return found


def _expression(scanner: Scanner) -> Expression:
    """Read expressionConstraint: refined, compound, dotted or a subExpressionConstraint alone."""
    at = scanner.space()
    first = sub_expression(scanner)
    if scanner.take(":"):
        return Refined(focus=first, refinement=refinement(scanner, sub_expression), at=at)
    if scanner.peek("."):
        return Dotted(focus=first, attributes=_dotted(scanner), at=at)
    return _compound(scanner, first, at)


def _what_next(found: Expression, end: str) -> str:
    """Say what may follow an expression that was read."""
    match found:
        case Compound():
            # another junction needs brackets; a third operand of MINUS as well
            more = "" if found.junction == "MINUS" else f"{found.junction} or "
            return f"{more}{end} (AND, OR and MINUS are mixed only with brackets)"
        case Refined():
            return f"AND, OR or {end}"
        case Dotted():
            return f"'.' or {end}"
        case _:
            # nothing but a history supplement ends the filters
            filters = "'{{', " if found.history is None else ""
            return f"{filters}':', '.', AND, OR, MINUS or {end}"


def _dotted(scanner: Scanner) -> tuple[SubExpression, ...]:
    """Read one or more dottedExpressionAttribute."""
    attributes = []
    while scanner.take("."):
        attributes.append(sub_expression(scanner))
    return tuple(attributes)


def _compound(scanner: Scanner, first: SubExpression, at: int) -> Expression:
    """Read the rest of a compoundExpressionConstraint; one kind of junction without brackets."""
    kind = peek_junction(scanner)
    if kind is None:
        return first
    operands = [first]
    while peek_junction(scanner) == kind and not (kind == "MINUS" and len(operands) > 1):
        take_junction(scanner)
        operands.append(sub_expression(scanner))
    return Compound(junction=kind, operands=tuple(operands), at=at)


# -- subExpressionConstraint -------------------------------------------------------------------


def sub_expression(scanner: Scanner) -> SubExpression:
    """Read subExpressionConstraint. Raises: InvalidExpression, TooCostly."""
    with scanner.deeper():
        at = scanner.space()
        operator = _operator(scanner)
        member_of = _member_of(scanner)
        focus = _focus(scanner)
        members, filters = _filters(scanner)
        return SubExpression(
            operator=operator,
            member_of=member_of,
            focus=focus,
            member_filters=members,
            filters=filters,
            history=history(scanner, _expression),
            at=at,
        )


def _filters(
    scanner: Scanner,
) -> tuple[tuple[MemberFilters, ...], tuple[DescriptionFilters | ConceptFilters, ...]]:
    """Read member filters, then description and concept filters in any order."""
    members: list[MemberFilters] = []
    while (member := member_filters(scanner, sub_expression)) is not None:
        members.append(member)
    filters: list[DescriptionFilters | ConceptFilters] = []
    while (one := description_or_concept_filters(scanner, sub_expression)) is not None:
        filters.append(one)
    return tuple(members), tuple(filters)


def _operator(scanner: Scanner) -> Operator | None:
    """Read constraintOperator, if there is one."""
    symbol = scanner.match(_SYMBOL)
    if symbol is not None:
        return Operator(symbol[0])
    if scanner.looks_like(_IDENTIFIER):
        return None
    word = scanner.take_word(*_WORDS)
    if word is None:
        return None
    scanner.need_space()
    return _WORDS[word]


def _member_of(scanner: Scanner) -> MemberOf | None:
    """Read memberOf with its chosen fields, if it is there."""
    if scanner.match(_MEMBER_OF) is None:
        return None
    if not scanner.take("["):
        return MemberOf()
    if scanner.match(_ANY_FIELD):
        scanner.need("]")
        return MemberOf(fields=("*",))
    fields = [scanner.word(_CHOSEN)]
    while scanner.take(","):
        fields.append(scanner.word("the name of a reference set field"))
    scanner.need("]", "',' or ']'")
    return MemberOf(fields=tuple(fields))


_ANY_FIELD = re.compile(rf"\*|any(?={SPACE}\])", re.I | re.S)


def _focus(scanner: Scanner) -> Focus:
    """Read eclFocusConcept or an expressionConstraint in brackets."""
    at = scanner.space()
    if scanner.take("("):
        inner = _expression(scanner)
        scanner.need(")", _what_next(inner, "')'"))
        return Nested(expression=inner, at=at)
    reference = _reference(scanner)
    if reference is not None:
        return reference
    found = scanner.match(_IDENTIFIER) or scanner.match(_QUOTED_IDENTIFIER)
    if found is not None:
        return AlternateIdentifier(scheme=found[1], code=found[2], term=scanner.term(), at=at)
    if scanner.match(_ANY):
        return Wildcard(at=at)
    scanner.fail(_FOCUS)


def _reference(scanner: Scanner) -> ConceptReference | None:
    """Read eclConceptReference, None if no identifier comes next."""
    at = scanner.ahead()
    found = scanner.sctid()
    return None if found is None else ConceptReference(id=found, term=scanner.term(), at=at)

"""Text -> syntax tree: recursive descent over the grammar of ECL 2.2, long and brief syntax.

The rule that a function reads is named in its docstring. Two places need a look ahead: a bracket in a
refinement may open an attribute name, attributes or a whole refinement; a junction may join attributes
or, one level up, groups.
"""

from __future__ import annotations

import re

from termserver.ecl.comparisons import comparison
from termserver.ecl.filters import description_or_concept_filters, history, member_filters
from termserver.ecl.scanner import Scanner
from termserver.ecl.syntax import (
    AlternateIdentifier,
    Attribute,
    AttributeGroup,
    AttributeSet,
    Cardinality,
    Compound,
    ConceptReference,
    Dotted,
    Expression,
    Focus,
    MemberFilters,
    MemberOf,
    Nested,
    Operator,
    Refined,
    Refinement,
    RefinementSet,
    SubExpression,
    Wildcard,
)
from termserver.errors import TooCostly

MAX_LENGTH = 200_000
MAX_DEPTH = 100

_SYMBOLS = sorted(Operator, key=lambda one: -len(one.value))
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
_SCHEME_CODE = re.compile(r"([A-Za-z][-A-Za-z0-9]*)#([-A-Za-z0-9._]+)")
_QUOTED_SCHEME_CODE = re.compile(r'"([A-Za-z][-A-Za-z0-9]*)#([^"\\]+)"')
_REVERSE = re.compile(r"R(?![-A-Za-z0-9#])")
_FIELD = re.compile(r"[A-Za-z]+")


def parse_ecl(text: str) -> Expression:
    """Return the syntax tree of an expression constraint.

    Raises: InvalidExpression with position and what was expected there; TooCostly for a text of more
    than 200,000 characters or 100 nestings.
    """
    if len(text) > MAX_LENGTH:
        raise TooCostly(f"An expression constraint may have {MAX_LENGTH} characters at most")
    scanner = Scanner(text)
    found = _expression(scanner)
    if not scanner.at_end():
        scanner.fail("':', '.', AND, OR, MINUS, '{{' or the end")
    return found


def _expression(scanner: Scanner) -> Expression:
    """Read expressionConstraint: refined, compound, dotted or a subExpressionConstraint alone."""
    _deeper(scanner)
    at = scanner.space()
    first = sub_expression(scanner)
    found: Expression = first
    if scanner.take(":"):
        found = Refined(focus=first, refinement=_refinement(scanner), at=at)
    elif scanner.peek("."):
        found = Dotted(focus=first, attributes=_dotted(scanner), at=at)
    else:
        found = _compound(scanner, first, at)
    scanner.depth -= 1
    return found


def _deeper(scanner: Scanner) -> None:
    scanner.depth += 1
    if scanner.depth > MAX_DEPTH:
        raise TooCostly(f"An expression constraint may nest {MAX_DEPTH} times at most")


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
    if peek_junction(scanner) is not None:
        scanner.fail("the end or ')': AND, OR and MINUS are mixed only with brackets")
    return Compound(junction=kind, operands=tuple(operands), at=at)


def peek_junction(scanner: Scanner) -> str | None:  # type: ignore[return]
    """Return AND, OR or MINUS if a junction comes next (`,` is AND), None otherwise."""
    if scanner.peek(","):
        return "AND"
    word = scanner.peek_word()
    if word in {"and", "or", "minus"}:
        after = scanner.text[scanner.position + len(word) :][:1]
        if after in {" ", "\t", "\r", "\n", "/"}:
            return word.upper()
    return None


def take_junction(scanner: Scanner) -> None:
    """Read the junction that comes next."""
    if not scanner.take(","):
        scanner.position += len(scanner.peek_word())


# -- subExpressionConstraint ----------------------------------------------------------------------


def sub_expression(scanner: Scanner) -> SubExpression:
    """Read subExpressionConstraint."""
    at = scanner.space()
    operator = _operator(scanner)
    member_of = _member_of(scanner)
    focus = _focus(scanner)
    members: list[MemberFilters] = []
    filters = []
    while scanner.peek("{{"):
        if member_of is not None and not filters:
            one = member_filters(scanner, sub_expression)
            if one is not None:
                members.append(one)
                continue
        other = description_or_concept_filters(scanner, sub_expression)
        if other is None:
            break
        filters.append(other)
    return SubExpression(
        operator=operator,
        member_of=member_of,
        focus=focus,
        member_filters=tuple(members),
        filters=tuple(filters),
        history=history(scanner, _expression),
        at=at,
    )


def _operator(scanner: Scanner) -> Operator | None:
    """Read constraintOperator, if there is one."""
    for symbol in _SYMBOLS:
        if scanner.take(symbol.value):
            return symbol
    word = scanner.take_word(*_WORDS)
    if word is None:
        return None
    if scanner.text[scanner.position : scanner.position + 1].strip("/ \t\r\n"):
        scanner.fail("white space after the operator")
    return _WORDS[word]


def _member_of(scanner: Scanner) -> MemberOf | None:
    """Read memberOf with its chosen fields, if it is there."""
    if not scanner.take("^") and scanner.take_word("memberof") is None:
        return None
    if not scanner.take("["):
        return MemberOf()
    if scanner.take("*") or scanner.take_word("any"):
        scanner.need("]")
        return MemberOf(fields=("*",))
    fields = [scanner.word("the name of a reference set field, or '*'")]
    while scanner.take(","):
        fields.append(scanner.word("the name of a reference set field"))
    scanner.need("]")
    return MemberOf(fields=tuple(fields))


def _focus(scanner: Scanner) -> Focus:
    """Read eclFocusConcept or an expressionConstraint in brackets."""
    at = scanner.space()
    if scanner.take("("):
        inner = _expression(scanner)
        scanner.need(")")
        return Nested(expression=inner, at=at)
    if scanner.take("*"):
        return Wildcard(at=at)
    reference = concept_reference(scanner)
    if reference is not None:
        return reference
    found = scanner.match(_SCHEME_CODE) or scanner.match(_QUOTED_SCHEME_CODE)
    if found is not None:
        return AlternateIdentifier(
            scheme=found[1], code=found[2], term=scanner.term(), at=at
        )
    if scanner.take_word("any"):
        return Wildcard(at=at)
    scanner.fail("a concept identifier (6 to 18 digits), '*', '^' or '('")


def concept_reference(scanner: Scanner) -> ConceptReference | None:
    """Read eclConceptReference, None if no identifier comes next."""
    at = scanner.space()
    found = scanner.sctid()
    return None if found is None else ConceptReference(id=found, term=scanner.term(), at=at)


# -- eclRefinement --------------------------------------------------------------------------------


def _refinement(scanner: Scanner) -> Refinement:
    """Read eclRefinement: sets and groups, joined by one kind of junction."""
    _deeper(scanner)
    items = [_sub_refinement(scanner)]
    kind = peek_junction(scanner)
    junction = "OR" if kind == "OR" else "AND"
    while kind in {"AND", "OR"} and peek_junction(scanner) == kind:
        take_junction(scanner)
        items.append(_sub_refinement(scanner))
    scanner.depth -= 1
    return RefinementSet(junction=junction, items=tuple(items))  # type: ignore[arg-type]


def _sub_refinement(scanner: Scanner) -> AttributeSet | AttributeGroup | RefinementSet:
    """Read subRefinement."""
    if _at_group(scanner):
        return _group(scanner)
    if _opens_refinement(scanner):
        scanner.need("(")
        inner = _refinement(scanner)
        scanner.need(")")
        return RefinementSet(junction=inner.junction, items=inner.items, bracketed=True)
    return _attribute_set(scanner)


def _attribute_set(scanner: Scanner) -> AttributeSet:
    """Read eclAttributeSet: attributes joined by one kind of junction, as far as they go."""
    _deeper(scanner)
    items = [_sub_attribute_set(scanner)]
    kind = peek_junction(scanner)
    while kind in {"AND", "OR"} and peek_junction(scanner) == kind:
        before = scanner.position
        take_junction(scanner)
        if _at_group(scanner) or _opens_refinement(scanner):
            scanner.position = before
            break
        items.append(_sub_attribute_set(scanner))
    scanner.depth -= 1
    junction = "OR" if kind == "OR" and len(items) > 1 else "AND"
    return AttributeSet(junction=junction, items=tuple(items))  # type: ignore[arg-type]


def _sub_attribute_set(scanner: Scanner) -> Attribute | AttributeSet:
    """Read subAttributeSet: an attribute, or a set in brackets."""
    if scanner.peek("(") and not _names_attribute(scanner):
        scanner.need("(")
        inner = _attribute_set(scanner)
        scanner.need(")")
        return AttributeSet(junction=inner.junction, items=inner.items, bracketed=True)
    return _attribute(scanner)


def _group(scanner: Scanner) -> AttributeGroup:
    """Read eclAttributeGroup."""
    at = scanner.space()
    cardinality = _cardinality(scanner)
    scanner.need("{")
    attributes = _attribute_set(scanner)
    scanner.need("}")
    return AttributeGroup(attributes=attributes, cardinality=cardinality, at=at)


def _attribute(scanner: Scanner) -> Attribute:
    """Read eclAttribute."""
    at = scanner.space()
    cardinality = _cardinality(scanner)
    reverse = scanner.match(_REVERSE) is not None or scanner.take_word("reverseof") is not None
    name = sub_expression(scanner)
    return Attribute(
        name=name,
        comparison=comparison(scanner, sub_expression, times=False),
        cardinality=cardinality,
        reverse=reverse,
        at=at,
    )


def _cardinality(scanner: Scanner) -> Cardinality | None:
    """Read `[` cardinality `]`, if it is there. Raises: InvalidExpression for least over most."""
    if not scanner.take("["):
        return None
    least = scanner.natural()
    if not scanner.take("..") and scanner.take_word("to") is None:
        scanner.fail("'..' or 'to'")
    many = scanner.take("*") or scanner.take_word("many") is not None
    at = scanner.space()
    most = None if many else scanner.natural()
    if most is not None and most < least:
        scanner.fail(f"a number from {least} on, or '*'", at=at)
    scanner.need("]")
    return Cardinality(least=least, most=most)


# -- looking ahead ----------------------------------------------------------------------------------


def _at_group(scanner: Scanner) -> bool:
    """Tell whether an attribute group begins here: `{`, or a cardinality and `{`."""
    if scanner.peek("{"):
        return not scanner.peek("{{")
    if not scanner.peek("["):
        return False
    end = scanner.text.find("]", scanner.position)
    if end < 0:
        return False
    aside = Scanner(scanner.text)
    aside.position = end + 1
    return aside.peek("{") and not aside.peek("{{")


def _names_attribute(scanner: Scanner) -> bool:
    """Tell whether the bracket here is an attribute name: a comparison follows its end."""
    aside = Scanner(scanner.text)
    aside.position = closing_bracket(scanner.text, scanner.space())
    while aside.peek("{{"):
        end = aside.text.find("}}", aside.position)
        if end < 0:
            return True
        aside.position = end + 2
    if aside.peek("=") or aside.peek("!=") or aside.peek("<") or aside.peek(">"):
        return True
    return aside.peek_word() == "not"


def _opens_refinement(scanner: Scanner) -> bool:
    """Tell whether the bracket here holds a refinement with groups, or one of two levels."""
    if not scanner.peek("(") or _names_attribute(scanner):
        return False
    start = scanner.position
    end = closing_bracket(scanner.text, start)
    aside = Scanner(scanner.text[: end - 1])
    aside.position = start + 1
    aside.depth = scanner.depth
    if _has_group(aside.text, start + 1, len(aside.text)):
        return True
    _attribute_set(aside)
    return not aside.at_end()


def _has_group(text: str, start: int, end: int) -> bool:
    position = start
    while position < end:
        position = _skipped(text, position)
        if position >= end:
            return False
        if text.startswith("{{", position):
            close = text.find("}}", position)
            position = end if close < 0 else close + 2
        elif text[position] == "{":
            return True
        else:
            position += 1
    return False


def closing_bracket(text: str, start: int) -> int:
    """Return the position after the bracket that closes the one at `start` (the end if none does)."""
    depth, position = 0, start
    while position < len(text):
        position = _skipped(text, position)
        if position >= len(text):
            break
        if text[position] == "(":
            depth += 1
        elif text[position] == ")":
            depth -= 1
            if depth == 0:
                return position + 1
        position += 1
    return len(text)


_OPAQUE = re.compile(r'(?:\|[^|]*\||"(?:[^"\\]|\\.)*"|/\*(?:[^*]|\*(?!/))*\*/)+', re.S)


def _skipped(text: str, position: int) -> int:
    """Return the position after terms, texts and comments that begin at `position`."""
    found = _OPAQUE.match(text, position)
    return found.end() if found else position

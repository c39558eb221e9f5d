"""Text -> syntax tree: refinements, attribute sets, groups, attributes, cardinalities (ECL 2.2).

Where AND and OR are mixed without brackets, the grammar lets attributes bind closer than the
refinement around them: `a, b OR c` is `(a, b) OR c`. A third change of junction is refused. What is
read first is a flat list of parts; `_structured` gives it its levels, so that nothing is read
twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from termserver.ecl.comparisons import SubExpressionReader, comparison
from termserver.ecl.scanner import MUST_SPACE, Scanner
from termserver.ecl.syntax import (
    Attribute,
    AttributeGroup,
    AttributeSet,
    Cardinality,
    Junction,
    Refinement,
    RefinementSet,
)

_AndOr = Literal["AND", "OR"]
_Part = Attribute | AttributeSet | AttributeGroup | RefinementSet

_JUNCTION = re.compile(r"(,)|(and|or|minus)(?![-A-Za-z#])", re.I)
_COMPARES = re.compile(r"[=!<>]|not(?=[ \t\r\n=]|/\*)|\{\{", re.I)
_REVERSE = re.compile(r"(?:(?i:reverseof)|R)(?![-A-Za-z0-9]*#)")
_TO = re.compile(rf"\.\.|{MUST_SPACE}to{MUST_SPACE}", re.I | re.S)
_MANY = re.compile(r"\*|many", re.I)
_BEGINS_NOTHING = re.compile(r"$|[^\[{(<>!^*\"0-9A-Za-z]")


def peek_junction(scanner: Scanner) -> Junction | None:
    """Return AND (`,` too), OR or MINUS if a junction comes next, None otherwise."""
    found = scanner.looks_like(_JUNCTION)
    if found is None:
        return None
    word = (found[2] or "and").lower()
    return "AND" if word == "and" else "OR" if word == "or" else "MINUS"


def take_junction(scanner: Scanner) -> None:
    """Read the junction that comes next, and the white space after its word."""
    found = scanner.match(_JUNCTION)
    if found is not None and found[2]:
        scanner.need_space()


@dataclass(slots=True)
class _Flat:
    """Parts in a row with the junctions between them and where those stand."""

    parts: list[_Part]
    junctions: list[_AndOr] = field(default_factory=list)
    places: list[int] = field(default_factory=list)


def refinement(scanner: Scanner, read: SubExpressionReader) -> Refinement:
    """Read eclRefinement; `read` reads a subExpressionConstraint. Raises: InvalidExpression."""
    return _structured(scanner, _parts(scanner, read, grouped=False))


def _parts(scanner: Scanner, read: SubExpressionReader, *, grouped: bool) -> _Flat:
    """Read parts as far as junctions go on."""
    found = _Flat([_part(scanner, read, grouped=grouped)])
    while (kind := peek_junction(scanner)) in {"AND", "OR"}:
        found.places.append(scanner.ahead())
        take_junction(scanner)
        found.junctions.append("AND" if kind == "AND" else "OR")
        found.parts.append(_part(scanner, read, grouped=grouped))
    return found


def _part(scanner: Scanner, read: SubExpressionReader, *, grouped: bool) -> _Part:
    """Read an attribute, a group, or a set or refinement in brackets; in a group no other group."""
    if scanner.peek("(") and not _names_attribute(scanner):
        scanner.take("(")
        with scanner.deeper():
            inner = _parts(scanner, read, grouped=grouped)
        scanner.need(")", "AND, OR or ')'")
        return _bracketed(scanner, inner, grouped=grouped)
    at = scanner.ahead()
    cardinality = _cardinality(scanner)
    if scanner.peek("{") and not scanner.peek("{{"):
        if grouped:
            scanner.fail("an attribute (no group stands within a group)")
        return _group(scanner, read, cardinality, at)
    if scanner.looks_like(_BEGINS_NOTHING):
        alone = cardinality is not None or grouped
        scanner.fail("an attribute" if alone else "an attribute, a group or '('")
    return _attribute(scanner, read, cardinality, at)


def _names_attribute(scanner: Scanner) -> bool:
    """Tell whether the bracket here is an attribute's name: a comparison or filter follows it."""
    after = scanner.after_bracket()
    if after is None:
        return False
    before, scanner.position = scanner.position, after
    found = scanner.looks_like(_COMPARES) is not None
    scanner.position = before
    return found


def _bracketed(scanner: Scanner, inner: _Flat, *, grouped: bool) -> AttributeSet | RefinementSet:
    if grouped:
        found = _attributes_only(scanner, inner)
        return AttributeSet(junction=found.junction, items=found.items, bracketed=True)
    whole = _structured(scanner, inner)
    if len(whole.items) == 1 and isinstance(whole.items[0], AttributeSet):
        alone = whole.items[0]
        return AttributeSet(junction=alone.junction, items=alone.items, bracketed=True)
    return RefinementSet(junction=whole.junction, items=whole.items, bracketed=True)


def _structured(scanner: Scanner, flat: _Flat) -> RefinementSet:
    """Give parts in a row the levels of the grammar: attribute sets, then the refinement."""
    items: list[AttributeSet | AttributeGroup | RefinementSet] = []
    junction: _AndOr | None = None
    at = 0
    while True:
        item, at = _next_item(flat, at)
        items.append(item)
        if at == len(flat.parts):
            return RefinementSet(junction=junction or "AND", items=tuple(items))
        between = flat.junctions[at - 1]
        junction = junction or between
        if between != junction:
            scanner.fail(
                f"{junction} or the end (AND and OR are mixed only with brackets)",
                at=flat.places[at - 1],
            )


def _next_item(flat: _Flat, at: int) -> tuple[AttributeSet | AttributeGroup | RefinementSet, int]:
    """Return a group, a refinement, or as many attributes as one junction joins; and the next."""
    first = flat.parts[at]
    if isinstance(first, AttributeGroup | RefinementSet):
        return first, at + 1
    items = [first]
    kind: _AndOr = flat.junctions[at] if at < len(flat.junctions) else "AND"
    end = at + 1
    while end < len(flat.parts) and flat.junctions[end - 1] == kind:
        part = flat.parts[end]
        if isinstance(part, AttributeGroup | RefinementSet):
            break
        items.append(part)
        end += 1
    return AttributeSet(junction=kind if len(items) > 1 else "AND", items=tuple(items)), end


def _attributes_only(scanner: Scanner, flat: _Flat) -> AttributeSet:
    """Return an eclAttributeSet, where only one kind of junction may stand."""
    kind: _AndOr = flat.junctions[0] if flat.junctions else "AND"
    for one, place in zip(flat.junctions, flat.places, strict=True):
        if one != kind:
            scanner.fail(f"{kind} (AND and OR are mixed only with brackets)", at=place)
    items = [one for one in flat.parts if isinstance(one, Attribute | AttributeSet)]
    return AttributeSet(junction=kind, items=tuple(items))


def _group(
    scanner: Scanner, read: SubExpressionReader, cardinality: Cardinality | None, at: int
) -> AttributeGroup:
    """Read the rest of eclAttributeGroup."""
    scanner.need("{")
    inner = _parts(scanner, read, grouped=True)
    scanner.need("}", "AND, OR or '}'")
    attributes = _attributes_only(scanner, inner)
    return AttributeGroup(attributes=attributes, cardinality=cardinality, at=at)


def _attribute(
    scanner: Scanner, read: SubExpressionReader, cardinality: Cardinality | None, at: int
) -> Attribute:
    """Read the rest of eclAttribute."""
    reverse = scanner.match(_REVERSE)
    name = read(scanner)
    return Attribute(
        name=name,
        comparison=comparison(scanner, read, times=False),
        cardinality=cardinality,
        reverse=reverse is not None,
        at=at,
    )


def _cardinality(scanner: Scanner) -> Cardinality | None:
    """Read `[` cardinality `]`, if it is there; white space stands within only around `to`.

    Raises: InvalidExpression, also for a least above the most.
    """
    if not scanner.take("["):
        return None
    least = scanner.natural()
    if scanner.match_here(_TO) is None:
        scanner.fail("'..' or ' to '", at=scanner.position)
    at = scanner.position
    most = None if scanner.match_here(_MANY) else scanner.natural()
    if most is not None and most < least:
        scanner.fail(f"a number from {least} on, or '*'", at=at)
    if scanner.text[scanner.position : scanner.position + 1] != "]":
        scanner.fail("']'", at=scanner.position)
    scanner.position += 1
    return Cardinality(least=least, most=most)

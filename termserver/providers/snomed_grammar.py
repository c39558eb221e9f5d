"""SNOMED CT compositional grammar 2.3.1: text -> syntax tree, by recursive descent.

Each function names its rule of the grammar's ABNF. A term is free text (blanks inside, no pipe, no
control characters) and is not compared with the edition's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from termserver.errors import InvalidExpression

_CONCEPT = re.compile(r"[1-9]\d{5,17}")
_SPACE = re.compile(r"[ \t\r\n]*")
_TERM = re.compile(r"\|[ \t\r\n]*([^|\x00-\x20\x7f](?: *[^|\x00-\x20\x7f])*)[ \t\r\n]*\|")
_NUMBER = re.compile(r"#([+-]?(?:0|[1-9]\d*)(?:\.\d+)?)(?![\d.])")
_STRING = re.compile(r'"((?:[^"\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\\["\\])+)"')
_BOOLEAN = re.compile(r"(true|false)\b", re.IGNORECASE)
MOST_DEPTH = 32
MOST_LENGTH = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """conceptReference: an identifier, the term written beside it, and where it begins."""

    code: str
    term: str | None = None
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """stringValue, numericValue or a truth value; `text` is a number as it is written."""

    text: str
    kind: Literal["string", "number", "boolean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """attribute: a name and its value (a nested expression stands in brackets)."""

    name: Reference
    value: Reference | Plain | Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """expression and subExpression. `attributes` stand alone, `groups` in braces."""

    status: Literal["===", "<<<"] | None = None
    focus: tuple[Reference, ...]
    attributes: tuple[Attribute, ...] = ()
    groups: tuple[tuple[Attribute, ...], ...] = ()

    @property
    def is_plain(self) -> bool:
        """Tell whether this is one concept and nothing else."""
        return self.status is None and len(self.focus) == 1 and not (self.attributes or self.groups)


def parse_expression(text: str) -> Expression:
    """Return the tree of an expression.

    Raises: InvalidExpression with the position of the fault and what was expected there.
    """
    if len(text) > MOST_LENGTH:
        raise InvalidExpression(
            f"An expression of {len(text)} characters is longer than {MOST_LENGTH}",
            expression=text[:100],
            position=MOST_LENGTH,
            expected="the end of the expression",
        )
    parser = _Parser(text)
    parser.space()
    status = parser.status()
    found = parser.sub_expression(status, depth=0)
    parser.space()
    if parser.at < len(text):
        raise parser.fault("':', '+', ',' or the end of the expression")
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fault(self, expected: str) -> InvalidExpression:
        there = self.text[self.at : self.at + 10]
        return InvalidExpression(
            f"expected {expected} at position {self.at + 1}, found "
            + (f"'{there}'" if there else "the end"),
            expression=self.text,
            position=self.at,
            expected=expected,
        )

    def space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def taken(self, word: str) -> bool:
        """Skip blanks and `word`, if it comes next; otherwise stay."""
        before = self.at
        self.space()
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        self.at = before
        return False

    def status(self) -> Literal["===", "<<<"] | None:
        if self.taken("==="):
            return "==="
        return "<<<" if self.taken("<<<") else None

    def sub_expression(self, status: Literal["===", "<<<"] | None, *, depth: int) -> Expression:
        if depth > MOST_DEPTH:
            raise self.fault(f"no more than {MOST_DEPTH} nested expressions")
        focus = [self.reference()]
        while self.taken("+"):
            focus.append(self.reference())
        attributes: list[Attribute] = []
        groups: list[tuple[Attribute, ...]] = []
        if self.taken(":"):
            self.refinement(attributes, groups, depth)
        return Expression(
            status=status,
            focus=tuple(focus),
            attributes=tuple(attributes),
            groups=tuple(groups),
        )

    def refinement(
        self, attributes: list[Attribute], groups: list[tuple[Attribute, ...]], depth: int
    ) -> None:
        """Read attributeSet or attributeGroup, then groups, with or without commas between."""
        self.space()
        if self.text[self.at : self.at + 1] != "{":
            attributes.append(self.attribute(depth))
            while self.taken(","):
                self.space()
                if self.text[self.at : self.at + 1] == "{":
                    break
                attributes.append(self.attribute(depth))
        while self.taken("{"):
            group = [self.attribute(depth)]
            while self.taken(","):
                group.append(self.attribute(depth))
            if not self.taken("}"):
                raise self.fault("',' or '}'")
            groups.append(tuple(group))
            if self.taken(","):
                self.space()
                if self.text[self.at : self.at + 1] != "{":
                    raise self.fault("'{' (attributes without a group come first)")

    def attribute(self, depth: int) -> Attribute:
        name = self.reference()
        if not self.taken("="):
            raise self.fault("'='")
        self.space()
        return Attribute(name=name, value=self.value(depth))

    def value(self, depth: int) -> Reference | Plain | Expression:
        if self.taken("("):
            found = self.sub_expression(None, depth=depth + 1)
            if not self.taken(")"):
                raise self.fault("')'")
            return found
        kinds: tuple[tuple[re.Pattern[str], Literal["string", "number", "boolean"]], ...] = (
            (_NUMBER, "number"),
            (_STRING, "string"),
            (_BOOLEAN, "boolean"),
        )
        for pattern, kind in kinds:
            match = pattern.match(self.text, self.at)
            if match:
                self.at = match.end()
                return Plain(text=_unescaped(match[1], kind), kind=kind)
        return self.reference()

    def reference(self) -> Reference:
        self.space()
        start = self.at
        match = _CONCEPT.match(self.text, self.at)
        if match is None:
            raise self.fault("a concept identifier")
        self.at = match.end()
        before = self.at
        self.space()
        term = _TERM.match(self.text, self.at)
        if term is None:
            if self.text[self.at : self.at + 1] == "|":
                raise self.fault("a term between two '|'")
            self.at = before
            return Reference(code=match[0], position=start)
        self.at = term.end()
        return Reference(code=match[0], term=term[1], position=start)


def _unescaped(text: str, kind: str) -> str:
    return re.sub(r"\\(.)", r"\1", text) if kind == "string" else text

"""UCUM expressions -> syntax tree. Recursive descent over the essence's tables.

Source: UCUM 2.2, section 2 (syntax rules), with what its own examples need beyond the rules: an
annotation may follow a factor or a bracket. An annotation holds any characters but braces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from termserver.errors import InvalidExpression
from termserver.providers.ucum_essence import Atom, Essence, Prefix

_EXPONENT = re.compile(r"(.+?)([+-]?\d+)?")
_FACTOR = re.compile(r"[1-9]\d*")
_MAX_LENGTH = 1000
_MAX_DEPTH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit with prefix and exponent."""

    atom: Atom
    prefix: Prefix | None = None
    exponent: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A factor; an annotation alone counts as 1."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Parts with the operator before each, `.` or `/`; the first is `.` unless it begins by `/`."""

    parts: tuple[tuple[str, Node], ...]


Node = Unit | Number | Term


def parse(essence: Essence, text: str) -> Term:
    """Return the syntax tree of a UCUM expression.

    Raises: InvalidExpression, with the position (0-based) of what is wrong.
    """
    if len(text) > _MAX_LENGTH:
        raise InvalidExpression(
            f"a unit may have {_MAX_LENGTH} characters at most",
            expression=text[:40],
            position=_MAX_LENGTH,
            expected="a shorter unit",
        )
    reader = _Reader(essence, text)
    term = reader.term(0)
    if reader.at < len(text):
        raise reader.fault(f"'{text[reader.at]}' is not expected", "an operator or the end")
    return term


class _Reader:
    """A position in a text, moved forward."""

    def __init__(self, essence: Essence, text: str) -> None:
        self.essence = essence
        self.text = text
        self.at = 0

    def fault(self, text: str, expected: str, at: int | None = None) -> InvalidExpression:
        where = self.at if at is None else at
        return InvalidExpression(
            f"{text} at character {where + 1}",
            expression=self.text,
            position=where,
            expected=expected,
        )

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def term(self, depth: int) -> Term:
        if depth > _MAX_DEPTH:
            raise self.fault("the brackets nest too deep", "fewer brackets")
        operator = "."
        if self.peek() == "/":
            operator, self.at = "/", self.at + 1
        parts: list[tuple[str, Node]] = []
        while True:
            parts += [(operator, self.component(depth))]
            if self.peek() == "{":
                self.annotation()
                parts.append((".", Number(value=1)))
            operator = self.peek()
            if operator not in {".", "/"}:
                return Term(parts=tuple(parts))
            self.at += 1

    def component(self, depth: int) -> Node:
        first = self.peek()
        if first == "{":
            self.annotation()
            return Number(value=1)
        if first == "(":
            self.at += 1
            inner = self.term(depth + 1)
            if self.peek() != ")":
                raise self.fault("the bracket is not closed", ")")
            self.at += 1
            return inner
        return self.simple()

    def annotation(self) -> None:
        end = self.text.find("}", self.at)
        inner = self.text[self.at + 1 : end]
        if end < 0 or "{" in inner:
            raise self.fault("the annotation is not closed", "}")
        self.at = end + 1

    def simple(self) -> Node:
        start = self.at
        word = self._word()
        if not word:
            what = f"'{self.peek()}'" if self.peek() else "the end"
            raise self.fault(f"{what} is not expected", "a unit")
        if word.isdigit():
            if not _FACTOR.fullmatch(word):
                raise self.fault(f"the factor '{word}' is not a positive number", "1, 2 …", start)
            return Number(value=int(word))
        return self._unit(word, start)

    def _word(self) -> str:
        """Take the characters up to the next operator, bracket or annotation outside of `[…]`."""
        start, square = self.at, False
        while self.at < len(self.text):
            one = self.text[self.at]
            if one == "[":
                square = True
            elif one == "]":
                square = False
            elif not square and one in "./(){}":
                break
            self.at += 1
        return self.text[start : self.at]

    def _unit(self, word: str, start: int) -> Unit:
        match = _EXPONENT.fullmatch(word)
        assert match is not None  # any text of one character or more matches
        code, digits = match.groups()
        exponent = int(digits) if digits else 1
        found = self._atom(code)
        if found is None or exponent == 0:
            raise self.fault(f"The unit '{word}' is unknown", "a unit of UCUM", start)
        prefix, atom = found
        return Unit(atom=atom, prefix=prefix, exponent=exponent)

    def _atom(self, code: str) -> tuple[Prefix | None, Atom] | None:
        atom = self.essence.atoms.get(code)
        if atom is not None:
            return None, atom
        for length in (1, 2):
            prefix = self.essence.prefixes.get(code[:length])
            atom = self.essence.atoms.get(code[length:])
            if prefix and atom and atom.metric:
                return prefix, atom
        return None

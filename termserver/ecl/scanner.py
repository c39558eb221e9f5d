"""Characters of an expression constraint: white space, comments, words, numbers, quoted texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, TypeVar

from termserver.errors import InvalidExpression, TooCostly

MOST_LENGTH = 200_000
MOST_DEPTH = 60
"""Constraints within constraints; each costs the parser and the evaluator about ten calls."""
MOST_DIGITS = 9
BLANKS = " \t\r\n"

SPACE = r"(?:[ \t\r\n]++|(?>/\*.*?\*/))*+"
"""`ws`, for patterns with re.S. It gives nothing back: otherwise one comment would stretch to the
end of another, and many blanks before what does not match would be tried in every way.
"""
MUST_SPACE = SPACE.removesuffix("*+") + "++"
"""`mws`."""

_SPACE = re.compile(SPACE, re.S)
_WORD = re.compile(r"[A-Za-z]+")
_SCTID = re.compile(r"[1-9][0-9]{5,17}(?![0-9])")
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![0-9])")
_NATURAL = re.compile(r"(?:0|[1-9][0-9]*)(?![0-9])")
_ESCAPE = re.compile(r"\\(.)", re.S)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
_BREAK = re.compile(r"[\t\r\n]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_OPAQUE = re.compile(r'\|[^|]*\|?|"(?:[^"\\]|\\.)*"?|/\*.*?(?:\*/|\Z)|[()]', re.S)

_Item = TypeVar("_Item")


class Scanner:
    """A place in the text. What reads skips white space and comments before; what peeks moves
    nothing.
    """

    __slots__ = ("_brackets", "_depth", "_skipped", "position", "text")

    def __init__(self, text: str) -> None:
        """Begin at the beginning. Raises: TooCostly for a text that is too long."""
        if len(text) > MOST_LENGTH:
            raise TooCostly(
                f"The expression constraint has {len(text)} characters; at most {MOST_LENGTH} are "
                "read"
            )
        self.text = text
        self.position = 0
        self._depth = 0
        self._brackets: dict[int, int] | None = None
        self._skipped = (-1, 0)
        control = _CONTROL.search(text)
        if control is not None:
            self.fail("a character that may be printed", at=control.start())

    def fail(self, expected: str, *, at: int | None = None) -> NoReturn:
        """Raise InvalidExpression: what was expected, and what stands there."""
        place = self.ahead() if at is None else at
        there = self.text[place : place + 12]
        found = f"'{there}'" if there else "the end"
        raise InvalidExpression(
            f"The expression constraint is not valid at position {place}: expected {expected}, "
            f"found {found}",
            expression=self.text,
            position=place,
            expected=expected,
        )

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one level of nesting while the context lasts. Raises: TooCostly."""
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise TooCostly(
                f"The expression constraint has more than {MOST_DEPTH} constraints within "
                f"constraints (at position {self.position})"
            )
        yield
        self._depth -= 1

    # -- white space and symbols ---------------------------------------------------------------

    def ahead(self) -> int:
        """Return the position after white space and comments. Raises: InvalidExpression."""
        start, place = self._skipped
        if start != self.position:
            found = _SPACE.match(self.text, self.position)
            place = found.end() if found is not None else self.position
            if self.text.startswith("/*", place):
                self.fail("'*/' to end the comment", at=len(self.text))
            # asked many times from one place
            self._skipped = (self.position, place)
        return place

    def space(self) -> int:
        """Skip white space and comments; return the position after them."""
        self.position = self.ahead()
        return self.position

    def need_space(self) -> None:
        """Skip white space or comments, of which there must be some. Raises: InvalidExpression."""
        before = self.position
        if self.space() == before:
            self.fail("white space")

    def at_end(self) -> bool:
        """Tell whether nothing but white space is left."""
        return self.ahead() == len(self.text)

    def peek(self, symbol: str) -> bool:
        """Tell whether `symbol` comes next."""
        return self.text.startswith(symbol, self.ahead())

    def take(self, symbol: str) -> bool:
        """Read `symbol` if it comes next."""
        place = self.ahead()
        if self.text.startswith(symbol, place):
            self.position = place + len(symbol)
            return True
        return False

    def need(self, symbol: str, expected: str | None = None) -> None:
        """Read `symbol`. Raises: InvalidExpression."""
        if not self.take(symbol):
            self.fail(expected or f"'{symbol}'")

    def looks_like(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return the match of `pattern` that comes next, without reading it."""
        return pattern.match(self.text, self.ahead())

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what `pattern` matches here, if it does."""
        found = self.looks_like(pattern)
        if found is not None:
            self.position = found.end()
        return found

    def match_here(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what `pattern` matches at this very place, without white space before."""
        found = pattern.match(self.text, self.position)
        if found is not None:
            self.position = found.end()
        return found

    def items(self, read: Callable[[], _Item]) -> tuple[_Item, ...]:
        """Read `(item item …)`, one or more with white space between. Raises: InvalidExpression."""
        self.need("(")
        found = [read()]
        while not self.take(")"):
            before = self.position
            if self.space() == before:
                self.fail("white space or ')'")
            found.append(read())
        return tuple(found)

    def after_bracket(self) -> int | None:
        """Return the position after the bracket that closes the one that comes next, if any."""
        if self._brackets is None:
            self._brackets = _closing(self.text)
        return self._brackets.get(self.ahead())

    # -- words -----------------------------------------------------------------------------------

    def peek_word(self) -> str:
        """Return the letters that come next in lower case, "" if none does."""
        found = self.looks_like(_WORD)
        return found[0].lower() if found else ""

    def take_word(self, *words: str) -> str | None:
        """Read one of `words` (lower case) if it comes next as a whole; return it."""
        found = self.peek_word()
        if found not in words:
            return None
        self.position = self.ahead() + len(found)
        return found

    def word(self, expected: str) -> str:
        """Read letters and return them as written. Raises: InvalidExpression."""
        found = self.match(_WORD)
        if found is None:
            self.fail(expected)
        return found[0]

    # -- values ----------------------------------------------------------------------------------

    def sctid(self) -> str | None:
        """Read a SNOMED CT identifier (6 to 18 digits), None if none comes next."""
        found = self.match(_SCTID)
        return found[0] if found else None

    def number(self) -> str:
        """Read a number, right here. Raises: InvalidExpression."""
        found = self.match_here(_NUMBER)
        if found is None:
            self.fail("a number", at=self.position)
        return found[0]

    def natural(self) -> int:
        """Read a number from 0 on without leading zeros, right here. Raises: InvalidExpression."""
        at = self.position
        found = self.match_here(_NATURAL)
        if found is None or len(found[0]) > MOST_DIGITS:
            self.fail(f"a number from 0 on with at most {MOST_DIGITS} digits", at=at)
        return int(found[0])

    def term(self) -> str | None:
        """Read `|term|`, None if no pipe comes next. Raises: InvalidExpression for half a term."""
        if not self.peek("|"):
            return None
        start = self.ahead() + 1
        end = self.text.find("|", start)
        if end < 0:
            self.fail("'|' to end the term", at=len(self.text))
        inner = self.text[start:end]
        text = inner.strip(BLANKS)
        if not text:
            self.fail("a term", at=start)
        first = start + len(inner) - len(inner.lstrip(BLANKS))
        broken = _BREAK.search(self.text, first, first + len(text))
        if broken is not None:
            self.fail("a term on one line without tabs", at=broken.start())
        self.position = end + 1
        return text

    def quoted(self, escapes: str = '"\\') -> str:
        """Read a quoted text and return it without quotes, escapes kept.

        Raises: InvalidExpression where the end is missing or another character is escaped.
        """
        found = self.looks_like(_QUOTED)
        if found is None:
            if self.peek('"'):
                self.fail("'\"' to end the text", at=len(self.text))
            self.fail("a text in quotes")
        for one in _ESCAPE.finditer(found[1]):
            if one[1] not in escapes:
                shown = " or ".join(f"'\\{symbol}'" for symbol in escapes)
                self.fail(shown, at=found.start(1) + one.start())
        self.position = found.end()
        return found[1]


def _closing(text: str) -> dict[int, int]:
    """Return for each opening bracket the position after the one that closes it."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for one in _OPAQUE.finditer(text):
        if one[0] == "(":
            opened.append(one.start())
        elif one[0] == ")" and opened:
            found[opened.pop()] = one.end()
    return found


def unescaped(text: str) -> str:
    """Return a text with its escapes resolved."""
    return _ESCAPE.sub(r"\1", text)


def escaped(text: str) -> str:
    """Return a text with quotes and back slashes escaped."""
    return text.replace("\\", "\\\\").replace('"', '\\"')

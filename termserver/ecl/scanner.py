"""Characters of an expression constraint: white space, comments, words, numbers, quoted texts."""

from __future__ import annotations

import re
from typing import NoReturn

from termserver.errors import InvalidExpression

_SPACE = re.compile(r"(?:[ \t\r\n]+|/\*(?:[^*]|\*(?!/))*\*/)*")
_WORD = re.compile(r"[A-Za-z]+")
_SCTID = re.compile(r"[1-9]\d{5,17}(?!\d)")
_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?")
_NATURAL = re.compile(r"(?:0|[1-9]\d*)(?!\d)")
_TERM = re.compile(r"\|([^|]*)\|")
_ESCAPE = re.compile(r"\\(.)", re.S)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)


class Scanner:
    """A place in the text. Every method that reads skips white space and comments before."""

    __slots__ = ("depth", "position", "text")

    def __init__(self, text: str) -> None:
        """Begin at the beginning."""
        self.text = text
        self.position = 0
        self.depth = 0

    def fail(self, expected: str, *, at: int | None = None) -> NoReturn:
        """Raise InvalidExpression: what was expected, and what stands there."""
        place = self.position if at is None else at
        there = self.text[place : place + 12]
        found = f"'{there}'" if there else "the end"
        raise InvalidExpression(
            f"The expression constraint is not valid at position {place}: expected {expected}, found "
            f"{found}",
            expression=self.text,
            position=place,
            expected=expected,
        )

    def space(self) -> int:
        """Skip white space and comments; return the position after them."""
        match = _SPACE.match(self.text, self.position)
        if match is not None:
            self.position = match.end()
        if self.text.startswith("/*", self.position):
            self.fail("'*/' to end the comment")
        return self.position

    def at_end(self) -> bool:
        """Tell whether nothing but white space is left."""
        return self.space() == len(self.text)

    def peek(self, symbol: str) -> bool:
        """Tell whether `symbol` comes next."""
        return self.text.startswith(symbol, self.space())

    def take(self, symbol: str) -> bool:
        """Read `symbol` if it comes next."""
        if self.peek(symbol):
            self.position += len(symbol)
            return True
        return False

    def need(self, symbol: str) -> None:
        """Read `symbol`. Raises: InvalidExpression."""
        if not self.take(symbol):
            self.fail(f"'{symbol}'")

    def peek_word(self) -> str:
        """Return the letters that come next in lower case, "" if none does."""
        match = _WORD.match(self.text, self.space())
        return match[0].lower() if match else ""

    def take_word(self, *words: str) -> str | None:
        """Read one of `words` (lower case) if it comes next as a whole; return it."""
        found = self.peek_word()
        if found in words:
            self.position += len(found)
            return found
        return None

    def word(self, expected: str) -> str:
        """Read letters and return them as written. Raises: InvalidExpression."""
        match = _WORD.match(self.text, self.space())
        if match is None:
            self.fail(expected)
        self.position = match.end()
        return match[0]

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what `pattern` matches here, if it does."""
        found = pattern.match(self.text, self.space())
        if found is not None:
            self.position = found.end()
        return found

    def sctid(self) -> str | None:
        """Read a SNOMED CT identifier (6 to 18 digits), None if none comes next."""
        found = self.match(_SCTID)
        return found[0] if found else None

    def number(self) -> str:
        """Read a number. Raises: InvalidExpression."""
        found = self.match(_NUMBER)
        if found is None:
            self.fail("a number")
        return found[0]

    def natural(self) -> int:
        """Read a number from 0 on, without leading zeros. Raises: InvalidExpression."""
        found = self.match(_NATURAL)
        if found is None or len(found[0]) > 9:  # noqa: PLR2004 - no cardinality has ten digits
            self.fail("a number from 0 on")
        return int(found[0])

    def term(self) -> str | None:
        """Read `|term|`, None if no pipe comes next. Raises: InvalidExpression for half a term."""
        if not self.peek("|"):
            return None
        found = self.match(_TERM)
        if found is None:
            self.fail("'|' to end the term", at=len(self.text))
        text = found[1].strip()
        if not text:
            self.fail("a term", at=found.start(1))
        return text

    def quoted(self, escapes: str = '"\\') -> str:
        """Read a quoted text and return it without quotes, escapes kept.

        Raises: InvalidExpression where the end is missing or another character is escaped.
        """
        if not self.peek('"'):
            self.fail("a text in quotes")
        found = _QUOTED.match(self.text, self.position)
        if found is None:
            self.fail("'\"' to end the text", at=len(self.text))
        for one in _ESCAPE.finditer(found[1]):
            if one[1] not in escapes:
                shown = " or ".join(f"'\\{symbol}'" for symbol in escapes)
                self.fail(shown, at=found.start(1) + one.start())
        self.position = found.end()
        return found[1]


def unescaped(text: str) -> str:
    """Return a text with its escapes resolved."""
    return _ESCAPE.sub(r"\1", text)


def escaped(text: str) -> str:
    """Return a text with quotes and back slashes escaped."""
    return text.replace("\\", "\\\\").replace('"', '\\"')

"""HGVS: a text read from left to right, and the lists of changes that every kind of it shares.

Source: HGVS Nomenclature (varnomen.hgvs.org), recommendations for alleles, uncertain and mosaic.
Everything is read once, without going back, so the time grows with the length alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_NUMBER = re.compile(r"\d+", re.ASCII)
_AFTER_GROUP = frozenset(";,)]^/(")


class HgvsFault(Exception):
    """What is wrong with an expression, and at which character of it (from 1)."""

    def __init__(self, text: str, at: int) -> None:
        super().__init__(text)
        self.text = text
        self.at = at


@dataclass(slots=True)
class Scan:
    """A text and how far it is read. `changes` are the kinds of change met, in order."""

    text: str
    at: int = 0
    changes: list[str] = field(default_factory=list)
    predicted: bool = False
    _closing: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Pair the parentheses. Raises: HgvsFault where one has no partner."""
        opened: list[int] = []
        for at, letter in enumerate(self.text):
            if letter == "(":
                opened.append(at)
            elif letter == ")":
                if not opened:
                    raise HgvsFault("this parenthesis closes nothing", at + 1)
                self._closing[opened.pop()] = at
        if opened:
            raise HgvsFault("this parenthesis is not closed", opened[-1] + 1)

    @property
    def done(self) -> bool:
        """Tell whether all is read."""
        return self.at >= len(self.text)

    def sees(self, *texts: str) -> bool:
        """Tell whether one of the texts comes next."""
        return self.text.startswith(texts, self.at)

    def take(self, text: str) -> bool:
        """Read the text if it comes next; tell whether it did."""
        if not self.text.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def need(self, text: str) -> None:
        """Read the text. Raises: HgvsFault where something else comes."""
        if not self.take(text):
            raise self.fault(f"'{text}' is expected")

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Read what the pattern takes, None (and nothing read) where it takes nothing."""
        found = pattern.match(self.text, self.at)
        if found is None or not found[0]:
            return None
        self.at = found.end()
        return found[0]

    def number(self, what: str) -> int:
        """Read a number from 1 on. Raises: HgvsFault; `what` names what is counted."""
        start = self.at
        digits = self.match(_NUMBER)
        if digits is None:
            raise self.fault(f"a number is expected ({what})")
        if digits.startswith("0"):
            raise HgvsFault(f"there is no {what} '{digits}': numbers begin with 1", start + 1)
        return int(digits)

    def fault(self, text: str) -> HgvsFault:
        """Return (not raise) a fault at the next character."""
        return HgvsFault(text, self.at + 1)

    def opens_group(self) -> bool:
        """Tell whether a parenthesis comes that holds whole changes, rather than a position."""
        closing = self._closing.get(self.at)
        if closing is None or self.sees("(;)"):
            return False
        after = self.text[closing + 1 : closing + 2]
        return not after or after in _AFTER_GROUP


def read_changes(scan: Scan, simple: Callable[[Scan], None]) -> None:
    """Read all changes to the end of the text: one, alleles in brackets, or alternatives.

    `simple` reads one change with its position. Raises: HgvsFault.
    """
    bracketed = _item(scan, simple)
    while not scan.done:
        if scan.take("(;)") or scan.take("//") or scan.take("/") or scan.take("^"):
            bracketed = _item(scan, simple)
        elif scan.sees(";") and not bracketed:
            raise scan.fault("changes of one allele stand in brackets: [76A>C;83G>C]")
        elif scan.take(";"):
            if not scan.sees("["):
                raise scan.fault("each allele stands in brackets: [76A>C];[83G>C]")
            bracketed = _item(scan, simple)
        else:
            raise scan.fault("nothing more is expected")


def _item(scan: Scan, simple: Callable[[Scan], None]) -> bool:
    """Read one allele or change; tell whether it stood in brackets."""
    if scan.take("["):
        _members(scan, simple)
        scan.need("]")
        return True
    _grouped(scan, simple)
    return False


def _members(scan: Scan, simple: Callable[[Scan], None]) -> None:
    _grouped(scan, simple)
    separators = ("(;)", ";", ",", "^", "//", "/")
    while any(scan.take(one) for one in separators):
        _grouped(scan, simple)


def _grouped(scan: Scan, simple: Callable[[Scan], None]) -> None:
    """Read a change, or changes in parentheses (predicted, or uncertain as a whole)."""
    if not scan.opens_group():
        simple(scan)
        return
    scan.need("(")
    scan.predicted = True
    if scan.opens_group():
        raise scan.fault("parentheses round parentheses mean nothing")
    simple(scan)
    while any(scan.take(one) for one in (";", ",", "^", "//", "/")):
        simple(scan)
    scan.need(")")


def read_counts(scan: Scan) -> None:
    """Read `[23]`, `[?]`, `[(600_800)]` and further alleles `;[30]`. Raises: HgvsFault."""
    read_count(scan)
    while scan.sees(";[") and _is_count(scan):
        scan.need(";")
        read_count(scan)


def _is_count(scan: Scan) -> bool:
    """Tell whether `;[` goes on with a count, not with an allele of its own."""
    end = scan.text.find("]", scan.at)
    inside = scan.text[scan.at + 2 : end] if end >= 0 else ""
    return bool(inside) and all(one in "0123456789?_()" for one in inside)


def read_count(scan: Scan) -> None:
    """Read `[23]`, `[?]` or `[(600_800)]`. Raises: HgvsFault."""
    scan.need("[")
    if scan.take("("):
        read_span(scan)
    else:
        _amount(scan)
    scan.need("]")


def read_span(scan: Scan) -> None:
    """Read the rest of `(5)` or `(80_120)`, the parenthesis being read. Raises: HgvsFault."""
    low = _amount(scan)
    if scan.take("_"):
        start = scan.at
        high = _amount(scan)
        if low is not None and high is not None and high <= low:
            raise HgvsFault("the larger number stands second", start + 1)
    scan.need(")")


def _amount(scan: Scan) -> int | None:
    return None if scan.take("?") else scan.number("count")

"""Comparison operators and what stands behind them: constraints, numbers, texts, truth, dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from termserver.ecl.scanner import Scanner, unescaped
from termserver.ecl.syntax import (
    BooleanComparison,
    Comparison,
    ConceptComparison,
    NumberComparison,
    Order,
    SearchTerm,
    StringComparison,
    SubExpression,
    TimeComparison,
)

SubExpressionReader = Callable[[Scanner], SubExpression]

_DATE = re.compile(r"[1-9]\d{3}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$")
_ORDERS: tuple[tuple[str, Order], ...] = (
    ("!=", "!="),
    ("<>", "!="),
    ("<=", "<="),
    (">=", ">="),
    ("<", "<"),
    (">", ">"),
    ("=", "="),
)


def order(scanner: Scanner, *, equality_only: bool = False) -> Order:
    """Read a comparison operator (`not =` and `<>` are `!=`). Raises: InvalidExpression."""
    if scanner.take_word("not"):
        scanner.need("=")
        return "!="
    for symbol, meaning in _ORDERS:
        if (meaning in {"=", "!="} or not equality_only) and scanner.take(symbol):
            return meaning
    scanner.fail("'=' or '!='" if equality_only else "a comparison operator")


def negation(scanner: Scanner) -> bool:
    """Read `=` or `!=` and tell whether it is the latter."""
    return order(scanner, equality_only=True) == "!="


def comparison(scanner: Scanner, read: SubExpressionReader, *, times: bool) -> Comparison:
    """Read an operator and its value. With `times`, a quoted date may be compared by order.

    Raises: InvalidExpression, at the operator where it does not fit the kind of value.
    """
    at = scanner.space()
    meaning = order(scanner)
    if scanner.take("#"):
        return NumberComparison(order=meaning, value=Decimal(scanner.number()))
    if _at_text(scanner):
        if meaning not in {"=", "!="}:
            if times:
                return TimeComparison(order=meaning, values=dates(scanner))
            scanner.fail("'=' or '!=' before a text", at=at)
        return StringComparison(negated=meaning == "!=", terms=search_terms(scanner))
    if meaning not in {"=", "!="}:
        scanner.fail("'#' and a number")
    truth = _truth(scanner)
    if truth is not None:
        return BooleanComparison(negated=meaning == "!=", value=truth)
    return ConceptComparison(negated=meaning == "!=", value=read(scanner))


def _truth(scanner: Scanner) -> bool | None:
    word = scanner.peek_word()
    after = scanner.text[scanner.position + len(word) : scanner.position + len(word) + 1]
    if word in {"true", "false"} and after not in {"#", "-"} and not after.isdigit():
        scanner.position += len(word)
        return word == "true"
    return None


def _at_text(scanner: Scanner) -> bool:
    """Tell whether a search term or a set of them comes next."""
    if scanner.peek('"'):
        return True
    if scanner.peek_word() in {"match", "wild"}:
        return True
    if not scanner.peek("("):
        return False
    aside = Scanner(scanner.text)
    aside.position = scanner.position + 1
    return aside.peek('"') or aside.peek_word() in {"match", "wild"}


def search_terms(scanner: Scanner) -> tuple[SearchTerm, ...]:
    """Read typedSearchTerm or typedSearchTermSet."""
    if not scanner.take("("):
        return (_search_term(scanner),)
    found = [_search_term(scanner)]
    while not scanner.take(")"):
        found.append(_search_term(scanner))
    return tuple(found)


def _search_term(scanner: Scanner) -> SearchTerm:
    """Read typedSearchTerm; words of a match are kept with single blanks between them."""
    kind = scanner.take_word("match", "wild") or ""
    if kind:
        scanner.need(":")
    at = scanner.space()
    if kind == "wild":
        text = scanner.quoted('"\\*')
        if not text:
            scanner.fail("a pattern", at=at + 1)
        return SearchTerm(kind="wild", text=text)
    words = " ".join(unescaped(scanner.quoted()).split())
    if not words:
        scanner.fail("a word", at=at + 1)
    return SearchTerm(kind="match", text=words)


def dates(scanner: Scanner) -> tuple[str, ...]:
    """Read timeValue or timeValueSet; "" stands for no date."""
    if not scanner.take("("):
        return (_date(scanner),)
    found = [_date(scanner)]
    while not scanner.take(")"):
        found.append(_date(scanner))
    return tuple(found)


def _date(scanner: Scanner) -> str:
    at = scanner.space()
    text = scanner.quoted()
    if text and not _DATE.match(text):
        scanner.fail("a date as YYYYMMDD", at=at + 1)
    return text


def time_comparison(scanner: Scanner) -> TimeComparison:
    """Read timeComparisonOperator and its value or values."""
    return TimeComparison(order=order(scanner), values=dates(scanner))

"""Comparison operators and what stands behind them: constraints, numbers, texts, truth, dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from termserver.ecl.scanner import SPACE, Scanner, unescaped
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
from termserver.errors import TooCostly

SubExpressionReader = Callable[[Scanner], SubExpression]

_DATE = re.compile(r"[1-9][0-9]{3}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_TEXT = rf'(?:"(?![A-Za-z][-A-Za-z0-9]*#[^"\\]+")|(?:match|wild){SPACE}:)'
_AT_TEXT = re.compile(rf"{_TEXT}|\({SPACE}{_TEXT}", re.I | re.S)
_NO_DATE = re.compile(rf'""|\({SPACE}(?:"[0-9]+"{SPACE})*+""', re.S)
_AT_DATE = re.compile(rf'"|\({SPACE}"', re.S)
_TRUTH = re.compile(r"(?:true|false)(?![-A-Za-z0-9]*#)", re.I)
_TYPE = re.compile(r"(match|wild)(?![A-Za-z])", re.I)
_BEGINS_NOTHING = re.compile(r"$|[^(<>!^*\"0-9A-Za-z]")
_EQUALITY = re.compile(r"!=|<>|=|not(?=[ \t\r\n=]|/\*)", re.I)
_ORDER = re.compile(r"!=|<>|<=|>=|<|>|=|not(?=[ \t\r\n=]|/\*)", re.I)
_MEANING: dict[str, Order] = {
    "=": "=",
    "!=": "!=",
    "<>": "!=",
    "not": "!=",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
MOST_WORDS = 1_000
"""Words or wildcard characters of a search term; each is looked for in each description."""


def order(scanner: Scanner, *, equality_only: bool = False) -> Order:
    """Read a comparison operator (`not =` and `<>` are `!=`). Raises: InvalidExpression."""
    found = scanner.match(_EQUALITY if equality_only else _ORDER)
    if found is None:
        scanner.fail("'=' or '!='" if equality_only else "'=', '!=', '<', '<=', '>' or '>='")
    if found[0].lower() == "not":
        scanner.need("=")
    return _MEANING[found[0].lower()]


def negation(scanner: Scanner) -> bool:
    """Read `=` or `!=` and tell whether it is the latter."""
    return order(scanner, equality_only=True) == "!="


def comparison(scanner: Scanner, read: SubExpressionReader, *, times: bool) -> Comparison:
    """Read an operator and its value. With `times`, a quoted date may be compared by order.

    A text in quotes of the form `scheme#code` is an alternate identifier, as the grammar has that
    first. Raises: InvalidExpression.
    """
    meaning = order(scanner)
    if scanner.take("#"):
        return NumberComparison(order=meaning, value=Decimal(scanner.number()))
    negated = meaning == "!="
    if meaning not in {"=", "!="}:
        if times and scanner.looks_like(_AT_DATE):
            return TimeComparison(order=meaning, values=dates(scanner))
        scanner.fail("'#' and a number" + (", or a date in quotes" if times else ""))
    if times and scanner.looks_like(_NO_DATE):
        return TimeComparison(order=meaning, values=dates(scanner))
    if scanner.looks_like(_AT_TEXT):
        return StringComparison(negated=negated, terms=search_terms(scanner))
    truth = scanner.match(_TRUTH)
    if truth is not None:
        return BooleanComparison(negated=negated, value=truth[0].lower() == "true")
    if scanner.looks_like(_BEGINS_NOTHING):
        scanner.fail("a constraint, '#' and a number, a text in quotes, true or false")
    return ConceptComparison(negated=negated, value=read(scanner))


def search_terms(scanner: Scanner) -> tuple[SearchTerm, ...]:
    """Read typedSearchTerm or typedSearchTermSet. Raises: InvalidExpression, TooCostly."""
    if scanner.peek("("):
        found = scanner.items(lambda: _search_term(scanner))
    else:
        found = (_search_term(scanner),)
    size = sum(len(one.text if one.kind == "wild" else one.text.split()) for one in found)
    if size > MOST_WORDS:
        raise TooCostly(
            f"Search terms of {size} words or wildcard characters; at most {MOST_WORDS} are read"
        )
    return found


def _search_term(scanner: Scanner) -> SearchTerm:
    """Read typedSearchTerm; words of a match are kept with single blanks between them."""
    typed = scanner.match(_TYPE)
    if typed is not None:
        scanner.need(":")
    elif not scanner.peek('"'):
        scanner.fail("a text in quotes, 'match:' or 'wild:'")
    at = scanner.ahead()
    if typed is not None and typed[0].lower() == "wild":
        text = scanner.quoted('"\\*')
        if not text:
            scanner.fail("a pattern", at=at + 1)
        return SearchTerm(kind="wild", text=text)
    words = " ".join(unescaped(scanner.quoted()).split())
    if not words:
        scanner.fail("a word", at=at + 1)
    return SearchTerm(kind="match", text=words)


def dates(scanner: Scanner) -> tuple[str, ...]:
    """Read timeValue or timeValueSet; "" stands for no date. Raises: InvalidExpression."""
    if scanner.peek("("):
        return scanner.items(lambda: _date(scanner))
    return (_date(scanner),)


def _date(scanner: Scanner) -> str:
    if not scanner.peek('"'):
        scanner.fail('a date in quotes such as "20240131", or ""')
    at = scanner.ahead()
    text = scanner.quoted()
    if text and not _DATE.fullmatch(text):
        scanner.fail("a date as YYYYMMDD", at=at + 1)
    return text


def time_comparison(scanner: Scanner) -> TimeComparison:
    """Read timeComparisonOperator and its value or values. Raises: InvalidExpression."""
    return TimeComparison(order=order(scanner), values=dates(scanner))

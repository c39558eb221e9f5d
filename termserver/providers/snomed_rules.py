"""Rules of SNOMED CT's extended maps: `IFA …`, `TRUE`, `OTHERWISE TRUE`, and the targets they
choose.

Source: SNOMED CT to ICD-10 Map technical specification, "Map rules": within a map group the rules
are tried by map priority and the first that holds gives the group's one target; `OTHERWISE TRUE`
holds if none before it did. `IFA concept |term|` asks for a finding of the patient, with a
comparison for an age.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Generic, Literal, Protocol, TypeVar

from termserver.errors import InvalidExpression

FEMALE, MALE = "248152002", "248153007"
_EXCLUSIVE = ({FEMALE, MALE},)
"""Concepts of which a patient is known to be one at most."""
_IFA = re.compile(
    r"IFA\s+(?P<concept>\d{6,18})\s*(?:\|[^|]*\|)?\s*"
    r"(?:(?P<order><=|>=|<|>|=)\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-z]+))?\s*",
    re.IGNORECASE,
)
_OTHERWISE = "OTHERWISE TRUE"
_JOIN = re.compile(r"(AND|OR)\s+", re.IGNORECASE)
DAYS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}
"""Length of the units in days (months and years on average)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One IFA clause: a concept, or an observable with a comparison in days."""

    concept: str
    order: Literal["<", "<=", "=", ">=", ">"] | None = None
    days: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRule:
    """A rule: alternatives (OR) of conditions that hold together (AND); none of them: always true.

    `otherwise` says that it holds only if no rule before it in its group did.
    """

    alternatives: tuple[tuple[Condition, ...], ...] = ()
    otherwise: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is known of the patient: concepts (findings, sex), and observables in days (ages).

    `absent` are concepts that are known not to hold.
    """

    concepts: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    observables: dict[str, float] = field(default_factory=dict)


class MapChoice(Protocol):
    """A row of an extended map."""

    @property
    def group(self) -> int:
        """Return mapGroup."""

    @property
    def priority(self) -> int:
        """Return mapPriority."""

    @property
    def rule(self) -> str | None:
        """Return mapRule, None or empty where it is always true."""


C = TypeVar("C", bound=MapChoice)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChoice(Generic[C]):
    """What the rules of one map group leave, by priority.

    `decided`: the one row that its rule chooses, or none where every rule is known not to hold;
    otherwise the alternatives, of which the first whose rule turns out to hold is meant.
    """

    rows: tuple[C, ...]
    decided: bool


IsA = Callable[[str, str], bool]
"""(concept, ancestor) -> whether the first is the second or below it."""


def parse_rule(text: str) -> MapRule:
    """Return the rule of a mapRule column. Raises: InvalidExpression with the position of the
    fault.
    """
    plain = " ".join(text.split())
    if plain.upper() in {"", "TRUE"}:
        return MapRule()
    if _is_otherwise(plain):
        return MapRule(otherwise=True)
    alternatives: list[list[Condition]] = [[]]
    at = 0
    while True:
        match = _IFA.match(plain, at)
        if match is None:
            raise _fault(plain, at, "'IFA' and a concept identifier")
        alternatives[-1].append(_condition(match, plain))
        at = match.end()
        if at == len(plain):
            return MapRule(alternatives=tuple(tuple(one) for one in alternatives))
        join = _JOIN.match(plain, at)
        if join is None:
            raise _fault(plain, at, "AND, OR or the end of the rule")
        if join[1].upper() == "OR":
            alternatives.append([])
        at = join.end()


def _condition(match: re.Match[str], text: str) -> Condition:
    if match["order"] is None:
        return Condition(concept=match["concept"])
    days = days_of(float(match["number"]), match["unit"])
    if days is None:
        raise _fault(text, match.start("unit"), f"one of {', '.join(DAYS)}")
    order: Literal["<", "<=", "=", ">=", ">"] = match["order"]  # type: ignore[assignment]
    return Condition(concept=match["concept"], order=order, days=days)


def days_of(number: float, unit: str) -> float | None:
    """Return a length of time in days, None for a unit that is not known (`years`, `a`, `d` …
    are).
    """
    short = {"h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}
    length = DAYS.get(short.get(unit) or unit.lower().rstrip("s"))
    return None if length is None else number * length


def _fault(text: str, position: int, expected: str) -> InvalidExpression:
    return InvalidExpression(
        f"The map rule '{text}' is not valid at position {position + 1}: expected {expected}",
        expression=text,
        position=position,
        expected=expected,
    )


def decide(rule: MapRule, patient: Patient, is_a: IsA) -> bool | None:
    """Return whether a rule holds for the patient, None where what is known does not decide it."""
    if not rule.alternatives:
        return True
    answers = [
        _all(_holds(one, patient, is_a) for one in conditions) for conditions in rule.alternatives
    ]
    if True in answers:
        return True
    return None if None in answers else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    if False in found:
        return False
    return None if None in found else True


def _holds(one: Condition, patient: Patient, is_a: IsA) -> bool | None:
    if one.order is not None:
        value = patient.observables.get(one.concept)
        return None if value is None else _compares(value, one.order, one.days)
    if any(is_a(known, one.concept) for known in patient.concepts):
        return True
    if any(is_a(one.concept, known) for known in patient.absent):
        return False
    for together in _EXCLUSIVE:
        if one.concept in together and patient.concepts & together:
            return False
    return None


def _compares(value: float, order: str, wanted: float) -> bool:
    return {
        "<": value < wanted,
        "<=": value <= wanted,
        "=": value == wanted,
        ">=": value >= wanted,
        ">": value > wanted,
    }[order]


def choose_targets(rows: Iterable[C], patient: Patient, is_a: IsA) -> list[GroupChoice[C]]:
    """Return for each map group what its rules choose, by map group.

    `OTHERWISE TRUE` is asked last, whatever its priority. A rule that does not parse cannot be
    decided: its row is an alternative.
    """
    ordered = sorted(rows, key=lambda one: (one.group, _is_otherwise(one.rule), one.priority))
    return [
        _of_group(group, patient, is_a) for _, group in groupby(ordered, key=lambda one: one.group)
    ]


def _is_otherwise(rule: str | None) -> bool:
    return " ".join((rule or "").split()).upper() == _OTHERWISE


def _of_group(rows: Iterable[C], patient: Patient, is_a: IsA) -> GroupChoice[C]:
    open_rows: list[C] = []
    for row in rows:
        answer = _decide_text(row.rule or "", patient, is_a)
        if answer is None:
            open_rows.append(row)
        elif answer:
            # what comes after a rule that holds is never reached
            return GroupChoice(rows=(*open_rows, row), decided=not open_rows)
    return GroupChoice(rows=tuple(open_rows), decided=not open_rows)


def _decide_text(text: str, patient: Patient, is_a: IsA) -> bool | None:
    try:
        return decide(parse_rule(text), patient, is_a)
    except InvalidExpression:
        return None


def asked_by(text: str) -> tuple[str, ...]:
    """Return the concepts that a rule asks for, in its order; empty if it cannot be read."""
    try:
        rule = parse_rule(text)
    except InvalidExpression:
        return ()
    return tuple(one.concept for conditions in rule.alternatives for one in conditions)

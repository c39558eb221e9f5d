"""The plain case of ValueSet/$validate-code at once: one coding, decided by a prepared plan.

Most of what validators ask is of this kind. The answer is that of `valuesets.validate_code` to the
byte (a property test says so); whatever is not plain is left to it: None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from termserver.model import Coding, Issue, Ordinal, message_of
from termserver.operations.checks import (
    CodeFacts,
    Place,
    note_display,
    note_member,
    same_display,
)
from termserver.terminology import Terminology
from valuesets import issues
from valuesets.model import ValidateRequest, Validation
from valuesets.plans import Plan, find_plan

_FREE = frozenset({"release", "url", "code", "system", "display", "coding"})
_DEFAULT = ValidateRequest()
_PLAIN = tuple(
    (one.name, getattr(_DEFAULT, one.name))
    for one in fields(ValidateRequest)
    if one.name not in _FREE
)
"""What a plain request leaves as it is by default."""


def quick_answer(terminology: Terminology, request: ValidateRequest) -> Validation | None:
    """Return the answer where a plan decides on the coding, None for all else."""
    url = request.url
    if url is None or terminology.overlay is not None:
        return None
    for name, default in _PLAIN:
        if getattr(request, name) != default:
            return None
    coding = request.coding or Coding(
        system=request.system, code=request.code, display=request.display
    )
    if coding.code is None or coding.version is not None:
        return None
    plan = find_plan(terminology, url)
    if plan is None or plan.system != coding.system:
        return None
    found = plan.find(coding.code)
    inside = plan.decide(coding.code, found[0]) if found is not None else None
    if found is None or inside is None:
        return None
    place = Place(path="Coding" if request.coding is not None else "")
    if not is_right(coding.display, found[1]):
        return named_answer(plan, coding, found[0], inside=inside, place=place)
    if inside:
        return inside_answer(plan.system, plan.version, coding.code, found[1])
    return outside_answer(plan, coding.code, found[1], given=coding.display, place=place)


def is_right(given: str | None, display: str) -> bool:
    """Tell whether a display that was given, if any, is that of the concept."""
    return given is None or same_display(given, display)


def inside_answer(system: str, version: str | None, code: str, display: str) -> Validation:
    """Return the answer for a plain concept that is in the value set (or in the code system)."""
    return Validation(result=True, code=code, system=system, version=version, display=display)


def outside_answer(
    plan: Plan, code: str, display: str, *, given: str | None, place: Place
) -> Validation:
    """Return the answer for a plain concept that is not; `given` is the display as it was sent."""
    why = _not_in(plan, code, given, place)
    return validation_of(plan, code, display, [why], result=False)


def named_answer(
    plan: Plan, coding: Coding, ordinal: Ordinal, *, inside: bool, place: Place
) -> Validation:
    """Return the answer for a plain concept with another name than its display.

    That may be right too: all names of the concept are read (one query).
    """
    facts = CodeFacts(coding=coding, place=place)
    note_member(facts, plan.provider, ordinal)
    note_display(facts, None, lenient=False)
    result = inside and not facts.has_errors
    code = coding.code or ""
    if not inside:
        facts.add(_not_in(plan, code, coding.display, place))
    return validation_of(plan, code, facts.display, facts.issues, result=result)


def _not_in(plan: Plan, code: str, given: str | None, place: Place) -> Issue:
    shown = f" ('{given}')" if given else ""
    return issues.not_in_value_set(
        f"{plan.system}#{code}{shown}", plan.canonical, alone=True, expression=place.at("code")
    )


def validation_of(
    plan: Plan, code: str, display: str | None, found: Sequence[Issue], *, result: bool
) -> Validation:
    """Return an answer with its findings; the message is made of them."""
    return Validation(
        result=result,
        code=code,
        system=plan.system,
        version=plan.version,
        display=display,
        message=message_of(found),
        issues=tuple(found),
    )

"""Value sets as far as maps need them: the seam by which $translate asks package `valuesets`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from termserver.deadline import UNLIMITED, Deadline
from termserver.model import Coding
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.model import Contains, ExpandRequest, ValidateRequest
from valuesets.plans import find_plan
from valuesets.validate_code import validate_code


@dataclass(frozen=True, slots=True)
class Members:
    """Answers for the value sets of one terminology."""

    terminology: Terminology
    deadline: Deadline = UNLIMITED

    def contains(self, canonical: str, coding: Coding) -> bool:
        """Tell whether a code is in a value set, whatever its display. Raises: UnknownValueSet."""
        inside = self.quick(canonical, coding)
        if inside is not None:
            return inside
        request = ValidateRequest(
            release=self.terminology.release,
            url=canonical,
            # what a map calls its target does not rule it out
            coding=replace(coding, display=None),
            membership_only=True,
        )
        return validate_code(self.terminology, request, deadline=self.deadline).result

    def quick(self, canonical: str, coding: Coding) -> bool | None:
        """Tell whether a code is in a value set, None where that takes a closer look."""
        plan = find_plan(self.terminology, canonical) if self.terminology.overlay is None else None
        if plan is None or plan.system != coding.system:
            return None
        found = plan.find(coding.code or "") if coding.version in {None, plan.version} else None
        return None if found is None else plan.decide(coding.code or "", found[0])

    def members(self, canonical: str) -> Sequence[Coding]:
        """Return the codes of a value set in its order. Raises: UnknownValueSet, TooCostly."""
        request = ExpandRequest(
            release=self.terminology.release, url=canonical, exclude_nested=True
        )
        return tuple(_codings(expand(self.terminology, request, deadline=self.deadline).contains))


def _codings(contains: Iterable[Contains]) -> Iterator[Coding]:
    for one in contains:
        yield Coding(system=one.system, version=one.version, code=one.code, display=one.display)
        yield from _codings(one.contains)

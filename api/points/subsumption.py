"""Point: CodeSystem/$subsumes."""

from __future__ import annotations

import orjson

from api.points.point import Point, Texts
from api.wire.answers import subsumption_json
from termserver.model import Coding
from termserver.operations.plans import find_subsumption_plan
from termserver.operations.subsumes import SubsumesRequest, SubsumptionOutcome, subsumes
from termserver.terminology import Terminology

_CODES = frozenset({"system", "version", "codeA", "codeB"})
_BODIES = {one: orjson.dumps(subsumption_json(one)) for one in SubsumptionOutcome}


def subsumption(terminology: Terminology, texts: Texts) -> bytes | None:
    """Return the body of $subsumes of two codes of a system, or of two Codings.

    None where other parameters come together.
    """
    system, version = texts.get("system"), texts.get("version")
    if texts.keys() <= _CODES:
        left, right = texts.get("codeA"), texts.get("codeB")
        if left is None or right is None:
            return None
        decided = _planned(terminology, system, version, left, right) if system else None
        if decided is not None:
            return decided
        a, b = Coding(code=left), Coding(code=right)
    elif "codingA" in texts and "codingB" in texts and not {"codeA", "codeB"} & texts.keys():
        a, b = _coding(texts, "codingA"), _coding(texts, "codingB")
    else:
        return None
    request = SubsumesRequest(coding_a=a, coding_b=b, system=system, version=version)
    return _BODIES[subsumes(terminology, request)]


def _planned(
    terminology: Terminology, system: str, version: str | None, left: str, right: str
) -> bytes | None:
    """Answer for two concepts, None for all else."""
    plan = find_subsumption_plan(terminology, system, version)
    if plan is None:
        return None
    a, b = plan.find(left), plan.find(right)
    if not isinstance(a, int) or not isinstance(b, int):
        return None
    if a == b:
        return _BODIES[SubsumptionOutcome.EQUIVALENT]
    if plan.is_below(b, a):
        return _BODIES[SubsumptionOutcome.SUBSUMES]
    if plan.is_below(a, b):
        return _BODIES[SubsumptionOutcome.SUBSUMED_BY]
    return _BODIES[SubsumptionOutcome.NOT_SUBSUMED]


def _coding(texts: Texts, name: str) -> Coding:
    return Coding(
        system=texts.get(f"{name}.system"),
        version=texts.get(f"{name}.version"),
        code=texts.get(f"{name}.code"),
        display=texts.get(f"{name}.display"),
    )


POINTS = (
    Point(
        path="CodeSystem/$subsumes",
        texts=_CODES,
        codings=frozenset({"codingA", "codingB"}),
        answer=subsumption,
        pinned=frozenset({"version"}),
    ),
)

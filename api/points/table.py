"""The point operations that are answered from plain requests."""

from __future__ import annotations

from api.points.expansion import POINTS as EXPANSION
from api.points.lookup import POINTS as LOOKUP
from api.points.point import Point
from api.points.subsumption import POINTS as SUBSUMPTION
from api.points.translation import POINTS as TRANSLATION
from api.points.validation import POINTS as VALIDATION


def points() -> tuple[Point, ...]:
    """Return every point."""
    return (*LOOKUP, *VALIDATION, *SUBSUMPTION, *EXPANSION, *TRANSLATION)

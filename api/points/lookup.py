"""Point: $lookup of a code in a loaded code system, with all designations and properties."""

from __future__ import annotations

from dataclasses import dataclass

from orjson import JSONEncodeError

from api.points.point import Point, Texts
from api.wire.lookup_rows import LookupWriter
from termserver.operations.lookup import get_member, get_system
from termserver.providers.base import CodeSystemProvider
from termserver.providers.shown import find_shown
from termserver.terminology import Terminology

_WEIGHT = 20
"""Of what is kept for a code system version, in the unit of `Registry.memo`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReadySystem:
    """A code system version, and what writes its concepts (None: the ordinary way does)."""

    provider: CodeSystemProvider
    writer: LookupWriter | None


def lookup(terminology: Terminology, texts: Texts) -> bytes | None:
    """Return the body of $lookup: of code and system, or of a Coding with both."""
    if "coding.code" in texts or "coding.system" in texts:
        system, code = texts.get("coding.system"), texts.get("coding.code")
        version = texts.get("coding.version") or texts.get("version")
        if "code" in texts or "system" in texts:
            return None
    else:
        system, code, version = texts.get("system"), texts.get("code"), texts.get("version")
    if system is None or code is None:
        return None
    ready = terminology.remembered(
        ("lookup", system, version),
        lambda: _prepare_system(terminology, system, version),
        lambda _: _WEIGHT,
    )
    if ready is None or ready.writer is None:
        return None
    member = get_member(ready.provider, code)
    if not isinstance(member, int):
        return None
    try:
        return ready.writer.write(member, system)
    except JSONEncodeError:
        # a number that JSON cannot hold fails in the ordinary way, where it is logged
        return None


def _prepare_system(terminology: Terminology, system: str, version: str | None) -> _ReadySystem:
    """Prepare a code system version. Raises: UnknownCodeSystem."""
    provider = terminology.with_supplements(get_system(terminology, system, version), ())
    shown = find_shown(provider)
    rows = None if shown is None else shown.stored.page_rows
    writer = (
        None if shown is None or rows is None else LookupWriter(shown, rows, terminology.release)
    )
    return _ReadySystem(provider=provider, writer=writer)


POINTS = (
    Point(
        path="CodeSystem/$lookup",
        texts=frozenset({"system", "code", "version"}),
        codings=frozenset({"coding"}),
        answer=lookup,
        pinned=frozenset({"version"}),
    ),
)

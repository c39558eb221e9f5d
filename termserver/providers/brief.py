"""Concepts with as little as a display or a membership needs, where a provider can give that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from termserver.model import Concept, Member
from termserver.providers.base import CodeSystemProvider


def brief(provider: CodeSystemProvider, members: Sequence[Member], *, names: bool) -> list[Concept]:
    """Return each member with code, display, status and extensions, and designations if `names`.

    The rest (definition, properties) may be absent. A provider that has no cheaper way gives
    `concepts`; one that has offers `brief(members, names=…)`.
    """
    read: Any = getattr(provider, "brief", None)
    if read is None:
        return provider.concepts(members)
    found: list[Concept] = read(members, names=names)
    return found

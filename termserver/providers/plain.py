"""Code -> concept where nothing is to be said of it but its display: what most requests ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from termserver.index.flags import Flags
from termserver.model import Ordinal
from termserver.providers.base import CodeSystemProvider
from termserver.providers.brief import brief

PlainFinder = Callable[[str], tuple[Ordinal, str] | None]


def plain_finder(provider: CodeSystemProvider) -> PlainFinder:
    """Return a function from a code, written as defined, to its concept and display.

    It gives None for all that asks for a closer look: a code that is not there or is written in
    another case, an expression, a concept that is inactive or abstract or has a status or no
    display. Cost: 1.5 µs over a pack, no query.
    """
    stored: Any = getattr(provider, "stored", provider)
    pack = getattr(stored, "pack", None)
    return _in_rows(provider) if pack is None else _in_pack(provider, pack.flags)


def _in_pack(provider: CodeSystemProvider, flags: Flags) -> PlainFinder:
    noted = flags.inactive | flags.abstract | flags.marked
    find, display_of, code_of = provider.find, provider.display_of, provider.code_of
    any_case = provider.system.case_sensitive is not True

    def plain(code: str) -> tuple[Ordinal, str] | None:
        member = find(code)
        if not isinstance(member, int) or member in noted:
            return None
        if any_case and code_of(member) != code:
            return None
        display = display_of(member)
        return (member, display) if display else None

    return plain


def _in_rows(provider: CodeSystemProvider) -> PlainFinder:
    def plain(code: str) -> tuple[Ordinal, str] | None:
        member = provider.find(code)
        if not isinstance(member, int):
            return None
        (concept,) = brief(provider, [member], names=False)
        said = concept.inactive or concept.abstract or concept.status is not None
        if said or concept.code != code or not concept.display:
            return None
        return member, concept.display

    return plain

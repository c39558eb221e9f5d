"""Code -> concept where nothing is to be said of it but its display: what most requests ask for."""

from __future__ import annotations

from collections.abc import Callable

from termserver.model import Ordinal
from termserver.providers.base import CodeSystemProvider
from termserver.providers.brief import brief
from termserver.providers.snomed import SnomedProvider
from termserver.providers.stored import StoredProvider

PlainFinder = Callable[[str], tuple[Ordinal, str] | None]


def plain_finder(provider: CodeSystemProvider) -> PlainFinder:
    """Return a function from a code, written as defined, to its concept and display.

    It gives None for all that asks for a closer look: a code that is not there or is written in
    another case, an expression, a concept that is inactive or abstract or has a status or no
    display. Cost: 1.5 µs over a pack, no query.
    """
    match provider:
        case StoredProvider():
            return _in_pack(provider)
        case SnomedProvider() if provider.shows_default_terms:
            return _in_pack(provider.stored)
        case _:
            return _anywhere(provider)


def _in_pack(stored: StoredProvider) -> PlainFinder:
    pack = stored.pack
    noted = pack.flags.inactive | pack.flags.abstract | pack.flags.marked
    find, display_of = stored.find_exactly, pack.reader.display

    def plain(code: str) -> tuple[Ordinal, str] | None:
        ordinal = find(code)
        if ordinal is None or ordinal in noted:
            return None
        display = display_of(ordinal)
        return (ordinal, display) if display else None

    return plain


def _anywhere(provider: CodeSystemProvider) -> PlainFinder:
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

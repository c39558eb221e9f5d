"""Code systems without a store, made at first use: units, languages, media types, variants …"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec

from termserver.errors import InvalidSource
from termserver.model import CodeSystem
from termserver.providers.base import CodeSystemProvider
from termserver.providers.bcp13 import bcp13_provider, bcp13_system
from termserver.providers.bcp47 import bcp47_provider, bcp47_system
from termserver.providers.bcp47_registry import registry_path
from termserver.providers.hgvs import hgvs_provider, hgvs_system
from termserver.providers.iso3166 import (
    former_countries_provider,
    former_countries_system,
    iso3166_provider,
    iso3166_system,
    subdivisions_provider,
    subdivisions_system,
)
from termserver.providers.registry import Content
from termserver.providers.ucum import ucum_provider, ucum_system
from termserver.providers.ucum_essence import essence_path, essence_version

Maker = Callable[[], CodeSystemProvider]
_RANK = -1_000_000
"""Below every pack: what an operator loads goes before what comes with the programme."""


def grammar_contents() -> list[Content]:
    """Return the contents that need no pack; each provider is built at its first use.

    A system whose tables are not installed is left out, and so is unknown.
    """
    return [_content(system, maker) for system, maker in _available()]


def _available() -> Iterator[tuple[CodeSystem, Maker]]:
    with suppress(InvalidSource):
        yield ucum_system(essence_version(essence_path())), ucum_provider
    with suppress(InvalidSource):
        registry_path()
        yield bcp47_system(), bcp47_provider
    yield bcp13_system(), bcp13_provider
    yield hgvs_system(), hgvs_provider
    if find_spec("pycountry") is not None:
        # Its data is under the LGPL, so an installation may leave it out.
        yield iso3166_system(), iso3166_provider
        yield subdivisions_system(), subdivisions_provider
        yield former_countries_system(), former_countries_provider


def _content(system: CodeSystem, maker: Maker) -> Content:
    made: list[CodeSystemProvider] = []

    def open_system(_: CodeSystem) -> CodeSystemProvider:
        if not made:
            made.append(maker())
        return made[0]

    return Content(name=f"built-in {system.id}", systems=(system,), open=open_system, rank=_RANK)

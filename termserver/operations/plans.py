"""Prepared plans of code systems: what is the same for every code that is asked for.

Kept until packs change (`Terminology.remembered`). What a plan does not decide is left to the
operations themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from termserver.memo import Kept
from termserver.model import Member, Ordinal
from termserver.providers.base import CodeSystemProvider
from termserver.providers.overlay import NOT_IS_A
from termserver.providers.plain import PlainFinder, plain_finder
from termserver.providers.stored import StoredProvider
from termserver.status import resource_status
from termserver.terminology import Terminology

BelowTest = Callable[[Ordinal, Ordinal], bool]
"""Whether a concept is properly below another."""


class SystemPlan(NamedTuple):
    """A code system version of which nothing is to be said; `find` gives its plain concepts."""

    version: str | None
    find: PlainFinder


def find_system_plan(terminology: Terminology, url: str, version: str | None) -> SystemPlan | None:
    """Return the plan of a code system version, None where it is not plain or unknown.

    `url` is a system without version. Cost: 1 µs for one that is kept.
    """

    def make() -> Kept[SystemPlan] | None:
        provider = terminology.find_system(url, version)
        if provider is None:
            return None  # named by who answers in full
        system = provider.system
        unnamed = system.version_needed and version is None
        if unnamed or not is_plain(terminology, provider, experimental=system.experimental):
            return Kept(None)
        return Kept(SystemPlan(provider.system.version, plain_finder(provider)))

    kept = terminology.remembered(("system plan", url, version), make, lambda _: 10)
    return kept.plan if kept is not None else None


def is_plain(terminology: Terminology, provider: CodeSystemProvider, *, experimental: bool) -> bool:
    """Tell whether a code system version is complete, and nothing is to be said of it.

    `experimental` tells that it is experimental where that would have to be said.
    """
    system = provider.system
    status = resource_status(system.status, system.standards_status, experimental=experimental)
    return (
        system.content == "complete"
        and not status
        and terminology.with_supplements(provider, ()) is provider
    )


class SubsumptionPlan(NamedTuple):
    """A code system version: its members by code, and whether one is properly below another."""

    find: Callable[[str], Member | None]
    is_below: BelowTest


def find_subsumption_plan(
    terminology: Terminology, url: str, version: str | None
) -> SubsumptionPlan | None:
    """Return the plan of $subsumes in a code system version.

    None where that is unknown, or where its hierarchy does not mean is-a.
    """

    def make() -> SubsumptionPlan | None:
        provider = terminology.find_system(url, version)
        below = None if provider is None else below_test(provider)
        if provider is None or below is None:
            return None
        return SubsumptionPlan(provider.find, below)

    return terminology.remembered(("subsumption plan", url, version), make, lambda _: 10)


def below_test(provider: CodeSystemProvider) -> BelowTest | None:
    """Return what tells whether a concept is properly below another, in this order: 0.3 µs.

    None where the hierarchy does not mean is-a, or is not that of a pack.
    """
    in_pack = isinstance(getattr(provider, "stored", provider), StoredProvider)
    if not in_pack or provider.system.hierarchy_meaning in NOT_IS_A:
        return None
    return provider.hierarchy.is_below

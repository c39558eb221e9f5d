"""Prepared plans of code systems: what is the same for every code that is asked for.

Kept until packs change (`Terminology.remembered`). What a plan does not decide is left to the
operations themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from termserver.providers.base import CodeSystemProvider
from termserver.providers.plain import PlainFinder, plain_finder
from termserver.status import resource_status
from termserver.terminology import Terminology


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPlan:
    """A code system version of which nothing is to be said; `find` gives its plain concepts."""

    provider: CodeSystemProvider
    find: PlainFinder

    @property
    def version(self) -> str | None:
        """Return the version."""
        return self.provider.system.version


@dataclass(frozen=True, slots=True)
class _Kept:
    """A plan, or that there is none: that too is kept."""

    plan: SystemPlan | None


def find_system_plan(terminology: Terminology, url: str, version: str | None) -> SystemPlan | None:
    """Return the plan of a code system version, None where it is not plain or unknown.

    `url` is a system without version. Cost: 1 µs for one that is kept.
    """

    def make() -> _Kept | None:
        provider = terminology.find_system(url, version)
        if provider is None:
            return None  # named by who answers in full
        if not _is_plain(terminology, provider, version):
            return _Kept(None)
        return _Kept(SystemPlan(provider=provider, find=plain_finder(provider)))

    kept = terminology.remembered(("system plan", url, version), make, lambda _: 10)
    return kept.plan if kept is not None else None


def _is_plain(terminology: Terminology, provider: CodeSystemProvider, version: str | None) -> bool:
    system = provider.system
    status = resource_status(
        system.status, system.standards_status, experimental=system.experimental
    )
    return (
        system.content == "complete"
        and not status
        and not (system.version_needed and version is None)
        and terminology.with_supplements(provider, ()) is provider
    )

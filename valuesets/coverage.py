"""Coverage: what value sets name that is not loaded, so that nothing vanishes unsaid (design.md section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from termserver.canonical import format_canonical
from termserver.errors import InvalidValueSet, TerminologyError
from termserver.model import FilterClause, Json
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.fhirjson import value_set_of
from valuesets.model import ExpandRequest, Include, ValueSet

ROOTED = frozenset(
    {"is-a", "descendent-of", "is-not-a", "generalizes", "child-of", "descendent-leaf"}
)
"""Operators whose value is a code that the code system must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A code that a value set names and the loaded version of its system lacks.

    `root` says that it is the root of a filter; otherwise it is enumerated.
    """

    system: str
    version: str | None
    code: str
    display: str | None = None
    root: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One value set: what it lacks, and what $expand says of it.

    `total` is None where $expand refuses (`refusal` says why) or the system has no list.
    """

    canonical: str
    title: str | None
    total: int | None
    refusal: str | None
    missing_systems: tuple[str, ...] = ()
    absent: tuple[Absent, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing that the value set names is missing."""
        return self.refusal is None and not self.missing_systems and not self.absent


def coverage(terminology: Terminology, prefix: str) -> Iterator[Coverage]:
    """Yield the coverage of each value set whose canonical begins with `prefix`, in order of canonical."""
    documents = {
        (str(one.get("url")), str(one.get("version") or "")): one
        for one in reversed(terminology.documents("ValueSet"))
        if str(one.get("url", "")).startswith(prefix)
    }
    for key in sorted(documents):
        yield cover(terminology, documents[key])


def cover(terminology: Terminology, resource: Json) -> Coverage:
    """Return the coverage of one value set."""
    total, refusal = _expanded(terminology, resource)
    try:
        value_set = value_set_of(resource)
    except InvalidValueSet as error:
        value_set, refusal = ValueSet(resource=resource), error.text
    includes = _includes(value_set)
    missing = {
        format_canonical(one.system, one.version): None
        for one in includes
        if one.system is not None and terminology.find_system(one.system, one.version) is None
    }
    return Coverage(
        canonical=value_set.canonical or str(resource.get("url")),
        title=resource.get("title") or resource.get("name"),
        total=total,
        refusal=refusal,
        missing_systems=tuple(missing),
        absent=tuple(absent for one in includes for absent in _absent(terminology, one)),
    )


def _expanded(terminology: Terminology, resource: Json) -> tuple[int | None, str | None]:
    request = ExpandRequest(release=terminology.release, value_set=resource, count=0)
    try:
        return expand(terminology, request).total, None
    except TerminologyError as error:
        return None, error.text


def _includes(value_set: ValueSet) -> tuple[Include, ...]:
    compose = value_set.compose
    return () if compose is None else (*compose.includes, *compose.excludes)


def _absent(terminology: Terminology, include: Include) -> Iterator[Absent]:
    provider = terminology.find_system(include.system, include.version) if include.system else None
    if provider is None or include.system is None:
        return
    version = provider.system.version
    for one in include.concepts:
        if provider.find(one.code) is None:
            yield Absent(
                system=include.system, version=version, code=one.code, display=one.display
            )
    for clause in include.filters:
        if _has_root(clause) and provider.find(clause.value) is None:
            yield Absent(system=include.system, version=version, code=clause.value, root=True)


def _has_root(clause: FilterClause) -> bool:
    return clause.op in ROOTED and clause.property in {"concept", "code"}

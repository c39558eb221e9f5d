"""Coverage: what value sets name that is not loaded: nothing vanishes unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from termserver.canonical import format_canonical
from termserver.errors import InvalidValueSet, TerminologyError
from termserver.model import FilterClause, Json
from termserver.providers.base import CodeSystemProvider
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.fhirjson import value_set_of
from valuesets.model import ExpandRequest, Include, ValueSet, VersionRules
from valuesets.resolve import imported_value_set

ROOTED = frozenset(
    {
        "is-a",
        "descendent-of",
        "descendant-of",
        "is-not-a",
        "generalizes",
        "child-of",
        "descendent-leaf",
    }
)
"""Operators whose value is a code that the code system must have."""

NOT_AVAILABLE = {
    "http://cancerstaging.org": "AJCC staging is licensed by the American College of Surgeons",
    "http://www.ama-assn.org/go/cpt": "CPT is licensed by the American Medical Association",
    "http://www.ada.org/cdt": "CDT is licensed by the American Dental Association",
    "http://hl7.org/fhir/sid/cdt": "CDT is licensed by the American Dental Association",
    "http://www.nubc.org/": "NUBC codes are licensed by the American Hospital Association",
    "https://www.nubc.org/CodeSystem/RevenueCodes": "NUBC codes are licensed by the American "
    "Hospital Association",
}
"""Proprietary systems of which there is no release that anyone may load -> whose they are."""

Status = Literal["whole", "partial", "not"]


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
    """One value set with what it imports: what is lacking, and what $expand says of it.

    `status`: "whole", nothing that it needs is lacking; "partial", some of it can be answered
    (codes are left out, or $expand refuses and $validate-code decides by the rest); "not", nothing
    can. `total` is None where $expand refuses (`refusal` says why) or the system has no list.
    `missing_systems` are needed whole or for a filter (url, with the version where one is wanted);
    `unchecked_systems` are not loaded and only enumerated, so their codes stand as written;
    `not_available` says whose the proprietary ones of both are.
    """

    canonical: str
    title: str | None
    status: Status
    total: int | None
    refusal: str | None
    missing_systems: tuple[str, ...] = ()
    unchecked_systems: tuple[str, ...] = ()
    not_available: tuple[str, ...] = ()
    absent: tuple[Absent, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing that the value set needs is missing."""
        return self.status == "whole"


def coverage(terminology: Terminology, prefix: str) -> Iterator[Coverage]:
    """Yield the coverage of each value set whose canonical begins with `prefix`, in order."""
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
    found = _Found()
    _look(terminology, value_set, found, excluded=False)
    not_there = (*found.missing, *found.unchecked)
    return Coverage(
        canonical=value_set.canonical or str(resource.get("url")),
        title=resource.get("title") or resource.get("name"),
        status=_status(found, refusal),
        total=total,
        refusal=refusal,
        missing_systems=tuple(found.missing),
        unchecked_systems=tuple(one for one in found.unchecked if one not in found.missing),
        not_available=tuple(dict.fromkeys(filter(None, map(_owner, not_there)))),
        absent=tuple(found.absent),
    )


@dataclass(slots=True, kw_only=True)
class _Found:
    """What a walk over a value set and its imports has found; dictionaries keep the order."""

    missing: dict[str, None] = field(default_factory=dict)
    unchecked: dict[str, None] = field(default_factory=dict)
    absent: dict[Absent, None] = field(default_factory=dict)
    answerable: bool = False
    seen: set[tuple[str, bool]] = field(default_factory=set)


def _status(found: _Found, refusal: str | None) -> Status:
    if refusal is None and not found.missing and not found.absent:
        return "whole"
    return "partial" if found.answerable else "not"


def _owner(canonical: str) -> str | None:
    url = canonical.partition("|")[0]
    owner = NOT_AVAILABLE.get(url)
    return f"{url} is not available: {owner}" if owner else None


def _expanded(terminology: Terminology, resource: Json) -> tuple[int | None, str | None]:
    request = ExpandRequest(release=terminology.release, value_set=resource, count=0)
    try:
        return expand(terminology, request).total, None
    except TerminologyError as error:
        return None, error.text


# -- the walk ------------------------------------------------------------------------------------


def _look(terminology: Terminology, value_set: ValueSet, found: _Found, *, excluded: bool) -> None:
    """Note what a value set and its imports need. `excluded`: it stands in an exclude."""
    key = (value_set.canonical, excluded)
    if value_set.compose is None or key in found.seen:
        return
    found.seen.add(key)
    for one in value_set.compose.includes:
        _look_at(terminology, value_set, one, found, excluded=excluded)
    for one in value_set.compose.excludes:
        _look_at(terminology, value_set, one, found, excluded=True)


def _look_at(
    terminology: Terminology,
    value_set: ValueSet,
    include: Include,
    found: _Found,
    *,
    excluded: bool,
) -> None:
    if include.system is not None:
        _look_at_system(terminology, include.system, include, found, excluded=excluded)
    for canonical in include.value_sets:
        imported = imported_value_set(terminology, value_set, canonical, VersionRules())[0]
        if imported is not None:
            _look(terminology, imported, found, excluded=excluded)


def _look_at_system(
    terminology: Terminology, system: str, include: Include, found: _Found, *, excluded: bool
) -> None:
    provider = terminology.find_system(system, include.version)
    canonical = format_canonical(system, include.version)
    if provider is None:
        literal = bool(include.concepts) and terminology.find_system(system) is None
        (found.unchecked if literal else found.missing)[canonical] = None
        found.answerable = found.answerable or (literal and not excluded)
        return
    # what an exclude enumerates and the version lacks changes nothing
    absent = list(_roots(system, provider, include))
    listed = [] if excluded else list(_codes(system, provider, include))
    found.absent |= dict.fromkeys([*absent, *listed])
    if (
        not excluded
        and not absent
        and (not include.concepts or len(listed) < len(include.concepts))
    ):
        found.answerable = True


def _codes(system: str, provider: CodeSystemProvider, include: Include) -> Iterator[Absent]:
    """Yield the enumerated codes that the version lacks; a fragment proves nothing about a code."""
    if provider.system.content == "fragment":
        return
    for one in include.concepts:
        if provider.find(one.code) is None:
            yield Absent(
                system=system,
                version=provider.system.version,
                code=one.code,
                display=one.display,
            )


def _roots(system: str, provider: CodeSystemProvider, include: Include) -> Iterator[Absent]:
    for clause in include.filters:
        if _has_root(clause) and provider.find(clause.value) is None:
            yield Absent(
                system=system, version=provider.system.version, code=clause.value, root=True
            )


def _has_root(clause: FilterClause) -> bool:
    return clause.op in ROOTED and clause.property in {"concept", "code"}

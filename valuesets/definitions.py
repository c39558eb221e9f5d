"""Two value set definitions compared as written, without listing members ($compare's first step).

One code system at a time: all of it on both sides is the same; enumerations are compared code by
code; one is-a filter on each side by the hierarchy; equal includes in any order are equal. What is
more than that is left to the members.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from termserver.hierarchy import descendants_or_self
from termserver.model import FilterClause, Ordinal
from termserver.providers.base import CodeSystemProvider
from termserver.terminology import Terminology
from valuesets.model import Compose, Include, ValueSet


class Presumption(Enum):
    """What may be taken for granted where members cannot be listed."""

    NOTHING = auto()
    PROPER_PARTS = auto()
    """An enumeration of a code system is a proper part of the whole system, and so is a filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Which of the three regions of two sets have members, and their codes where known."""

    common: bool = False
    this_only: bool = False
    other_only: bool = False
    common_codes: tuple[str, ...] = ()
    missing_codes: tuple[str, ...] = ()
    extra_codes: tuple[str, ...] = ()


SAME = Overlap(common=True)
Key = tuple[str | None, str | None, frozenset[str], frozenset[FilterClause], frozenset[str]]


def compare_definitions(
    terminology: Terminology, this: ValueSet, other: ValueSet, presumption: Presumption
) -> Overlap | None:
    """Return the overlap that the definitions alone show, None where they do not suffice."""
    left, right = this.compose, other.compose
    if left is None or right is None or left.locked_date or right.locked_date:
        return None
    if left.inactive != right.inactive:
        return None
    if not (_is_plain(left) and _is_plain(right)):
        return SAME if _all_keys(left) == _all_keys(right) else None
    return _by_system(terminology, left, right, presumption)


def _is_plain(compose: Compose) -> bool:
    return not compose.excludes and not any(one.value_sets for one in compose.includes)


def _all_keys(compose: Compose) -> tuple[frozenset[Key], frozenset[Key]]:
    return _keys(compose.includes), _keys(compose.excludes)


def _keys(includes: Iterable[Include]) -> frozenset[Key]:
    """Return the includes so that the order of includes, codes and filters does not matter."""
    return frozenset(
        (
            one.system,
            one.version,
            frozenset(concept.code for concept in one.concepts),
            frozenset(one.filters),
            frozenset(one.value_sets),
        )
        for one in includes
    )


def _by_system(
    terminology: Terminology, left: Compose, right: Compose, presumption: Presumption
) -> Overlap | None:
    here, there = _grouped(terminology, left), _grouped(terminology, right)
    total, unsure = Overlap(), False
    for system in dict.fromkeys([*here, *there]):
        own = here.get(system, ()), there.get(system, ())
        one = _one_system(terminology, system, *own, presumption)
        if one is None:
            return None
        # a filter on one side only may select nothing
        unsure = unsure or (
            not all(own) and not _has_members(terminology, system, own[0] or own[1])
        )
        listed = one if _has_codes(one) else total
        total = Overlap(
            common=total.common or one.common,
            this_only=total.this_only or one.this_only,
            other_only=total.other_only or one.other_only,
            # the lists do not name the system, so they are of one (suite related-ov-cross-system)
            common_codes=listed.common_codes,
            missing_codes=listed.missing_codes,
            extra_codes=listed.extra_codes,
        )
    if unsure and (total.common or presumption is Presumption.NOTHING):
        return None
    return total


def _grouped(terminology: Terminology, compose: Compose) -> dict[str, tuple[Include, ...]]:
    groups: dict[str, tuple[Include, ...]] = {}
    for one in compose.includes:
        system = terminology.registry.canonical(one.system or "")
        groups[system] = (*groups.get(system, ()), one)
    return groups


def _has_codes(found: Overlap) -> bool:
    return bool(found.common_codes or found.missing_codes or found.extra_codes)


def _one_system(
    terminology: Terminology,
    system: str,
    here: Sequence[Include],
    there: Sequence[Include],
    presumption: Presumption,
) -> Overlap | None:
    if not here or not there:
        return Overlap(this_only=bool(here), other_only=bool(there))
    all_here, all_there = _has_whole(here), _has_whole(there)
    needs_version = _needs_version(terminology, system)
    if all_here and all_there and not needs_version:
        # whatever versions are named (suite related-ver-all-diff-cs-version)
        return SAME
    if _enumerates(here) and _enumerates(there) and not needs_version:
        return _lists(here, there)
    if _keys(replace(one, system=system) for one in here) == _keys(
        replace(one, system=system) for one in there
    ):
        return SAME
    if (all_here or all_there) and presumption is Presumption.PROPER_PARTS:
        return Overlap(common=True, this_only=all_here, other_only=all_there)
    return _branches(terminology, system, here, there)


def _has_whole(includes: Sequence[Include]) -> bool:
    return any(not one.concepts and not one.filters for one in includes)


def _enumerates(includes: Sequence[Include]) -> bool:
    return all(one.concepts for one in includes)


def _needs_version(terminology: Terminology, system: str) -> bool:
    """Tell whether a code means nothing without a version (CodeSystem.versionNeeded)."""
    header = terminology.find_header(system)
    return header is not None and header.version_needed


def _has_members(terminology: Terminology, system: str, includes: Sequence[Include]) -> bool:
    """Tell whether the includes surely have a member: codes, all, or a root that is there."""
    return any(not one.filters or _branch(terminology, system, one) is not None for one in includes)


def _lists(here: Sequence[Include], there: Sequence[Include]) -> Overlap:
    left = {concept.code for one in here for concept in one.concepts}
    right = {concept.code for one in there for concept in one.concepts}
    return Overlap(
        common=bool(left & right),
        this_only=bool(left - right),
        other_only=bool(right - left),
        common_codes=tuple(sorted(left & right)),
        missing_codes=tuple(sorted(left - right)),
        extra_codes=tuple(sorted(right - left)),
    )


# -- branches of a hierarchy -----------------------------------------------------------------------


def _branches(
    terminology: Terminology, system: str, here: Sequence[Include], there: Sequence[Include]
) -> Overlap | None:
    """Compare one is-a filter with another of the same version, by the hierarchy alone.

    None where neither is above the other and both share descendants: then codes are of interest.
    """
    if len(here) != 1 or len(there) != 1 or here[0].version != there[0].version:
        return None
    left = _branch(terminology, system, here[0])
    right = _branch(terminology, system, there[0])
    if left is None or right is None:
        return None
    provider, top = left
    hierarchy, other_top = provider.hierarchy, right[1]
    if hierarchy.is_below(top, other_top):
        return Overlap(common=True, other_only=True)
    if hierarchy.is_below(other_top, top):
        return Overlap(common=True, this_only=True)
    below = descendants_or_self(hierarchy, top), descendants_or_self(hierarchy, other_top)
    return Overlap(this_only=True, other_only=True) if below[0].isdisjoint(below[1]) else None


def _branch(
    terminology: Terminology, system: str, include: Include
) -> tuple[CodeSystemProvider, Ordinal] | None:
    """Return provider and root of an include that is one is-a filter on a known root, else None."""
    if len(include.filters) != 1:
        return None
    clause = include.filters[0]
    if clause.op != "is-a" or clause.property not in {"concept", "code"}:
        return None
    provider = terminology.find_system(system, include.version)
    root = provider.find(clause.value) if provider is not None else None
    if provider is None or not isinstance(root, int):
        return None
    return provider, root

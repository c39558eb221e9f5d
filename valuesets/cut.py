"""Which members of an evaluated value set are shown: the text filter, and pages.

Order: an enumeration's own; otherwise ordinal; with a text filter, rank.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol, TypeVar

from termserver.conceptset import ConceptSet
from termserver.model import Member
from termserver.providers.base import CodeSystemProvider
from termserver.search import matches
from valuesets.compose import Segment


class Listing(Protocol):
    """Members of one code system version, in a set or listed."""

    @property
    def provider(self) -> CodeSystemProvider | None:
        """Return the code system version, None for codes of one that is not loaded."""

    @property
    def members(self) -> ConceptSet | Sequence[Member]:
        """Return the members."""


Cut = TypeVar("Cut", bound=Listing)


def narrowed(
    segments: Sequence[Segment], text: str | None, *, selectable: bool = False
) -> list[Segment]:
    """Return the segments with what matches `text` and, where asked, is selectable;
    those without members are gone (parameters filter and excludeNotForUI).
    """
    result = []
    for segment in segments:
        if text:
            segment = _matching(segment, text)  # noqa: PLW2901 - the same segment, narrowed
        if selectable and segment.provider is not None:
            segment = _selectable(segment)  # noqa: PLW2901 - as above
        if segment.members:
            result.append(segment)
    return result


def _matching(segment: Segment, text: str) -> Segment:
    provider = segment.provider
    if provider is not None and isinstance(segment.members, ConceptSet):
        return replace(segment, members=segment.members & provider.search(text))
    found = provider.search(text) if provider is not None and segment.members else None
    return replace(
        segment,
        members=tuple(one for one in segment.members if _one_matches(segment, one, text, found)),
    )


def _one_matches(segment: Segment, member: Member, text: str, found: ConceptSet | None) -> bool:
    """Tell whether a listed member matches: by the names of its entry, or as `found` has it."""
    if isinstance(member, int) and found is not None and member in found:
        return True
    reference = segment.references.get(member)
    names = [one.value for one in reference.designations] if reference else []
    if reference is not None and reference.display:
        names.append(reference.display)
    code = reference.code if reference else str(member)
    if (
        segment.provider is not None
        and isinstance(member, str)
        and segment.provider.find(member) is not None
    ):
        concept = segment.provider.concept(member)
        code = concept.code
        names += [concept.display or "", *(one.value for one in concept.designations if one.active)]
    return matches(text, code, names)


def _selectable(segment: Segment) -> Segment:
    provider = segment.provider
    if provider is None:
        return segment
    if isinstance(segment.members, ConceptSet):
        return replace(segment, members=segment.members - provider.abstract())
    return replace(
        segment, members=tuple(one for one in segment.members if not provider.is_abstract(one))
    )


def cut(
    segments: Sequence[Cut], offset: int, count: int | None, text: str | None
) -> Iterator[tuple[Cut, Sequence[Member]]]:
    """Yield the page of `count` members (None: all) from `offset` on, segment by segment."""
    left = sum(len(one.members) for one in segments) if count is None else count
    for segment in segments:
        size = len(segment.members)
        if offset >= size:
            offset -= size
            continue
        members = slice_of(segment, offset, left, text)
        yield segment, members
        left -= len(members)
        offset = 0
        if left <= 0:
            break


def slice_of(segment: Listing, offset: int, count: int, text: str | None) -> Sequence[Member]:
    """Return `count` members from `offset` on: by rank with a text filter, otherwise in order.

    Those that match by names outside the index (a supplement's) come last, in order.
    """
    members = segment.members
    if not isinstance(members, ConceptSet):
        return members[offset : offset + count]
    ranked = getattr(segment.provider, "search_ranked", None) if text else None
    if ranked is None:
        return members.page(offset, count)
    best = list(islice(ranked(text, members), offset + count))
    if len(best) < offset + count and len(best) < len(members):
        rest = members - ConceptSet.of(best)
        best += rest.page(0, offset + count - len(best))
    return best[offset : offset + count]

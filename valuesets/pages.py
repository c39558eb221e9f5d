"""Plain pages: a value set evaluated once and kept, cut into pages of rows written beforehand.

What a page of codes and displays needs beside its rows (identity, parameters, warnings) depends on
the definition alone. A plan holds it until packs change; the answer is that of `valuesets.expand`
to the byte (a property test says so), and whatever is not plain is left to it: None.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple, cast

from termserver.conceptset import ConceptSet
from termserver.deadline import UNLIMITED, Deadline
from termserver.errors import TerminologyError, TooCostly
from termserver.index.rows import PageRows
from termserver.index.text import Hits
from termserver.model import Json, Ordinal
from termserver.providers.base import CodeSystemProvider
from termserver.systems import POLYHIERARCHIES
from termserver.terminology import Terminology
from valuesets.compose import Members, Segment, evaluate
from valuesets.context import Evaluation
from valuesets.cut import cut
from valuesets.echo import parameters, unclosed
from valuesets.expand import requested_languages
from valuesets.model import ConceptReference, ExpandRequest, ExpansionParameter, ValueSet

_PLAIN = ExpandRequest()


class Part(NamedTuple):
    """The members of one code system version, a set or in the order of an enumeration."""

    system: str
    provider: CodeSystemProvider
    members: ConceptSet | Sequence[Ordinal]
    rows: PageRows


class Frame(NamedTuple):
    """What an expansion says beside the definition's identity and the members.

    `open_ended`: a part has no list, so there is no total. `nests`: a whole expansion is a tree, so
    that only pages are plain. `facts` are the parameters that follow those echoed. `written` is
    room for what a wire format makes of this.
    """

    facts: tuple[ExpansionParameter, ...]
    extensions: tuple[Json, ...]
    open_ended: bool
    nests: bool
    written: dict[Hashable, Any]


class PagePlan(NamedTuple):
    """A value set made ready for pages.

    `root` is what MARK stands for in the value set's texts. `written` is room for what a wire
    format makes of the value set's identity.
    """

    value_set: ValueSet
    parts: tuple[Part, ...]
    frame: Frame
    written: dict[Hashable, bytes]
    root: str | None = None


MARK = "9" * 18
"""Stands for a concept in texts that are alike for all concepts but for that."""


class Page(NamedTuple):
    """The total, and the members shown of each part in order."""

    total: int
    shown: Sequence[tuple[Part, Sequence[Ordinal]]]


def prepare(
    terminology: Terminology, value_set: ValueSet, deadline: Deadline = UNLIMITED
) -> PagePlan | None:
    """Return the plan of a value set, None where its pages may say more than rows do.

    Nothing is raised but what `deadline` does and TooCostly, which another request may not meet:
    who answers in full names what is wrong.
    """
    try:
        return _prepare(terminology, value_set, deadline)
    except TooCostly:
        raise
    except TerminologyError:
        return None


def _prepare(terminology: Terminology, value_set: ValueSet, deadline: Deadline) -> PagePlan | None:
    compose = value_set.compose
    if compose is None or compose.properties or value_set.supplements:
        return None
    if requested_languages(_PLAIN, value_set) is not None:
        return None
    evaluation = Evaluation(terminology=terminology, rules=_PLAIN.versions, deadline=deadline)
    segments = evaluate(evaluation, value_set)
    parts = [_part(evaluation, one) for one in segments]
    if evaluation.used_supplements or None in parts:
        return None
    frame = Frame(
        facts=tuple(parameters(_PLAIN, evaluation, value_set, segments, None)),
        extensions=unclosed(evaluation),
        open_ended=evaluation.open_ended,
        nests=any(not one.listed and one.system not in POLYHIERARCHIES for one in segments),
        written={},
    )
    found = tuple(one for one in parts if one is not None)
    return PagePlan(value_set=value_set, parts=found, frame=frame, written={})


def _part(evaluation: Evaluation, segment: Segment) -> Part | None:
    """Return a segment whose members need nothing but their rows, None for another."""
    provider = segment.provider
    rows: PageRows | None = getattr(provider, "page_rows", None)
    if provider is None or rows is None or evaluation.several_versions(segment.system):
        return None
    if any(map(_says_more, segment.references.values())):
        return None
    members = _ordinals(segment.members)
    if members is None:
        return None
    return Part(system=segment.system, provider=provider, members=members, rows=rows)


def _ordinals(members: Members) -> ConceptSet | Sequence[Ordinal] | None:
    if isinstance(members, ConceptSet):
        return members
    found = [one for one in members if isinstance(one, int)]
    return _packed(found) if len(found) == len(members) else None


def _packed(ordinals: Iterable[Ordinal]) -> Sequence[Ordinal]:
    """Return ordinals in a fraction of what a tuple takes."""
    return cast("Sequence[Ordinal]", array("I", ordinals))


def _says_more(reference: ConceptReference) -> bool:
    return bool(reference.display is not None or reference.designations or reference.extensions)


def weight(plan: PagePlan) -> int:
    """Return about how many bytes a plan takes."""
    return 4_000 + sum(
        len(one.members) // 8 if isinstance(one.members, ConceptSet) else 4 * len(one.members)
        for one in plan.parts
    )


def cut_page(plan: PagePlan, *, offset: int, count: int | None, text: str | None) -> Page:
    """Return `count` members (None: all) from `offset` on, of those that match `text`."""
    parts = plan.parts
    if text and text.strip():
        return _found_page([(one, _matching(one, text)) for one in parts], offset, count)
    if len(parts) == 1 and count is not None:
        # most value sets: one set of concepts
        (part,) = parts
        members = part.members
        if isinstance(members, ConceptSet):
            return Page(len(members), ((part, members.stretch(offset, count)),))
    shown = list(cut(parts, offset, count, None))
    total = sum([len(one.members) for one in parts])
    return Page(total, cast("list[tuple[Part, Sequence[Ordinal]]]", shown))


def _found_page(
    found: Sequence[tuple[Part, Hits | Sequence[Ordinal]]], offset: int, count: int | None
) -> Page:
    """Return the page of what a text found of each part, by rank or in the order of a list."""
    sizes = [one.total if isinstance(one, Hits) else len(one) for _, one in found]
    total = sum(sizes)
    left = total if count is None else count
    shown = []
    for (part, hits), size in zip(found, sizes, strict=True):
        if offset >= size or left <= 0:
            offset = max(offset - size, 0)
            continue
        best = hits.page(offset, left) if isinstance(hits, Hits) else hits[offset : offset + left]
        shown.append((part, best))
        left -= len(best)
        offset = 0
    return Page(total, shown)


def _matching(part: Part, text: str) -> Hits | Sequence[Ordinal]:
    """Return the members that match; codes are among the names of the index."""
    members = part.members
    # who has rows is a provider over what is stored
    stored: Any = getattr(part.provider, "stored", part.provider)
    if isinstance(members, ConceptSet):
        hits: Hits = stored.search_hits(text, members)
        return hits
    found = part.provider.search(text)
    return _packed([one for one in members if one in found])

"""The graph of one code system version: parents, children, everything above and below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from termserver.conceptset import ConceptSet
from termserver.model import Ordinal


class Hierarchy(Protocol):
    """What a hierarchy answers. Sets are over ordinals; the concept itself is never in them."""

    def parents(self, ordinal: Ordinal) -> Sequence[Ordinal]:
        """Return the direct parents, in source order; empty at a root."""

    def children(self, ordinal: Ordinal) -> Sequence[Ordinal]:
        """Return the direct children, in source order; empty at a leaf."""

    def ancestors(self, ordinal: Ordinal) -> ConceptSet:
        """Return everything above; empty at a root."""

    def descendants(self, ordinal: Ordinal) -> ConceptSet:
        """Return everything below; empty at a leaf. Cost: reading one serialised set."""

    def is_below(self, ordinal: Ordinal, ancestor: Ordinal) -> bool:
        """Tell whether `ordinal` is a proper descendant of `ancestor`, without building a set."""


class MemoryHierarchy:
    """A hierarchy kept in memory; closures are built when first asked for and kept."""

    def __init__(self, parents: Mapping[Ordinal, Sequence[Ordinal]]) -> None:
        """Take each concept's direct parents; concepts without any may be left out."""
        self._parents = {child: tuple(dict.fromkeys(above)) for child, above in parents.items()}
        children: dict[Ordinal, list[Ordinal]] = {}
        for child in sorted(self._parents):
            for parent in self._parents[child]:
                children.setdefault(parent, []).append(child)
        self._children = {parent: tuple(below) for parent, below in children.items()}
        self._closures: dict[tuple[bool, Ordinal], ConceptSet] = {}

    def parents(self, ordinal: Ordinal) -> Sequence[Ordinal]:
        """Return the direct parents, in source order; empty at a root."""
        return self._parents.get(ordinal, ())

    def children(self, ordinal: Ordinal) -> Sequence[Ordinal]:
        """Return the direct children, in source order; empty at a leaf."""
        return self._children.get(ordinal, ())

    def ancestors(self, ordinal: Ordinal) -> ConceptSet:
        """Return everything above; empty at a root."""
        return self._closure(ordinal, self._parents, up=True)

    def descendants(self, ordinal: Ordinal) -> ConceptSet:
        """Return everything below; empty at a leaf."""
        return self._closure(ordinal, self._children, up=False)

    def is_below(self, ordinal: Ordinal, ancestor: Ordinal) -> bool:
        """Tell whether `ordinal` is a proper descendant of `ancestor`."""
        return ancestor in self.ancestors(ordinal)

    def _closure(
        self, start: Ordinal, steps: Mapping[Ordinal, Sequence[Ordinal]], *, up: bool
    ) -> ConceptSet:
        key = (up, start)
        found = self._closures.get(key)
        if found is None:
            found = self._closures[key] = ConceptSet.of(reachable(start, steps))
        return found


def reachable(start: Ordinal, steps: Mapping[Ordinal, Sequence[Ordinal]]) -> set[Ordinal]:
    """Return everything reached from `start` by one or more steps (never loops on a cycle)."""
    seen: set[Ordinal] = set()
    waiting = list(steps.get(start, ()))
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting.extend(steps.get(one, ()))
    return seen


def descendants_or_self(hierarchy: Hierarchy, ordinal: Ordinal) -> ConceptSet:
    """Return the concept and everything below it (ECL `<<`, FHIR `is-a`)."""
    return hierarchy.descendants(ordinal).with_member(ordinal)

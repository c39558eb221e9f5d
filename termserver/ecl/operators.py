"""Operators of the hierarchy applied to a set: below, above, near, top and bottom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from termserver.conceptset import ConceptSet
from termserver.ecl.syntax import Operator
from termserver.hierarchy import Hierarchy
from termserver.model import Ordinal

_BATCH = 256
"""So many sets are united at once: each union copies what was found before."""
_WITH_SELF = frozenset(
    {
        Operator.CHILD_OR_SELF_OF,
        Operator.DESCENDANT_OR_SELF_OF,
        Operator.PARENT_OR_SELF_OF,
        Operator.ANCESTOR_OR_SELF_OF,
    }
)


def operate(
    operator: Operator, focus: ConceptSet, hierarchy: Hierarchy, check: Callable[[], None]
) -> ConceptSet:
    """Return what an operator gives for every concept of `focus` together.

    Top and bottom are those of `focus` without an ancestor or a descendant in it. `check` is called
    at each concept and may raise.
    """
    match operator:
        case Operator.TOP:
            return ConceptSet.of(_ends(hierarchy.ancestors, focus, check))
        case Operator.BOTTOM:
            return ConceptSet.of(_ends(hierarchy.descendants, focus, check))
        case Operator.CHILD_OF | Operator.CHILD_OR_SELF_OF:
            found = ConceptSet.of(_near(hierarchy.children, focus, check))
        case Operator.PARENT_OF | Operator.PARENT_OR_SELF_OF:
            found = ConceptSet.of(_near(hierarchy.parents, focus, check))
        case Operator.DESCENDANT_OF | Operator.DESCENDANT_OR_SELF_OF:
            found = _reached(hierarchy.descendants, focus, check)
        case _:
            # a concept stands behind most of what is above it
            found = _reached(hierarchy.ancestors, reversed(focus.to_array()), check)
    return found | focus if operator in _WITH_SELF else found


def _ends(
    reach: Callable[[Ordinal], ConceptSet], focus: ConceptSet, check: Callable[[], None]
) -> Iterator[Ordinal]:
    for one in focus:
        check()
        if reach(one).isdisjoint(focus):
            yield one


def _near(
    steps: Callable[[Ordinal], Iterable[Ordinal]], focus: ConceptSet, check: Callable[[], None]
) -> Iterator[Ordinal]:
    for one in focus:
        check()
        yield from steps(one)


def _reached(
    reach: Callable[[Ordinal], ConceptSet], focus: Iterable[int], check: Callable[[], None]
) -> ConceptSet:
    """Return all that is reached; what is reached from another leads to nothing more."""
    found = ConceptSet.empty()
    waiting: list[ConceptSet] = []
    for one in focus:
        check()
        if one in found or (waiting and one in waiting[-1]):
            continue
        waiting.append(reach(Ordinal(one)))
        if len(waiting) == _BATCH:
            found = ConceptSet.union_all([found, *waiting])
            waiting.clear()
    return ConceptSet.union_all([found, *waiting])

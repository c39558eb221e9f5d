"""`descendent-leaf`: the leaves below the concept named by the value, without itself (R5)."""

from termserver.conceptset import ConceptSet
from termserver.filters.source import FilterSource, root
from termserver.model import FilterClause, Ordinal


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return the descendants that have no children. Raises: UnknownCode, InvalidValueSet."""
    below = source.hierarchy.descendants(root(source, clause))
    return ConceptSet.of(one for one in below if not source.hierarchy.children(one))


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether `member` is a leaf properly below the concept."""
    below = source.hierarchy.is_below(member, root(source, clause))
    return below and not source.hierarchy.children(member)

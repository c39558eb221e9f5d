"""`generalizes`: the concept named by the value and everything above it."""

from termserver.conceptset import ConceptSet
from termserver.filters.source import FilterSource, root
from termserver.model import FilterClause, Ordinal


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return the concept and its ancestors. Raises: UnknownCode, InvalidValueSet."""
    bottom = root(source, clause)
    return source.hierarchy.ancestors(bottom) | ConceptSet.of([bottom])


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether `member` is the concept or above it."""
    bottom = root(source, clause)
    return member == bottom or source.hierarchy.is_below(bottom, member)

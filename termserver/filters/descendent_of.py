"""`descendent-of`: everything below the concept named by the value, without itself."""

from termserver.conceptset import ConceptSet
from termserver.filters.source import FilterSource, root
from termserver.model import FilterClause, Ordinal


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return the descendants; empty for a leaf. Raises: UnknownCode, InvalidValueSet."""
    return source.hierarchy.descendants(root(source, clause))


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether `member` is properly below the concept."""
    return source.hierarchy.is_below(member, root(source, clause))

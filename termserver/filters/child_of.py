"""`child-of`: the direct children of the concept named by the value (R5)."""

from termserver.conceptset import ConceptSet
from termserver.filters.source import FilterSource, root
from termserver.model import FilterClause, Ordinal


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return the direct children; empty for a leaf. Raises: UnknownCode, InvalidValueSet."""
    return ConceptSet.of(source.hierarchy.children(root(source, clause)))


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether the concept is a direct parent of `member`."""
    return root(source, clause) in source.hierarchy.parents(member)

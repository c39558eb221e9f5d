"""`is-not-a`: every concept that is neither the one named nor below it."""

from termserver.conceptset import ConceptSet
from termserver.filters import is_a
from termserver.filters.source import FilterSource
from termserver.model import FilterClause, Ordinal


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return all concepts without the subtree. Raises: UnknownCode, InvalidValueSet."""
    return source.all() - is_a.select(source, clause)


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether `member` is outside the subtree."""
    return not is_a.contains(source, clause, member)

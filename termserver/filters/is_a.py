"""`is-a`: the concept named by the value and everything below it (FHIR filter-operator)."""

from termserver.conceptset import ConceptSet
from termserver.filters.source import FilterSource, root
from termserver.hierarchy import descendants_or_self
from termserver.model import FilterClause, Ordinal


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return the concept and its descendants. Raises: UnknownCode, InvalidValueSet."""
    return descendants_or_self(source.hierarchy, root(source, clause))


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether `member` is the concept or below it."""
    top = root(source, clause)
    return member == top or source.hierarchy.is_below(member, top)

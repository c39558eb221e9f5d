"""`not-in`: no value of the property is one of the comma separated values.

A concept without the property is in: nothing in the definition asks for a value.
"""

from termserver.conceptset import ConceptSet
from termserver.filters import is_in
from termserver.filters.source import FilterSource
from termserver.model import FilterClause, Ordinal


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return all concepts without those of `in`. Raises: InvalidValueSet."""
    return source.all() - is_in.select(source, clause)


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether no value of the member's property is listed."""
    return not is_in.contains(source, clause, member)

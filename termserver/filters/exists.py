"""`exists`: the property has a value (`true`) or has none (`false`)."""

from termserver.conceptset import ConceptSet
from termserver.errors import InvalidValueSet
from termserver.filters.source import FilterSource, rows_of, values_of
from termserver.model import FilterClause, Ordinal


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return the concepts that have (or lack) the property. Raises: InvalidValueSet."""
    wanted = _wanted(clause)
    having = ConceptSet.of(ordinal for ordinal, _ in rows_of(source, clause))
    return having if wanted else source.all() - having


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether the member has (or lacks) the property."""
    return bool(values_of(source, clause, member)) == _wanted(clause)


def _wanted(clause: FilterClause) -> bool:
    if clause.value not in {"true", "false"}:
        raise InvalidValueSet(
            f"The filter '{clause.property} exists' takes 'true' or 'false', not '{clause.value}'"
        )
    return clause.value == "true"

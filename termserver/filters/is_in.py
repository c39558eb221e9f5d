"""`in`: a value of the property is one of the comma separated values."""

from termserver.conceptset import ConceptSet
from termserver.filters.source import FilterSource, rows_of, same_text, values_of
from termserver.model import FilterClause, Ordinal


def listed(clause: FilterClause) -> tuple[str, ...]:
    """Return the values of a comma separated list, blanks around them taken off."""
    return tuple(part.strip() for part in clause.value.split(",") if part.strip())


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return the concepts that have one of the values. Raises: InvalidValueSet."""
    wanted = listed(clause)
    return ConceptSet.of(
        ordinal
        for ordinal, value in rows_of(source, clause)
        if any(same_text(source, clause, value, one) for one in wanted)
    )


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether any value of the member's property is listed."""
    wanted = listed(clause)
    values = values_of(source, clause, member)
    return any(same_text(source, clause, value, one) for value in values for one in wanted)

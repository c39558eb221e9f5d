"""`=`: a value of the property equals the filter's value, as text (FHIR R4 codesystem, 4.8.14)."""

from termserver.conceptset import ConceptSet
from termserver.filters.source import (
    CODE_WORDS,
    FilterSource,
    equals,
    rows_of,
    same_text,
    values_of,
)
from termserver.model import FilterClause, Ordinal


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return the concepts with that value; empty where none has it. Raises: InvalidValueSet."""
    if clause.property in CODE_WORDS:
        member = source.find(clause.value)
        return ConceptSet.of([member]) if isinstance(member, int) else ConceptSet.empty()
    wanted = clause.value
    found = equals(source, clause)
    if found is not None:
        return found
    return ConceptSet.of(
        ordinal
        for ordinal, value in rows_of(source, clause)
        if same_text(source, clause, value, wanted)
    )


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether any value of the member's property equals the filter's."""
    wanted = clause.value
    values = values_of(source, clause, member)
    return any(same_text(source, clause, value, wanted) for value in values)

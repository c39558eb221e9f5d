"""FHIR filter operators: one module each, all with `select` and `contains`.

`select` answers which concepts of a code system satisfy a clause, `contains` whether one does, so
that $validate-code never expands. Source: FHIR ValueSet.compose.include.filter, CodeSystem filter-
operator.
"""

from __future__ import annotations

from types import ModuleType

from termserver.conceptset import ConceptSet
from termserver.errors import InvalidValueSet, NotSupported
from termserver.filters import (
    child_of,
    descendent_leaf,
    descendent_of,
    equal,
    exists,
    generalizes,
    is_a,
    is_in,
    is_not_a,
    not_in,
    regex,
)
from termserver.filters.source import FilterSource
from termserver.model import FilterClause, Ordinal

OPERATORS: dict[str, ModuleType] = {
    "=": equal,
    "is-a": is_a,
    "descendent-of": descendent_of,
    # THO's SNOMED CT page spells it so (data of mCODE's era too)
    "descendant-of": descendent_of,
    "is-not-a": is_not_a,
    "regex": regex,
    "in": is_in,
    "not-in": not_in,
    "generalizes": generalizes,
    "child-of": child_of,
    "descendent-leaf": descendent_leaf,
    "exists": exists,
}
HIERARCHICAL = frozenset(
    {
        "is-a",
        "descendent-of",
        "descendant-of",
        "is-not-a",
        "generalizes",
        "child-of",
        "descendent-leaf",
    }
)


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return the concepts of `source` that satisfy `clause`; empty where none does.

    Raises: NotSupported (unknown operator), InvalidValueSet (unknown property, value that the
    operator cannot use), UnknownCode (a root that is not there).
    """
    found: ConceptSet = _operator(source, clause).select(source, clause)
    return found


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether `member` is in `select(source, clause)`, without building that set."""
    found: bool = _operator(source, clause).contains(source, clause, member)
    return found


def _operator(source: FilterSource, clause: FilterClause) -> ModuleType:
    module = OPERATORS.get(clause.op)
    if module is None:
        raise NotSupported(
            f"Unknown filter operator '{clause.op}' for code system '{source.system.canonical}'; "
            f"known: {', '.join(OPERATORS)}"
        )
    if clause.value == "":
        raise InvalidValueSet(
            f"The filter '{clause.property} {clause.op}' on '{source.system.url}' has no value"
        )
    return module

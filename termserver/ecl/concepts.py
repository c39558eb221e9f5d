"""Concept filters: definition status, module, effective time, active."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from termserver.conceptset import ConceptSet
from termserver.ecl.source import ConceptColumns
from termserver.ecl.syntax import (
    ActiveFilter,
    ConceptFilter,
    ConceptFilters,
    DefinitionStatusFilter,
    DefinitionStatusIdFilter,
    EffectiveTimeFilter,
    ModuleFilter,
    TimeComparison,
)

if TYPE_CHECKING:
    from termserver.ecl.evaluate import Evaluator

PRIMITIVE, DEFINED = "900000000000074008", "900000000000073002"

Test = Callable[[int], bool]


def filtered(evaluator: Evaluator, found: ConceptSet, group: ConceptFilters) -> ConceptSet:
    """Return the concepts of `found` that satisfy every filter."""
    columns = evaluator.source.columns()
    for one in group.filters:
        if isinstance(one, ActiveFilter):
            active = one.value != one.negated
            found = found - columns.inactive if active else found & columns.inactive
        else:
            test = _test(evaluator, columns, one)
            found = ConceptSet.of(concept for concept in found if test(concept - columns.first))
    return found


def _test(evaluator: Evaluator, columns: ConceptColumns, one: ConceptFilter) -> Test:
    match one:
        case DefinitionStatusFilter():
            wanted = {text == "defined" for text in one.tokens}
            return lambda at: (columns.defined[at] in wanted) != one.negated
        case DefinitionStatusIdFilter():
            codes = ids_of(evaluator, evaluator.values(one.value))
            statuses = {status for code, status in _STATUSES.items() if code in codes}
            return lambda at: (columns.defined[at] in statuses) != one.negated
        case ModuleFilter():
            modules = {int(code) for code in ids_of(evaluator, evaluator.values(one.value))}
            return lambda at: (columns.module[at] in modules) != one.negated
        case EffectiveTimeFilter():
            return lambda at: time_fits(one.comparison, columns.effective_time[at])
        case ActiveFilter():
            raise AssertionError("active filters are sets")
        case _:
            assert_never(one)


_STATUSES = {PRIMITIVE: False, DEFINED: True}


def ids_of(evaluator: Evaluator, concepts: ConceptSet) -> set[str]:
    """Return the identifiers of concepts."""
    return {evaluator.source.code_of(one) for one in concepts}


def time_fits(comparison: TimeComparison, time: int | None) -> bool:
    """Tell whether an effective time stands to any of the dates as the filter says.

    No date equals no date alone. `!=` must hold for all of several dates.
    """
    tests = [_one_time(comparison.order, time, text) for text in comparison.values]
    return all(tests) if comparison.order == "!=" else any(tests)


def _one_time(order: str, time: int | None, text: str) -> bool:
    wanted = int(text) if text else None
    if order in {"=", "!="}:
        return (time == wanted) == (order == "=")
    if time is None or wanted is None:
        return False
    results = {"<": time < wanted, "<=": time <= wanted, ">": time > wanted, ">=": time >= wanted}
    return results[order]

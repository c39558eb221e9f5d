"""Concept filters: definition status, module, effective time, active; over columns of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

import numpy as np

from termserver.conceptset import ConceptSet
from termserver.ecl.columns import compare, is_one_of
from termserver.ecl.source import Column, ConceptColumns
from termserver.ecl.syntax import (
    ActiveFilter,
    ConceptFilter,
    ConceptFilters,
    ConceptSetValue,
    DefinitionStatusFilter,
    DefinitionStatusIdFilter,
    EffectiveTimeFilter,
    ModuleFilter,
    TimeComparison,
)

if TYPE_CHECKING:
    from termserver.ecl.evaluate import Evaluator

PRIMITIVE, DEFINED = "900000000000074008", "900000000000073002"
_STATUSES = {PRIMITIVE: 0, DEFINED: 1}


def filtered(evaluator: Evaluator, found: ConceptSet, group: ConceptFilters) -> ConceptSet:
    """Return the concepts of `found` that satisfy every filter."""
    columns = evaluator.source.columns()
    for one in group.filters:
        evaluator.check()
        if isinstance(one, ActiveFilter):
            active = one.value != one.negated
            found = found - columns.inactive if active else found & columns.inactive
        else:
            found = _kept(evaluator, columns, found, one)
    return found


def _kept(
    evaluator: Evaluator, columns: ConceptColumns, found: ConceptSet, one: ConceptFilter
) -> ConceptSet:
    ordinals = np.frombuffer(found.to_array(), dtype=np.uint32)
    at = ordinals.astype(np.int64) - columns.first
    mask = _mask(evaluator, columns, at, one)
    return ConceptSet.of_packed(ordinals[mask].tobytes())


def _mask(evaluator: Evaluator, columns: ConceptColumns, at: Column, one: ConceptFilter) -> Column:
    match one:
        case DefinitionStatusFilter():
            statuses = {1 if text == "defined" else 0 for text in one.tokens}
            return is_one_of(columns.defined[at], statuses, negated=one.negated)
        case DefinitionStatusIdFilter():
            named = named_by(evaluator, one.value)
            statuses = {status for code, status in _STATUSES.items() if named(code)}
            return is_one_of(columns.defined[at], statuses, negated=one.negated)
        case ModuleFilter():
            named = named_by(evaluator, one.value)
            modules = [module for module in columns.modules if named(module)]
            return is_one_of(columns.module[at], modules, negated=one.negated)
        case EffectiveTimeFilter():
            return _time_mask(columns.effective_time[at], one.comparison)
        case ActiveFilter():
            raise AssertionError("active filters are sets")
        case _:
            assert_never(one)


def _time_mask(times: Column, comparison: TimeComparison) -> Column:
    """Tell which times fit; the rule is that of `time_fits`."""
    if comparison.order in {"=", "!="}:
        wanted = [int(one or 0) for one in comparison.values]
        return is_one_of(times, wanted, negated=comparison.order == "!=")
    dates = [int(one) for one in comparison.values if one]
    fits = np.zeros(len(times), dtype=bool)
    for date in dates:
        fits |= compare(times, comparison.order, date) & (times > 0)
    return fits


def named_by(evaluator: Evaluator, value: ConceptSetValue) -> Callable[[int | str | None], bool]:
    """Return what tells whether an identifier is that of one of a value's concepts.

    It looks identifiers up one by one: the value may be every concept of an edition.
    """
    concepts, find = evaluator.values(value), evaluator.source.find

    def test(code: int | str | None) -> bool:
        found = find(str(code))
        return found is not None and found in concepts

    return test


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

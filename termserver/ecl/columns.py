"""Columns of numbers: which of them are in a set of concepts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from termserver.conceptset import ConceptSet
from termserver.ecl.source import Column


def contains(concepts: ConceptSet, column: Column) -> Column:
    """Tell for each ordinal of a column whether it is in the set."""
    if not len(column):
        return np.zeros(0, dtype=bool)
    table = np.zeros(int(column.max()) + 1, dtype=bool)
    inside = np.array(concepts.to_array(), dtype=np.int64)
    table[inside[inside < len(table)]] = True
    result: Column = table[column]
    return result


def compare(column: Column, order: str, value: float) -> Column:
    """Tell for each number whether it stands to `value` as `order` says."""
    results = {
        "=": np.equal,
        "!=": np.not_equal,
        "<": np.less,
        "<=": np.less_equal,
        ">": np.greater,
        ">=": np.greater_equal,
    }
    result: Column = results[order](column, value)
    return result


def is_one_of(column: Column, values: Iterable[int], *, negated: bool) -> Column:
    """Tell for each number whether it is one of `values` (none of them, if negated)."""
    wanted = np.array(sorted(set(values)), dtype=np.int64)
    result: Column = np.isin(column, wanted, invert=negated)
    return result

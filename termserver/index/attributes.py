"""Attribute rows as columns for refinements: (type, target, source, group), sorted in that order.

A type is the concept that names the property (SNOMED CT attributes). Concrete values stand beside,
as text and, where they are numbers, as numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from termserver.index.files import open_numpy, write_array
from termserver.index.strings import Strings

_COLUMNS = ("type", "target", "source", "group")
_CONCRETE = ("type", "source", "group")


class AttributeBuilder:
    """Gathers rows while records stream by (16 bytes each)."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rows = array("I")
        self._concrete = array("I")
        self._texts: list[str] = []
        self._numbers = array("d")

    def add(self, type_: int, target: int, source: int, group: int) -> None:
        """Take one row between concepts; `group` 0 means that the row stands alone."""
        self._rows.extend((type_, target, source, group))

    def extend(self, rows: Iterable[tuple[int, int, int, int]]) -> None:
        """Take many rows: (type, target, source, group)."""
        self._rows.extend(chain.from_iterable(rows))

    def add_concrete(self, type_: int, source: int, group: int, value: str | float | bool) -> None:
        """Take one row whose value is a number, a text or a truth value."""
        self._concrete.extend((type_, source, group))
        plain = isinstance(value, bool)
        self._texts.append(str(value).lower() if plain else str(value))
        self._numbers.append(float("nan") if plain else _number(value))

    def write(self, folder: Path) -> None:
        """Write the columns."""
        rows = np.array(self._rows, dtype=np.uint32).reshape(-1, len(_COLUMNS)).T
        order = np.lexsort(rows[::-1])
        for name, column in zip(_COLUMNS, rows, strict=True):
            write_array(folder / f"attribute.{name}", column[order], "I")
        concrete = np.array(self._concrete, dtype=np.uint32).reshape(-1, len(_CONCRETE)).T
        order = np.lexsort(concrete[::-1])
        for name, column in zip(_CONCRETE, concrete, strict=True):
            write_array(folder / f"concrete.{name}", column[order], "I")
        write_array(folder / "concrete.number", np.array(self._numbers)[order], "d")
        Strings.build(folder, "concrete", (self._texts[at] for at in order.tolist()))


def _number(value: str | float) -> float:
    # a text such as "500" is no number
    return float("nan") if isinstance(value, str) else float(value)


@dataclass(frozen=True, slots=True)
class ConcreteValues:
    """Rows whose value is no concept, by type, source and group; `number` is NaN where it is
    none.
    """

    type: NDArray[Any]
    source: NDArray[Any]
    group: NDArray[Any]
    number: NDArray[Any]
    text: Strings


class AttributeIndex:
    """The columns of one pack, sorted by type, target, source and group; all of equal length.

    Groups are numbered within their source, as the release numbers them; 0 is no group.
    """

    __slots__ = ("concrete", "group", "source", "target", "type")

    def __init__(self, folder: Path) -> None:
        """Map what `AttributeBuilder.write` wrote. Raises: StoreError where a file is missing."""
        self.type, self.target, self.source, self.group = (
            open_numpy(folder / f"attribute.{name}", "I") for name in _COLUMNS
        )
        type_, source, group = (open_numpy(folder / f"concrete.{name}", "I") for name in _CONCRETE)
        number = open_numpy(folder / "concrete.number", "d")
        self.concrete = ConcreteValues(
            type_, source, group, number, Strings.open(folder, "concrete")
        )

    def __len__(self) -> int:
        """Return the number of rows between concepts."""
        return len(self.type)

    def slice_of(self, type_: int) -> slice:
        """Return where the rows of one attribute type stand; an empty slice if there are none."""
        low, high = np.searchsorted(self.type, np.array([type_, type_ + 1], dtype=np.uint32))
        return slice(int(low), int(high))

    def concrete_slice_of(self, type_: int) -> slice:
        """Return where the concrete rows of one type stand; an empty slice if there are none."""
        bounds = np.array([type_, type_ + 1], dtype=np.uint32)
        low, high = np.searchsorted(self.concrete.type, bounds)
        return slice(int(low), int(high))

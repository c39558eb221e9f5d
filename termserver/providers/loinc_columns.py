"""Columns of LOINC's fields in memory: a filter reads a field once and not at every request.

Measured on a made-up release of full size (110,000 terms): the first `SCALE_TYP =` costs 40 times
and more what later ones cost. A column takes 8 bytes a row and its distinct values; a field of long
texts is not kept.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from termserver.conceptset import ConceptSet
from termserver.filters.source import text_of
from termserver.model import Ordinal, PropertyValue

_MAX_CHARACTERS = 4_000_000
"""Characters of a column that is kept: the names of all components come to some 2 million."""

Rows = Iterable[tuple[Ordinal, PropertyValue]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field: for each row the concept and the number of its value.

    `names` has the name of each distinct value (of the part that it is), `by_text` the numbers of
    the values by code and by name, without case.
    """

    ordinals: array[int]
    numbers: array[int]
    names: tuple[str, ...]
    by_text: dict[str, tuple[int, ...]]

    def equal_to(self, texts: Iterable[str]) -> ConceptSet:
        """Return the concepts with a value of that code or name, compared without case."""
        return self._with({one for text in texts for one in self.by_text.get(text.casefold(), ())})

    def matching(self, test: Callable[[str], bool]) -> ConceptSet:
        """Return the concepts with a value whose name passes `test`, asked once for each value."""
        return self._with({at for at, name in enumerate(self.names) if test(name)})

    def _with(self, numbers: set[int]) -> ConceptSet:
        if not numbers:
            return ConceptSet.empty()
        wanted = np.zeros(len(self.names), dtype=bool)
        wanted[list(numbers)] = True
        rows = wanted[np.frombuffer(self.numbers, dtype=np.uint32)]
        found = array("I")
        found.frombytes(np.frombuffer(self.ordinals, dtype=np.uint32)[rows].tobytes())
        return ConceptSet.of(found)


@dataclass(slots=True)
class Columns:
    """The columns of one release that were asked for so far; at most one for each field."""

    _kept: dict[str, Column] = field(default_factory=dict)

    def get(
        self, name: str, rows: Callable[[], Rows], name_of: Callable[[PropertyValue], str]
    ) -> Column:
        """Return a field's column, read from `rows` where it is not kept yet."""
        found = self._kept.get(name)
        if found is None:
            found, size = _column(rows(), name_of)
            if size <= _MAX_CHARACTERS:
                self._kept[name] = found
        return found


def _column(rows: Rows, name_of: Callable[[PropertyValue], str]) -> tuple[Column, int]:
    ordinals, numbers = array("I"), array("I")
    known: dict[PropertyValue, int] = {}
    for ordinal, value in rows:
        ordinals.append(ordinal)
        numbers.append(known.setdefault(value, len(known)))
    names = tuple(name_of(value) for value in known)
    by_text: dict[str, tuple[int, ...]] = {}
    for value, name in zip(known, names, strict=True):
        for text in {text_of(value).casefold(), name.casefold()}:
            by_text[text] = (*by_text.get(text, ()), known[value])
    column = Column(ordinals=ordinals, numbers=numbers, names=names, by_text=by_text)
    return column, sum(map(len, names))

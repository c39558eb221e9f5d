"""Concepts and edges of the code system that is being read, until they can be numbered."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np

from termserver.errors import InvalidSource
from termserver.model import CodeSystem
from termserver.records import ConceptRecord, EdgeRecord
from termserver.store.numbering import Numbering, number
from termserver.store.rows import extensions_text

ABSENT = 0xFFFFFFFF


class Staging:
    """One code system: rows as tuples, edges as arrays (a release holds hundreds of thousands)."""

    def __init__(self, system: CodeSystem) -> None:
        """Begin a code system."""
        self.system = system
        self._mentioned: dict[str, int] = {}
        self._position = array("I")
        self._rows: list[tuple[Any, ...]] = []
        self._child = array("I")
        self._parent = array("I")

    def __len__(self) -> int:
        """Return the number of concepts so far."""
        return len(self._rows)

    def concept(self, record: ConceptRecord) -> None:
        """Keep a concept. Raises: InvalidSource for a code that is there already, or empty."""
        if not record.code:
            raise InvalidSource(f"A concept of '{self.system.canonical}' has no code")
        at = self._mention(record.code)
        if self._position[at] != ABSENT:
            raise InvalidSource(
                f"The code '{record.code}' occurs twice in '{self.system.canonical}'"
            )
        self._position[at] = len(self._rows)
        self._rows.append(
            (
                record.code,
                record.display or None,
                record.definition or None,
                int(record.inactive),
                int(record.abstract),
                record.status,
                record.module,
                record.effective_time,
                None if record.defined is None else int(record.defined),
                extensions_text(record.extensions),
            )
        )

    def edge(self, record: EdgeRecord) -> None:
        """Keep an edge; its concepts may come later."""
        self._child.append(self._mention(record.child))
        self._parent.append(self._mention(record.parent))

    def _mention(self, code: str) -> int:
        at = self._mentioned.get(code)
        if at is None:
            at = self._mentioned[code] = len(self._position)
            self._position.append(ABSENT)
        return at

    def numbered(self, first: int) -> tuple[Numbering, list[tuple[Any, ...]], dict[str, int]]:
        """Return (numbering, rows in order of number, code -> ordinal from `first` on).

        Raises: InvalidSource for an edge that names a code which is not there, and for a cycle.
        """
        position = np.frombuffer(self._position, dtype=np.uint32).astype(np.int64)
        self._check_edges(position)
        numbering = number(
            len(self._rows),
            position[np.frombuffer(self._child, dtype=np.uint32)],
            position[np.frombuffer(self._parent, dtype=np.uint32)],
            lambda at: str(self._rows[at][0]),
        )
        rows = [self._rows[at] for at in numbering.order.tolist()]
        return numbering, rows, {row[0]: at for at, row in enumerate(rows, first)}

    def _check_edges(self, position: np.ndarray[Any, Any]) -> None:
        if len(self._rows) == len(self._position):
            return
        for code, at in self._mentioned.items():
            if position[at] == ABSENT:
                raise InvalidSource(
                    f"The hierarchy of '{self.system.canonical}' names the code '{code}', "
                    "which is not there"
                )

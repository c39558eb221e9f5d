"""Rows of language reference sets as mapped columns, ascending by component (28 bytes a row).

They are the most numerous rows of a release and say little each: which of few states (reference
set, acceptability, active, module, time) a description has there. A pack without such rows has none
of the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from termserver.index.files import open_numpy, write_array
from termserver.records import LanguageBlock, LanguageState

_ROW = tuple[int, LanguageState, bytes]
_ID = 16
_AT_ONCE = 10_000


def build_language(folder: Path, blocks: Sequence[LanguageBlock]) -> None:
    """Write the files of the rows of `blocks`; none where there are none."""
    if not blocks:
        return
    states = [one for block in blocks for one in block.states]
    firsts = np.cumsum([0, *(len(block.states) for block in blocks)])
    state = np.concatenate(
        [
            np.frombuffer(block.state, dtype=np.uint32) + np.uint32(first)
            for block, first in zip(blocks, firsts.tolist(), strict=False)
        ]
    )
    components = np.concatenate([np.frombuffer(one.components, dtype=np.int64) for one in blocks])
    members = np.frombuffer(b"".join(one.members for one in blocks), dtype=np.uint8)
    order = np.argsort(components, kind="stable")
    write_array(folder / "language.states", np.array(states, dtype=np.int64).reshape(-1), "q")
    write_array(folder / "language.state", state[order], "I")
    write_array(folder / "language.component", components[order], "q")
    write_array(folder / "language.member", members.reshape(-1, _ID)[order].reshape(-1), "B")


class LanguageIndex:
    """Language rows by component and by reference set: (component, state, 16 bytes of the id)."""

    __slots__ = ("_components", "_members", "_state", "_states")

    def __init__(self, folder: Path) -> None:
        """Map what `build_language` wrote. Raises: StoreError where some of it is missing."""
        self._states: list[LanguageState] = []
        if not (folder / "language.states").exists():
            return
        rows = open_numpy(folder / "language.states", "q").reshape(-1, 5).tolist()
        self._states = [
            (refset, acceptability, bool(active), module, time)
            for refset, acceptability, active, module, time in rows
        ]
        self._state = open_numpy(folder / "language.state", "I")
        self._components = open_numpy(folder / "language.component", "q")
        self._members = open_numpy(folder / "language.member", "B")

    def rows_of(self, component: int) -> Iterator[_ROW]:
        """Yield the rows of one component in the order of the source; nothing if there is none."""
        if self._states:
            low, high = np.searchsorted(self._components, [component, component + 1])
            yield from self._rows(np.arange(low, high))

    def members(self, refset: int) -> Iterator[_ROW]:
        """Yield the rows of one reference set by component; nothing for one that is not there."""
        numbers = [at for at, state in enumerate(self._states) if state[0] == refset]
        if numbers:
            yield from self._rows(np.flatnonzero(np.isin(self._state, numbers)))

    def facts(self, refset: int) -> Iterator[tuple[int, LanguageState]]:
        """Yield component and state of the rows of one reference set by component, without ids."""
        numbers = [at for at, state in enumerate(self._states) if state[0] == refset]
        if numbers:
            places = np.flatnonzero(np.isin(self._state, numbers))
            for some in np.array_split(places, len(places) // _AT_ONCE + 1):
                states = map(self._states.__getitem__, self._state[some].tolist())
                yield from zip(self._components[some].tolist(), states, strict=True)

    def columns(self) -> tuple[list[LanguageState], NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Return states, and for each row number of state, component and 16 bytes of its id.

        Rows ascend by component, those of one in the order of the source; all empty without rows.
        """
        if not self._states:
            nothing = np.empty(0, dtype=np.int64)
            return [], nothing, nothing, np.empty((0, _ID), dtype=np.uint8)
        return self._states, self._state, self._components, self._members.reshape(-1, _ID)

    def _rows(self, places: NDArray[np.int64]) -> Iterator[_ROW]:
        ids = self._members
        for at in places.tolist():
            state = self._states[int(self._state[at])]
            yield int(self._components[at]), state, ids[_ID * at : _ID * (at + 1)].tobytes()

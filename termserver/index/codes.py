"""Codes of a pack: by ordinal, and back by a hash table in a mapped file (about 1 µs, no query).

A slot holds an ordinal + 1, or 0 where it is free; collisions go to the next slot. Keys are mixed
with the number of their code system, so one table serves all systems of a pack.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from zlib import crc32

from termserver.index.files import open_array, write_array
from termserver.index.strings import Strings
from termserver.model import Ordinal


class Codes:
    """Code of an ordinal, ordinal of a code."""

    __slots__ = ("_exact", "_folded", "_strings")

    def __init__(self, strings: Strings, exact: memoryview, folded: memoryview) -> None:
        """Take the opened files; use `open`."""
        self._strings = strings
        self._exact = exact
        self._folded = folded

    @staticmethod
    def build(
        folder: Path, codes: Sequence[str], systems: Iterable[tuple[int, int, int, bool]]
    ) -> None:
        """Write the files.

        `codes` in order of ordinal; `systems` as (number, first ordinal, end ordinal, whether codes
        are found in any case).
        """
        Strings.build(folder, "codes", codes)
        size = _table_size(len(codes))
        exact, folded = array("I", bytes(4 * size)), array("I", bytes(4 * size))
        for number, first, end, any_case in systems:
            for ordinal in range(first, end):
                code = codes[ordinal]
                _put(exact, crc32(code.encode(), number), ordinal)
                if any_case:
                    _put(folded, crc32(code.casefold().encode(), number), ordinal)
        write_array(folder / "codes.hash", exact, "I")
        write_array(folder / "codes.fold", folded, "I")

    @classmethod
    def open(cls, folder: Path) -> Codes:
        """Map what `build` wrote. Raises: StoreError where a file is missing."""
        return cls(
            Strings.open(folder, "codes"),
            open_array(folder / "codes.hash", "I"),
            open_array(folder / "codes.fold", "I"),
        )

    def __getitem__(self, ordinal: int) -> str:
        """Return the code of an ordinal. Raises: IndexError."""
        return self._strings[ordinal]

    def find(self, code: str, system: tuple[int, int, int]) -> Ordinal | None:
        """Return the ordinal of exactly this code in a system (number, first, end), None if
        absent.
        """
        key = code.encode(errors="surrogatepass")
        table, raw = self._exact, self._strings.raw
        number, first, end = system
        mask = len(table) - 1
        at = crc32(key, number) & mask
        while slot := table[at]:
            if first < slot <= end and raw(slot - 1) == key:
                return Ordinal(slot - 1)
            at = (at + 1) & mask
        return None

    def find_folded(self, code: str, system: tuple[int, int, int]) -> Ordinal | None:
        """Return the first ordinal whose code equals `code` but for case, None if there is none."""
        wanted = code.casefold()
        table, number, first, end = self._folded, *system
        mask = len(table) - 1
        at = crc32(wanted.encode(errors="surrogatepass"), number) & mask
        while slot := table[at]:
            if first < slot <= end and self[slot - 1].casefold() == wanted:
                return Ordinal(slot - 1)
            at = (at + 1) & mask
        return None


def _table_size(n: int) -> int:
    return max(2, 1 << (2 * n - 1).bit_length()) if n else 2


def _put(table: array[int], key: int, ordinal: int) -> None:
    mask = len(table) - 1
    at = key & mask
    while table[at]:
        at = (at + 1) & mask
    table[at] = ordinal + 1

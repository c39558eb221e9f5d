"""SNOMED CT RF2: rows kept as they stand, so that an extension can be built on the pack alone.

A pack's tables keep descriptions and reference sets whole. Of relationships they lack the id (by
which an extension replaces or retires a row), of concepts the order, of alternate identifiers
module and time: such rows go into a file of the pack as they were read.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from loaders.rf2_files import Row
from loaders.rf2_full import Block
from termserver.records import Record, SourceRows

NUMBERS: dict[str, tuple[int, ...]] = {
    "concept": (0,),
    "relationship": (0, 4, 5),
    "concrete": (0, 4),
    "identifier": (5,),
}
"""Kind of file -> its columns of identifiers that nearly all differ; all others repeat."""

_WIDTH = {"concept": 5, "relationship": 10, "concrete": 10, "identifier": 6}


class _States(dict[tuple[str, ...], int]):
    """Numbers the distinct rests of rows as they are met; `fresh` are those not given out yet."""

    def __init__(self) -> None:
        super().__init__()
        self.fresh: list[tuple[str, ...]] = []

    def __missing__(self, state: tuple[str, ...]) -> int:
        number = self[state] = len(self)
        self.fresh.append(state)
        return number


class RowKeeper:
    """Notes the rows of one kind of file while they are read for something else."""

    def __init__(self, kind: str) -> None:
        """Begin with the columns of `kind` (one of `NUMBERS`)."""
        self._kind = kind
        self._at = NUMBERS[kind]
        self._rest = itemgetter(*(one for one in range(_WIDTH[kind]) if one not in self._at))
        self._states = _States()
        self._odd_states = _States()
        self._waiting: list[SourceRows] = []

    def watch(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Yield the blocks; the rows of each are noted once the next one is asked for.

        By then whoever reads them has checked them.
        """
        for block in blocks:
            yield block
            self.keep(block.rows)

    def keep(self, rows: Sequence[Row]) -> None:
        """Note rows; `taken` gives them out."""
        if not rows:
            return
        plain = _numbers(rows, self._at)
        if plain is None:
            # a column that is no plain number can stand in an inactive row, of which less is asked
            odd = [row for row in rows if _numbers([row], self._at) is None]
            self._waiting.append(self._block(odd, (), itemgetter(*range(len(odd[0]))), ()))
            rows = [row for row in rows if _numbers([row], self._at) is not None]
            plain = _numbers(rows, self._at) or ()
        if rows:
            self._waiting.append(self._block(rows, self._at, self._rest, plain))

    def taken(self) -> Iterator[SourceRows]:
        """Yield what was noted since the last call."""
        yield from self._waiting
        self._waiting.clear()

    def _block(
        self,
        rows: Sequence[Row],
        at: tuple[int, ...],
        rest: Callable[[Row], tuple[str, ...]],
        numbers: tuple[array[int], ...],
    ) -> SourceRows:
        states = self._states if at else self._odd_states
        state = array("I", map(states.__getitem__, map(rest, rows)))
        fresh, states.fresh = states.fresh, []
        return SourceRows(kind=self._kind, at=at, numbers=numbers, state=state, states=fresh)


def kept_beside(
    kind: str, blocks: Iterable[Block], read: Callable[[Iterator[Block]], Iterable[Record]]
) -> Iterator[Record]:
    """Yield the records that `read` makes of the blocks, and the rows themselves between them."""
    keeper = RowKeeper(kind)
    for record in read(keeper.watch(blocks)):
        yield record
        yield from keeper.taken()
    yield from keeper.taken()


def kept_rows(kind: str, blocks: Iterable[Block]) -> Iterator[SourceRows]:
    """Yield the rows of the blocks, for a kind of which nothing else is read in blocks."""
    keeper = RowKeeper(kind)
    for block in blocks:
        keeper.keep(block.rows)
        yield from keeper.taken()


def _numbers(rows: Sequence[Row], at: Sequence[int]) -> tuple[array[int], ...] | None:
    """Return columns as numbers, None where any text is not just what its number is written as."""
    found = []
    for column in at:
        texts = list(map(itemgetter(column), rows))
        joined = "\n" + "\n".join(texts)
        if not joined.isascii() or "\n0" in joined or not joined.replace("\n", "").isdigit():
            return None
        try:
            found.append(array("q", map(int, texts)))
        except (ValueError, OverflowError):
            return None
    return tuple(found)

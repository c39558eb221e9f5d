"""SNOMED CT RF2: checks of rows, in blocks: identifiers, effective times, the active flag.

A block of rows is checked column by column, which costs a tenth of checking row by row.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter

from loaders.rf2_files import Row
from loaders.rf2_full import Placed
from termserver.errors import InvalidSource
from termserver.sctid import Kind, first_invalid, is_sctid

_BLOCK = 8192
_UUID_LENGTH = 36
_Block = list[Placed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Which columns hold what.

    `ids` are identifiers that nearly all differ, `enumerations` concept identifiers with few
    different values, `components` identifiers of any kind that may be empty, `numbers` integers of
    which the same holds; `members` says that column 0 is a UUID. Columns 1 to 3 are always checked.
    """

    ids: tuple[tuple[int, Kind | None], ...] = ()
    enumerations: tuple[int, ...] = ()
    components: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    members: bool = False
    known: set[str] = field(default_factory=set)


def verified(rows: Iterable[Placed], checks: Checks) -> Iterator[Placed]:
    """Yield the rows again once their block is checked. Raises: InvalidSource with file and
    line.
    """
    waiting = iter(rows)
    while block := list(islice(waiting, _BLOCK)):
        _check(block, [row for _, _, row in block], checks)
        yield from block


def _check(block: _Block, rows: list[Row], checks: Checks) -> None:
    _check_values(block, rows, 1, _is_time, "is no effective time (YYYYMMDD)")
    _check_values(block, rows, 2, _is_flag, "is no active flag (0 or 1)")
    if checks.members and set(map(len, map(itemgetter(0), rows))) != {_UUID_LENGTH}:
        raise _fault(block, 0, lambda text: len(text) == _UUID_LENGTH, "is no member id (UUID)")
    for column, kind in checks.ids:
        _check_ids(block, list(map(itemgetter(column), rows)), column, kind)
    for column in (3, *checks.enumerations):
        fresh = set(map(itemgetter(column), rows)) - checks.known
        _check_texts(block, column, fresh, _is_concept, "is no valid concept identifier")
        checks.known.update(fresh)
    for column in checks.components:
        _check_values(block, rows, column, _is_component, "is no valid component identifier")
    for column in checks.numbers:
        _check_values(block, rows, column, _is_number, "is no whole number")


def _is_time(text: str) -> bool:
    return len(text) == 8 and text.isdigit()


def _is_flag(text: str) -> bool:
    return text in {"0", "1"}


def _is_concept(text: str) -> bool:
    return is_sctid(text, "concept")


def _is_component(text: str) -> bool:
    return not text or is_sctid(text)


def _is_number(text: str) -> bool:
    return not text or text.removeprefix("-").isdigit()


def _check_values(
    block: _Block,
    rows: list[Row],
    column: int,
    is_right: Callable[[str], bool],
    what: str,
) -> None:
    _check_texts(block, column, set(map(itemgetter(column), rows)), is_right, what)


def _check_texts(
    block: _Block, column: int, texts: Iterable[str], is_right: Callable[[str], bool], what: str
) -> None:
    if not all(map(is_right, texts)):
        raise _fault(block, column, is_right, what)


def _check_ids(block: _Block, texts: list[str], column: int, kind: Kind | None) -> None:
    joined = "\n" + "\n".join(texts)
    try:
        ids = array("q", map(int, texts))
    except (ValueError, OverflowError):
        ids = array("q", [0])
    plain = "\n0" not in joined and joined.replace("\n", "").isdigit()
    if not plain or first_invalid(ids, kind) is not None:
        what = f"is no valid {kind or 'component'} identifier (check digit, partition, length)"
        raise _fault(block, column, lambda text: is_sctid(text, kind), what)


def _fault(block: _Block, column: int, is_right: Callable[[str], bool], what: str) -> InvalidSource:
    """Return the error for the first row of the block whose column is not right."""
    for file, line, row in block:
        if not is_right(row[column]):
            return InvalidSource(
                f"column {column + 1} '{row[column]}' {what}", file=file.name, line=line
            )
    file, line, _ = block[0]
    return InvalidSource(f"column {column + 1} {what}", file=file.name, line=line)

"""SNOMED CT RF2: checks of rows, in blocks: identifiers, effective times, the active flag.

A block of rows is checked column by column, which costs a tenth of checking row by row.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter

from loaders.rf2_files import Row
from loaders.rf2_full import Block
from termserver.errors import InvalidSource
from termserver.sctid import Kind, first_invalid, is_sctid

_UUID_LENGTH = 36


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


class Numbers(dict[str, int]):
    """Text -> number, remembered: for columns with few different values."""

    def __missing__(self, text: str) -> int:
        """Return the number that `text` is. Raises: ValueError."""
        number = self[text] = int(text)
        return number


def verified(blocks: Iterable[Block], checks: Checks) -> Iterator[Block]:
    """Yield the blocks again, each once it is checked. Raises: InvalidSource with file and line."""
    for block in blocks:
        _check(block, block.rows, checks)
        yield block


def _check(block: Block, rows: list[Row], checks: Checks) -> None:
    _check_values(block, rows, 1, is_time, "is no effective time (YYYYMMDD)")
    _check_values(block, rows, 2, is_flag, "is no active flag (0 or 1)")
    if checks.members:
        check_member_ids(block)
    for column, kind in checks.ids:
        check_ids(block, column, kind)
    for column in (3, *checks.enumerations):
        fresh = set(map(itemgetter(column), rows)) - checks.known
        _check_texts(block, column, fresh, is_concept, "is no valid concept identifier")
        checks.known.update(fresh)
    for column in checks.components:
        _check_values(block, rows, column, _is_component, "is no valid component identifier")
    for column in checks.numbers:
        _check_values(block, rows, column, _is_number, "is no whole number")


def check_member_ids(block: Block) -> None:
    """Raise InvalidSource where the first column is not as long as a UUID."""
    if set(map(len, map(itemgetter(0), block.rows))) != {_UUID_LENGTH}:
        raise fault(block, 0, lambda text: len(text) == _UUID_LENGTH, "is no member id (UUID)")


def is_time(text: str) -> bool:
    """Tell whether a text is written as an effective time (eight digits)."""
    return len(text) == 8 and text.isdigit()


def is_flag(text: str) -> bool:
    """Tell whether a text is an active flag."""
    return text in {"0", "1"}


def is_concept(text: str) -> bool:
    """Tell whether a text is a valid concept identifier."""
    return is_sctid(text, "concept")


def _is_component(text: str) -> bool:
    return not text or is_sctid(text)


def _is_number(text: str) -> bool:
    return not text or text.removeprefix("-").isdigit()


def _check_values(
    block: Block,
    rows: list[Row],
    column: int,
    is_right: Callable[[str], bool],
    what: str,
) -> None:
    _check_texts(block, column, set(map(itemgetter(column), rows)), is_right, what)


def _check_texts(
    block: Block, column: int, texts: Iterable[str], is_right: Callable[[str], bool], what: str
) -> None:
    if not all(map(is_right, texts)):
        raise fault(block, column, is_right, what)


def check_ids(block: Block, column: int, kind: Kind | None) -> array[int]:
    """Return a column of identifiers as numbers. Raises: InvalidSource for one that is none (of
    `kind`).
    """
    texts = list(map(itemgetter(column), block.rows))
    joined = "\n" + "\n".join(texts)
    try:
        ids = array("q", map(int, texts))
    except (ValueError, OverflowError):
        ids = array("q", [0])
    plain = "\n0" not in joined and joined.replace("\n", "").isdigit()
    if not plain or first_invalid(ids, kind) is not None:
        what = f"is no valid {kind or 'component'} identifier (check digit, partition, length)"
        raise fault(block, column, lambda text: is_sctid(text, kind), what)
    return ids


def fault(block: Block, column: int, is_right: Callable[[str], bool], what: str) -> InvalidSource:
    """Return the error for the first row of the block whose column is not right."""
    for line, row in zip(block.lines, block.rows, strict=True):
        if not is_right(row[column]):
            return InvalidSource(
                f"column {column + 1} '{row[column]}' {what}", file=block.file.name, line=line
            )
    return InvalidSource(f"column {column + 1} {what}", file=block.file.name, line=block.lines[0])

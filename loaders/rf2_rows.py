"""SNOMED CT RF2: checks of rows, in blocks: identifiers, effective times, the active flag.

A block of rows is checked column by column, which costs a tenth of checking row by row.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from loaders.rf2_full import Placed
from termserver.errors import InvalidSource
from termserver.sctid import Kind, first_invalid, is_sctid

_BLOCK = 8192
_EIGHT_DIGITS = 8


def verified(
    rows: Iterable[Placed], *, ids: Mapping[int, Kind | None], enumerations: Sequence[int] = ()
) -> Iterator[Placed]:
    """Yield the rows again once their block is checked.

    `ids` are columns of identifiers of any number, `enumerations` columns of identifiers with few
    different values (moduleId is always checked so). Raises: InvalidSource with file and line.
    """
    waiting = iter(rows)
    known: set[str] = set()
    while block := list(islice(waiting, _BLOCK)):
        _check_times(block)
        for column, kind in ids.items():
            _check_ids(block, column, kind)
        for column in (3, *enumerations):
            _check_enumeration(block, column, known)
        yield from block


def _check_times(block: Sequence[Placed]) -> None:
    times = {row[1] for _, _, row in block}
    if any(len(one) != _EIGHT_DIGITS or not one.isdigit() for one in times):
        raise _fault(block, 1, "is no effective time (YYYYMMDD)", _is_time)
    if not {row[2] for _, _, row in block} <= {"0", "1"}:
        raise _fault(block, 2, "is no active flag (0 or 1)", lambda text: text in {"0", "1"})


def _is_time(text: str) -> bool:
    return len(text) == _EIGHT_DIGITS and text.isdigit()


def _check_ids(block: Sequence[Placed], column: int, kind: Kind | None) -> None:
    try:
        ids = array("q", [int(row[column]) for _, _, row in block])
    except (ValueError, OverflowError):
        ids = array("q", [0])
    if first_invalid(ids, kind) is not None or any(row[column][0] == "0" for _, _, row in block):
        what = f"is no valid {kind or 'component'} identifier (check digit, partition, length)"
        raise _fault(block, column, what, lambda text: is_sctid(text, kind))


def _check_enumeration(block: Sequence[Placed], column: int, known: set[str]) -> None:
    for text in {row[column] for _, _, row in block} - known:
        if not is_sctid(text, "concept"):
            raise _fault(
                block,
                column,
                "is no valid concept identifier",
                lambda one: is_sctid(one, "concept"),
            )
        known.add(text)


def _fault(
    block: Sequence[Placed], column: int, what: str, is_right: Callable[[str], bool]
) -> InvalidSource:
    """Return the error for the first row of the block whose column is not right."""
    for file, line, row in block:
        if not is_right(row[column]):
            return InvalidSource(
                f"column {column + 1} '{row[column]}' {what}", file=file.name, line=line
            )
    file, line, _ = block[0]
    return InvalidSource(f"column {column + 1} {what}", file=file.name, line=line)

"""SNOMED CT RF2: language reference sets, read once into columns (35 bytes a row).

They have more rows than all other files together, with few distinct values but for the component
and the row's own id. Source: Release File Specification, 5.2.2.1.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np

from loaders.rf2_files import Rf2File
from loaders.rf2_full import Block
from loaders.rf2_refsets import RefsetRegister
from loaders.rf2_rows import check_ids, check_member_ids, fault, is_concept, is_flag, is_time
from termserver.errors import InvalidSource
from termserver.records import (
    LanguageBlock,
    LanguageState,
    RefsetMemberBlock,
    RefsetMemberRow,
    RefsetRecord,
)

PREFERRED = "900000000000548007"
ACCEPTABLE = "900000000000549004"
_LANGUAGE_COLUMNS = ("acceptabilityId",)
_UNRANKED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptability:
    """In which language reference sets a description is preferred, and in which acceptable.

    `rank` is the position of the first of the edition's dialects that prefers it (1000 where none
    of them does).
    """

    preferred: frozenset[int]
    acceptable: frozenset[int]
    rank: int


NOWHERE = Acceptability(preferred=frozenset(), acceptable=frozenset(), rank=_UNRANKED)


def is_language_file(file: Rf2File) -> bool:
    """Tell whether the file holds language reference sets (known by its column)."""
    return file.kind == "refset" and file.columns == _LANGUAGE_COLUMNS


_State = tuple[str, str, str, str, str]
_STATE = itemgetter(1, 2, 3, 4, 6)
_REFSET = 3
_BITS = 32
_IS_HEX = np.isin(np.arange(256), np.frombuffer(b"0123456789abcdef", dtype=np.uint8))
_DASHES = [8, 13, 18, 23]
_OF_STATE: tuple[tuple[int, Callable[[str], bool], str], ...] = (
    (1, is_time, "is no effective time (YYYYMMDD)"),
    (2, is_flag, "is no active flag (0 or 1)"),
    (3, is_concept, "is no valid concept identifier"),
    (4, is_concept, "is no valid concept identifier"),
    (6, is_concept, "is no valid concept identifier"),
)


class _States(dict[_State, int]):
    """Numbers the distinct (time, active, module, refset, acceptability) as they are met."""

    def __missing__(self, state: _State) -> int:
        number = self[state] = len(self)
        return number


@dataclass(slots=True)
class LanguageRows:
    """All rows of the language reference sets, in the order of the files."""

    _states: _States = field(default_factory=_States)
    _refsets: list[RefsetRecord] = field(default_factory=list)
    _state: array[int] = field(default_factory=lambda: array("I"))
    _components: array[int] = field(default_factory=lambda: array("q"))
    _members: bytearray = field(default_factory=bytearray)
    _odd: dict[int, str] = field(default_factory=dict)

    def read(self, blocks: Iterable[Block], register: RefsetRegister) -> None:
        """Take the rows.

        Raises: InvalidSource for an identifier, time or flag that is none, and for an acceptability
        that the standard does not know (there are two: 900000000000548007 and 900000000000549004).
        """
        for block in blocks:
            self._refsets.extend(register.meet(block))
            known = len(self._states)
            numbers = array("I", map(self._states.__getitem__, map(_STATE, block.rows)))
            if len(self._states) > known:
                _check_states(block)
            check_member_ids(block)
            components = check_ids(block, 5, None)
            self._keep(block, numbers, components)

    def _keep(self, block: Block, numbers: array[int], components: array[int]) -> None:
        ids = [row[0] for row in block.rows]
        packed = _packed(ids)
        if packed is None:  # not all are UUIDs in small letters: those are kept as text
            one_by_one = [_packed([one]) for one in ids]
            at = len(self._state)
            self._odd |= {at + i: ids[i] for i, one in enumerate(one_by_one) if one is None}
            packed = b"".join(one or bytes(16) for one in one_by_one)
        self._state.extend(numbers)
        self._components.extend(components)
        self._members += packed

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._state)

    def acceptability(self, dialects: Sequence[int]) -> dict[int, Acceptability]:
        """Return the acceptability of each description that an active row names.

        Equal ones are one object: a release has some dozens.
        """
        states = list(self._states)
        refsets = sorted({int(one[_REFSET]) for one in states})
        found: dict[int, Acceptability] = {}
        for start in range(0, len(refsets), _BITS):
            self._mark(found, states, refsets[start : start + _BITS], dialects)
        return found

    def _mark(
        self,
        found: dict[int, Acceptability],
        states: Sequence[_State],
        refsets: Sequence[int],
        dialects: Sequence[int],
    ) -> None:
        """Add what the rows of (at most `_BITS`) reference sets say; a bit of a mask is a set."""
        masks = np.array([_mask(one, refsets) for one in states], dtype=np.uint64)
        row_masks = masks[np.frombuffer(self._state, dtype=np.uint32)]
        components = np.frombuffer(self._components, dtype=np.int64)
        order = np.argsort(components, kind="stable")
        order = order[row_masks[order] != 0]
        if not len(order):
            return
        components = components[order]
        starts = np.flatnonzero(np.append(True, components[1:] != components[:-1]))
        whole = np.bitwise_or.reduceat(row_masks[order], starts)
        memo = _Memo(refsets, dialects)
        for component, mask in zip(components[starts].tolist(), whole.tolist(), strict=True):
            before = found.get(component)
            found[component] = memo[mask] if before is None else _joined(before, memo[mask])

    def records(self) -> Iterator[RefsetRecord | LanguageBlock | RefsetMemberBlock]:
        """Yield the reference sets, then their rows in few blocks; nothing where there is none."""
        yield from self._refsets
        states = [_numbers(one) for one in self._states]
        if self._odd:
            yield RefsetMemberBlock(rows=[self._odd_row(at, states) for at in self._odd])
        kept = np.ones(len(self._state), dtype=bool)
        kept[list(self._odd)] = False
        if kept.any():
            members = np.frombuffer(bytes(self._members), dtype=np.uint8).reshape(-1, 16)
            yield LanguageBlock(
                states=states,
                state=array("I", np.frombuffer(self._state, dtype=np.uint32)[kept].tobytes()),
                components=array(
                    "q", np.frombuffer(self._components, dtype=np.int64)[kept].tobytes()
                ),
                members=members[kept].tobytes(),
            )

    def _odd_row(self, at: int, states: Sequence[LanguageState]) -> RefsetMemberRow:
        refset, acceptability, active, module, time = states[self._state[at]]
        fields = (str(acceptability),)
        return refset, self._components[at], fields, active, self._odd[at], module, time


class _Memo(dict[int, Acceptability]):
    """Mask -> Acceptability, one object each: the low half prefers, the high half accepts."""

    def __init__(self, refsets: Sequence[int], dialects: Sequence[int]) -> None:
        super().__init__()
        self._refsets = refsets
        self._dialects = dialects

    def __missing__(self, mask: int) -> Acceptability:
        preferred = frozenset(one for at, one in enumerate(self._refsets) if mask >> at & 1)
        high = mask >> _BITS
        acceptable = frozenset(one for at, one in enumerate(self._refsets) if high >> at & 1)
        rank = next((at for at, one in enumerate(self._dialects) if one in preferred), _UNRANKED)
        found = self[mask] = Acceptability(preferred=preferred, acceptable=acceptable, rank=rank)
        return found


def _joined(one: Acceptability, other: Acceptability) -> Acceptability:
    return Acceptability(
        preferred=one.preferred | other.preferred,
        acceptable=one.acceptable | other.acceptable,
        rank=min(one.rank, other.rank),
    )


def _mask(state: _State, refsets: Sequence[int]) -> int:
    _, active, _, refset, acceptability = state
    if active != "1" or int(refset) not in refsets:
        return 0
    bit = 1 << refsets.index(int(refset))
    return bit if acceptability == PREFERRED else bit << _BITS


def _numbers(state: _State) -> LanguageState:
    time, active, module, refset, acceptability = state
    return int(refset), int(acceptability), active == "1", int(module), int(time)


def _check_states(block: Block) -> None:
    for column, is_right, what in _OF_STATE:
        if not all(map(is_right, {row[column] for row in block.rows})):
            raise fault(block, column, is_right, what)
    for line, row in zip(block.lines, block.rows, strict=True):
        if row[2] == "1" and row[6] not in {PREFERRED, ACCEPTABLE}:
            raise InvalidSource(
                f"'{row[6]}' is no acceptability; there are {PREFERRED} (preferred) and "
                f"{ACCEPTABLE}",
                file=block.file.name,
                line=line,
            )


def _packed(ids: Sequence[str]) -> bytes | None:
    """Return 16 bytes for each id, None where not all are UUIDs in small letters."""
    joined = "".join(ids)
    if not joined.isascii() or len(joined) != 36 * len(ids):
        return None
    letters = np.frombuffer(joined.encode(), dtype=np.uint8).reshape(-1, 36)
    dashes = letters == ord("-")
    if not (dashes[:, _DASHES].all() and np.count_nonzero(dashes) == 4 * len(ids)):
        return None
    hexadecimal = _IS_HEX[letters]
    if np.count_nonzero(hexadecimal) != 32 * len(ids):
        return None
    return bytes.fromhex(joined.replace("-", ""))

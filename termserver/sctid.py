"""SNOMED CT identifiers: check digit (Verhoeff), partition, namespace.

Source: SNOMED CT Release File Specification, 6 (SNOMED CT Identifiers): 6 to 18 digits, no leading
zero; the last digit is a Verhoeff check digit, the two before it are the partition, and the seven
before the partition are the namespace where the partition says so.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["concept", "description", "relationship", "expression"]

_MULTIPLY = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
"""The dihedral group of order 10."""

_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)
_PERIOD = 8
_LEAST, _LEAST_LONG, _MOST = 6, 11, 18

_KINDS: dict[str, tuple[Kind, bool]] = {
    "00": ("concept", False),
    "01": ("description", False),
    "02": ("relationship", False),
    "10": ("concept", True),
    "11": ("description", True),
    "12": ("relationship", True),
    "16": ("expression", True),
}
"""Partition -> what it identifies, and whether a namespace stands before it. Others are
reserved.
"""


_DIGITS = re.compile("[1-9][0-9]{0,17}")


def number_of(text: str) -> int | None:
    """Return the number that `text` writes as identifiers are written, None for any other text.

    Neither check digit nor partition is looked at.
    """
    return int(text) if _DIGITS.fullmatch(text) else None


def has_sctid_form(text: str) -> bool:
    """Tell whether `text` is 6 to 18 digits, 0 to 9, and nothing else.

    Neither a leading zero, check digit nor partition is looked at.
    """
    return _LEAST <= len(text) <= _MOST and text.isascii() and text.isdigit()


def _permutations() -> tuple[tuple[int, ...], ...]:
    step = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    rows = [tuple(range(10))]
    while len(rows) < _PERIOD:
        rows.append(tuple(step[digit] for digit in rows[-1]))
    return tuple(rows)


_PERMUTE = _permutations()


@dataclass(frozen=True, slots=True, kw_only=True)
class SctId:
    """A valid identifier taken apart. `namespace` is None in the short (International) form."""

    value: int
    kind: Kind
    partition: str
    namespace: int | None


def check_digit(digits: str) -> str:
    """Return the Verhoeff digit that makes `digits` + it valid. `digits` holds decimal digits
    only.
    """
    state = 0
    for place, digit in enumerate(reversed(digits), start=1):
        state = _MULTIPLY[state][_PERMUTE[place % _PERIOD][int(digit)]]
    return str(_INVERSE[state])


def is_verhoeff(digits: str) -> bool:
    """Tell whether the last digit of `digits` is its Verhoeff check digit; False for other text."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    state = 0
    for place, digit in enumerate(reversed(digits)):
        state = _MULTIPLY[state][_PERMUTE[place % _PERIOD][int(digit)]]
    return state == 0


def parse_sctid(text: str) -> SctId | None:
    """Return the identifier that `text` is, or None where it is none (length, check digit,
    partition).
    """
    if not _LEAST <= len(text) <= _MOST or text[0] == "0" or not is_verhoeff(text):
        return None
    known = _KINDS.get(text[-3:-1])
    if known is None:
        return None
    kind, long = known
    if long and len(text) < _LEAST_LONG:
        return None
    namespace = int(text[-10:-3]) if long else None
    return SctId(value=int(text), kind=kind, partition=text[-3:-1], namespace=namespace)


def is_sctid(text: str, kind: Kind | None = None) -> bool:
    """Tell whether `text` is a valid identifier (of `kind`, where one is named)."""
    found = parse_sctid(text)
    return found is not None and (kind is None or found.kind == kind)


def format_sctid(item: int, partition: str, namespace: int | None = None) -> str:
    """Return the identifier of an item number in a partition (and namespace), check digit appended.

    Raises: ValueError for a reserved partition, or a namespace missing or given against it.
    """
    if partition not in _KINDS or _KINDS[partition][1] != (namespace is not None):
        raise ValueError(f"partition {partition!r} with namespace {namespace!r} is reserved")
    body = f"{item}{'' if namespace is None else f'{namespace:07d}'}{partition}"
    return body + check_digit(body)


def first_invalid(ids: array[int], kind: Kind | None = None) -> int | None:
    """Return the index of the first of `ids` that is no valid identifier (of `kind`), None if all
    are.

    Millions at a time: four digits are one step through the group. `kind` None takes any partition.
    """
    values = np.frombuffer(ids, dtype=np.int64)
    if not len(values):
        return None
    partitions = [part for part, (one, _) in _KINDS.items() if kind is None or one == kind]
    good = np.isin(values // 10 % 100, np.array([int(part) for part in partitions]))
    # a zero that stands for no digit at all moves the state too: `_padding` says to where
    lengths = np.searchsorted(_POWERS, values, side="right")
    least = np.where(values // 100 % 10 == 1, _LEAST_LONG, _LEAST)
    good &= (lengths >= least) & (lengths <= _MOST)
    good &= _states(values) == _PADDING[np.clip(lengths, 0, _CHUNKS * 4)]
    bad = np.flatnonzero(~good)
    return int(bad[0]) if len(bad) else None


_CHUNKS = 5
_POWERS = np.array([10**power for power in range(19)], dtype=np.int64)


def _chunk_table(offset: int) -> NDArray[np.int8]:
    """Return the group element of every four-digit chunk whose last digit stands at `offset`."""
    table = np.zeros(1, dtype=np.int8)
    multiply = np.array(_MULTIPLY, dtype=np.int8)
    for place in range(4):
        permuted = np.array(_PERMUTE[(offset + place) % _PERIOD], dtype=np.int8)
        # the new digit is the more significant one: it comes after the lower digits in the product
        table = multiply[table[None, :], permuted[:, None]].reshape(-1)
    return table


_TABLES = (_chunk_table(0), _chunk_table(4))


def _states(values: NDArray[np.int64]) -> NDArray[np.int8]:
    multiply = np.array(_MULTIPLY, dtype=np.int8)
    state = np.zeros(len(values), dtype=np.int8)
    rest = values
    for chunk in range(_CHUNKS):
        state = multiply[state, _TABLES[chunk % 2][rest % 10000]]
        rest = rest // 10000
    return state


def _padding() -> NDArray[np.int8]:
    """Return by length of a number what its leading zeros, up to 20 digits, make of a valid
    state.
    """
    found = []
    for length in range(_CHUNKS * 4 + 1):
        state = 0
        for place in range(length, _CHUNKS * 4):
            state = _MULTIPLY[state][_PERMUTE[place % _PERIOD][0]]
        found.append(state)
    return np.array(found, dtype=np.int8)


_PADDING = _padding()

"""The made-up LOINC as codes and links: parts with their tree, terms, answers and lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.synth.draw import Draw
from tests.synth.sizes import Size
from tests.synth.words import phrases, sentence, vocabulary

AXES = ("COMPONENT", "PROPERTY", "TIME", "SYSTEM", "SCALE", "METHOD", "CLASS")
_SHARES = {
    "PROPERTY": 0.0015,
    "TIME": 0.0005,
    "SYSTEM": 0.02,
    "SCALE": 0.0001,
    "METHOD": 0.045,
    "CLASS": 0.003,
}
"""Share of the parts of each axis; the rest are components."""
_FIRST_TERM, _FIRST_PART, _FIRST_ANSWER, _FIRST_LIST = 200_000, 1_000_000, 100_000, 20_000
"""Above the numbers given out so far, so that no real code comes up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoincPlan:
    """Parts by axis (the first component is the root of the tree), terms by their parts.

    `axis_parts` maps an axis to a range of part indexes; `parents` gives each component part's
    parent, -1 for the root; `terms` is code -> part indexes in the order of AXES.
    """

    parts: tuple[str, ...]
    part_names: tuple[str, ...]
    axis_parts: dict[str, range]
    parents: tuple[int, ...]
    terms: dict[str, tuple[int, ...]]
    second_place: dict[str, int]
    statuses: tuple[str, ...]
    answers: tuple[str, ...]
    lists: tuple[str, ...]


def make_loinc(seed: int, size: Size) -> LoincPlan:
    """Return the plan of a size: 110,000 terms, 120,000 parts and 80,000 answers in full."""
    count = size.of(120_000, least=200)
    axis_parts = _axis_ranges(count)
    terms = _terms(seed, size.of(110_000, least=100), axis_parts)
    return LoincPlan(
        parts=tuple(f"LP{number(_FIRST_PART + at)}" for at in range(count)),
        part_names=_part_names(seed, count, axis_parts),
        axis_parts=axis_parts,
        parents=_parents(seed, len(axis_parts["COMPONENT"])),
        terms=terms,
        second_place=_second_places(seed, terms, len(axis_parts["COMPONENT"])),
        statuses=_statuses(seed, len(terms)),
        answers=tuple(f"LA{number(_FIRST_ANSWER + at)}" for at in range(size.of(80_000, least=60))),
        lists=tuple(f"LL{number(_FIRST_LIST + at)}" for at in range(size.of(8_000, least=12))),
    )


def number(body: int) -> str:
    """Return `body-c` with LOINC's check digit (Luhn, mod 10)."""
    total = 0
    for place, digit in enumerate(reversed(str(body))):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{body}-{-total % 10}"


def _axis_ranges(count: int) -> dict[str, range]:
    others = {axis: max(5, round(count * share)) for axis, share in _SHARES.items()}
    found = {"COMPONENT": range(count - sum(others.values()))}
    start = found["COMPONENT"].stop
    for axis, wanted in others.items():
        found[axis] = range(start, start + wanted)
        start += wanted
    return found


def _parents(seed: int, count: int) -> tuple[int, ...]:
    local = np.arange(1, count, dtype=np.int64)
    above = Draw(seed, "loinc tree").early(count - 1, local) // 3 * 3
    return (-1, *above.tolist())


def _part_names(seed: int, count: int, axis_parts: dict[str, range]) -> tuple[str, ...]:
    """Return names that are distinct: parts are also found by type and name."""
    words = vocabulary(seed, 12_000)
    draw = Draw(seed, "loinc parts")
    drawn = phrases(draw, words, (1 + draw.below(count, 3)).tolist())
    seen: dict[str, int] = {}
    names = []
    for chosen in drawn:
        name = sentence(chosen)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    for at, short in zip(axis_parts["SCALE"], ("Qn", "Ord", "Nom", "Nar", "Doc"), strict=False):
        names[at] = short
    return tuple(names)


def _terms(seed: int, count: int, axis_parts: dict[str, range]) -> dict[str, tuple[int, ...]]:
    draw = Draw(seed, "loinc terms")
    columns = []
    for axis in AXES:
        parts = axis_parts[axis]
        # every component is used about once, the other axes by Zipf's law
        chosen = (
            draw.below(count, len(parts)) if axis == "COMPONENT" else draw.zipf(count, len(parts))
        )
        columns.append((chosen + parts.start).tolist())
    codes = (number(_FIRST_TERM + at) for at in range(count))
    return dict(zip(codes, zip(*columns, strict=True), strict=True))


def _second_places(seed: int, terms: dict[str, tuple[int, ...]], components: int) -> dict[str, int]:
    """Return terms that stand in the tree twice -> the other component."""
    draw = Draw(seed, "loinc second place")
    twice = draw.happens(len(terms), 0.1).tolist()
    other = draw.below(len(terms), components).tolist()
    return {
        code: at
        for code, keep, at in zip(terms, twice, other, strict=True)
        if keep and at != terms[code][0]
    }


def _statuses(seed: int, count: int) -> tuple[str, ...]:
    names = ("ACTIVE", "DEPRECATED", "DISCOURAGED", "TRIAL")
    drawn = Draw(seed, "loinc status").one_of(count, [0.94, 0.03, 0.02, 0.01])
    return tuple(names[at] for at in drawn.tolist())

"""Names of the made-up SNOMED CT: preferred terms, full names with a tag, other synonyms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.synth.draw import Draw
from tests.synth.snomed_metadata import METADATA
from tests.synth.snomed_plan import TOPS, Plan
from tests.synth.words import phrases, sentence, vocabulary

VOCABULARY = 12_000
CHUNK = 20_000
_LENGTHS = [0.08, 0.25, 0.30, 0.20, 0.10, 0.05, 0.02]
_SYNONYMS = [0.32, 0.36, 0.20, 0.09, 0.03]
"""Weights of 0, 1, 2 … synonyms beside the preferred one: 3.2 descriptions with the full name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of one concept. `british` stands where British English prefers another term."""

    concept: int
    preferred: str
    full: str
    british: str | None
    synonyms: tuple[str, ...]


def heads(seed: int, plan: Plan, words: list[str]) -> list[str]:
    """Return the noun at the end of each concept's term, mostly that of its first parent.

    So a text and a hierarchy meet in part, as they do in a real terminology.
    """
    draw = Draw(seed, "heads")
    own = draw.zipf(plan.count, len(words)).tolist()
    inherits = draw.happens(plan.count, 0.8).tolist()
    first = np.full(plan.count, -1, dtype=np.int64)
    first[plan.child[::-1]] = plan.parent[::-1]
    found: list[str] = []
    for at, above in enumerate(first.tolist()):
        inside = above >= 0 and plan.top[above] == plan.top[at]
        found.append(found[above] if inside and inherits[at] else words[own[at]])
    return found


def names(seed: int, plan: Plan) -> Iterator[Names]:
    """Yield the names of every concept, in order of the plan."""
    words = vocabulary(seed, VOCABULARY)
    ends = heads(seed, plan, words)
    draw = Draw(seed, "terms")
    for start in range(0, plan.count, CHUNK):
        stop = min(start + CHUNK, plan.count)
        extra = draw.one_of(stop - start, _SYNONYMS).tolist()
        british = draw.happens(stop - start, 0.06).tolist()
        needed = [1 + more + other for more, other in zip(extra, british, strict=True)]
        lengths = draw.one_of(sum(needed), _LENGTHS).tolist()
        terms = iter(phrases(draw, words, lengths))
        for at, more, other in zip(range(start, stop), extra, british, strict=True):
            yield _names(plan, at, ends[at], terms, more, other)


def _names(
    plan: Plan, at: int, end: str, terms: Iterator[list[str]], more: int, other: bool
) -> Names:
    drawn = [sentence([*next(terms), end]) for _ in range(1 + more + other)]
    preferred, tag = _own_name(plan, at) or (drawn[0], TOPS[plan.top[at]].tag)
    return Names(
        concept=at,
        preferred=preferred,
        full=f"{preferred} ({tag})",
        british=drawn[-1] if other else None,
        synonyms=tuple(drawn[1 : 1 + more]),
    )


def _own_name(plan: Plan, at: int) -> tuple[str, str] | None:
    """Return name and tag of what is not drawn: metadata, attributes, sets, top concepts."""
    if at < len(METADATA):
        return METADATA[at][2], "metadata"
    if at in plan.attribute_types:
        return f"Attribute {at - plan.attribute_types.start + 1}", "attribute"
    if at in plan.data_attributes:
        return f"Data attribute {at - plan.data_attributes.start + 1}", "attribute"
    if at in plan.simple_refsets:
        return f"Reference set {at - plan.simple_refsets.start + 1}", "foundation metadata concept"
    top = int(plan.top[at])
    return (TOPS[top].name, TOPS[top].tag) if at == plan.blocks[top][0] else None

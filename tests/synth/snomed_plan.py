"""The made-up SNOMED CT as numbers: concepts, hierarchy, attributes. No text, no files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.synth.draw import Draw, Ints
from tests.synth.sct_ids import FIRST_ITEM, sct_ids
from tests.synth.sizes import Size
from tests.synth.snomed_metadata import (
    DATA_ATTRIBUTE,
    METADATA,
    OBJECT_ATTRIBUTE,
    ROOT,
    SIMPLE_TYPE,
)

SIMPLE_REFSETS = 20
DATA_ATTRIBUTES = 3
_EXTRA_PARENTS = 0.45, 0.12, 0.05
"""Chances of a second, third and fourth parent: 1.6 is-a rows a concept, as in the real one."""
_ATTRIBUTE_ROWS = [0.10, 0.10, 0.14, 0.15, 0.13, 0.10, 0.08, 0.06, 0.05, 0.04, 0.03, 0.02]
"""Weights of 1, 2, 3 … attribute rows on a concept that has any (a mean of 4.7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """A top hierarchy: its share of the concepts, whether they are defined, what they refer to."""

    name: str
    tag: str
    share: float
    defined_by: tuple[str, ...] = ()


TOPS = (
    Top(name="Finding", tag="finding", share=0.12, defined_by=("Structure", "Quality", "Form")),
    Top(
        name="Disorder",
        tag="disorder",
        share=0.22,
        defined_by=("Structure", "Form", "Organism", "Substance", "Quality", "Finding"),
    ),
    Top(
        name="Procedure",
        tag="procedure",
        share=0.16,
        defined_by=("Structure", "Device", "Substance", "Quality", "Form"),
    ),
    Top(name="Structure", tag="body structure", share=0.11, defined_by=("Quality",)),
    Top(name="Organism", tag="organism", share=0.09),
    Top(name="Substance", tag="substance", share=0.08),
    Top(
        name="Product",
        tag="product",
        share=0.07,
        defined_by=("Substance", "Quality", "Dose form"),
    ),
    Top(name="Device", tag="physical object", share=0.04, defined_by=("Substance", "Quality")),
    Top(
        name="Observable",
        tag="observable entity",
        share=0.03,
        defined_by=("Structure", "Substance", "Quality"),
    ),
    Top(name="Quality", tag="qualifier value", share=0.025),
    Top(name="Form", tag="morphologic abnormality", share=0.015),
    Top(
        name="Situation",
        tag="situation",
        share=0.015,
        defined_by=("Finding", "Disorder", "Procedure", "Quality"),
    ),
    Top(name="Event", tag="event", share=0.01, defined_by=("Substance", "Device")),
    Top(name="Specimen", tag="specimen", share=0.006, defined_by=("Structure", "Procedure")),
    Top(name="Environment", tag="environment", share=0.005),
    Top(name="Scale", tag="assessment scale", share=0.004),
    Top(name="Dose form", tag="dose form", share=0.004),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeRows:
    """Attribute relationships as columns of concept indexes, by source; group 0 is ungrouped."""

    source: Ints
    type: Ints
    target: Ints
    group: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All concepts: metadata, attribute types, reference sets, each top's block, then inactive.

    `child` and `parent` are the is-a rows, by child; a parent always has the lower index. `top` is
    an index into TOPS, -1 for metadata.
    """

    ids: Ints
    active: int
    top: Ints
    blocks: tuple[tuple[int, int], ...]
    child: Ints
    parent: Ints
    attributes: AttributeRows
    attribute_types: range
    data_attributes: range
    simple_refsets: range
    defined: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Return the number of concepts."""
        return len(self.ids)


def make_plan(seed: int, size: Size) -> Plan:
    """Return the plan of a size; the same for the same seed."""
    types = range(len(METADATA), len(METADATA) + size.attribute_types)
    data = range(types.stop, types.stop + DATA_ATTRIBUTES)
    refsets = range(data.stop, data.stop + SIMPLE_REFSETS)
    blocks = _blocks(refsets.stop, size.active_concepts)
    top = np.full(size.concepts, -1, dtype=np.int64)
    for number, (start, stop) in enumerate(blocks):
        top[start:stop] = number
    inactive = size.concepts - size.active_concepts
    top[size.active_concepts :] = Draw(seed, "inactive tops").one_of(
        inactive, [one.share for one in TOPS]
    )
    child, parent = _is_a(seed, blocks, types, data, refsets)
    attributes = _attributes(seed, size, blocks, types)
    described = np.zeros(size.concepts, dtype=np.bool_)
    described[attributes.source] = True
    return Plan(
        ids=_ids(seed, size.concepts),
        active=size.active_concepts,
        top=top,
        blocks=blocks,
        child=child,
        parent=parent,
        attributes=attributes,
        attribute_types=types,
        data_attributes=data,
        simple_refsets=refsets,
        defined=described & Draw(seed, "defined").happens(size.concepts, 0.6),
    )


def _ids(seed: int, count: int) -> Ints:
    """Return identifiers that do not follow the hierarchy, those of the format itself first."""
    ids = sct_ids(FIRST_ITEM + Draw(seed, "concept ids").shuffled(count), 0)
    ids[: len(METADATA)] = [one for one, _, _ in METADATA]
    return ids


def _blocks(first: int, stop: int) -> tuple[tuple[int, int], ...]:
    whole = sum(one.share for one in TOPS)
    blocks, start, filled = [], first, 0.0
    for one in TOPS:
        filled += one.share
        end = first + max(round((stop - first) * filled / whole), start - first + 1)
        blocks.append((start, end))
        start = end
    return tuple(blocks)


def _is_a(
    seed: int, blocks: tuple[tuple[int, int], ...], types: range, data: range, refsets: range
) -> tuple[Ints, Ints]:
    """Return is-a rows: metadata as it is, in each block a tree with further parents.

    A parent is drawn among the concepts before, early ones more often: depth grows with the
    logarithm, fan-out has a long tail, and no cycle can come about.
    """
    place = {one: at for at, (one, _, _) in enumerate(METADATA)}
    rows = [(place[one], place[above]) for one, above, _ in METADATA if above is not None]
    for range_, above in (
        (types, OBJECT_ATTRIBUTE),
        (data, DATA_ATTRIBUTE),
        (refsets, SIMPLE_TYPE),
    ):
        rows += [(at, place[above]) for at in range_]
    rows += [(start, place[ROOT]) for start, _ in blocks]
    fixed = np.array(rows, dtype=np.int64)
    children, parents = [fixed[:, 0]], [fixed[:, 1]]
    draw = Draw(seed, "is-a")
    for start, stop in blocks:
        local = np.arange(1, stop - start, dtype=np.int64)
        children.append(local + start)
        parents.append(_inner(draw.early(len(local), local)) + start)
        for chance in _EXTRA_PARENTS:
            more = local[draw.happens(len(local), chance)]
            children.append(more + start)
            parents.append(_inner(draw.early(len(more), more)) + start)
    return _distinct(np.concatenate(children), np.concatenate(parents))


def _inner(local: Ints) -> Ints:
    """Return the one concept of each three that may have children: the others are leaves."""
    return local // 3 * 3


def _distinct(child: Ints, parent: Ints) -> tuple[Ints, Ints]:
    """Return the rows by child, each once, the first parent of each child left in front."""
    order = np.argsort(child, kind="stable")
    child, parent = child[order], parent[order]
    _, first = np.unique(child * (int(child.max()) + 1) + parent, return_index=True)
    kept = np.sort(first)
    return child[kept], parent[kept]


def _attributes(
    seed: int, size: Size, blocks: tuple[tuple[int, int], ...], types: range
) -> AttributeRows:
    """Return attribute rows of defined hierarchies: types by Zipf's law, early values first."""
    draw = Draw(seed, "attributes")
    numbers = {one.name: at for at, one in enumerate(TOPS)}
    ranges = _ranges(types)
    columns: list[tuple[Ints, Ints, Ints, Ints]] = []
    for number, one in enumerate(TOPS):
        own = [at for at, (domain, _) in ranges.items() if domain == number]
        if not own or not one.defined_by:
            continue
        start, stop = blocks[number]
        sources = np.arange(start + 1, stop, dtype=np.int64)
        sources = sources[draw.happens(len(sources), 0.92)]
        rows = 1 + draw.one_of(len(sources), _ATTRIBUTE_ROWS)
        source = np.repeat(sources, rows)
        position = np.arange(len(source)) - np.repeat(np.cumsum(rows) - rows, rows)
        group = np.where(np.repeat(draw.happens(len(sources), 0.15), rows), 0, position // 3 + 1)
        type_ = np.array(own, dtype=np.int64)[draw.zipf(len(source), len(own))]
        bounds = np.array([blocks[numbers[ranges[at][1]]] for at in own], dtype=np.int64)
        which = np.searchsorted(own, type_)
        low, high = bounds[which, 0], bounds[which, 1]
        target = low + draw.early(len(source), high - low)
        columns.append((source, type_, target, group))
    source, type_, target, group = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    kept = target != source
    return AttributeRows(
        source=source[kept], type=type_[kept], target=target[kept], group=group[kept]
    )


def _ranges(types: range) -> dict[int, tuple[int, str]]:
    """Return attribute type -> (top whose concepts have it, name of the top its values are of)."""
    slots = [
        (number, value)
        for round_ in range(6)
        for number, one in enumerate(TOPS)
        for value in one.defined_by[round_ : round_ + 1]
    ]
    return {at: slots[place % len(slots)] for place, at in enumerate(types)}

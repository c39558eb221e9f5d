"""Designations and properties by the thousand: a store takes them, a pipe carries them, faster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from termserver.records import (
    DesignationBlock,
    DesignationRecord,
    DesignationRow,
    PropertyBlock,
    PropertyRecord,
    PropertyRow,
    Record,
)

SIZE = 2_000


def in_blocks(records: Iterable[Record]) -> Iterator[Record]:
    """Yield the same records, plain designations and properties gathered in blocks.

    The order within designations, and within properties, stays; all else comes where it came.
    """
    names: list[DesignationRow] = []
    facts: list[PropertyRow] = []
    for record in records:
        if type(record) is PropertyRecord and not record.extensions:
            facts.append(_fact(record))
            if len(facts) == SIZE:
                yield PropertyBlock(rows=facts)
                facts = []
        elif type(record) is DesignationRecord and not _has_more(record):
            names.append(_name(record))
            if len(names) == SIZE:
                yield DesignationBlock(rows=names)
                names = []
        else:
            yield from _rest(names, facts)
            names, facts = [], []
            yield record
    yield from _rest(names, facts)


def _rest(names: list[DesignationRow], facts: list[PropertyRow]) -> Iterator[Record]:
    if names:
        yield DesignationBlock(rows=names)
    if facts:
        yield PropertyBlock(rows=facts)


def _has_more(record: DesignationRecord) -> bool:
    """Tell whether a designation has what a block's rows do not hold."""
    return bool(record.additional_use or record.status or record.extensions)


def _fact(one: PropertyRecord) -> PropertyRow:
    return (
        one.code,
        one.property,
        one.type,
        one.value,
        one.target,
        one.group,
        one.active,
        one.module,
        one.effective_time,
    )


def _name(one: DesignationRecord) -> DesignationRow:
    return (
        one.code,
        one.value,
        one.language,
        one.use,
        one.active,
        one.id,
        one.module,
        one.effective_time,
        one.case_significance,
        one.preferred_in,
        one.acceptable_in,
    )

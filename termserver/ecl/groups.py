"""Groups of attribute rows, each by a number that tells the concept and the group.

The rows of one concept with one group number are a group; a row in group 0 is a group of its own.
A group stands in the definition of its concept, so a reversed attribute sees it from its values:
all that one pair of braces asks of a concept holds of one group in which the concept is the value
of the reversed attributes and whose own concept it is for the others.
Source: ECL 2.2, attribute groups and reverse of attributes; docs/ecl.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from termserver.ecl.source import AttributeRows, Column
from termserver.ecl.syntax import AttributeSet

_BITS = 32
_ALONE = 1 << 31
"""Added to a row's position to number rows of group 0 as groups of their own."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows that satisfy an attribute: the concept that each speaks of, its group and place.

    `at` counts the rows with concepts as values first, then the concrete ones.
    """

    concept: Column
    group: Column
    at: Column


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups that one pair of braces looks at: a concept's own, those of others, or both.

    `number` tells whose group each row stands in; None where only own groups are looked at.
    """

    rows: AttributeRows
    number: Column | None
    own: bool

    def keys(self, found: Found) -> Column:
        """Return the concept and the group of each row as one number."""
        if self.number is None:
            return _paired(found.concept, _numbered(found.group, found.at))
        return _paired(found.concept, self.number[found.at])

    def listed(self, keys: Keys) -> Column:
        """Return the keys of groups that the braces may be asked of."""
        if not keys.without:
            return keys.keys
        return np.setdiff1d(self._every(), keys.keys, assume_unique=True)

    def _every(self) -> Column:
        if self.number is None:
            return np.unique(_own_keys(self.rows))
        targets = self.rows.target
        others = _paired(targets, self.number[: len(targets)])
        if not self.own:
            return np.unique(others)
        sources = np.concatenate([self.rows.source, self.rows.concrete_source])
        return np.union1d(others, _paired(sources, self.number))


@dataclass(frozen=True, slots=True)
class Keys:
    """A set of groups by their keys (ascending): those named, or all others if `without`.

    What `[0..0]` asks for is nearly every group of an edition: it is only counted out at the end.
    """

    keys: Column
    without: bool = False

    def __and__(self, other: Keys) -> Keys:
        """Return the groups of both."""
        if self.without and other.without:
            return Keys(np.union1d(self.keys, other.keys), without=True)
        if self.without or other.without:
            named, left_out = (other, self) if self.without else (self, other)
            return Keys(np.setdiff1d(named.keys, left_out.keys, assume_unique=True))
        return Keys(np.intersect1d(self.keys, other.keys, assume_unique=True))

    def __or__(self, other: Keys) -> Keys:
        """Return the groups of either."""
        return ~(~self & ~other)

    def __invert__(self) -> Keys:
        """Return all other groups."""
        return Keys(self.keys, without=not self.without)


def groups_of(rows: AttributeRows, tree: AttributeSet) -> Groups:
    """Return the groups that an attribute set in braces looks at.

    Cost: small; with a reversed attribute the keys of all rows are sorted once.
    """
    ways = set(_ways(tree))
    # seen from a value, a group number alone does not tell whose group it is
    number = np.unique(_own_keys(rows), return_inverse=True)[1] if True in ways else None
    return Groups(rows=rows, number=number, own=False in ways)


def _ways(tree: AttributeSet) -> Iterator[bool]:
    for one in tree.items:
        if isinstance(one, AttributeSet):
            yield from _ways(one)
        else:
            yield one.reverse


def concepts_of(keys: Column) -> Column:
    """Return the concept of each key."""
    result: Column = keys >> _BITS
    return result


def _own_keys(rows: AttributeRows) -> Column:
    group = np.concatenate([rows.group, rows.concrete_group])
    source = np.concatenate([rows.source, rows.concrete_source])
    return _paired(source, _numbered(group, np.arange(len(group))))


def _numbered(group: Column, at: Column) -> Column:
    result: Column = np.where(group == 0, _ALONE + at, group).astype(np.int64)
    return result


def _paired(concept: Column, number: Column) -> Column:
    result: Column = (concept.astype(np.int64) << _BITS) | number
    return result

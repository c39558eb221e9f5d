"""Subsumption between concepts and post-coordinated expressions, by structure.

An expression is below a concept where one of its focus concepts is; or where the concept is
sufficiently defined, the expression is below all its parents, and every role group of the
definition has one in the expression that is the same or narrower. The test is sound; like every
structural test it does not know what only a description logic classifier derives (property chains,
general concept inclusions).
Source: SNOMED CT Compositional Grammar, 3 (subsumption); Diagram and DL profile guides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from termserver.model import Ordinal
from termserver.providers.snomed_definition import (
    Attribute,
    Concrete,
    Group,
    groups_of,
    same_or_below,
)
from termserver.providers.stored import StoredProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class Nested:
    """An attribute value that is an expression itself."""

    meaning: Meaning


AnyValue = Ordinal | Concrete | Nested
AnyAttribute = tuple[Ordinal, AnyValue]
AnyGroup = frozenset[AnyAttribute]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an expression says: focus concepts and the groups of its own refinement.

    `sufficient` is False for `<<<`: it has the properties, but having them does not make one of it.
    """

    focus: frozenset[Ordinal]
    groups: frozenset[AnyGroup] = frozenset()
    sufficient: bool = True


class Subsumption:
    """Answers over one edition. Groups and answers are kept for the life of the object: make one a
    question.
    """

    def __init__(self, stored: StoredProvider) -> None:
        """Take the edition."""
        self._stored = stored
        self._hierarchy = stored.hierarchy
        self._groups: dict[Ordinal, frozenset[Group]] = {}
        self._known: dict[tuple[Meaning, Ordinal], bool] = {}

    def is_below(self, meaning: Meaning, concept: Ordinal) -> bool:
        """Tell whether `meaning` is the same as `concept` or below it."""
        key = (meaning, concept)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._is_below(meaning, concept)
        return found

    def _is_below(self, meaning: Meaning, concept: Ordinal) -> bool:
        for focus in meaning.focus:
            if focus == concept or self._hierarchy.is_below(focus, concept):
                return True
        if not self._stored.facts(concept).defined or self._says_nothing_new(meaning):
            return False
        parents = self._hierarchy.parents(concept)
        return (
            bool(parents)
            and all(self.is_below(meaning, parent) for parent in parents)
            and self._has_all(meaning, self.groups(concept))
        )

    def _says_nothing_new(self, meaning: Meaning) -> bool:
        """Tell whether this is one concept and what it is known to be: the release has classified
        it (FHIR: subsumption of concepts is the is-a of the release).
        """
        if len(meaning.focus) != 1:
            return False
        (focus,) = meaning.focus
        known = self.groups(focus)
        return all(any(self.is_group_below(one, own) for one in known) for own in meaning.groups)

    def subsumes(self, above: Meaning, below: Meaning) -> bool:
        """Tell whether `below` is the same as `above` or narrower."""
        if above == below:
            return True
        if not above.sufficient:
            return False
        return all(self.is_below(below, focus) for focus in above.focus) and self._has_all(
            below, above.groups
        )

    def all_groups(self, meaning: Meaning) -> list[AnyGroup]:
        """Return the groups of the refinement and those that the focus concepts bring."""
        inherited = [group for focus in sorted(meaning.focus) for group in self.groups(focus)]
        return [*meaning.groups, *(frozenset[AnyAttribute](group) for group in inherited)]

    def needed_groups(self, meaning: Meaning) -> list[AnyGroup]:
        """Return `all_groups` without those that another one implies."""
        groups = list(dict.fromkeys(self.all_groups(meaning)))
        kept: list[AnyGroup] = []
        for one in groups:
            # of two that imply each other the first stays
            if not any(self.is_group_below(other, one) for other in kept):
                kept = [other for other in kept if not self.is_group_below(one, other)]
                kept.append(one)
        return kept

    def groups(self, concept: Ordinal) -> frozenset[Group]:
        """Return the role groups of a concept."""
        found = self._groups.get(concept)
        if found is None:
            rows = groups_of(self._stored, concept)
            found = self._groups[concept] = frozenset(group for _, group in rows)
        return found

    def is_value_below(self, value: AnyValue, wanted: AnyValue) -> bool:
        """Tell whether an attribute's value is the same as another or narrower."""
        if not isinstance(value, Nested) and not isinstance(wanted, Nested):
            return same_or_below(self._hierarchy, value, wanted)
        if isinstance(value, Concrete) or isinstance(wanted, Concrete):
            return False
        below = value.meaning if isinstance(value, Nested) else Meaning(focus=frozenset({value}))
        if isinstance(wanted, Nested):
            return self.subsumes(wanted.meaning, below)
        return self.is_below(below, wanted)

    def _has_all(self, meaning: Meaning, wanted: Iterable[Iterable[AnyAttribute]]) -> bool:
        have = self.all_groups(meaning)
        return all(any(self.is_group_below(one, group) for one in have) for group in wanted)

    def is_group_below(self, group: AnyGroup, wanted: Iterable[AnyAttribute]) -> bool:
        """Tell whether a group has every attribute that is wanted, or a narrower one."""
        return all(any(self._fits(one, want) for one in group) for want in wanted)

    def _fits(self, one: AnyAttribute, wanted: AnyAttribute) -> bool:
        kind, wanted_kind = one[0], wanted[0]
        same = kind == wanted_kind or self._hierarchy.is_below(kind, wanted_kind)
        return same and self.is_value_below(one[1], wanted[1])


__all__ = ["AnyAttribute", "AnyGroup", "AnyValue", "Attribute", "Meaning", "Nested", "Subsumption"]

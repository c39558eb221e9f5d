"""An edition with a post-coordinated expression in it, as one more concept: ECL for expressions.

The expression, and every expression nested in it as a value, gets an ordinal behind the last
concept. Whether it satisfies a constraint is then whether its ordinal is in the constraint's
concepts. It is below what subsumes it, but never a child or parent: those are concepts of the
release (suite `sct-ecl`, children-expr-in).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from termserver.conceptset import ConceptSet
from termserver.ecl.source import AttributeRows, Column, ConceptColumns, DescriptionRows, MemberRow
from termserver.hierarchy import Hierarchy
from termserver.model import Ordinal
from termserver.providers.snomed_definition import Concrete
from termserver.providers.snomed_source import SnomedSource
from termserver.providers.snomed_subsumption import Meaning, Nested, Subsumption


class VirtualHierarchy:
    """The hierarchy with the expressions below what subsumes them."""

    def __init__(
        self, base: Hierarchy, meanings: dict[Ordinal, Meaning], subsumption: Subsumption
    ) -> None:
        """Take the graph, the expressions by ordinal, and what compares them."""
        self._base = base
        self._meanings = meanings
        self._subsumption = subsumption

    def parents(self, ordinal: Ordinal) -> Sequence[Ordinal]:
        """Return the direct parents; of an expression its focus concepts."""
        meaning = self._meanings.get(ordinal)
        return self._base.parents(ordinal) if meaning is None else sorted(meaning.focus)

    def children(self, ordinal: Ordinal) -> Sequence[Ordinal]:
        """Return the direct children among the concepts of the release."""
        return () if ordinal in self._meanings else self._base.children(ordinal)

    def ancestors(self, ordinal: Ordinal) -> ConceptSet:
        """Return everything above; the expressions that subsume a concept too."""
        meaning = self._meanings.get(ordinal)
        if meaning is not None:
            near = ConceptSet.of(meaning.focus)
            return ConceptSet.union_all([near, *(self._base.ancestors(one) for one in near)])
        own = Meaning(focus=frozenset({ordinal}))
        above = [
            one
            for one, meant in self._meanings.items()
            if self._subsumption.subsumes(meant, own)
            and not self._subsumption.is_below(meant, ordinal)
        ]
        return self._base.ancestors(ordinal) | ConceptSet.of(above)

    def descendants(self, ordinal: Ordinal) -> ConceptSet:
        """Return everything below; the expressions that a concept subsumes too."""
        if ordinal in self._meanings:
            return ConceptSet.empty()
        below = [one for one in self._meanings if self.is_below(one, ordinal)]
        return self._base.descendants(ordinal) | ConceptSet.of(below)

    def is_below(self, ordinal: Ordinal, ancestor: Ordinal) -> bool:
        """Tell whether `ordinal` is below `ancestor`."""
        meaning = self._meanings.get(ordinal)
        if meaning is None:
            return ancestor not in self._meanings and self._base.is_below(ordinal, ancestor)
        return ancestor not in self._meanings and self._subsumption.is_below(meaning, ancestor)


class VirtualSource:
    """EclSource over an edition and one expression; `member` is the expression's ordinal."""

    def __init__(
        self, base: SnomedSource, meaning: Meaning, subsumption: Subsumption, first: Ordinal
    ) -> None:
        """Take the edition, the expression, and the first ordinal that is free."""
        self._base = base
        self._meanings: dict[Ordinal, Meaning] = {}
        self._rows: list[tuple[int, int, int, int]] = []
        self._concrete: list[tuple[int, int, int, Concrete]] = []
        self._next = int(first)
        self._subsumption = subsumption
        self.member = self._enter(meaning)
        self._hierarchy = VirtualHierarchy(base.hierarchy, self._meanings, subsumption)

    def _enter(self, meaning: Meaning) -> Ordinal:
        """Give an expression its ordinal and its rows, after those of the expressions inside it."""
        own = Ordinal(self._next)
        self._next += 1
        self._meanings[own] = meaning
        for number, group in enumerate(self._subsumption.needed_groups(meaning), start=1):
            place = number if len(group) > 1 else 0
            for kind, value in group:
                if isinstance(value, Concrete):
                    self._concrete.append((kind, own, place, value))
                else:
                    target = self._enter(value.meaning) if isinstance(value, Nested) else value
                    self._rows.append((kind, target, own, place))
        return own

    @property
    def hierarchy(self) -> Hierarchy:
        """Return the graph with the expressions."""
        return self._hierarchy

    def find(self, sctid: str) -> Ordinal | None:
        """Return a concept of the edition."""
        return self._base.find(sctid)

    def code_of(self, ordinal: Ordinal) -> str:
        """Return a concept's identifier."""
        return self._base.code_of(ordinal)

    def everything(self) -> ConceptSet:
        """Return the root, what is below it, and the expressions."""
        return self._base.everything() | ConceptSet.of(self._meanings)

    def every_concept(self) -> ConceptSet:
        """Return every concept, and the expressions."""
        return self._base.every_concept() | ConceptSet.of(self._meanings)

    def alternate(self, scheme: str, code: str) -> Ordinal | None:
        """Return the concept of an alternate identifier."""
        return self._base.alternate(scheme, code)

    def attributes(self) -> AttributeRows:
        """Return the edition's rows and those of the expressions, by type."""
        rows = self._base.attributes()
        fresh = np.array(sorted(self._rows), dtype=np.uint32).reshape(-1, 4)
        at = np.searchsorted(rows.type, fresh[:, 0], side="right")
        plain = sorted(self._concrete, key=lambda one: one[:3])
        concrete_at = np.searchsorted(
            rows.concrete_type, np.array([one[0] for one in plain], dtype=np.uint32), side="right"
        )
        return AttributeRows(
            type=np.insert(rows.type, at, fresh[:, 0]),
            target=np.insert(rows.target, at, fresh[:, 1]),
            source=np.insert(rows.source, at, fresh[:, 2]),
            group=np.insert(rows.group, at, fresh[:, 3]),
            concrete_type=np.insert(rows.concrete_type, concrete_at, [one[0] for one in plain]),
            concrete_source=np.insert(rows.concrete_source, concrete_at, [one[1] for one in plain]),
            concrete_group=np.insert(rows.concrete_group, concrete_at, [one[2] for one in plain]),
            number=np.insert(rows.number, concrete_at, [_number(one[3]) for one in plain]),
            text=_with_texts(rows.text, concrete_at.tolist(), [_text(one[3]) for one in plain]),
        )

    def reference_sets(self) -> ConceptSet:
        """Return the reference sets of the edition."""
        return self._base.reference_sets()

    def members(self, refset: Ordinal) -> ConceptSet:
        """Return the members of a reference set: concepts, never expressions."""
        return self._base.members(refset)

    def member_columns(self, refset: Ordinal) -> Sequence[str]:
        """Return the names of a reference set's extra columns."""
        return self._base.member_columns(refset)

    def member_rows(self, refset: Ordinal) -> Iterable[MemberRow]:
        """Return the rows of a reference set."""
        return self._base.member_rows(refset)

    def associations(self, refset: Ordinal) -> tuple[Column, Column]:
        """Return the rows of an association reference set."""
        return self._base.associations(refset)

    def search(self, text: str) -> ConceptSet:
        """Return the concepts that have the words; an expression has none."""
        return self._base.search(text)

    def containing(self, letters: str) -> ConceptSet | None:
        """Return the concepts that have the letters; an expression has none."""
        return self._base.containing(letters)

    def descriptions(self, concepts: ConceptSet) -> DescriptionRows:
        """Return the descriptions of concepts; an expression has none."""
        return self._base.descriptions(concepts - ConceptSet.of(self._meanings))

    def terms(self, rows: Column) -> Iterable[str]:
        """Return the texts of descriptions."""
        return self._base.terms(rows)

    def description_rows(self, ids: Sequence[int]) -> Column:
        """Return the row numbers of descriptions."""
        return self._base.description_rows(ids)

    def columns(self) -> ConceptColumns:
        """Return the columns, with the definition status of the expressions."""
        base = self._base.columns()
        none = np.zeros(len(self._meanings), dtype=np.int64)
        statuses = [int(one.sufficient) for one in self._meanings.values()]
        return replace(
            base,
            module=np.append(base.module, none),
            effective_time=np.append(base.effective_time, none),
            defined=np.append(base.defined, np.array(statuses, dtype=np.int64)),
        )

    def dialect(self, alias: str) -> Sequence[int]:
        """Return the language reference sets of a dialect alias."""
        return self._base.dialect(alias)


def _with_texts(texts: Sequence[str], at: list[int], fresh: list[str]) -> Sequence[str]:
    if not fresh:
        return texts
    found = list(texts)
    for place, text in reversed(list(zip(at, fresh, strict=True))):
        found.insert(place, text)
    return found


def _number(value: Concrete) -> float:
    plain = value.value
    is_number = isinstance(plain, int | float) and not isinstance(plain, bool)
    return float(plain) if is_number else float("nan")


def _text(value: Concrete) -> str:
    plain = value.value
    return str(plain).lower() if isinstance(plain, bool) else str(plain)

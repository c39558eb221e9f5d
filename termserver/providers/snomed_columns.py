"""Filters on what every concept has by its row or its name: a set of concepts for each value.

Such a property has few values (modules, dates, semantic tags), so that every operator is asked of
the values and not of half a million concepts. Made when first asked for: a second for a whole
release, four for semantic tags; then a look into a table (0.1 ms).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from termserver.conceptset import ConceptSet
from termserver.ecl.source import ConceptColumns
from termserver.errors import InvalidValueSet
from termserver.filters.is_in import listed
from termserver.filters.regex import compiled
from termserver.model import FilterClause
from termserver.providers.snomed_properties import iso_date, semantic_tag
from termserver.providers.stored import StoredProvider
from termserver.systems import FULLY_SPECIFIED_NAME

OPERATORS = frozenset({"=", "in", "not-in", "regex", "exists"})
"""The operators of FHIR that ask for values."""


class ColumnFilters:
    """The concepts of one edition by the values of its column properties."""

    def __init__(self, stored: StoredProvider, columns: Callable[[], ConceptColumns]) -> None:
        """Take the edition, and what gives its columns."""
        self._stored = stored
        self._columns = columns
        self._known: dict[str, Mapping[str, ConceptSet]] = {}

    def select(self, name: str, clause: FilterClause) -> ConceptSet:
        """Return the concepts that satisfy a clause (one of `OPERATORS`) on the property `name`.

        Raises: InvalidValueSet for a value that the operator cannot use.
        """
        by_value = self._by_value(name)
        if clause.op == "=":
            return by_value.get(clause.value, ConceptSet.empty())
        if clause.op == "regex":
            pattern = compiled(clause)
            return _union(by_value, (one for one in by_value if pattern.fullmatch(one)))
        if clause.op == "exists":
            if clause.value not in {"true", "false"}:
                raise InvalidValueSet(
                    f"The filter '{clause.property} exists' takes 'true' or 'false', not "
                    f"'{clause.value}'"
                )
            found, wanted = _union(by_value, by_value), clause.value == "true"
        else:
            found, wanted = _union(by_value, listed(clause)), clause.op == "in"
        return found if wanted else self._stored.all() - found

    def _by_value(self, name: str) -> Mapping[str, ConceptSet]:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._read(name)
        return found

    def _read(self, name: str) -> Mapping[str, ConceptSet]:
        if name == "inactive":
            inactive = self._stored.inactive()
            return {"true": inactive, "false": self._stored.all() - inactive}
        if name == "semanticTag":
            return _sets(_tags(self._stored))
        columns = self._columns()
        if name == "effectiveTime":
            return self._grouped(columns.effective_time, lambda time: iso_date(time or None))
        if name == "sufficientlyDefined":
            return self._grouped(columns.defined, {0: "false", 1: "true"}.get)
        return self._grouped(columns.module, lambda module: str(module) if module else None)

    def _grouped(
        self, column: npt.NDArray[np.int64], text: Callable[[int], str | None]
    ) -> dict[str, ConceptSet]:
        """Return the concepts by the text of their value in a column; None: they have none."""
        first = self._columns().first
        found: dict[str, ConceptSet] = {}
        for value in np.unique(column).tolist():
            written = text(value)
            if written is not None:
                at = np.flatnonzero(column == value) + first
                found[written] = ConceptSet.of(at.tolist())
        return found


def _union(by_value: Mapping[str, ConceptSet], values: Iterable[str]) -> ConceptSet:
    return ConceptSet.union_all([by_value[one] for one in values if one in by_value])


def _tags(stored: StoredProvider) -> Iterator[tuple[str, int]]:
    """Yield (semantic tag, concept): of the first active fully specified name, or of the first."""
    current, chosen, is_active = -1, "", False
    for ordinal, active, term in _full_names(stored):
        if ordinal != current:
            yield from _tag(current, chosen)
            current, chosen, is_active = ordinal, term, active
        elif active and not is_active:
            chosen, is_active = term, True
    yield from _tag(current, chosen)


def _tag(concept: int, term: str) -> Iterator[tuple[str, int]]:
    tag = semantic_tag(term)
    if tag is not None:
        yield tag, concept


def _full_names(stored: StoredProvider) -> Iterator[tuple[int, bool, str]]:
    """Yield (concept, active, term) of the fully specified names, by concept."""
    reader = stored.pack.reader
    is_full: dict[int, bool] = {}
    for ordinal, kind, _, active, term, *_ in reader.stored_designations(stored.first, stored.last):
        full = is_full.get(kind)
        if full is None:
            _, use = reader.designation_kind(kind)
            full = is_full[kind] = use is not None and use.code == FULLY_SPECIFIED_NAME
        if full:
            yield ordinal, active == 1, term


def _sets(pairs: Iterator[tuple[str, int]]) -> dict[str, ConceptSet]:
    gathered: dict[str, list[int]] = {}
    for value, concept in pairs:
        gathered.setdefault(value, []).append(concept)
    return {value: ConceptSet.of(concepts) for value, concepts in gathered.items()}

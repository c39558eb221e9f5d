"""Rows of a pack -> model. The SQL side of providers; nothing is kept but the small tables of
kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from termserver.conceptset import ConceptSet
from termserver.filters.source import text_of
from termserver.index.codes import Codes
from termserver.index.flags import Flags
from termserver.index.strings import Strings
from termserver.model import Coding, Concept, Designation, Ordinal, Property, PropertyValue
from termserver.store import statements as sql
from termserver.store.connection import Connections
from termserver.store.rows import (
    from_json,
    load_value,
    parse_coding,
    parse_codings,
    parse_extensions,
    to_json,
)

SLOTS = sql.SLOTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptFacts:
    """SNOMED CT's columns of a concept, None where the source has none such."""

    module: int | None
    effective_time: int | None
    defined: bool | None
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationRow:
    """A designation with its concept and SNOMED CT's columns (for description filters)."""

    ordinal: Ordinal
    designation: Designation
    module: int | None
    effective_time: int | None
    case_significance: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyKind:
    """What repeats among properties: code, FHIR type, and the form of the stored value (schema)."""

    system: int
    code: str
    type: str
    form: str


class JoinedRows(NamedTuple):
    """A concept in one row (`statements.LOOKUP`); kinds and module are numbers of the pack.

    `names` and `values` are None where there are none, otherwise texts with `JOINED_BY` between:
    how many rows, then of each, in source order, its kind (of a name: twice that, and one more if
    it is active) and its value (the ordinal of a target that is the value).
    """

    definition: str | None
    inactive: int
    abstract: int
    module: int | None
    effective_time: int | None
    names: str | None
    values: str | None


class Reader:
    """Reads concepts by ordinal. Safe for several threads."""

    def __init__(self, path: Path, codes: Codes, displays: Strings) -> None:
        """Take the database and the index files that replace its hottest columns."""
        self.connections = Connections(path)
        self._codes = codes
        self._displays = displays

    @cached_property
    def _modules(self) -> dict[int, int]:
        return dict(self.connections.rows(sql.MODULES))

    def module(self, number: int | None) -> int | None:
        """Return the id of a module by its number in this pack, None for None."""
        return None if number is None else self._modules[number]

    # -- kinds -------------------------------------------------------------------------------

    @cached_property
    def _designation_kinds(self) -> dict[int, tuple[Any, ...]]:
        return {
            number: (language, parse_coding(use), parse_codings(additional), status)
            for number, language, use, additional, status in self.connections.rows(
                sql.DESIGNATION_KINDS
            )
        }

    @cached_property
    def _acceptabilities(self) -> dict[int, tuple[frozenset[int], frozenset[int]]]:
        return {
            number: (frozenset(from_json(preferred)), frozenset(from_json(acceptable)))
            for number, preferred, acceptable in self.connections.rows(sql.ACCEPTABILITIES)
        }

    @cached_property
    def _property_kinds(self) -> dict[int, PropertyKind]:
        return {
            number: PropertyKind(system=system, code=code, type=kind, form=form)
            for number, system, code, kind, form in self.connections.rows(sql.PROPERTY_KINDS)
        }

    @cached_property
    def _kinds_of(self) -> dict[tuple[int, str], list[int]]:
        found: dict[tuple[int, str], list[int]] = {}
        for number, kind in self._property_kinds.items():
            found.setdefault((kind.system, kind.code), []).append(number)
        return found

    # -- concepts ----------------------------------------------------------------------------

    def display(self, ordinal: int) -> str | None:
        """Return the display of a concept, None where it has none."""
        return self._displays[ordinal] or None

    def concept(self, ordinal: int) -> Concept:
        """Return all that is known of one concept (three short reads)."""
        row = self.connections.get().execute(sql.CONCEPT, {"ordinal": ordinal}).fetchone()
        bounds = _bounds(ordinal, ordinal + 1)
        names = self.connections.rows(sql.DESIGNATIONS, **bounds)
        return self._concept(
            ordinal, row[:5], names, self.connections.rows(sql.PROPERTIES, **bounds)
        )

    def concepts(self, ordinals: Sequence[int]) -> list[Concept]:
        """Return `concept` of each, in the given order, in three reads."""
        wanted = to_json(sorted(set(ordinals)))
        rows = self.connections.rows(sql.CONCEPTS, ordinals=wanted)
        names = _by_concept(self.connections.rows(sql.DESIGNATIONS_OF, ordinals=wanted))
        values = _by_concept(self.connections.rows(sql.PROPERTIES_OF, ordinals=wanted))
        found = {
            ordinal: self._concept(ordinal, row, names.get(ordinal, ()), values.get(ordinal, ()))
            for ordinal, *row in rows
        }
        return [found[one] for one in ordinals]

    def brief(self, ordinals: Sequence[int], flags: Flags, *, names: bool) -> list[Concept]:
        """Return concepts without definition and properties; designations only if `names`.

        No query but for names, and for concepts that have a status or extensions.
        """
        codes, displays = self._codes, self._displays
        marked = [one for one in ordinals if one in flags.marked]
        if not marked and not names:
            inactive, abstract = flags.inactive, flags.abstract
            return [
                Concept(
                    code=codes[one],
                    display=displays[one] or None,
                    abstract=one in abstract,
                    inactive=one in inactive,
                )
                for one in ordinals
            ]
        rows = self._by_ordinal(sql.CONCEPTS, marked) if marked else {}
        terms = self._names(ordinals) if names else {}
        found = []
        for one in ordinals:
            row = rows.get(one)
            found.append(
                Concept(
                    code=codes[one],
                    display=displays[one] or None,
                    abstract=one in flags.abstract,
                    inactive=one in flags.inactive,
                    status=row[4] if row is not None else None,
                    designations=tuple(self._designation(*it) for it in terms.get(one, ())),
                    extensions=parse_extensions(row[5]) if row is not None else (),
                )
            )
        return found

    def _names(self, ordinals: Sequence[int]) -> dict[int, Sequence[Sequence[Any]]]:
        if len(ordinals) == 1:
            bounds = _bounds(ordinals[0], ordinals[0] + 1)
            return {ordinals[0]: self.connections.rows(sql.DESIGNATIONS, **bounds)}
        wanted = to_json(sorted(set(ordinals)))
        found = self.connections.rows(sql.DESIGNATIONS_OF, ordinals=wanted)
        return dict(_by_concept(found))

    def _by_ordinal(self, statement: str, ordinals: Sequence[int]) -> dict[int, Sequence[Any]]:
        wanted = to_json(sorted(set(ordinals)))
        return {row[0]: row for row in self.connections.rows(statement, ordinals=wanted)}

    def _concept(
        self,
        ordinal: int,
        row: Sequence[Any],
        names: Sequence[Sequence[Any]],
        values: Sequence[Sequence[Any]],
    ) -> Concept:
        definition, inactive, abstract, status, extensions = row
        return Concept(
            code=self._codes[ordinal],
            display=self.display(ordinal),
            definition=definition,
            abstract=bool(abstract),
            inactive=bool(inactive),
            status=status,
            designations=tuple(self._designation(*one) for one in names),
            properties=tuple(self._property(*one) for one in values),
            extensions=parse_extensions(extensions),
        )

    def facts(self, ordinal: int) -> ConceptFacts:
        """Return SNOMED CT's columns of one concept."""
        row = self.connections.get().execute(sql.CONCEPT, {"ordinal": ordinal}).fetchone()
        number, effective_time, defined, depth = row[5:]
        return ConceptFacts(
            module=self.module(number),
            effective_time=effective_time,
            defined=None if defined is None else bool(defined),
            depth=depth,
        )

    def concept_columns(
        self, first: int, last: int
    ) -> Iterator[tuple[Ordinal, int | None, int | None, bool | None, bool]]:
        """Yield (ordinal, module, effective time, defined, inactive) of a range, ascending."""
        bounds = {"first": first, "last": last}
        for ordinal, module, time, defined, inactive in self._stream(sql.CONCEPT_COLUMNS, bounds):
            known = None if defined is None else bool(defined)
            yield Ordinal(ordinal), self.module(module), time, known, bool(inactive)

    def concept_facts(self, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """Yield (number of the module, effective time, defined) of a range, ascending.

        What is not said is -1, a time 0. Costs a third of `concept_columns`.
        """
        return self._stream(sql.CONCEPT_FACTS, {"first": first, "last": last})

    # -- rows as they are stored -------------------------------------------------------------

    def joined_rows(self, ordinal: int) -> JoinedRows:
        """Return a concept in one row, which costs least: one read, some 9 µs."""
        row = self.connections.get().execute(sql.LOOKUP, {"ordinal": ordinal}).fetchone()
        return JoinedRows._make(row)

    def name_kind(self, number: int) -> Designation:
        """Return what a kind of designation says: a designation with everything but its value."""
        language, use, additional, status = self._designation_kinds[number]
        return Designation(
            value="", language=language, use=use, additional_use=additional, status=status
        )

    def property_kind(self, number: int) -> PropertyKind:
        """Return what a kind of property says."""
        return self._property_kinds[number]

    # -- designations ------------------------------------------------------------------------

    def designations(self, ordinal: int) -> list[Designation]:
        """Return the designations of one concept, inactive ones too, in source order."""
        bounds = _bounds(ordinal, ordinal + 1)
        return [
            self._designation(*row) for row in self.connections.rows(sql.DESIGNATIONS, **bounds)
        ]

    def name_rows(self, ordinal: int) -> list[tuple[int, bool, str]]:
        """Return (kind, active, text) of the designations of one concept, in source order: 7 µs."""
        rows = self.connections.rows(sql.DESIGNATIONS, **_bounds(ordinal, ordinal + 1))
        return [(kind, bool(active), text) for kind, _, active, text, *_ in rows]

    def designation_rows(self, first: int, last: int) -> Iterator[DesignationRow]:
        """Yield the designations of a range of concepts, by ordinal and source order."""
        for row in self._stream(sql.DESIGNATION_ROWS, _bounds(first, last)):
            ordinal, kind, accepted, active, value, description, module, time, case = row
            yield DesignationRow(
                ordinal=Ordinal(ordinal),
                designation=self._designation(kind, accepted, active, value, description, None),
                module=self.module(module),
                effective_time=time,
                case_significance=case,
            )

    def stored_designations(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        """Yield designation rows of a range of concepts as they are stored, which costs least.

        Columns: ordinal, kind, acceptability, active, value, description, module, effective time,
        case significance; the numbers are those of `designation_kind`, `acceptability`, `module`.
        """
        return self._stream(sql.DESIGNATION_ROWS, _bounds(first, last))

    def designation_facts(self, first: int, last: int) -> Iterator[tuple[int, ...]]:
        """Yield what the designations of a range of concepts share with others, ascending.

        Columns: row (the concept's ordinal in the bits above `SLOTS`), kind, acceptability, active,
        module (-1 for none) and effective time (0 for none); numbers as in `stored_designations`.
        """
        return self._stream(sql.DESIGNATION_FACTS, _bounds(first, last))

    def designation_facts_of(self, ordinals: Sequence[int]) -> Iterator[tuple[int, ...]]:
        """Yield the same of some concepts, which are given ascending."""
        return self._stream(sql.DESIGNATION_FACTS_OF, {"ordinals": to_json(ordinals)})

    def designation_terms(self, first: int, last: int) -> Iterator[tuple[int, str]]:
        """Yield row and text of the designations of a range of concepts, ascending."""
        return self._stream(sql.DESIGNATION_TERMS, _bounds(first, last))

    def designation_terms_of(self, rows: Sequence[int]) -> Iterator[str]:
        """Yield the texts of designations by their rows (ascending), in that order."""
        for (text,) in self._stream(sql.DESIGNATION_TERMS_OF, {"ids": to_json(rows)}):
            yield text

    def designations_described(self, descriptions: Sequence[int]) -> list[int]:
        """Return the rows with one of the SNOMED CT description ids, ascending.

        Cost: a look at every designation of the pack.
        """
        wanted = to_json(sorted(set(descriptions)))
        rows = self.connections.rows(sql.DESIGNATIONS_BY_DESCRIPTION, descriptions=wanted)
        return [row for (row,) in rows]

    def designation_kind(self, number: int) -> tuple[str | None, Coding | None]:
        """Return language and use of a kind of designation."""
        language, use, *_ = self._designation_kinds[number]
        return language, use

    def acceptability(self, number: int) -> tuple[frozenset[int], frozenset[int]]:
        """Return the reference sets in which terms are preferred, and those where acceptable."""
        return self._acceptabilities[number]

    def _designation(
        self,
        kind: int,
        accepted: int,
        active: int,
        value: str,
        description: int | None,
        extensions: str | None,
    ) -> Designation:
        language, use, additional, status = self._designation_kinds[kind]
        preferred, acceptable = self._acceptabilities[accepted]
        return Designation(
            value=value,
            language=language,
            use=use,
            additional_use=additional,
            status=status,
            active=bool(active),
            extensions=parse_extensions(extensions),
            preferred_in=preferred,
            acceptable_in=acceptable,
            id=None if description is None else str(description),
        )

    # -- properties --------------------------------------------------------------------------

    def properties(self, ordinal: int) -> list[Property]:
        """Return the active properties of one concept, in source order."""
        bounds = _bounds(ordinal, ordinal + 1)
        return [self._property(*row) for row in self.connections.rows(sql.PROPERTIES, **bounds)]

    def property_values(self, ordinal: int, code: str) -> list[PropertyValue]:
        """Return one concept's values of one property, in source order."""
        kinds, bounds = self._property_kinds, _bounds(ordinal, ordinal + 1)
        return [
            self._value(kinds[kind], value, target)
            for kind, value, target, *_ in self.connections.rows(sql.PROPERTIES, **bounds)
            if kinds[kind].code == code
        ]

    def property_rows(self, system: int, code: str) -> Iterator[tuple[Ordinal, PropertyValue]]:
        """Yield every value of one property of a code system, ascending by concept."""
        from heapq import merge

        numbers = self._kinds_of.get((system, code), [])
        streams = [self._property_stream(one) for one in numbers]
        if len(streams) == 1:
            yield from streams[0]
        else:
            yield from merge(*streams, key=lambda row: row[0])

    def _property_stream(self, number: int) -> Iterator[tuple[Ordinal, PropertyValue]]:
        kind = self._property_kinds[number]
        for ordinal, _, value, target in self._stream(sql.PROPERTY_ROWS, {"kind": number}):
            yield Ordinal(ordinal), self._value(kind, value, target)

    def property_matches(self, system: int, code: str, text: str, target: int | None) -> ConceptSet:
        """Return the concepts that have a property with a value that reads `text`.

        `target` is the concept whose code `text` is, None where it is none.
        """
        found: list[int] = []
        for number in self._kinds_of.get((system, code), ()):
            form = self._property_kinds[number].form
            if form == "s":
                statement = sql.PROPERTY_VALUE if len(text) <= 64 else sql.PROPERTY_LONG_VALUE
                rows = self.connections.rows(statement, kind=number, value=text)
                found.extend(chain.from_iterable(rows))
            elif form == "t":
                rows = self.connections.rows(sql.PROPERTY_OF_TARGET, kind=number, target=target)
                found.extend(chain.from_iterable(rows))
            else:
                stream = self._property_stream(number)
                found.extend(at for at, value in stream if text_of(value) == text)
        return ConceptSet.of(found)

    def property_codes(self, system: int) -> list[str]:
        """Return the codes of the properties that any concept of a code system has."""
        return sorted(code for number, code in self._kinds_of if number == system)

    def _property(
        self, number: int, value: Any, target: int | None, group: int, extensions: str | None
    ) -> Property:
        kind = self._property_kinds[number]
        return Property(
            code=kind.code,
            type=kind.type,
            value=self._value(kind, value, target),
            group=group,
            extensions=parse_extensions(extensions),
        )

    def _value(self, kind: PropertyKind, value: Any, target: int | None) -> PropertyValue:
        if kind.form == "t" and target is not None:
            return self._codes[target]
        return load_value(kind.form, value)

    def stream(self, statement: str, **values: Any) -> Iterator[Any]:
        """Yield the rows of a statement, not all at once."""
        return self._stream(statement, values)

    def _stream(self, statement: str, values: dict[str, Any]) -> Iterator[Any]:
        cursor = self.connections.get().execute(statement, values)
        try:
            yield from cursor
        finally:
            cursor.close()


def _bounds(first: int, last: int) -> dict[str, int]:
    return {"low": first << SLOTS, "high": last << SLOTS}


def _by_concept(rows: Sequence[Sequence[Any]]) -> dict[int, list[Sequence[Any]]]:
    found: dict[int, list[Sequence[Any]]] = {}
    for row in sorted(rows, key=lambda it: int(it[0])):
        found.setdefault(row[0] >> SLOTS, []).append(row[1:])
    return found

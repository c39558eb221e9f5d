"""Designations, properties and identifiers of the code system that was numbered last."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from termserver.errors import InvalidSource
from termserver.index.attributes import AttributeBuilder
from termserver.index.text import OTHER, TextBuilder
from termserver.model import CodeSystem, Coding
from termserver.records import (
    DesignationBlock,
    DesignationRecord,
    IdentifierRecord,
    PropertyBlock,
    PropertyRecord,
)
from termserver.store import statements as sql
from termserver.store.batches import Batches
from termserver.store.interned import Interned
from termserver.store.rows import (
    coding_text,
    codings_text,
    extensions_text,
    store_value,
    to_json,
)

_DesignationKind = tuple[str | None, Coding | None, tuple[Coding, ...], str | None]
_Acceptability = tuple[frozenset[int], frozenset[int]]
_PropertyKind = tuple[int, str, str, str]

MEMO = 1000
"""So many Coding objects are known by identity."""


class Details:
    """Stages rows under `ordinal << SLOTS | number`, so that sorting puts them in place."""

    def __init__(
        self,
        batches: Batches,
        text: TextBuilder,
        counts: Counter[str],
        modules: Interned[int],
    ) -> None:
        """Take where rows, names and counts go, and the numbers of modules."""
        self._modules = modules
        self.attributes = AttributeBuilder()
        self._batches = batches
        self._text = text
        self._counts = counts
        self._designation_kind: Interned[_DesignationKind] = Interned(self._write_designation_kind)
        self._acceptability: Interned[_Acceptability] = Interned(self._write_acceptability)
        self._property_kind: Interned[_PropertyKind] = Interned(self._write_property_kind)
        self._uses: dict[int, Coding] = {}
        self._memo: dict[tuple[str | None, int], int] = {}
        self.takes: dict[type, Callable[[Any], None]] = {
            DesignationRecord: self._designation,
            PropertyRecord: self._property,
            IdentifierRecord: self._identifier,
            DesignationBlock: self._designation_block,
            PropertyBlock: self._property_block,
        }
        """What stores each type of record. They raise InvalidSource for a code that is not
        there.
        """
        self._system: CodeSystem | None = None
        self._number = 0
        self._first = 0
        self._ordinals: Mapping[str, int] = {}
        self._displays: Sequence[str] = ()
        self._inactive: Sequence[int] = ()
        self._used = (array("I"), array("I"), array("I"))

    def begin(
        self,
        system: CodeSystem,
        number: int,
        first: int,
        ordinals: Mapping[str, int],
        displays: Sequence[str],
        inactive: Sequence[int],
    ) -> None:
        """Begin with a code system whose concepts have their ordinals, from `first` on.

        `displays` and `inactive` (0 or 1) are by ordinal, over the whole pack.
        """
        self._system, self._number, self._first = system, number, first
        self._ordinals, self._displays, self._inactive = ordinals, displays, inactive
        self._used = tuple(array("I", bytes(4 * len(ordinals))) for _ in range(3))  # type: ignore[assignment]

    def find(self, code: str) -> int | None:
        """Return the ordinal of a code of the code system, None where it has none such."""
        return self._ordinals.get(code)

    def _unknown(self, code: str, what: str) -> InvalidSource:
        system = self._system.canonical if self._system else "no code system"
        return InvalidSource(f"{what} names the code '{code}', which is not in '{system}'")

    def _slot(self, table: int, ordinal: int) -> int:
        used = self._used[table]
        number = used[ordinal - self._first]
        used[ordinal - self._first] = number + 1
        if number >> sql.SLOTS:
            raise InvalidSource(f"A concept has more than {number} designations or properties")
        return ordinal << sql.SLOTS | number

    def _designation(self, record: DesignationRecord) -> None:
        ordinal = self._ordinals.get(record.code)
        if ordinal is None:
            raise self._unknown(record.code, "A designation")
        value, active = record.value, record.active
        row = (
            self._slot(0, ordinal),
            self._kind_of(record),
            self._acceptability((record.preferred_in, record.acceptable_in)),
            int(active),
            value,
            record.id,
            None if record.module is None else self._modules(record.module),
            record.effective_time,
            record.case_significance,
            extensions_text(record.extensions) if record.extensions else None,
        )
        self._batches.add(sql.STAGE_DESIGNATION, row)
        self._counts["designations"] += 1
        if active and value != self._displays[ordinal]:
            self._text.add(ordinal, value, tier=OTHER, inactive=bool(self._inactive[ordinal]))

    def _designation_block(self, block: DesignationBlock) -> None:
        ordinals, displays, inactive = self._ordinals, self._displays, self._inactive
        modules, acceptability, slot = self._modules, self._acceptability, self._slot
        stored = []
        names = []
        for (
            code,
            value,
            language,
            use,
            active,
            id_,
            module,
            time,
            case,
            preferred,
            other,
        ) in block.rows:
            ordinal = ordinals.get(code)
            if ordinal is None:
                raise self._unknown(code, "A designation")
            stored.append(
                (
                    slot(0, ordinal),
                    self._kind(language, use),
                    acceptability((preferred, other)),
                    int(active),
                    value,
                    id_,
                    None if module is None else modules(module),
                    time,
                    case,
                    None,
                )
            )
            if active and value != displays[ordinal]:
                names.append((ordinal, value, OTHER, inactive[ordinal]))
        self._batches.extend(sql.STAGE_DESIGNATION, stored)
        self._counts["designations"] += len(stored)
        self._text.extend(names)

    def _kind(self, language: str | None, use: Coding | None) -> int:
        number = self._memo.get((language, id(use)))
        if number is None or not (use is None or id(use) in self._uses):
            number = self._designation_kind((language, use, (), None))
            if use is not None and len(self._uses) < MEMO:
                self._uses[id(use)] = use
                self._memo[language, id(use)] = number
        return number

    def _kind_of(self, record: DesignationRecord) -> int:
        use = record.use
        if record.additional_use or record.status or not (use is None or id(use) in self._uses):
            kind = (record.language, use, record.additional_use, record.status)
            if use is not None and len(self._uses) < MEMO:
                self._uses[id(use)] = use
            return self._designation_kind(kind)
        # loaders use few Codings again and again, and hashing one costs more than all else here
        key = (record.language, id(use))
        number = self._memo.get(key)
        if number is None:
            number = self._memo[key] = self._designation_kind((record.language, use, (), None))
        return number

    def _property(self, record: PropertyRecord) -> None:
        source = self._ordinals.get(record.code)
        if source is None:
            raise self._unknown(record.code, "A property")
        target = None
        if record.target is not None:
            target = self._ordinals.get(record.target)
            if target is None:
                raise self._unknown(record.target, f"The property '{record.property}'")
        form, value = store_value(record.value, record.target)
        row = (
            self._slot(1 if record.active else 2, source),
            self._property_kind((self._number, record.property, record.type, form)),
            value,
            target,
            record.group,
            None if record.module is None else self._modules(record.module),
            record.effective_time,
            extensions_text(record.extensions) if record.extensions else None,
        )
        if not record.active:
            self._counts["inactive properties"] += 1
            self._batches.add(sql.STAGE_RETIRED_PROPERTY, row)
            return
        self._counts["properties"] += 1
        self._batches.add(sql.STAGE_PROPERTY, row)
        attribute = self._ordinals.get(record.property)
        if attribute is not None:
            self._attribute(attribute, target, source, record)

    def _property_block(self, block: PropertyBlock) -> None:
        ordinals, modules, kinds, slot = (
            self._ordinals,
            self._modules,
            self._property_kind,
            self._slot,
        )
        staged: tuple[list[tuple[Any, ...]], ...] = ([], [])
        attributes: list[tuple[int, int, int, int]] = []
        for code, name, type_, value, to, group, active, module, time in block.rows:
            source = ordinals.get(code)
            if source is None:
                raise self._unknown(code, "A property")
            target = None
            if to is not None:
                target = ordinals.get(to)
                if target is None:
                    raise self._unknown(to, f"The property '{name}'")
            form, kept = store_value(value, to)
            staged[not active].append(
                (
                    slot(1 if active else 2, source),
                    kinds((self._number, name, type_, form)),
                    kept,
                    target,
                    group,
                    None if module is None else modules(module),
                    time,
                    None,
                )
            )
            attribute = ordinals.get(name) if active else None
            if attribute is None:
                continue
            if target is not None:
                attributes.append((attribute, target, source, group))
            elif not isinstance(value, Coding):
                self.attributes.add_concrete(attribute, source, group, value)
        self.attributes.extend(attributes)
        self._batches.extend(sql.STAGE_PROPERTY, staged[0])
        self._batches.extend(sql.STAGE_RETIRED_PROPERTY, staged[1])
        for name, rows in zip(("properties", "inactive properties"), staged, strict=True):
            if rows:
                self._counts[name] += len(rows)

    def _attribute(
        self, attribute: int, target: int | None, source: int, record: PropertyRecord
    ) -> None:
        if target is not None:
            self.attributes.add(attribute, target, source, record.group)
        elif not isinstance(record.value, Coding):
            self.attributes.add_concrete(attribute, source, record.group, record.value)

    def _identifier(self, record: IdentifierRecord) -> None:
        ordinal = self._ordinals.get(record.code)
        if ordinal is None:
            raise self._unknown(record.code, "An identifier")
        self._counts["identifiers"] += 1
        row = (ordinal, record.scheme, record.identifier, int(record.active))
        self._batches.add(sql.INSERT_IDENTIFIER, row)

    def _write_designation_kind(self, number: int, key: _DesignationKind) -> None:
        language, use, additional, status = key
        row = (number, language, coding_text(use), codings_text(additional), status)
        self._batches.add(sql.INSERT_DESIGNATION_KIND, row)

    def _write_acceptability(self, number: int, key: _Acceptability) -> None:
        preferred, acceptable = (to_json(sorted(one)) for one in key)
        self._batches.add(sql.INSERT_ACCEPTABILITY, (number, preferred, acceptable))

    def _write_property_kind(self, number: int, key: _PropertyKind) -> None:
        self._batches.add(sql.INSERT_PROPERTY_KIND, (number, *key))

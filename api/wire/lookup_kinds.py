"""The parts of a $lookup answer that repeat, written once: all but the texts of a concept.

They are written by the functions that write any $lookup, with marks where texts are to stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from api.wire.answers import designation_parameter, property_parameter
from api.wire.common import coding_json, optional, parameter
from termserver.language import fits
from termserver.model import CodeSystem, Coding, Designation, Property
from termserver.operations.lookup import PREFERRED
from termserver.providers.shown import Shown
from termserver.providers.snomed_properties import iso_date, term_of
from termserver.store.reader import PropertyKind

_VALUE, _MORE = "\ue000value\ue001", "\ue000more\ue001"
ADDED = frozenset({"inactive", "parent", "child"})
"""Properties that are added to a concept that has none of its own of that code."""
END = b"}]}"
"""What follows the last text of a designation or property."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameKind:
    """A kind of designation: what stands before its value.

    `moved`: shown as a property; `speaks`: in the language of the code system's displays.
    """

    before: bytes
    moved: bool = False
    speaks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueKind:
    """A kind of property: what stands before its value, and between value and description."""

    stored: PropertyKind
    before: bytes
    between: bytes
    is_target: bool
    """Whether the value is the code of the row's target."""
    shows: bool = True
    yields: bool = False
    has_terms: bool = False
    meanings: Mapping[str, str] | None = None
    added: str | None = None
    """`inactive`, `parent` or `child`, where it is one of them."""


def head(system: CodeSystem) -> bytes:
    """Return how an answer begins, up to the text of the display."""
    named = [
        parameter("name", "string", system.name or system.title or system.url),
        optional("version", "string", system.version),
        parameter("display", "string", _VALUE),
    ]
    listed = b",".join(orjson.dumps(one) for one in named if one is not None)
    return b'{"resourceType":"Parameters","parameter":[' + _cut(listed)[0]


def displays(language: str, *, r4: bool) -> bytes:
    """Return what stands before the display as a designation of its own language."""
    one = Designation(value=_VALUE, language=language, use=PREFERRED)
    return _cut(_comma(designation_parameter(one, r4=r4)))[0]


def name_kind(shown: Shown, number: int, *, r4: bool) -> NameKind:
    """Return the kind of designation that has this number in the pack."""
    said = shown.stored.pack.reader.name_kind(number)
    if shown.as_property is not None and said.use and said.use.code == shown.as_property:
        moved = Property(
            code=shown.as_property, type="string", value=_VALUE, language=said.language
        )
        return NameKind(before=_cut(_comma(property_parameter(moved, r4=r4)))[0], moved=True)
    one = Designation(
        value=_VALUE, language=said.language, use=said.use, additional_use=said.additional_use
    )
    language = shown.stored.system.language
    return NameKind(
        before=_cut(_comma(designation_parameter(one, r4=r4)))[0],
        speaks=language is not None and bool(fits(said.language, language)),
    )


def value_kind(shown: Shown, number: int, *, r4: bool) -> ValueKind:
    """Return the kind of property that has this number in the pack."""
    kind = shown.stored.pack.reader.property_kind(number)
    before, between = described(shown, kind.code, kind.type, r4=r4)
    return ValueKind(
        stored=kind,
        before=before,
        between=between,
        is_target=kind.form == "t",
        shows=shown.shows(kind.code),
        yields=kind.code in shown.yielding,
        has_terms=shown.has_terms and kind.type == "code",
        meanings=shown.meanings.get(kind.code),
        added=kind.code if kind.code in ADDED else None,
    )


def described(shown: Shown, code: str, type_: str, *, r4: bool) -> tuple[bytes, bytes]:
    """Return what stands before the value of a property, and between it and a description."""
    one = Property(
        code=code,
        type=type_,
        value=_VALUE,
        description=_MORE,
        code_display=term_of(shown.stored, code) if shown.has_terms else None,
    )
    return _cut(_comma(property_parameter(one, r4=r4)))


def inactive(*, value: bool, r4: bool) -> bytes:
    """Return the property `inactive`."""
    one = Property(code="inactive", type="boolean", value=value)
    return _comma(property_parameter(one, r4=r4))


def date_and_module(shown: Shown, time: int | None, module: int | None, *, r4: bool) -> bytes:
    """Return the properties `effectiveTime` and `module` (its number in the pack) of a concept."""
    found = []
    date = iso_date(time)
    if date is not None:
        found.append(Property(code="effectiveTime", type="dateTime", value=date))
    id_ = shown.stored.pack.reader.module(module)
    if id_ is not None:
        term = term_of(shown.stored, str(id_))
        found.append(Property(code="module", type="code", value=str(id_), description=term))
    return b"".join(_comma(property_parameter(one, r4=r4)) for one in found)


def value_bytes(value: Any) -> bytes:
    """Return the JSON of a property's value."""
    return orjson.dumps(coding_json(value) if isinstance(value, Coding) else value)


def _comma(json: Any) -> bytes:
    return b"," + orjson.dumps(json)


def _cut(text: bytes) -> tuple[bytes, bytes]:
    """Return what stands before the value's mark, and between it and the mark of a description."""
    before, _, rest = text.partition(orjson.dumps(_VALUE))
    return before, rest.partition(orjson.dumps(_MORE))[0]

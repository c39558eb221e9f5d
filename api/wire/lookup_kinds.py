"""The parts of a $lookup answer that repeat, written once: all but the texts of a concept.

They are written by the functions that write any $lookup, with marks where texts are to stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from api.wire.answers import designation_parameter, property_parameter
from api.wire.common import optional, parameter
from termserver.language import fits
from termserver.model import CodeSystem, Designation, Property
from termserver.operations.lookup import PREFERRED
from termserver.providers.shown import Shown
from termserver.providers.snomed_properties import iso_date, term_of

_VALUE, _MORE = "\ue000value\ue001", "\ue000more\ue001"
ADDED = frozenset({"inactive", "parent", "child"})
"""Properties that are added to a concept that has none of its own of that code."""
PLAIN = frozenset({"s", "i", "b", "t"})
"""Forms of values that are written from rows: decimals and Codings are not stored as JSON."""
END = b"}]}"
"""What follows the last value of a designation or property."""
TEXT_END = b'"}]}'
DESCRIPTION = b'},{"name":"description","valueString":'


@dataclass(frozen=True, slots=True, kw_only=True)
class NameKind:
    """A kind of designation: what stands before its text, the opening quote with it.

    `moved`: shown as a property; `speaks`: active, and in the language of the displays.
    """

    before: bytes
    moved: bool = False
    speaks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueKind:
    """A kind of property: what stands before its value (before its text, with the quote)."""

    before: bytes
    end: bytes
    form: str
    """Of the stored value (schema)."""
    shows: bool
    yields: bool
    is_code: bool
    meanings: Mapping[bytes, bytes]
    """Text -> JSON of its description."""
    added: str | None
    """`inactive`, `parent` or `child`, where it is one of them."""


def head(system: CodeSystem) -> bytes:
    """Return how an answer begins, up to the text of the display."""
    named = [
        parameter("name", "string", system.name or system.title or system.url),
        optional("version", "string", system.version),
        parameter("display", "string", _VALUE),
    ]
    listed = b",".join(orjson.dumps(one) for one in named if one is not None)
    return b'{"resourceType":"Parameters","parameter":[' + _before(listed)


def displays(language: str, *, r4: bool) -> bytes:
    """Return what stands before the display as a designation of its own language."""
    one = Designation(value=_VALUE, language=language, use=PREFERRED)
    return _before(_comma(designation_parameter(one, r4=r4)))


def name_kind(shown: Shown, number: int, *, active: bool, r4: bool) -> NameKind:
    """Return the kind of designation that has this number in the pack."""
    said = shown.stored.pack.reader.name_kind(number)
    if shown.as_property is not None and said.use and said.use.code == shown.as_property:
        moved = Property(
            code=shown.as_property, type="string", value=_VALUE, language=said.language
        )
        json = property_parameter(moved, r4=r4)
        return NameKind(before=_before(_comma(json)) + b'"', moved=True)
    one = Designation(
        value=_VALUE, language=said.language, use=said.use, additional_use=said.additional_use
    )
    language = shown.stored.system.language
    return NameKind(
        before=_before(_comma(designation_parameter(one, r4=r4))) + b'"',
        speaks=active and language is not None and bool(fits(said.language, language)),
    )


def value_kind(shown: Shown, number: int, *, r4: bool) -> ValueKind:
    """Return the kind of property that has this number in the pack."""
    kind = shown.stored.pack.reader.property_kind(number)
    before = before_value(shown, kind.code, kind.type, r4=r4)
    meanings = shown.meanings.get(kind.code, {})
    is_text = kind.form == "s" or (kind.form == "t" and not shown.has_terms)
    return ValueKind(
        before=before + b'"' if is_text else before,
        end=TEXT_END if is_text else END,
        form=kind.form,
        shows=shown.shows(kind.code),
        yields=kind.code in shown.yielding,
        is_code=kind.type == "code",
        meanings={value.encode(): orjson.dumps(text) for value, text in meanings.items()},
        added=kind.code if kind.code in ADDED else None,
    )


def before_value(shown: Shown, code: str, type_: str, *, r4: bool) -> bytes:
    """Return what stands before the value of a property."""
    one = Property(
        code=code,
        type=type_,
        value=_VALUE,
        description=_MORE,
        code_display=term_of(shown.stored, code) if shown.has_terms else None,
    )
    text = _comma(property_parameter(one, r4=r4))
    assert text.endswith(orjson.dumps(_VALUE) + DESCRIPTION + orjson.dumps(_MORE) + END)
    return _before(text)


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


def _comma(json: Any) -> bytes:
    return b"," + orjson.dumps(json)


def _before(text: bytes) -> bytes:
    """Return what stands before the value's mark."""
    return text.partition(orjson.dumps(_VALUE))[0]

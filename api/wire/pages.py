"""A plain page -> the bytes of its ValueSet, joined from parts that are written already.

What `api.wire.valueset` writes of the same expansion, to the byte (a property test says so).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from api.wire.common import property_json, value_json
from api.wire.valueset import declared_extension, identity_json, property_extension
from termserver.index.rows import OPEN, STATUS
from termserver.model import Json, PropertyValue
from valuesets.contains import STATUS_URI, shows_status, status_property
from valuesets.expand import Clock
from valuesets.pages import Page, Plan

_LINE = re.compile(
    rb"\n(?:([^\x1f\n]*)\x1f)?((?:,\"abstract\":true)?)((?:,\"inactive\":true)?)([^\n]*)"
)
_DECLARED = {"code": "status", "uri": STATUS_URI}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A page as it was asked for; None where a parameter was not given."""

    offset: int | None = None
    count: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What is the same on every page of a plan; `marked` where a status is shown."""

    head: bytes
    marked_head: bytes
    facts: tuple[bytes, ...]
    marked_tail: bytes


def page_json(plan: Plan, page: Page, asked: Asked, release: str, clock: Clock) -> bytes | None:
    """Return the ValueSet, None where an entry has to say more than its row does."""
    r4 = release.startswith("4")
    entries: list[bytes] = []
    marked = False
    for part, members in page.shown:
        lines = part.rows.lines(members)
        if lines is None:
            return None
        if lines:
            system = b'{"system":' + _json(plan, part.system)
            if STATUS in lines:
                told, shown = _told(lines, system, r4=r4)
                entries += told
                marked = marked or shown
            else:
                entries.append(lines.replace(OPEN, b"}," + system)[2:] + b"}")
    written = _written(plan, r4=r4)
    parts = [
        written.marked_head if marked else written.head,
        b'"identifier":"%b","timestamp":"%b"'
        % (clock.identifier.encode(), clock.now.isoformat(timespec="milliseconds").encode()),
    ]
    if not plan.open_ended:
        parts.append(b',"total":%d' % page.total)
    if asked.offset is not None or asked.count is not None:
        parts.append(b',"offset":%d' % (asked.offset or 0))
    parameters = [*_echoed(asked), *written.facts]
    if parameters:
        parts += (b',"parameter":[', b",".join(parameters), b"]")
    if marked:
        parts.append(written.marked_tail)
    if entries:
        parts += (b',"contains":[', b",".join(entries), b"]")
    parts.append(b"}}")
    return b"".join(parts)


def _echoed(asked: Asked) -> Iterator[bytes]:
    if asked.count is not None:
        yield b'{"name":"count","valueInteger":%d}' % asked.count
    if asked.text is not None:
        yield _parameter("filter", "String", asked.text)
    if asked.offset is not None:
        yield b'{"name":"offset","valueInteger":%d}' % asked.offset


def _told(lines: bytes, system: bytes, *, r4: bool) -> tuple[list[bytes], bool]:
    """Return the entries of lines some of which have a status, and whether any shows it.

    R4 says it first, as an extension, R5 last.
    """
    entries, shown = [], False
    for status, abstract, inactive, rest in _LINE.findall(lines):
        entry = b"".join((system, abstract, inactive, rest, b"}"))
        said = orjson.loads(b'"%b"' % status) if status else ""
        if said and shows_status(said, inactive=bool(inactive)):
            shown = True
            one = status_property(said)
            if r4:
                entry = b'{"extension":[%b],%b' % (orjson.dumps(property_extension(one)), entry[1:])
            else:
                entry = b'%b,"property":[%b]}' % (entry[:-1], orjson.dumps(property_json(one)))
        entries.append(entry)
    return entries, shown


def _json(plan: Plan, system: str) -> bytes:
    found: bytes | None = plan.written.get(system)
    if found is None:
        found = plan.written[system] = orjson.dumps(system)
    return found


def _written(plan: Plan, *, r4: bool) -> _Written:
    found: _Written | None = plan.written.get(r4)
    if found is None:
        declared = [declared_extension(_DECLARED)] if r4 else []
        found = plan.written[r4] = _Written(
            head=_head(plan, plan.extensions),
            marked_head=_head(plan, (*plan.extensions, *declared)),
            facts=tuple(_parameter(one.name, one.type, one.value) for one in plan.facts),
            marked_tail=b"" if r4 else b',"property":' + orjson.dumps([_DECLARED]),
        )
    return found


def _head(plan: Plan, extensions: tuple[Json, ...]) -> bytes:
    """Return how the resource begins, up to the expansion's identifier."""
    head = orjson.dumps(identity_json(plan.value_set), default=dict)[:-1] + b',"expansion":{'
    if not extensions:
        return head
    return head + b'"extension":' + orjson.dumps(extensions, default=dict) + b","


def _parameter(name: str, kind: str, value: PropertyValue) -> bytes:
    return orjson.dumps({"name": name, **value_json(kind, value)})

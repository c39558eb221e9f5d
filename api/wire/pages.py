"""A plain page -> the bytes of its ValueSet, joined from parts that are written already.

What `api.wire.valueset` writes of the same expansion, to the byte (a property test says so).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import orjson

from api.wire.common import property_json, value_json
from api.wire.valueset import declared_extension, identity_json, property_extension
from termserver.index.rows import OPEN, STATUS
from termserver.model import Json, PropertyValue
from valuesets.contains import STATUS_URI, shows_status, status_property
from valuesets.expand import Clock
from valuesets.pages import MARK, Frame, Page, PagePlan, Part

_LINE = re.compile(
    rb"\n(?:([^\x1f\n]*)\x1f)?((?:,\"abstract\":true)?)((?:,\"inactive\":true)?)([^\n]*)"
)
ENTRIES = 2_000
"""Of a part of an answer that is sent in parts: some 200 KB."""

_MARK = MARK.encode()
_DECLARED = {"code": "status", "uri": STATUS_URI}


class Asked(NamedTuple):
    """A page as it was asked for (`size`: parameter count); None where one was not given."""

    offset: int | None = None
    size: int | None = None
    text: str | None = None


class _Framed(NamedTuple):
    """A frame as it is written; `marked_…` where a status is shown."""

    opening: bytes
    marked_opening: bytes
    facts: bytes
    marked_tail: bytes


def page_json(plan: PagePlan, page: Page, asked: Asked, release: str, clock: Clock) -> bytes | None:
    """Return the ValueSet, None where an entry has to say more than its row does."""
    r4 = release.startswith("4")
    entries: list[bytes] = []
    marked = False
    for part, members in page.shown:
        lines = part.rows.lines(members)
        if lines is None:
            return None
        if lines:
            found, shown = _entries(plan, part, lines, r4=r4)
            entries.append(found)
            marked = marked or shown
    head = _head(plan, page, asked, clock, r4=r4, marked=marked)
    if not entries:
        return head + b"}}"
    return b'%b,"contains":[%b]}}' % (
        head,
        entries[0] if len(entries) == 1 else b",".join(entries),
    )


def page_parts(
    plan: PagePlan, page: Page, asked: Asked, release: str, clock: Clock
) -> Iterator[bytes] | None:
    """Return the same in parts of some thousand entries, made as they are asked for.

    What comes first depends on what is shown, so that the rows are looked through before.
    """
    r4 = release.startswith("4")
    pieces = [
        (part, members[at : at + ENTRIES])
        for part, members in page.shown
        for at in range(0, len(members), ENTRIES)
    ]
    marked = False
    for part, members in pieces:
        lines = part.rows.lines(members)
        if lines is None:
            return None
        marked = marked or _entries(plan, part, lines, r4=r4)[1]
    head = _head(plan, page, asked, clock, r4=r4, marked=marked)
    return _parts(plan, pieces, head, r4=r4)


def _parts(
    plan: PagePlan, pieces: Sequence[tuple[Part, Sequence[int]]], head: bytes, *, r4: bool
) -> Iterator[bytes]:
    before = b',"contains":['
    yield head
    for part, members in pieces:
        yield before + _entries(plan, part, part.rows.lines(members) or b"", r4=r4)[0]
        before = b","
    yield b"]}}" if pieces else b"}}"


def _head(
    plan: PagePlan, page: Page, asked: Asked, clock: Clock, *, r4: bool, marked: bool
) -> bytes:
    """Return the ValueSet up to its entries; `marked` where a status is shown."""
    framed = _framed(plan.frame, r4=r4)
    offset, size, text = asked
    paged = size is not None or offset is not None
    echoed = b"%b%b%b%b" % (
        b'{"name":"count","valueInteger":%d},' % size if size is not None else b"",
        _parameter("filter", "String", text) + b"," if text is not None else b"",
        b'{"name":"offset","valueInteger":%d},' % offset if offset is not None else b"",
        framed.facts,
    )
    return b'%b%b"identifier":"%b","timestamp":"%b"%b%b%b%b' % (
        _identity(plan),
        framed.marked_opening if marked else framed.opening,
        clock.identifier.encode(),
        clock.now.isoformat(timespec="milliseconds").encode(),
        b"" if plan.frame.open_ended else b',"total":%d' % page.total,
        b',"offset":%d' % (offset or 0) if paged else b"",
        b',"parameter":[%b]' % echoed.removesuffix(b",") if echoed else b"",
        framed.marked_tail if marked else b"",
    )


def _entries(plan: PagePlan, part: Part, lines: bytes, *, r4: bool) -> tuple[bytes, bool]:
    """Return lines as entries with commas between them, and whether any shows a status."""
    system = b'{"system":%b' % _json(plan, part.system)
    if STATUS not in lines:
        return lines.replace(OPEN, b"}," + system)[2:] + b"}", False
    told, shown = _told(lines, system, r4=r4)
    return b",".join(told), shown


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


def _json(plan: PagePlan, system: str) -> bytes:
    written = plan.frame.written
    found: bytes | None = written.get(system)
    if found is None:
        found = written[system] = orjson.dumps(system)
    return found


def _identity(plan: PagePlan) -> bytes:
    """Return how the resource begins, up to its expansion."""
    found = plan.written.get(None)
    if found is None:
        json = identity_json(plan.value_set)
        found = plan.written[None] = orjson.dumps(json, default=dict)[:-1]
    return found if plan.root is None else found.replace(_MARK, plan.root.encode())


def _framed(frame: Frame, *, r4: bool) -> _Framed:
    found: _Framed | None = frame.written.get(r4)
    if found is None:
        declared = [declared_extension(_DECLARED)] if r4 else []
        facts = [_parameter(one.name, one.type, one.value) for one in frame.facts]
        found = frame.written[r4] = _Framed(
            opening=_opening(frame.extensions),
            marked_opening=_opening((*frame.extensions, *declared)),
            facts=b",".join(facts),
            marked_tail=b"" if r4 else b',"property":' + orjson.dumps([_DECLARED]),
        )
    return found


def _opening(extensions: tuple[Json, ...]) -> bytes:
    """Return how the expansion begins, up to its identifier."""
    if not extensions:
        return b',"expansion":{'
    return b',"expansion":{"extension":%b,' % orjson.dumps(extensions, default=dict)


def _parameter(name: str, kind: str, value: PropertyValue) -> bytes:
    return orjson.dumps({"name": name, **value_json(kind, value)})

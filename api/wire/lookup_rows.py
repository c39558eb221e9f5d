"""$lookup of a concept that stands in a pack: rows -> bytes, with no model between.

What repeats stands ready (`lookup_kinds`); other concepts come from the lines of expansions
(`termserver.index.rows`). What is not written so is left to `lookup_json`; a property test says
that the bytes are the same (tests/property/test_lookup_agrees.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orjson import dumps

from api.wire import lookup_kinds as kinds
from api.wire.lookup_kinds import DESCRIPTION, END, TEXT_END, NameKind, ValueKind
from termserver.index.rows import PageRows
from termserver.model import Ordinal
from termserver.providers.shown import Shown
from termserver.store.reader import JoinedRows
from termserver.store.statements import JOINED_BY

_SYSTEM = b'},{"name":"system","valueUri":'
_CODE = b'},{"name":"code","valueCode":'
_DEFINITION = b'},{"name":"definition","valueString":'
_ABSTRACT = (
    b'},{"name":"abstract","valueBoolean":false}',
    b'},{"name":"abstract","valueBoolean":true}',
)
_BOOLEANS = {b"0": b"false", b"1": b"true"}
_BETWEEN = JOINED_BY.encode()
_STATUS = re.compile(rb"\n[^\n\x1f]*\x1f")
_LINE, _DISPLAY = b'\n,"code":', b',"display":'
_FLAGS = (b',"abstract":true', b',"inactive":true')

Pair = tuple[bytes, bytes]


class _NotPlain(Exception):
    """Something of a concept is not written from rows."""


class LookupWriter:
    """Writes the $lookup answers of one code system version at one release: all that is known, with
    displays of the code system's own language. Cost: some 15 µs and 0.3 µs a row.
    """

    def __init__(self, shown: Shown, rows: PageRows, release: str) -> None:
        """Take the code system version, as it is shown, and the lines of its pack."""
        stored = shown.stored
        language = stored.system.language
        self._shown = shown
        self._rows = rows
        self._r4 = r4 = release.startswith("4")
        self._reader = stored.pack.reader
        self._codes = stored.pack.codes
        self._hierarchy = stored.hierarchy
        self._names: dict[bytes, NameKind] = {}
        self._values: dict[bytes, ValueKind] = {}
        self._facts: dict[tuple[int | None, int | None], bytes] = {}
        self._head = kinds.head(stored.system)
        self._displays = None if language is None else kinds.displays(language, r4=r4)
        self._inactive = tuple(kinds.inactive(value=one, r4=r4) for one in (False, True))
        self._up = kinds.before_value(shown, "parent", "code", r4=r4)
        self._down = kinds.before_value(shown, "child", "code", r4=r4)

    def write(self, ordinal: Ordinal, system: str) -> bytes | None:
        """Return the Parameters of a concept, None for one that rows do not tell all of.

        `system` is the url that was asked for.
        """
        try:
            return self._written(ordinal, system)
        except _NotPlain:
            return None

    def _written(self, ordinal: Ordinal, system: str) -> bytes:
        rows = self._reader.joined_rows(ordinal)
        display, code = self._reader.display(ordinal), self._codes[ordinal]
        parts = [self._head, dumps(display or code), _SYSTEM, dumps(system), _CODE, dumps(code)]
        if rows.definition is not None:
            parts += (_DEFINITION, dumps(rows.definition))
        parts.append(_ABSTRACT[rows.abstract])
        moved = self._write_names(parts, _pairs(rows.names), display)
        at = len(parts)
        given = self._write_values(parts, _pairs(rows.values))
        if self._shown.has_terms:
            parts.append(self._date_and_module(rows))
        parts += moved
        if "inactive" not in given:
            parts.insert(at, self._inactive[rows.inactive])
        if "parent" not in given:
            parts.append(self._steps(self._up, self._hierarchy.parents(ordinal)))
        if "child" not in given:
            parts.append(self._steps(self._down, self._hierarchy.children(ordinal)))
        parts.append(b"]}")
        return b"".join(parts)

    # -- designations ----------------------------------------------------------------------------

    def _write_names(
        self, parts: list[bytes], names: Sequence[Pair], display: str | None
    ) -> list[bytes]:
        """Write the designations; return those that are shown as properties.

        The display goes first, where it is no designation of its language already.
        """
        known, at, named = self._names, len(parts), False
        moved: list[bytes] = []
        shown = b"" if display is None else dumps(display)
        wanted = shown[1:-1]
        for key, text in names:
            kind = known.get(key)
            if kind is None:
                kind = known[key] = self._name_kind(int(key))
            if kind.moved:
                moved += (kind.before, text, TEXT_END)
                continue
            parts += (kind.before, text, TEXT_END)
            if kind.speaks and text == wanted:
                named = True
        if shown and not named and self._displays is not None:
            parts[at:at] = (self._displays, shown, END)
        return moved

    def _name_kind(self, key: int) -> NameKind:
        return kinds.name_kind(self._shown, key >> 1, active=bool(key & 1), r4=self._r4)

    # -- properties ------------------------------------------------------------------------------

    def _write_values(self, parts: list[bytes], values: Sequence[Pair]) -> set[str]:
        """Write the properties that are shown; return which of `kinds.ADDED` are among them."""
        rows = self._valued(values)
        said = _said(rows) if self._shown.yielding else ()
        given: set[str] = set()
        for kind, value in rows:
            if not kind.shows or (kind.yields and value in said):
                continue
            if value in kind.meanings:
                parts += (kind.before, value, b'"', DESCRIPTION, kind.meanings[value], END)
            else:
                parts += (kind.before, value, kind.end)
            if kind.added is not None:
                given.add(kind.added)
        return given

    def _valued(self, values: Sequence[Pair]) -> list[tuple[ValueKind, bytes]]:
        """Return the properties with their values as JSON (of a text, what is in its quotes)."""
        known = self._values
        found: list[tuple[ValueKind, bytes]] = []
        targets: list[int] = []
        for key, text in values:
            kind = known.get(key)
            if kind is None:
                kind = known[key] = kinds.value_kind(self._shown, int(key), r4=self._r4)
            if kind.form == "t":
                targets.append(int(text))
            elif kind.form not in kinds.PLAIN or (self._shown.has_terms and kind.is_code):
                raise _NotPlain
            found.append((kind, _BOOLEANS[text] if kind.form == "b" else text))
        if not targets:
            return found
        codes = iter(self._with_terms(targets) if self._shown.has_terms else self._bare(targets))
        return [(kind, next(codes) if kind.form == "t" else text) for kind, text in found]

    def _bare(self, targets: Sequence[int]) -> list[bytes]:
        # RxNorm gives most targets twice, by REL and by RELA
        codes = {one: dumps(self._codes[one])[1:-1] for one in set(targets)}
        return [codes[one] for one in targets]

    def _with_terms(self, targets: Sequence[int]) -> list[bytes]:
        """Return code and description of each concept, from the first quote to the last."""
        return self._lines(targets).split(_LINE)[1:]

    def _date_and_module(self, rows: JoinedRows) -> bytes:
        key = (rows.effective_time, rows.module)
        found = self._facts.get(key)
        if found is None:
            found = self._facts[key] = kinds.date_and_module(self._shown, *key, r4=self._r4)
        return found

    # -- other concepts --------------------------------------------------------------------------

    def _steps(self, before: bytes, ordinals: Sequence[Ordinal]) -> bytes:
        """Return a property of each of some parents or children (one replacement for all)."""
        if not ordinals:
            return b""
        return self._lines(ordinals).replace(_LINE, END + before)[len(END) :] + END

    def _lines(self, ordinals: Sequence[int]) -> bytes:
        """Return the lines of concepts with code and description alone."""
        found = self._rows.lines(ordinals)
        if found is None:
            raise _NotPlain
        if b"\x1f" in found:
            found = _STATUS.sub(b"\n", found)
        if b'true,"code":' in found:
            for flag in _FLAGS:
                found = found.replace(flag, b"")
        return found.replace(_DISPLAY, DESCRIPTION)


def _pairs(joined: str | None) -> list[Pair]:
    """Return kind and text (as JSON has it between quotes) of each row that was joined."""
    if joined is None:
        return []
    pieces = dumps(joined)[1:-1].split(_BETWEEN)
    if len(pieces) != 2 * int(pieces[0]) + 1:
        # a text has the character that stands between texts
        raise _NotPlain
    return list(zip(pieces[1::2], pieces[2::2], strict=True))


def _said(rows: Sequence[tuple[ValueKind, bytes]]) -> set[bytes]:
    """Return the values of properties of type code, to which others yield."""
    return {value for kind, value in rows if kind.is_code and not kind.yields}

"""Rows of an expansion, written once: each concept as JSON, but for the system it is of.

`rows.txt` holds a line for each concept, from its line feed to the next: what follows `{"system":…`
in ValueSet.expansion.contains, up to its last brace. JSON text has no raw control characters, so a
page is the lines of its concepts with each line feed replaced by how entries end and begin; a run
of ordinals is one slice. A status word stands first, before a unit separator: it is shown apart.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import orjson

from termserver.errors import StoreError
from termserver.index.files import open_array, open_bytes
from termserver.index.strings import Strings

NAME = "rows"

OPEN = b"\n"
STATUS = b"\x1f"
_NOT_PLAIN = b"\0"
"""The line of a concept of which more is to be said."""


def row_of(
    code: str, display: str | None, *, abstract: bool, inactive: bool, status: str | None = None
) -> bytes:
    """Return the line of a concept of which nothing more is shown."""
    parts = [OPEN]
    if status is not None:
        parts += (orjson.dumps(status)[1:-1], STATUS)
    if abstract:
        parts.append(b',"abstract":true')
    if inactive:
        parts.append(b',"inactive":true')
    parts += (b',"code":', orjson.dumps(code))
    if display is not None:
        parts += (b',"display":', orjson.dumps(display))
    return b"".join(parts)


def rows_of(
    codes: Sequence[str],
    displays: Sequence[str],
    inactive: Sequence[int],
    abstract: Container[int],
    marked: Container[int],
    statuses: Mapping[int, str],
) -> Iterator[bytes]:
    """Yield the line of each concept by ordinal. Of the `marked` ones only those have a plain line
    that have nothing but a status.
    """
    for at, (code, display) in enumerate(zip(codes, displays, strict=True)):
        status = statuses.get(at)
        if status is None and at in marked:
            yield OPEN + _NOT_PLAIN
        else:
            yield row_of(
                code,
                display or None,
                abstract=at in abstract,
                inactive=bool(inactive[at]),
                status=status,
            )


class PageRows:
    """The lines of one pack by ordinal."""

    __slots__ = ("_offsets", "_text")

    def __init__(self, offsets: memoryview, text: memoryview) -> None:
        """Take the mapped files; use `open`."""
        self._offsets = offsets
        self._text = text

    @staticmethod
    def build(folder: Path, rows: Iterable[bytes]) -> None:
        """Write the lines (`rows_of`)."""
        Strings.write(folder, NAME, rows)

    @classmethod
    def open(cls, folder: Path) -> PageRows | None:
        """Map what `build` wrote, None in a pack that was written without lines."""
        try:
            return cls(open_array(folder / f"{NAME}.off", "Q"), open_bytes(folder / f"{NAME}.txt"))
        except StoreError:
            return None

    def lines(self, ordinals: Sequence[int]) -> bytes | None:
        """Return the lines of `ordinals` in order, None where an entry has to say more.

        A range (of step 1) costs one copy, whatever its length; otherwise 0.2 µs a line.
        """
        if not ordinals:
            return b""
        offsets, text = self._offsets, self._text
        if type(ordinals) is range:
            found = bytes(text[offsets[ordinals[0]] : offsets[ordinals[-1] + 1]])
        else:
            found = b"".join([text[offsets[one] : offsets[one + 1]] for one in ordinals])
        return None if _NOT_PLAIN in found else found

"""The bytes of an answer but for a few texts: made once by the ordinary way, then filled in."""

from __future__ import annotations

import re
from typing import Any

import orjson

_HOLE = re.compile(rb"\xee\x80\x80(\d)\xee\x80\x81")


def mark(number: int) -> str:
    """Return the text (of private characters) that stands for text `number` (0 to 9) in a form."""
    return f"\ue000{number}\ue001"


class Form:
    """JSON with marks in its texts, as bytes into which texts are put.

    A mark may stand anywhere within a JSON string. Filling costs well under 1 µs.
    """

    __slots__ = ("_bytes", "_order")

    def __init__(self, json: Any) -> None:
        """Take the JSON, which has `mark(0)`, `mark(1)` … where texts are to stand."""
        parts = _HOLE.split(orjson.dumps(json, default=dict))
        self._bytes = b"%b".join(part.replace(b"%", b"%%") for part in parts[::2])
        self._order = tuple(int(one) for one in parts[1::2])

    def fill(self, *texts: bytes) -> bytes:
        """Return the JSON with `texts` (as `inner` gives them) in the place of the marks."""
        return self._bytes % tuple([texts[one] for one in self._order])


def inner(text: str) -> bytes:
    """Return a text as it stands between the quotes of a JSON string.

    Raises: orjson.JSONEncodeError for a text that is no Unicode (a lone surrogate).
    """
    return orjson.dumps(text)[1:-1]

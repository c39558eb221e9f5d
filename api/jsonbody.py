"""Bytes -> JSON, within limits."""

from __future__ import annotations

from typing import Any

import orjson

from termserver.errors import InvalidRequest, TooLarge


def parse_json(body: bytes, *, max_depth: int) -> Any:
    """Return the JSON of a body. Raises: InvalidRequest (no JSON), TooLarge (nested too deep)."""
    try:
        json = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        if "depth" in str(error) or "recursion" in str(error):
            raise TooLarge(f"The JSON is nested deeper than {max_depth}") from error
        raise InvalidRequest(f"The body is no JSON: {error}") from error
    check_depth(json, body.count(b"{") + body.count(b"["), max_depth)
    return json


def check_depth(json: Any, opened: int, max_depth: int) -> None:
    """Refuse JSON nested deeper than `max_depth`; `opened` is how many brackets it has.

    Level by level, since that costs least for wide bodies. Raises: TooLarge.
    """
    if opened <= max_depth:
        return
    level, depth = [json], 0
    while level:
        depth += 1
        if depth > max_depth:
            raise TooLarge(f"The JSON is nested deeper than {max_depth}")
        level = [
            child
            for one in level
            for child in (one.values() if type(one) is dict else one)
            if type(child) is dict or type(child) is list
        ]
        level = [one for one in level if one]

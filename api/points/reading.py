"""Query string or Parameters body -> texts of a point's parameters, None where any is not plain.

What is refused, ignored or read in another way by the ordinary reading (`api.params`) is None here:
this one need not know the rules, only what is beyond doubt.
"""

from __future__ import annotations

from typing import Any

import orjson

from api.params import TEXT_TYPES, decode_text
from api.points.point import Point, Texts
from termserver.errors import InvalidRequest

KEPT_URLS = 4_096
_LONGEST = 300
_VALUES = frozenset(f"value{one}" for one in TEXT_TYPES)
_CODING = frozenset({"system", "version", "code", "display"})


class PlainReader:
    """Reads the parameters of one point; keeps the urls it decoded, which come again and again."""

    __slots__ = ("_codings", "_texts", "_urls")

    def __init__(self, point: Point) -> None:
        """Take the point."""
        self._texts = point.texts
        self._codings = point.codings
        self._urls: dict[str, str] = {}

    def query(self, query: bytes) -> Texts | None:
        """Return the texts of a query string, None where it is not plain."""
        try:
            text = query.decode("ascii")
        except UnicodeDecodeError:
            return None
        found: Texts = {}
        names, urls = self._texts, self._urls
        for part in text.split("&"):
            name, _, value = part.partition("=")
            if name not in names or not value or name in found:
                return None
            if "%" not in value:
                value = value.replace("+", " ")
            else:
                read = urls.get(value) or self._decoded(value)
                if not read:
                    return None
                value = read
            found[name] = value
        return found

    def _decoded(self, raw: str) -> str | None:
        try:
            text = decode_text(raw.encode())
        except InvalidRequest:
            return None
        if raw.startswith("http") and len(raw) < _LONGEST:
            if len(self._urls) >= KEPT_URLS:
                self._urls.clear()
            self._urls[raw] = text
        return text

    def body(self, body: bytes) -> Texts | None:
        """Return the texts of a Parameters body, None where it is not plain."""
        listed = sent_parameters(body)
        if listed is None:
            return None
        found: Texts = {}
        given: set[str] = set()
        for one in listed:
            if type(one) is not dict or len(one) != 2 or not self._take(found, given, one):
                return None
        return found

    def _take(self, found: Texts, given: set[str], one: dict[str, Any]) -> bool:
        """Put one parameter into `found`; tell whether it was plain."""
        name = one.get("name")
        if type(name) is not str or name in given:
            return False
        given.add(name)
        if name in self._texts:
            for key, value in one.items():
                if key in _VALUES and type(value) is str and value:
                    found[name] = value
                    return True
            return False
        coding = one.get("valueCoding")
        if name not in self._codings or type(coding) is not dict or not coding:
            return False
        found[name] = ""
        for key, value in coding.items():
            if key not in _CODING or type(value) is not str or not value:
                return False
            found[f"{name}.{key}"] = value
        return True


def sent_parameters(body: bytes) -> list[Any] | None:
    """Return what a Parameters body lists, None for one that is more or anything else."""
    try:
        json = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if type(json) is not dict or len(json) != 2 or json.get("resourceType") != "Parameters":
        return None
    listed = json.get("parameter")
    return listed if type(listed) is list else None

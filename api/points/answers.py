"""Plain requests of point operations -> answers, from the bytes that came to the bytes that go."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from api.answer import CONTENT_TYPE, Dispatcher, caching_headers, entity_tag
from api.exchange import Headers
from api.points.client import Client, read_client
from api.points.point import Point, Texts
from api.points.reading import PlainReader
from api.points.table import points
from api.service import ContentSource
from api.settings import Settings
from api.transport import BASES, wire_header
from termserver.deadline import NotAtOnce
from termserver.errors import TerminologyError
from termserver.terminology import Terminology
from valuesets.implicit import is_expression

log = logging.getLogger("termserver.points")

_DEPTH = 12
"""What is read plainly is not deeper; a lower limit of the settings is for the ordinary way."""


class Plain(NamedTuple):
    """A 200: its headers as they go over the wire (without length and request id), its body.

    `route` is the path, decoded.
    """

    head: bytes
    body: bytes
    route: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A point below one base."""

    point: Point
    reader: PlainReader
    release: str
    base: bytes
    path: bytes
    route: str


class PointAnswers:
    """Answers plain requests of one worker. Keeps nothing of a request but urls it decoded."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        """Take who answers all that is not plain, of the same service."""
        self._content: ContentSource = dispatcher.service.content
        self._settings: Settings = dispatcher.service.settings
        self._places = _places()
        self._bodies = self._settings.max_json_depth >= _DEPTH
        self._tagged = {one: _head(caching_headers("%s", long=one)) for one in (False, True)}
        self._untagged = _head(caching_headers(None))

    def client(self, headers: Mapping[bytes, bytes], scheme: str | None) -> Client | None:
        """Return what headers say (names in small letters), None where no request is plain."""
        return read_client(self._settings, headers, scheme)

    def answer(
        self, url: bytes, client: Client, body: bytes | None
    ) -> Plain | TerminologyError | None:
        """Return a 200, or the error that is the answer; None where a request is not plain.

        `url` is the path and query as sent; `body` is None for a GET.
        """
        path, _, query = url.partition(b"?")
        place = self._places.get(path)
        if place is None:
            return None
        loaded = self._content.current()
        terminology, point = loaded.terminologies[place.release], place.point
        try:
            if body is None:
                texts = place.reader.query(query)
                found = _answer(point, terminology, texts)
            elif query or not self._bodies or not client.sends:
                return None
            elif point.sent is not None:
                found = point.sent(terminology, body)
            else:
                texts = place.reader.body(body)
                found = _answer(point, terminology, texts)
        except TerminologyError as error:
            return error
        except NotAtOnce:
            return None
        except Exception:
            # A bug. The ordinary way answers all the same, or fails and tells of it.
            log.exception("no plain answer: %s", place.route)
            return None
        if found is None:
            return None
        if body is not None:
            return Plain(self._untagged, found, place.route)
        root, generation = client.origin + place.base, loaded.generation.encode()
        tag = entity_tag(generation, root, place.path, query, client.accept, b"", b"")
        given = f"W/{tag}" if point.weak else tag
        long = bool(point.pinned and texts and not point.pinned.isdisjoint(texts))
        return Plain(self._tagged[long] % given.encode(), found, place.route)


def _answer(point: Point, terminology: Terminology, texts: Texts | None) -> bytes | None:
    if texts is None or is_expression("\n".join(texts.values())):
        return None
    return point.answer(terminology, texts)


def _places() -> dict[bytes, _Place]:
    """Return path as sent -> point. Clients write `$` in either way."""
    found = {}
    for point in points():
        for first, (release, base) in BASES.items():
            place = _Place(
                point=point,
                reader=PlainReader(point),
                release=release,
                base=base.encode(),
                path=point.path.encode(),
                route=f"/{first}/{point.path}",
            )
            for path in (point.path, point.path.replace("$", "%24")):
                found[f"/{first}/{path}".encode()] = place
    return found


def _head(caching: Headers) -> bytes:
    lines = [wire_header(*one) for one in (CONTENT_TYPE, *caching)]
    return b"".join(b"%b: %b\r\n" % line for line in lines)

"""Plain requests of point operations -> answers, from the bytes that came to the bytes that go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from api.answer import CONTENT_TYPE, Dispatcher, caching_headers, entity_tag
from api.exchange import Answer, Headers
from api.points.point import Point
from api.points.reading import PlainReader
from api.points.table import points
from api.service import ContentSource
from api.settings import Settings
from api.transport import BASES, wire_header
from termserver.errors import TerminologyError

_ACCEPTED = frozenset({b"", b"*/*", b"application/fhir+json", b"application/json"})
_SENT = frozenset(
    f"{media}{charset}".encode()
    for media in ("application/fhir+json", "application/json")
    for charset in ("", "; charset=utf-8", ";charset=utf-8", "; charset=UTF-8", ";charset=UTF-8")
)
_DECIDING = frozenset(
    {b"accept-language", b"if-none-match", b"x-cache-id", b"x-too-costly-threshold"}
)
"""Headers that may change an answer: with any of them a request is not plain."""

_FORWARDED = frozenset({b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-prefix"})

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
    base: str
    path: bytes
    route: str


class PointAnswers:
    """Answers plain requests of one worker. Keeps nothing of a request but urls it decoded."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        """Take who answers all that is not plain."""
        self._dispatcher = dispatcher
        self._content: ContentSource = dispatcher.service.content
        self._settings: Settings = dispatcher.service.settings
        proxies = self._settings.trusted_proxies
        self._deciding = _DECIDING | _FORWARDED if proxies else _DECIDING
        self._places = _places()
        self._bodies = self._settings.max_json_depth >= _DEPTH
        self._tagged = {one: _head(caching_headers("%s", long=one)) for one in (False, True)}
        self._untagged = _head(caching_headers(None))

    def takes(self, path: bytes) -> bool:
        """Tell whether there is a point at a path, as it was sent."""
        return path in self._places

    def answer(
        self, url: bytes, headers: Mapping[bytes, bytes], body: bytes | None, scheme: str
    ) -> Plain | TerminologyError | None:
        """Return a 200, or the error that is the answer; None where a request is not plain.

        `url` is the path and query as sent; `headers` have small letters, each once; `body` is None
        for a GET.
        """
        path, _, query = url.partition(b"?")
        place = self._places.get(path)
        if place is None or not self._deciding.isdisjoint(headers):
            return None
        accept = headers.get(b"accept", b"")
        if accept not in _ACCEPTED:
            return None
        if body is None:
            texts = place.reader.query(query)
        elif query or not self._bodies or headers.get(b"content-type") not in _SENT:
            return None
        else:
            texts = {} if place.point.sent is not None else place.reader.body(body)
        if texts is None:
            return None
        loaded = self._content.current()
        terminology = loaded.terminologies[place.release]
        try:
            if body is not None and place.point.sent is not None:
                found = place.point.sent(terminology, body)
            else:
                found = place.point.answer(terminology, texts)
        except TerminologyError as error:
            return error
        if found is None:
            return None
        if body is not None:
            return Plain(self._untagged, found, place.route)
        root = self._settings.public_url or _origin(scheme, headers)
        tag = entity_tag(
            loaded.generation.encode(),
            f"{root}{place.base}".encode(),
            place.path,
            query,
            accept,
            b"",
            b"",
        )
        long = not place.point.pinned.isdisjoint(texts)
        given = f"W/{tag}" if place.point.weak else tag
        return Plain(self._tagged[long] % given.encode(), found, place.route)

    def refusal(self, error: TerminologyError, request_id: str) -> Answer:
        """Return the answer that an error is."""
        return self._dispatcher.refusal(error, request_id)


def _origin(scheme: str, headers: Mapping[bytes, bytes]) -> str:
    return f"{scheme}://{headers.get(b'host', b'localhost').decode('latin-1')}"


def _places() -> dict[bytes, _Place]:
    """Return path as sent -> point. Clients write `$` in either way."""
    found = {}
    for point in points():
        for first, (release, base) in BASES.items():
            place = _Place(
                point=point,
                reader=PlainReader(point),
                release=release,
                base=base,
                path=point.path.encode(),
                route=f"/{first}/{point.path}",
            )
            for path in (point.path, point.path.replace("$", "%24")):
                found[f"/{first}/{path}".encode()] = place
    return found


def _head(caching: Headers) -> bytes:
    lines = [wire_header(*one) for one in (CONTENT_TYPE, *caching)]
    return b"".join(b"%b: %b\r\n" % line for line in lines)

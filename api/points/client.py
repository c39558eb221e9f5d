"""What the headers of plain requests say. A connection sends the same ones again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from api.middleware import takes_gzip
from api.settings import Settings

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


class Client(NamedTuple):
    """The headers of a plain request.

    `origin` is the address that the client used, `sends` tells that a body is JSON, `number` is
    the client's own request id.
    """

    accept: bytes
    origin: bytes
    sends: bool
    gzip: bool
    number: bytes | None


def read_client(
    settings: Settings, headers: Mapping[bytes, bytes], scheme: str | None
) -> Client | None:
    """Return what headers say (names in small letters), None where they ask for a closer look."""
    if not _DECIDING.isdisjoint(headers):
        return None
    if settings.trusted_proxies and not _FORWARDED.isdisjoint(headers):
        return None
    accept = headers.get(b"accept", b"")
    if accept not in _ACCEPTED:
        return None
    host = headers.get(b"host", b"localhost").decode("latin-1")
    origin = settings.public_url or f"{scheme or 'http'}://{host}"
    return Client(
        accept=accept,
        origin=origin.encode(),
        sends=headers.get(b"content-type") in _SENT,
        gzip=takes_gzip(headers.get(b"accept-encoding", b"")),
        number=headers.get(b"x-request-id"),
    )

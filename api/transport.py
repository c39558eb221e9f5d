"""Between HTTP and `answer`: what the ASGI app and the lane have in common."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote

from api.exchange import Answer, Request
from api.settings import Settings

Scope = MutableMapping[str, Any]

BASES: Mapping[str, tuple[str, str]] = {
    "r4": ("4.0", "/r4"),
    "r5": ("5.0", "/r5"),
    "fhir": ("4.0", "/fhir"),
}
"""First part of the path -> FHIR release and base; /fhir is /r4."""


def to_request(settings: Settings, scope: Scope, body: bytes, request_id: str) -> Request:
    """Return the request of an ASGI scope below a FHIR base."""
    raw = scope.get("raw_path") or scope["path"].encode()
    first, _, rest = raw.decode("latin-1").partition("?")[0].lstrip("/").partition("/")
    release, base = BASES[first]
    headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
    return Request(
        method=scope["method"],
        release=release,
        path=unquote(rest).strip("/"),
        query=scope.get("query_string", b""),
        headers=headers,
        body=body,
        root=origin_of(settings, scope, headers) + base,
        request_id=request_id,
    )


def origin_of(settings: Settings, scope: Scope, headers: Mapping[str, str]) -> str:
    """Return the address the client used: PUBLIC_URL, a trusted proxy's X-Forwarded-*, Host."""
    if settings.public_url:
        return settings.public_url
    scheme, host = scope.get("scheme", "http"), headers.get("host", "localhost")
    client = (scope.get("client") or ("", 0))[0]
    if client in settings.trusted_proxies:
        scheme = headers.get("x-forwarded-proto", scheme).partition(",")[0].strip()
        host = headers.get("x-forwarded-host", host).partition(",")[0].strip()
        prefix = headers.get("x-forwarded-prefix", "").rstrip("/")
        return f"{scheme}://{host}{prefix}"
    return f"{scheme}://{host}"


def wire_headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer as bytes, with the length of a body that is not in parts."""
    headers = [wire_header(key, value) for key, value in answer.headers]
    if answer.parts is None:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    return headers


def wire_header(name: str, value: str) -> tuple[bytes, bytes]:
    """Return one header as bytes."""
    return name.lower().encode(), value.encode("latin-1", "replace")

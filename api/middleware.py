"""Plain ASGI middleware: request id, CORS, gzip, limits on the body, one access line a request."""

from __future__ import annotations

import gzip
import random
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from api.accesslog import AccessLog
from api.metrics import Meter
from api.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SMALLEST_GZIP = 1_000
_REQUEST_ID = re.compile(rb"[\x21-\x7e]{1,200}")
_ALLOWED = (
    b"Accept, Accept-Language, Content-Type, Prefer, X-Cache-Id, X-Request-Id, "
    b"X-TOO-COSTLY-THRESHOLD, Authorization, If-None-Match"
)


def header(scope: Scope, name: bytes) -> bytes | None:
    """Return the first header of a name (small letters), None if there is none."""
    return next((value for key, value in scope["headers"] if key == name), None)


def request_id(given: bytes | None) -> str:
    """Return the client's request id where it can be one, otherwise a new one."""
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given.decode("ascii")
    # no secret, only a number that no other request has
    return f"{random.getrandbits(64):016x}"


def with_request_id(app: App, meter: Meter, access: AccessLog) -> App:
    """Give each request an id, send it back as X-Request-Id, and log one line when it is done.

    The line has no query and no body: codes and displays of patients stand in those.
    """

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        number = request_id(header(scope, b"x-request-id"))
        scope["termserver.request_id"] = number
        began = time.perf_counter()
        status = 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            await send(message)

        try:
            await app(scope, receive, sent)
        finally:
            seconds = time.perf_counter() - began
            meter.observe(scope["path"], status, seconds)
            access.add(number, scope["method"], scope["path"], status, seconds)

    return run


def with_cors(app: App, settings: Settings) -> App:
    """Allow browsers of the configured origins, none where none is configured."""
    origins = {one.encode() for one in settings.cors_origins}
    if not origins:
        return app

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        origin = header(scope, b"origin") if scope["type"] == "http" else None
        if origin is None or not ({origin, b"*"} & origins):
            await app(scope, receive, send)
            return
        allowed = b"*" if b"*" in origins else origin
        extra = [(b"access-control-allow-origin", allowed), (b"vary", b"Origin")]
        if scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method"):
            extra += [
                (b"access-control-allow-methods", b"GET, POST, HEAD, OPTIONS"),
                (b"access-control-allow-headers", _ALLOWED),
                (b"access-control-max-age", b"600"),
            ]
            await send({"type": "http.response.start", "status": 204, "headers": extra})
            await send({"type": "http.response.body", "body": b""})
            return
        extra.append((b"access-control-expose-headers", b"ETag, X-Request-Id, Location"))

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await app(scope, receive, sent)

    return run


def with_gzip(app: App) -> App:
    """Compress whole answers of some size where the client asks for it."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        asked = header(scope, b"accept-encoding") if scope["type"] == "http" else None
        if asked is None or not takes_gzip(asked):
            await app(scope, receive, send)
            return
        start: Message = {}

        async def sent(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start:
                headers, body = start["headers"], message.get("body", b"")
                if not message.get("more_body"):
                    start["headers"], message["body"] = compressed(headers, body)
                await send(start)
                start = {}
            await send(message)

        await app(scope, receive, sent)

    return run


def takes_gzip(accept: bytes) -> bool:
    """Tell whether an Accept-Encoding takes gzip."""
    for part in accept.split(b","):
        name, *parameters = part.replace(b" ", b"").split(b";")
        if name in {b"gzip", b"*"}:
            return not any(one in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"} for one in parameters)
    return False


def compressed(
    headers: list[tuple[bytes, bytes]], body: bytes
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body of a compressed answer, or both as they were where it is small.

    A compressed body needs another entity tag, so the tag turns weak.
    """
    if len(body) < SMALLEST_GZIP or any(key == b"content-encoding" for key, _ in headers):
        return headers, body
    packed = gzip.compress(body, compresslevel=5, mtime=0)
    changed = []
    for key, value in headers:
        if key == b"content-length":
            changed.append((key, str(len(packed)).encode()))
        elif key == b"etag" and not value.startswith(b"W/"):
            changed.append((key, b"W/" + value))
        elif key == b"vary":
            changed.append((key, value + b", Accept-Encoding"))
        else:
            changed.append((key, value))
    return [*changed, (b"content-encoding", b"gzip")], packed

"""The ASGI app: a small dispatcher of our own, FastAPI behind it. A composition root.

`create_app` is what ASGI servers start; `build_app` takes what is already open (tests).
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from api import outcome
from api.answer import Dispatcher
from api.exchange import FHIR_JSON, Answer, Later, Request
from api.health import health_answer
from api.metrics import MULTIPROCESS, Meter, make_meter
from api.middleware import (
    App,
    Receive,
    Scope,
    Send,
    header,
    with_cors,
    with_gzip,
    with_request_id,
)
from api.service import Service
from api.settings import Settings, from_env
from termserver.errors import StoreError, TerminologyError, TooLarge

log = logging.getLogger("termserver.app")

BASES: Mapping[str, tuple[str, str]] = {
    "r4": ("4.0", "/r4"),
    "r5": ("5.0", "/r5"),
    "fhir": ("4.0", "/fhir"),
}
"""First part of the path -> FHIR release and base; /fhir is /r4."""


DRAINED = 4
"""A body of up to so many times the limit is read before it is refused."""


@dataclass(slots=True, kw_only=True)
class Server:
    """What one worker holds: filled when the server starts (lifespan), emptied when it stops."""

    settings: Settings
    open_service: Callable[[Settings, ExitStack], Service]
    meter: Meter
    dispatcher: Dispatcher | None = None
    problem: str | None = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Open the content. A home that cannot be read leaves the server alive and not ready."""
        try:
            self.dispatcher = Dispatcher(service=self.open_service(self.settings, self._stack))
        except TerminologyError as error:
            self.problem = error.text
            log.exception("the content cannot be opened")

    def stop(self) -> None:
        """Close what was opened."""
        self.dispatcher = None
        self._stack.close()


def create_app() -> App:
    """Return the app with the settings of the environment (for ASGI servers)."""
    return build_app(from_env(os.environ), open_home, shared_metrics=os.environ.get(MULTIPROCESS))


def open_home(settings: Settings, stack: ExitStack) -> Service:
    """Open the home and the state of clients beside it; `stack` closes them."""
    from api.loaded import LoadedContent
    from termserver.library import Home
    from termserver.store.closures import Closures
    from termserver.store.state import State

    content = LoadedContent(Home(settings.home))
    stack.callback(content.close)
    try:
        state = State.open(settings.home)
    except StoreError as error:
        log.warning("%s", error.text)
        return Service(settings=settings, content=content)
    stack.callback(state.close)
    return Service(settings=settings, content=content, contexts=state, closures=Closures(state))


def build_app(
    settings: Settings,
    open_service: Callable[[Settings, ExitStack], Service],
    *,
    shared_metrics: str | None = None,
) -> App:
    """Return the app over what `open_service` opens when the server starts."""
    meter = make_meter(shared_metrics)
    server = Server(settings=settings, open_service=open_service, meter=meter)
    inner = _dispatching(server)
    return with_request_id(with_cors(with_gzip(inner), settings), meter)


def _dispatching(server: Server) -> App:
    behind: list[Any] = []

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(server, receive, send)
        elif scope["type"] == "http":
            first = scope["path"].lstrip("/").partition("/")[0]
            if first in BASES:
                await _fhir(server, scope, receive, send)
            elif first in {"health", "metrics"}:
                answer = health_answer(server, scope["path"])
                await _send(send, answer, head=scope["method"] == "HEAD")
            else:
                if not behind:
                    from api.web import make_web_app

                    behind.append(make_web_app(server))
                await behind[0](scope, receive, send)

    return run


async def _lifespan(server: Server, receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            server.start()
            await send({"type": "lifespan.startup.complete"})
        else:
            server.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _fhir(server: Server, scope: Scope, receive: Receive, send: Send) -> None:
    head = scope["method"] == "HEAD"
    try:
        body = await _body(server.settings, scope, receive)
    except TerminologyError as error:
        await _send(send, _refusal(error, scope["termserver.request_id"]), head=head)
        return
    if body is None:
        return  # the client went away
    request = to_request(server.settings, scope, body)
    if server.dispatcher is None:
        problem = StoreError(f"The server is not ready: {server.problem or 'it is starting'}")
        await _send(send, _refusal(problem, request.request_id, status=503), head=head)
        return
    answer = server.dispatcher.answer(request)
    if isinstance(answer, Later):
        answer = await asyncio.get_running_loop().run_in_executor(None, answer.run)
    await _send(send, answer, head=head)


async def _body(settings: Settings, scope: Scope, receive: Receive) -> bytes | None:
    """Return the body, None where the client went away. Raises: TooLarge."""
    most = settings.max_body_mb * 1024 * 1024
    # A client that is still sending does not see an answer: what is a little too large is read
    # to its end and thrown away, what is far too large is not.
    far = most * DRAINED
    said = header(scope, b"content-length")
    if said is not None and said.isdigit() and int(said) > far:
        raise _too_large(settings)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size <= most:
            parts.append(part)
        if size > far:
            raise _too_large(settings)
        if not message.get("more_body"):
            break
    if size > most:
        raise _too_large(settings)
    return b"".join(parts)


def _too_large(settings: Settings) -> TooLarge:
    return TooLarge(f"The body is larger than {settings.max_body_mb} MB (setting MAX_BODY_MB)")


def to_request(settings: Settings, scope: Scope, body: bytes) -> Request:
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
        request_id=scope["termserver.request_id"],
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


def _refusal(error: TerminologyError, request_id: str, *, status: int | None = None) -> Answer:
    import orjson

    return Answer(
        status=status or outcome.status_of(error),
        headers=(
            ("Content-Type", f"{FHIR_JSON}; charset=utf-8"),
            ("Cache-Control", "no-store"),
            *outcome.headers_of(error),
        ),
        body=orjson.dumps(outcome.error_json(error, request_id)),
    )


async def _send(send: Send, answer: Answer, *, head: bool) -> None:
    headers = [
        (key.lower().encode(), value.encode("latin-1", "replace")) for key, value in answer.headers
    ]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else answer.body})

"""The ASGI app: a small dispatcher of our own, FastAPI behind it. A composition root.

`create_app` is what ASGI servers start; `build_app` takes what is already open (tests).
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from api import outcome
from api.accesslog import AccessLog
from api.answer import Dispatcher
from api.exchange import FHIR_JSON, Answer, Later
from api.health import PATHS, health_answer
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
from api.points.answers import PointAnswers
from api.service import Service
from api.settings import Settings, from_env
from api.transport import BASES, to_request, wire_headers
from termserver.errors import StoreError, TerminologyError, TooLarge

log = logging.getLogger("termserver.app")

FLUSH_S = 0.25
"""How often access lines and metrics are written: gathered, they cost a request far less."""

DRAINED = 4
"""A body of up to so many times the limit is read before it is refused."""


@dataclass(slots=True, kw_only=True)
class Server:
    """What one worker holds: filled when the server starts (lifespan), emptied when it stops."""

    settings: Settings
    open_service: Callable[[Settings, ExitStack], Service]
    meter: Meter
    access: AccessLog
    dispatcher: Dispatcher | None = None
    points: PointAnswers | None = None
    """The shortcut of the lane for plain requests."""
    problem: str | None = None
    _defaults: tuple[list[tuple[bytes, bytes]], bytes] = field(default_factory=lambda: ([], b""))
    _stack: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Open the content. A home that cannot be read leaves the server alive and not ready."""
        try:
            service = self.open_service(self.settings, self._stack)
        except TerminologyError as error:
            self.problem = error.text
            log.exception("the content cannot be opened")
            return
        self.dispatcher = Dispatcher(service=service)
        self.points = PointAnswers(self.dispatcher)

    def default_lines(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        """Return uvicorn's default headers as lines; it makes a new list each second."""
        if self._defaults[0] is not headers:
            lines = b"".join(b"%b: %b\r\n" % one for one in headers)
            self._defaults = (headers, lines)
        return self._defaults[1]

    def flush(self) -> None:
        """Write access lines and metrics gathered since the last time."""
        self.access.flush()
        self.meter.flush()

    def stop(self) -> None:
        """Close what was opened."""
        self.dispatcher = self.points = None
        self._stack.close()


@dataclass(frozen=True, slots=True)
class Application:
    """The ASGI app; the lane finds the worker's server here."""

    server: Server
    app: App

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection's message."""
        await self.app(scope, receive, send)


def create_app() -> Application:
    """Return the app with the settings of the environment (for ASGI servers)."""
    return build_app(from_env(os.environ), open_home, shared_metrics=os.environ.get(MULTIPROCESS))


def open_home(settings: Settings, stack: ExitStack) -> Service:
    """Open the home and the state of clients beside it; `stack` closes them."""
    from api.homes import open_home as opened
    from api.loaded import LoadedContent
    from api.warming import start_warming
    from termserver.store.closures import Closures
    from termserver.store.state import State

    content = LoadedContent(opened(settings))
    for lost in content.home.catalogue.broken():
        log.warning("not served: %s", lost.reason)
    stack.callback(content.close)
    stack.callback(start_warming(content))
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
) -> Application:
    """Return the app over what `open_service` opens when the server starts."""
    server = Server(
        settings=settings,
        open_service=open_service,
        meter=make_meter(shared_metrics),
        access=AccessLog(),
    )
    inner = with_cors(with_gzip(_dispatching(server)), settings)
    return Application(server, with_request_id(inner, server.meter, server.access))


def _dispatching(server: Server) -> App:
    behind: list[Any] = []

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(server, receive, send)
        elif scope["type"] == "http":
            first = scope["path"].lstrip("/").partition("/")[0]
            if first in BASES:
                await _fhir(server, scope, receive, send)
            elif scope["path"] in PATHS:
                answer = health_answer(server, scope["path"])
                await _send(send, answer, head=scope["method"] == "HEAD")
            else:
                if not behind:
                    from api.web import make_web_app

                    behind.append(make_web_app(server))
                await behind[0](scope, receive, send)

    return run


async def _gather(server: Server) -> None:
    """Write what was gathered, again and again."""
    while True:
        await asyncio.sleep(FLUSH_S)
        server.flush()


async def _lifespan(server: Server, receive: Receive, send: Send) -> None:
    gathering: asyncio.Task[None] | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            server.start()
            # What was opened stays: collections need not look at it again while clients wait.
            gc.collect()
            gc.freeze()
            gathering = asyncio.create_task(_gather(server))
            await send({"type": "lifespan.startup.complete"})
        else:
            if gathering is not None:
                gathering.cancel()
            server.flush()
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
    request = to_request(server.settings, scope, body, scope["termserver.request_id"])
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
    headers = wire_headers(answer)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if answer.parts is not None and not head:
        for part in answer.parts:
            # waits while the client has not read what was sent before
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"" if head else answer.body})

"""The lane: uvicorn's own HTTP protocol, answering short requests at the end of the message.

The third of three layers (docs/decisions/0004): it saves the ASGI round where the answer itself
takes microseconds. It takes GETs and POSTs with a small body below a FHIR base and gives all else
to uvicorn: other paths and methods, `Later`, unusual headers, a request behind another that is
still being answered, a client that does not read, a concurrency limit in force. A property test
says that both ways give the same bytes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import unquote

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.answer import SMALL_BODY
from api.exchange import Answer, Later
from api.middleware import SMALLEST_GZIP, compressed, request_id, takes_gzip
from api.points.answers import Plain
from api.points.client import Client
from api.transport import to_request, wire_headers
from termserver.errors import TerminologyError

if TYPE_CHECKING:
    from api.app import Server

_BASES = (b"/r4/", b"/r5/", b"/fhir/")
_METHODS = frozenset({b"GET", b"POST"})
_UNUSUAL = frozenset({b"expect", b"upgrade", b"transfer-encoding", b"origin"})


class _Flow(FlowControl):
    """Flow control that reads nothing more while requests wait behind the one being answered.

    uvicorn's own reads on after each answer, however many wait: a client that sends long requests
    and reads no answer would fill the memory.
    """

    def __init__(self, transport: asyncio.Transport, waiting: Collection[object]) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        """Read on, unless requests wait."""
        if not self._waiting:
            super().resume_reading()


class Lane(HttpToolsProtocol):
    """HttpToolsProtocol that answers by itself what it can answer at once."""

    _waiting: bytearray | None = None
    """The body so far of a request that is in the lane; None: uvicorn has the request."""
    _before: list[tuple[bytes, bytes]] | None = None
    """The headers of the request before; `_usual` and `_client` tell what they say."""
    _usual = False
    _client: Client | None = None
    _closing = False
    _began = 0.0
    _server: Server | None = None
    _idle_since: float | None = None
    """When the last answer was complete; None while a request is coming or being answered."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start a connection."""
        super().connection_made(transport)
        self.flow = _Flow(transport, self.pipeline)
        self._server = getattr(self.app, "server", None)

    def on_message_begin(self) -> None:
        """Start a request. What only an ASGI scope needs is made when one is needed."""
        self.url = b""
        self.headers = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Take the request into the lane, or leave it to uvicorn."""
        if self._fits():
            self._waiting = bytearray()
            self._began = time.perf_counter()
        else:
            self._leave()

    def on_body(self, body: bytes) -> None:
        """Keep the body; one that grows too large goes to uvicorn."""
        if self._waiting is None:
            super().on_body(body)
            return
        self._waiting += body
        if len(self._waiting) > SMALL_BODY:
            self._give_back()

    def on_message_complete(self) -> None:
        """Answer at once what can be; uvicorn has the rest."""
        if self._waiting is not None:
            if not self._closing and self._answer(bytes(self._waiting)):
                self._waiting = None
                return
            self._give_back()
            if self._closing:
                self.cycle.keep_alive = False
        super().on_message_complete()

    def shutdown(self) -> None:
        """Let a request whose body is still coming be answered, then close."""
        if self._waiting is not None:
            self._closing = True
        else:
            super().shutdown()

    def _unset_keepalive_if_required(self) -> None:
        # A timer for each answer costs as much as the answer: one runs on, and looks at the clock.
        self._idle_since = None

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        super().connection_lost(exc)
        super()._unset_keepalive_if_required()

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for one as long as a connection is kept."""
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if nothing came for the time of keep-alive, or look again then."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left <= 0:
            super().timeout_keep_alive_handler()
        else:
            self._look_again(left)

    def _look_again(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(
            seconds, self.timeout_keep_alive_handler
        )

    def _fits(self) -> bool:
        server, parser = self._server, self.parser
        if (
            not self.url.startswith(_BASES)
            or server is None
            or server.dispatcher is None
            or parser.get_method() not in _METHODS
            or parser.get_http_version() != "1.1"
            or not parser.should_keep_alive()
            or parser.should_upgrade()
            or (self.cycle is not None and not self.cycle.response_complete)
            or self.pipeline
            or self.flow.write_paused
            or self.limit_concurrency is not None
            or self.transport.is_closing()
            or b"#" in self.url
        ):
            return False
        if self.headers != self._before:
            self._read_headers(server)
        return self._usual

    def _read_headers(self, server: Server) -> None:
        given = dict(self.headers)
        self._before = self.headers
        self._usual = _UNUSUAL.isdisjoint(given)
        each_once = len(given) == len(self.headers)
        points = server.points if each_once else None
        self._client = points.client(given, self.scheme) if points is not None else None

    def _leave(self) -> None:
        """Hand the request to uvicorn as if the lane were not there."""
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()

    def _give_back(self) -> None:
        """Hand a request that was in the lane to uvicorn, with its body so far."""
        body, self._waiting = self._waiting, None
        self._leave()
        if body:
            super().on_body(bytes(body))

    def _answer(self, body: bytes) -> bool:
        """Write the answer if it can be given at once; tell whether it was."""
        server = self._server
        if server is None or server.dispatcher is None or server.points is None:
            return False
        method, client = self.parser.get_method(), self._client
        if client is not None and (method == b"POST" or not body):
            found = server.points.answer(self.url, client, body if method == b"POST" else None)
            if found is not None and self._write_plain(server, client, method, found):
                return True
        given = dict(reversed(self.headers))
        number = request_id(given.get(b"x-request-id"))
        path, _, query = self.url.partition(b"?")
        scope = {
            "method": method.decode("ascii"),
            "raw_path": path,
            "query_string": query,
            "headers": self.headers,
            "scheme": self.scheme,
            "client": self.client,
        }
        request = to_request(server.settings, scope, body, number)
        answer = server.dispatcher.answer(request)
        if isinstance(answer, Later):
            return False
        self._write(answer, number, given.get(b"accept-encoding"))
        self._answered(server, number, method, answer.status)
        return True

    def _write_plain(
        self, server: Server, client: Client, method: bytes, found: Plain | TerminologyError
    ) -> bool:
        """Write the answer to a plain request; False for one that is left to the ordinary way."""
        number = request_id(client.number)
        if isinstance(found, TerminologyError):
            if server.dispatcher is None:
                return False
            refusal = server.dispatcher.refusal(found, number)
            self._write(refusal, number, b"gzip" if client.gzip else None)
            self._answered(server, number, method, refusal.status)
            return True
        head, body, route = found
        if client.gzip and len(body) >= SMALLEST_GZIP:
            return False
        self.transport.write(
            b"%b%b%bcontent-length: %d\r\nx-request-id: %b\r\n\r\n%b"
            % (
                STATUS_LINE[200],
                server.default_lines(self.server_state.default_headers),
                head,
                len(body),
                number.encode(),
                body,
            )
        )
        self._answered(server, number, method, 200, route)
        return True

    def _answered(
        self, server: Server, number: str, method: bytes, status: int, path: str | None = None
    ) -> None:
        """Count and log the answer, and go on with the connection."""
        seconds = time.perf_counter() - self._began
        shown = path or unquote(self.url.partition(b"?")[0].decode("latin-1"))
        server.meter.observe(shown, status, seconds)
        server.access.add(number, method.decode("ascii"), shown, status, seconds)
        self.on_response_complete()

    def _write(self, answer: Answer, number: str, encoding: bytes | None) -> None:
        headers, body = wire_headers(answer), answer.body
        if encoding is not None and takes_gzip(encoding):
            headers, body = compressed(headers, body)
        parts = [STATUS_LINE[answer.status]]
        for name, value in self.server_state.default_headers:
            parts += (name, b": ", value, b"\r\n")
        for name, value in headers:
            parts += (name, b": ", value, b"\r\n")
        parts += (b"x-request-id: ", number.encode(), b"\r\n\r\n", body)
        self.transport.write(b"".join(parts))

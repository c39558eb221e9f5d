"""The lane: uvicorn's own HTTP protocol, answering short requests at the end of the message.

The third of three layers (docs/decisions/0004): it saves the ASGI round where the answer itself
takes microseconds. It takes GETs and POSTs with a small body below a FHIR base and gives all else
to uvicorn: other paths and methods, `Later`, unusual headers, a request behind another that is
still being answered, a client that does not read, a concurrency limit in force. A property test
says that both ways give the same bytes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.answer import SMALL_BODY
from api.exchange import Answer, Later
from api.middleware import compressed, request_id, takes_gzip
from api.transport import to_request, wire_headers

if TYPE_CHECKING:
    from api.app import Server

_BASES = (b"/r4/", b"/r5/", b"/fhir/")
_UNUSUAL = frozenset({b"expect", b"upgrade", b"transfer-encoding", b"origin"})


class Lane(HttpToolsProtocol):
    """HttpToolsProtocol that answers by itself what it can answer at once."""

    _waiting: bytearray | None = None
    """The body so far of a request that is in the lane; None: uvicorn has the request."""
    _closing = False
    _began = 0.0

    def on_headers_complete(self) -> None:
        """Take the request into the lane, or leave it to uvicorn."""
        if self._fits():
            self._waiting = bytearray()
            self._began = time.perf_counter()
        else:
            super().on_headers_complete()

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

    def _server(self) -> Server | None:
        found: Server | None = getattr(self.app, "server", None)
        return found

    def _fits(self) -> bool:
        server = self._server()
        return (
            self.url.startswith(_BASES)
            and server is not None
            and server.dispatcher is not None
            and self.parser.get_method() in {b"GET", b"POST"}
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
            and (self.cycle is None or self.cycle.response_complete)
            and not self.pipeline
            and not self.flow.write_paused
            and self.limit_concurrency is None
            and not self.transport.is_closing()
            and b"#" not in self.url
            and all(name not in _UNUSUAL for name, _ in self.headers)
        )

    def _give_back(self) -> None:
        """Hand the request to uvicorn as if it had just come."""
        body, self._waiting = self._waiting, None
        super().on_headers_complete()
        if body:
            super().on_body(bytes(body))

    def _answer(self, body: bytes) -> bool:
        """Write the answer if it can be given at once; tell whether it was."""
        server = self._server()
        if server is None or server.dispatcher is None:
            return False
        given = dict(reversed(self.headers))
        number = request_id(given.get(b"x-request-id"))
        path, _, query = self.url.partition(b"?")
        method = self.parser.get_method().decode("ascii")
        self.scope["method"] = method
        self.scope["raw_path"] = path
        self.scope["query_string"] = query
        request = to_request(server.settings, cast("dict[str, Any]", self.scope), body, number)
        answer = server.dispatcher.answer(request)
        if isinstance(answer, Later):
            return False
        self._write(answer, number, given.get(b"accept-encoding"))
        seconds = time.perf_counter() - self._began
        shown = unquote(path.decode("latin-1"))
        server.meter.observe(shown, answer.status, seconds)
        server.access.add(number, method, shown, answer.status, seconds)
        self.on_response_complete()
        return True

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

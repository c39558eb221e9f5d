"""Run the suite through the lane and through the ASGI app, and compare every answer byte by byte.

`python -m tests.conformance.lane`: two servers over one home, one as `serve` starts it and one
under uvicorn's own HTTP protocol; between them and the suite a proxy that asks both. Requests that
change state are asked of the first alone. Exit codes: 0 all alike (or no suite here), 1 some are
not, 3 it did not run.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from termserver.errors import TerminologyError
from tests.conformance.home import prepared_home
from tests.conformance.server import (
    ROOT,
    ServerFailed,
    free_port,
    running_server,
    stop_server,
    wait_until_ready,
)
from tests.conformance.suite import BASES, SuiteFailed, find_shared, run_suite

_OF_ITS_OWN = re.compile(rb'(?<="identifier":"urn:uuid:)[0-9a-f-]{36}|(?<="timestamp":")[^"]*')
"""What every expansion has of its own: a number and a time."""
_STATE = ("$cache-control", "$closure")
_SHOWN = 20
_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "date"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, but for the time of day."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def neutral(self) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        """Return what two servers must have alike."""
        return self.status, self.headers, _OF_ITS_OWN.sub(b"", self.body)


@dataclass(slots=True)
class Compared:
    """How many requests both servers were asked, and which they answered in two ways."""

    asked: int = 0
    different: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, what: str, lane: Reply, plain: Reply) -> None:
        """Compare two answers."""
        with self._lock:
            self.asked += 1
            if lane.neutral() != plain.neutral():
                self.different.append(f"{what}\n  lane: {lane}\n  app:  {plain}"[:3_000])


def main() -> int:
    """Return the exit code."""
    shared = find_shared()
    if shared is None:
        _say("No conformance suite here (TERMSERVER_SHARED names the folder): nothing compared.")
        return 0
    compared = Compared()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="termserver-log-") as logs,
            prepared_home(shared, _say) as home,
            running_server(home, Path(logs) / "lane.log", workers=1) as lane,
            _plain_server(home, Path(logs) / "plain.log") as plain,
            _proxy(lane, plain, compared) as address,
        ):
            for base in BASES.values():
                run_suite(shared, f"{address}/{base}")
    except (TerminologyError, ServerFailed, SuiteFailed) as error:
        _say(str(error))
        return 3
    for one in compared.different[:_SHOWN]:
        _say(f"DIFFERENT {one}")
    _say(f"{compared.asked} requests asked twice, {len(compared.different)} answered in two ways")
    return 1 if compared.different or not compared.asked else 0


@contextmanager
def _plain_server(home: Path, log: Path) -> Iterator[str]:
    """Give the address of a server over `home` without the lane. Raises: ServerFailed."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory"]
    command += ["--http", "httptools", "--no-server-header", "--no-proxy-headers"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--no-access-log", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"TERMSERVER_HOME": str(home)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(process, address, log)
            yield address
        finally:
            stop_server(process)


@contextmanager
def _proxy(lane: str, plain: str, compared: Compared) -> Iterator[str]:
    """Give the address of a proxy that asks both servers and compares."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def _both(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            reply = self._ask(lane, body)
            if not any(one in self.path for one in _STATE):
                what = f"{self.command} {self.path} {body[:1_000].decode(errors='replace')}"
                compared.add(what, reply, self._ask(plain, body))
            self.send_response_only(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _both

        def _ask(self, address: str, body: bytes) -> Reply:
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in _HOP
            }
            headers.setdefault("X-Request-Id", "compared")
            connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=120)
            try:
                connection.request(self.command, self.path, body or None, headers)
                answer = connection.getresponse()
                listed = tuple(
                    (name, value) for name, value in answer.getheaders() if name.lower() not in _HOP
                )
                return Reply(answer.status, listed, answer.read())
            finally:
                connection.close()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

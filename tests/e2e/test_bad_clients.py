"""Clients that do what they should not: right answers in order, memory bounded, others served.

Mostly against the lane, which has to give back to uvicorn what it cannot answer at once.
"""

import os
import resource
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest

from api.answer import SMALL_BODY
from api.settings import Settings
from loaders.run import load
from tests.api_requests import RESOURCES
from tests.e2e.conftest import RunningServer, start, stop
from tests.fhir_packages import package

COLOUR = "http://example.org/colours"
QUICK = f"/r4/ValueSet/$validate-code?url=http://example.org/warm&system={COLOUR}&code=red"
LONG = "/r4/metadata"
ABSENT = f"/r4/CodeSystem/$lookup?system={COLOUR}&code=none"
VALIDATE = "/r4/ValueSet/$validate-code"
POSTED = orjson.dumps(
    {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "url", "valueUri": "http://example.org/warm"},
            {"name": "coding", "valueCoding": {"system": COLOUR, "code": "crimson"}},
        ],
    }
)
CONNECTIONS = 10_000
SPARE_FILES = 300
"""Files that a process has open beside the connections of a test."""


def request(path: str, number: object, body: bytes = b"") -> bytes:
    lines = [
        f"{'POST' if body else 'GET'} {path} HTTP/1.1",
        "Host: test",
        f"X-Request-Id: {number}",
    ]
    if body:
        lines += ["Content-Type: application/fhir+json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def connect(server: RunningServer) -> socket.socket:
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout=30)


def answers(connection: socket.socket) -> Iterator[tuple[int, str, bytes]]:
    """Yield status, request id and body of each answer as it comes."""
    got = b""
    while True:
        while b"\r\n\r\n" not in got:
            more = connection.recv(65_536)
            if not more:
                return
            got += more
        head, _, got = got.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        length = int(headers["content-length"])
        while len(got) < length:
            more = connection.recv(65_536)
            assert more, "the body ends too soon"
            got += more
        yield int(first.split()[1]), headers["x-request-id"], got[:length]
        got = got[length:]


def memory_mb(server: RunningServer) -> float:
    """Return the resident memory of a server's processes."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    total = 0
    for one in (server.process.pid, *map(int, children.split())):
        lines = Path(f"/proc/{one}/status").read_text().splitlines()
        total += next(int(it.split()[1]) for it in lines if it.startswith("VmRSS"))
    return total / 1024


reads_memory = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")


def test_pipelined_requests_are_answered_in_order(server: RunningServer) -> None:
    paths = [QUICK, LONG, ABSENT, QUICK, QUICK] * 40
    sent = b"".join(request(path, at) for at, path in enumerate(paths))
    with connect(server) as connection:
        connection.sendall(sent)
        found = answers(connection)
        for at, path in enumerate(paths):
            status, number, body = next(found)
            assert (status, number) == (404 if path == ABSENT else 200, str(at))
            assert (b"CapabilityStatement" in body) == (path == LONG)


def test_a_request_that_comes_byte_by_byte_is_answered(server: RunningServer) -> None:
    with connect(server) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for one in request(VALIDATE, "slow", POSTED) + request(QUICK, "next"):
            connection.send(bytes([one]))
        found = answers(connection)
        assert [next(found)[:2], next(found)[:2]] == [(200, "slow"), (200, "next")]


@reads_memory
def test_half_sent_headers_and_bodies_leave_nothing_behind(server: RunningServer) -> None:
    whole = request(VALIDATE, "half", POSTED)

    def leave(times: int) -> None:
        for at in range(times):
            with connect(server) as connection:
                connection.sendall(whole[: 1 + at % (len(whole) - 1)])

    leave(200)
    before = memory_mb(server)
    leave(3_000)
    assert server.ask(QUICK).status == 200
    assert memory_mb(server) - before < 20


def test_half_sent_requests_hold_nobody_up(server: RunningServer) -> None:
    whole = request(VALIDATE, "half", POSTED)
    with ExitStack() as stack:
        waiting = [stack.enter_context(connect(server)) for _ in range(200)]
        for at, connection in enumerate(waiting):
            connection.sendall(whole[: 20 + at])
        assert {server.ask(QUICK).status for _ in range(20)} == {200}
        for at, connection in enumerate(waiting):
            connection.sendall(whole[20 + at :])
            assert next(answers(connection))[:2] == (200, "half")


@reads_memory
@pytest.mark.parametrize("path", [QUICK, LONG])
def test_a_client_that_never_reads_is_no_longer_read_from(server: RunningServer, path: str) -> None:
    block = request(path, "deaf") * 500
    before = memory_mb(server)
    sent = 0
    with connect(server) as connection:
        connection.settimeout(2)
        try:
            while sent < 256 * 1024 * 1024:
                sent += connection.send(block)
        except TimeoutError:
            pass
        assert sent < 256 * 1024 * 1024, "the server reads on and on"
        assert memory_mb(server) - before < 100
        assert {server.ask(QUICK).status for _ in range(20)} == {200}


@reads_memory
def test_a_client_that_reads_late_gets_every_answer_in_order(server: RunningServer) -> None:
    count = 20_000
    sent = memoryview(b"".join(request(QUICK, at) for at in range(count)))
    with connect(server) as connection, selectors.DefaultSelector() as ready:
        connection.setblocking(False)
        ready.register(connection, selectors.EVENT_WRITE)
        at = 0
        while at < len(sent) and ready.select(timeout=1):
            at += connection.send(sent[at : at + 65_536])
        # Nothing goes any more: from now on the client reads, and sends the rest.
        ready.modify(connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
        got = bytearray()
        end = time.monotonic() + 60
        while got.count(b"HTTP/1.1 200") < count and time.monotonic() < end:
            for _, events in ready.select(timeout=1):
                if events & selectors.EVENT_READ:
                    got += connection.recv(1 << 20)
                if events & selectors.EVENT_WRITE and at < len(sent):
                    at += connection.send(sent[at : at + 65_536])
            if at == len(sent):
                ready.modify(connection, selectors.EVENT_READ)
    numbers = [int(one.split(b"\r\n", 1)[0]) for one in got.split(b"x-request-id: ")[1:]]
    assert numbers == list(range(count))


@pytest.mark.parametrize(
    ("size", "status"),
    [
        (SMALL_BODY, 200),
        (SMALL_BODY + 1, 200),
        (Settings().max_body_mb * 1024 * 1024, 200),
        (Settings().max_body_mb * 1024 * 1024 + 1, 413),
    ],
)
def test_a_body_of_the_limit_is_taken_and_one_byte_more_is_not(
    server: RunningServer, size: int, status: int
) -> None:
    body = POSTED + b" " * (size - len(POSTED))
    with connect(server) as connection:
        connection.sendall(request(VALIDATE, "long", body))
        found = answers(connection)
        assert next(found)[:2] == (status, "long")
        connection.sendall(request(QUICK, "after"))
        assert next(found)[:2] == (200, "after")


@pytest.fixture
def many_files() -> Iterator[int]:
    """Allow as many open files as the system lets us; return how many connections that makes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + SPARE_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    yield max(soft, allowed) - SPARE_FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@reads_memory
def test_ten_thousand_connections_are_kept_and_answered(many_files: int, tmp_path: Path) -> None:
    count = min(many_files, CONNECTIONS)
    if count < 500:
        pytest.skip(f"only {count} connections are possible here (ulimit -n)")
    load(tmp_path / "home", [package(tmp_path / "package.tgz", *RESOURCES)])
    server = start(tmp_path / "home", tmp_path / "log")
    try:
        before = memory_mb(server)
        with ExitStack() as stack:
            kept = [stack.enter_context(connect(server)) for _ in range(count)]
            for at, connection in enumerate(kept):
                connection.sendall(request(QUICK, at))
            for at, connection in enumerate(kept):
                assert next(answers(connection))[:2] == (200, str(at))
            assert server.ask(QUICK).status == 200
            assert (memory_mb(server) - before) * 1024 / count < 40, "KB a connection"
    finally:
        assert stop(server) in {0, -15}, os.strerror(0)

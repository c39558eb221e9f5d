"""A real server: its own home, a free port, two workers."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from loaders.run import load
from tests.api_requests import RESOURCES
from tests.fhir_packages import package

START_S = 60.0


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers (small letters) and body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class RunningServer:
    """The process of a server, its address, its home and the file with its log."""

    process: subprocess.Popen[bytes]
    url: str
    home: Path
    log: Path

    def ask(
        self,
        path: str,
        *,
        body: Any = None,
        method: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        given = {"Content-Type": "application/fhir+json"} if data is not None else {}
        request = urllib.request.Request(
            self.url + path, data=data, method=method, headers=given | dict(headers or {})
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return _reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return _reply(error.code, error.headers, error.read())


def _reply(status: int, headers: Any, body: bytes) -> Reply:
    return Reply(status, {key.lower(): value for key, value in headers.items()}, body)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def start(home: Path, log: Path, **environment: str) -> RunningServer:
    """Start a server and return it once it is ready."""
    port = free_port()
    command = [sys.executable, "-m", "api", "--home", str(home), "serve", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--workers", "2"],
            stdout=out,
            stderr=out,
            env=os.environ | {"PYTHONWARNINGS": "default"} | environment,
            start_new_session=True,
        )
    server = RunningServer(process, f"http://127.0.0.1:{port}", home, log)
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            if server.ask("/health/ready").status == 200:
                return server
        except OSError:
            assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    stop(server)
    raise AssertionError(log.read_text())


def stop(server: RunningServer) -> int:
    """End a server as a supervisor does and return its exit code."""
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGTERM)
    try:
        return server.process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(server.process.pid, signal.SIGKILL)
        raise


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Return a server over a small package: a code system, a value set and a map."""
    folder = tmp_path_factory.mktemp("server")
    source = package(folder / "package.tgz", *RESOURCES)
    load(folder / "home", [source])
    running = start(folder / "home", folder / "log", TERMSERVER_CORS_ORIGINS="https://a.example")
    yield running
    stop(running)

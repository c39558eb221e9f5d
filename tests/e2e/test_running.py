"""Starting, changing and ending a server."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.run import load
from tests.api_requests import COLOURS, RESOURCES
from tests.e2e.conftest import RunningServer, start, stop
from tests.fhir_packages import manifest, package

LOOKUP = "/r4/CodeSystem/$lookup?system=http%3A//example.org/colours&code="


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def children(process: int) -> list[int]:
    """Return the processes that a process has started (Linux)."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [
        one
        for one in map(int, text.split())
        if b"resource_tracker" not in Path(f"/proc/{one}/cmdline").read_bytes()
    ]


@pytest.fixture
def own_server(tmp_path: Path) -> RunningServer:
    load(tmp_path / "home", [package(tmp_path / "package.tgz", *RESOURCES)])
    return start(tmp_path / "home", tmp_path / "log")


def test_a_load_is_served_by_every_worker_without_a_restart(
    own_server: RunningServer, tmp_path: Path
) -> None:
    try:
        newer = COLOURS | {"version": "2.0.0", "concept": [{"code": "green", "display": "Green"}]}
        load(
            own_server.home,
            [package(tmp_path / "next.tgz", newer, head=manifest("next", "2.0.0"))],
        )
        statuses = [own_server.ask(LOOKUP + "green").status for _ in range(12)]
        assert statuses == [200] * 12
    finally:
        stop(own_server)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")
def test_a_worker_that_dies_is_started_again(own_server: RunningServer) -> None:
    try:
        before = children(own_server.process.pid)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)

        def renewed() -> bool:
            now = children(own_server.process.pid)
            return len(now) == 2 and before[0] not in now

        until(renewed, "no new worker")
        until(lambda: own_server.ask(LOOKUP + "red").status == 200, "no answer")
    finally:
        stop(own_server)


def test_sigterm_lets_requests_in_flight_finish(own_server: RunningServer) -> None:
    statuses: list[int] = []

    def many() -> None:
        body = {
            "resourceType": "Bundle",
            "type": "batch",
            "entry": [{"request": {"method": "GET", "url": "CodeSystem/colours"}}] * 900,
        }
        statuses.append(own_server.ask("/r4", body=body).status)

    asking = threading.Thread(target=many)
    asking.start()
    until(lambda: asking.is_alive() or bool(statuses), "nothing asked")
    time.sleep(0.15)
    assert stop(own_server) == 0
    asking.join(30)
    assert statuses == [200]


def test_a_home_without_content_serves_all_the_same(tmp_path: Path) -> None:
    server = start(tmp_path / "empty", tmp_path / "log")
    try:
        assert server.ask("/r4/metadata").status == 200
        assert server.ask("/r4/ValueSet").json["total"] == 0
        assert "Try:" in server.log.read_text()
    finally:
        stop(server)


def run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api", "--home", str(home), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_commands_end_to_end(tmp_path: Path) -> None:
    home = tmp_path / "home"
    source = package(tmp_path / "package.tgz", *RESOURCES)
    loaded = run("load", source, home=home)
    assert (loaded.returncode, loaded.stderr.count("Traceback")) == (0, 0), loaded.stderr
    assert "loaded: example.package@1.0.0" in loaded.stdout
    assert run("load", source, home=home).stdout.startswith("already loaded")
    assert "example.package" in run("packs", home=home).stdout
    yes = run("validate-code", "--system", "http://example.org/colours", "--code", "red", home=home)
    no = run("validate-code", "--system", "http://example.org/colours", "--code", "x", home=home)
    assert (yes.returncode, no.returncode) == (0, 1)
    assert "crimson" in run("expand", "http://example.org/warm", home=home).stdout
    assert run("verify", home=home).returncode == 0
    assert run("backup", str(tmp_path / "copy.sqlite"), home=home).returncode == 0
    bad = run("load", str(tmp_path / "nothing.zip"), home=home)
    assert bad.returncode == 2
    assert bad.stderr.startswith("Error: ")
    assert run("remove", "example.package", home=home).returncode == 0

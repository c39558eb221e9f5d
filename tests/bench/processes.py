"""Servers as processes of their own, what they cost, and wrk against them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server: where it listens, and its first process."""

    port: int
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one run of wrk found: requests a second, times in µs, answers that were no success."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    failed: int


@contextmanager
def running(command: Sequence[str], path: str, *, pinned: bool = True) -> Iterator[Server]:
    """Start a server (`{port}` in the command), on the first core if `pinned`, until the end.

    It is there once `path` answers 200. Raises: TimeoutError.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    whole = [*(_pinned(0) if pinned else ()), *(one.format(port=port) for one in command)]
    process = subprocess.Popen(whole, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, path)
        yield Server(port=port, pid=process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def empty_server() -> Sequence[str]:
    """Return the command of the empty route."""
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--port", "{port}"]
    return [sys.executable, "-m", "uvicorn", "tests.bench.empty:app", *options]


def own_server(home: Path, workers: int) -> Sequence[str]:
    """Return the command of termserver over a home."""
    options = ["--port", "{port}", "--workers", str(workers)]
    return [sys.executable, "-m", "api", "--home", str(home), "serve", *options]


def _pinned(core: int) -> list[str]:
    return ["taskset", "-c", str(core)] if shutil.which("taskset") else []


def _wait(port: int, path: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.01)
    raise TimeoutError(f"The server on port {port} did not answer {path} within a minute")


def tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    below: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        below.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found.extend(below.get(one, ()))
    return found


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process tree."""
    total = 0
    for one in tree(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Memory of one process in MB; None where the system does not tell it.

    `own` is what it wrote (anonymous); `private` is all that no other process has mapped too (USS),
    which holds the pages of packs where no other worker reads them; `resident` is all (RSS).
    """

    own: float | None
    private: float | None
    resident: float


def memory(pid: int) -> Memory:
    """Return the memory of the largest process of a tree."""
    return max(map(_memory, tree(pid)), key=lambda one: one.resident)


def _memory(pid: int) -> Memory:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        resident = next(int(it.split()[1]) for it in lines if it.startswith("VmRSS")) / 1024
    except (OSError, StopIteration):
        return Memory(own=None, private=None, resident=0.0)
    try:
        pages = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return Memory(own=None, private=None, resident=resident)
    own = sum(int(one.split()[1]) for one in pages if one.startswith("Anonymous")) / 1024
    private = sum(int(one.split()[1]) for one in pages if one.startswith("Private_")) / 1024
    return Memory(own=own, private=private, resident=resident)


def shoot(server: Server, pool: Path, connections: int, seconds: int) -> Figures:
    """Run wrk with one thread, pinned to the second core. Raises: RuntimeError where it fails."""
    core = 1 if (os.cpu_count() or 1) > 1 else 0
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(SCRIPT)]
    before = cpu_seconds(server.pid)
    done = subprocess.run(
        [*_pinned(core), "wrk", *options, f"http://127.0.0.1:{server.port}"],
        env={**os.environ, "BENCH_POOL": str(pool)},
        capture_output=True,
        text=True,
        check=False,
    )
    spent = cpu_seconds(server.pid) - before
    line = next((one for one in done.stdout.splitlines() if one.startswith("BENCH ")), None)
    if line is None:
        raise RuntimeError(f"wrk failed: {done.stdout}{done.stderr}")
    found = json.loads(line.removeprefix("BENCH "))
    return Figures(
        per_second=found["requests"] / (found["us"] / 1e6),
        p50=found["p50"],
        p99=found["p99"],
        cpu=spent * 1e6 / max(found["requests"], 1),
        failed=found["socket"] + found["status"],
    )

"""The real server on a free port, always stopped at the end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0
STOP_S = 30.0


class ServerFailed(Exception):
    """The server did not become ready, or ended."""


@contextmanager
def running_server(home: Path, log: Path, *, workers: int) -> Iterator[str]:
    """Give the address of a server over `home` that is ready. Its output is appended to `log`.

    Raises: ServerFailed with the end of the output where it does not become ready in time.
    """
    port = free_port()
    command = [sys.executable, "-m", "api", "--home", str(home), "serve", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(workers)]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("TERMSERVER_")
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(process, address, log)
            yield address
        finally:
            stop_server(process)


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Return when the server is ready. Raises: ServerFailed with the end of its output."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        if process.poll() is not None:
            raise ServerFailed(f"The server ended with {process.returncode}:\n{_tail(log)}")
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise ServerFailed(f"The server is not ready after {START_S:.0f} s:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])


def stop_server(process: subprocess.Popen[bytes]) -> None:
    """End the process, by force where it does not end in time."""
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

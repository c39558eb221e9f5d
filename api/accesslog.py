"""One line for each request, gathered and written by a timer."""

from __future__ import annotations

import logging
import sys
import time
from datetime import UTC, datetime
from typing import TextIO

log = logging.getLogger("termserver.access")


class AccessLog:
    """Lines of id, method, path, status and milliseconds. No query and no body.

    Codes and displays of patients stand in those; they are logged at debug level only.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        """Write to `stream`, stderr by default."""
        self._stream = stream
        self._lines: list[tuple[float, str, str, str, int, float]] = []

    def add(self, request_id: str, method: str, path: str, status: int, seconds: float) -> None:
        """Gather one line."""
        self._lines.append((time.time(), request_id, method, path, status, seconds))

    def flush(self) -> None:
        """Write what was gathered, in one go; nothing where the log level is above info."""
        lines, self._lines = self._lines, []
        if not lines or not log.isEnabledFor(logging.INFO):
            return
        stream = self._stream or sys.stderr
        stream.write("".join(_text(*line) for line in lines))
        stream.flush()


def _text(at: float, request_id: str, method: str, path: str, status: int, seconds: float) -> str:
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    # A path is the client's own text: control characters must not start lines of their own.
    shown = path if path.isprintable() else ascii(path)
    return f"{when} INFO access {request_id} {method} {shown} {status} {seconds * 1000:.1f} ms\n"

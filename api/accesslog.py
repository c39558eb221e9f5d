"""One line for each request, gathered, and written by a timer or when there are many."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TextIO

log = logging.getLogger("termserver.access")

MOST = 500
"""Lines written at once: more would keep the requests that come meanwhile waiting."""


class AccessLog:
    """Lines of id, method, path, status and milliseconds. No query and no body.

    Codes and displays of patients stand in those; they are logged at debug level only.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        """Write to `stream`, stderr by default."""
        self._stream = stream
        self._lines: list[tuple[float, str, str, str, int, float]] = []

    def add(self, request_id: str, method: str, path: str, status: int, seconds: float) -> None:
        """Gather one line; those that are many already are written."""
        self._lines.append((time.time(), request_id, method, path, status, seconds))
        if len(self._lines) >= MOST:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered, in one go; nothing where the log level is above info."""
        lines, self._lines = self._lines, []
        if not lines or not log.isEnabledFor(logging.INFO):
            return
        stream = self._stream or sys.stderr
        stream.write("".join(_texts(lines)))
        stream.flush()


def _texts(lines: Sequence[tuple[float, str, str, str, int, float]]) -> Iterator[str]:
    second, when = -1, ""
    for at, request_id, method, path, status, seconds in lines:
        if int(at) != second:
            second = int(at)
            when = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        # A path is the client's own text: control characters must not start lines of their own.
        shown = path if path.isprintable() else ascii(path)
        yield (
            f"{when}.{int(at % 1 * 1000):03d}+00:00 INFO access "
            f"{request_id} {method} {shown} {status} {seconds * 1000:.1f} ms\n"
        )

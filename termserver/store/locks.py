"""Locks on files between processes: held by an open file, so that a killed process holds none."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Held:
    """A lock that this process holds until `release`."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        """Keep the open file; use `try_lock`."""
        self.path = path
        self._file = file

    def release(self, *, remove: bool = False) -> None:
        """Let the lock go; with `remove` its file as well."""
        if remove and sys.platform != "win32":
            self.path.unlink(missing_ok=True)
        self._file.close()
        if remove and sys.platform == "win32":
            self.path.unlink(missing_ok=True)


def try_lock(path: Path) -> Held | None:
    """Return the lock, None where another process (or another part of this one) holds it."""
    file = path.open("ab")
    if _try_lock(file):
        return Held(path, file)
    file.close()
    return None


@contextmanager
def locked(path: Path, waiting: Callable[[str], None], sentence: str) -> Iterator[None]:
    """Hold the lock at `path`; where another holds it, say `sentence` once and wait."""
    held = try_lock(path)
    if held is None:
        waiting(sentence)
    while held is None:
        time.sleep(0.2)
        held = try_lock(path)
    try:
        yield
    finally:
        held.release()

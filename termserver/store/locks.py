"""Locks on files between processes: held by an open file, so that a killed process holds none."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, shared: bool) -> bool:
        # without shared locks; but there an open file cannot be renamed or deleted anyway
        if shared:
            return True
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool) -> bool:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # a file system without locks: nobody can hold one
            return True
        return True


class Held:
    """A lock that this process holds until `release`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Keep the open file."""
        self.path = path
        self._descriptor: int | None = descriptor

    def release(self, *, remove: bool = False) -> None:
        """Let the lock go; with `remove` its file as well. Twice is as good as once."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        if remove:
            # an open file cannot be removed everywhere
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
        os.close(descriptor)

    def __del__(self) -> None:
        self.release()


def try_lock(path: Path) -> Held | None:
    """Return the lock, its file made where there is none; None where another holds it."""
    return _taken(path, os.O_RDWR | os.O_CREAT, shared=False)


def try_lock_existing(path: Path) -> Held | None:
    """Return the lock on a file that is there; None where another holds it, shared or alone."""
    return _taken(path, os.O_RDONLY, shared=False)


def share(path: Path) -> Held | None:
    """Return a lock that many may hold at once, on a file that need not be writable; None if
    taken.
    """
    return _taken(path, os.O_RDONLY, shared=True)


def _taken(path: Path, flags: int, *, shared: bool) -> Held | None:
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o644)
    if _lock(descriptor, shared=shared):
        return Held(path, descriptor)
    os.close(descriptor)
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

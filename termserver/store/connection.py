"""Connections: one for each thread, to a file that never changes while it is open."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from termserver.errors import StoreError
from termserver.store import statements as sql


class Connections:
    """Read-only, immutable connections to one SQLite file, opened for a thread when it first
    asks.
    """

    def __init__(self, path: Path) -> None:
        """Take the file; nothing is opened yet."""
        self._path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._opened: list[tuple[threading.Thread, sqlite3.Connection]] = []
        weakref.finalize(self, _close_all, self._opened)

    def get(self) -> sqlite3.Connection:
        """Return this thread's connection. Raises: StoreError where the file cannot be read."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = open_immutable(self._path)
            with self._lock:
                _close_dead(self._opened)
                self._opened.append((threading.current_thread(), found))
        return found

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Return all rows of a query."""
        return self.get().execute(statement, values).fetchall()

    def close(self) -> None:
        """Close the connections of all threads; the next `get` opens a new one."""
        with self._lock:
            self._local = threading.local()
            _close_all(self._opened)


def _close_all(opened: list[tuple[threading.Thread, sqlite3.Connection]]) -> None:
    while opened:
        opened.pop()[1].close()


def _close_dead(opened: list[tuple[threading.Thread, sqlite3.Connection]]) -> None:
    """Close the connections of threads that have ended: pools start new ones all the time."""
    for one in [one for one in opened if not one[0].is_alive()]:
        opened.remove(one)
        one[1].close()


def open_immutable(path: Path) -> sqlite3.Connection:
    """Return a connection for reading a file that nobody writes. Raises: StoreError."""
    uri = f"file:{quote(path.resolve().as_posix())}?mode=ro&immutable=1"
    try:
        # closing happens from the thread that closes the pack
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        run_all(connection, sql.READ_PRAGMAS)
    except sqlite3.Error as error:
        raise StoreError(f"The file '{path}' cannot be opened: {error}") from error
    return connection


def run_all(connection: sqlite3.Connection, statements: Sequence[str]) -> None:
    """Run statements that return nothing of interest."""
    for statement in statements:
        connection.execute(statement).close()


def check_format(
    connection: sqlite3.Connection, *, application: int, version: int, advice: str
) -> None:
    """Refuse a file of another kind or format. `advice` says what to do. Raises: StoreError."""
    try:
        (found,) = connection.execute(sql.APPLICATION_ID).fetchone()
        (user,) = connection.execute(sql.USER_VERSION).fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"The file is no database of termserver ({error}); {advice}") from error
    if found != application:
        raise StoreError(f"The file is no database of termserver; {advice}")
    if user != version:
        raise StoreError(
            f"The file has format {user}, this termserver reads and writes format {version}; "
            f"{advice}"
        )

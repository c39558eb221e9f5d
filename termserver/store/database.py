"""The small databases that change: one connection, a lock around it, transactions that are
whole.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from termserver.errors import StoreError
from termserver.store import statements as sql
from termserver.store.connection import open_immutable, run_all
from termserver.store.migrations import check, migrate


class Database:
    """One SQLite file in WAL mode, or opened immutable where it cannot be written."""

    def __init__(self, connection: sqlite3.Connection, *, writable: bool, path: Path) -> None:
        """Take an open connection; use `open_database`."""
        self.writable = writable
        self._connection = connection
        self._path = path
        self._lock = threading.RLock()

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Return all rows of a query. Raises: StoreError."""
        with self._lock, _told(self._path):
            return self._connection.execute(statement, values).fetchall()

    def version(self) -> int:
        """Return a number that differs once another connection has written (about 2 µs)."""
        with self._lock:
            (found,) = self._connection.execute(sql.DATA_VERSION).fetchone()
            return int(found)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for a change that is made as a whole or not at all.

        Raises: StoreError where the file cannot be written.
        """
        if not self.writable:
            raise StoreError(
                f"'{self._path}' cannot be written, so nothing can be changed; "
                "use a --home that is writable"
            )
        with self._lock, _told(self._path):
            self._connection.execute(sql.BEGIN)
            try:
                yield self._connection
                self._connection.execute(sql.COMMIT)
            except BaseException:
                self._connection.execute(sql.ROLLBACK)
                raise

    def backup(self, target: Path) -> None:
        """Write a consistent copy to `target` while others read and write."""
        with self._lock, _told(target):
            copy = sqlite3.connect(target)
            try:
                self._connection.backup(copy)
            finally:
                copy.close()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()


def open_database(
    path: Path, application: int, steps: tuple[str, ...], *, read_only: bool = False
) -> Database:
    """Open a database, made or migrated where that is needed.

    Where it cannot be written (or with `read_only`) it is opened immutable and changes are
    refused; where it is not there either, an empty one in memory stands for it.

    Raises: StoreError for a file of another kind or of a newer termserver.
    """
    if not read_only:
        connection = _open_writable(path)
        if connection is not None:
            try:
                with _told(path):
                    migrate(connection, application, steps)
            except BaseException:
                connection.close()
                raise
            return Database(connection, writable=True, path=path)
    if path.exists():
        connection = open_immutable(path)
        with _told(path):
            (found,) = connection.execute(sql.APPLICATION_ID).fetchone()
            (version,) = connection.execute(sql.USER_VERSION).fetchone()
        check(found, version, application, steps)
    else:
        connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        migrate(connection, application, steps)
    return Database(connection, writable=False, path=path)


def _open_writable(path: Path) -> sqlite3.Connection | None:
    """Return a connection that can write, None where file or folder do not allow it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    except (OSError, sqlite3.OperationalError):
        return None
    try:
        run_all(connection, sql.WRITABLE_PRAGMAS)
        connection.execute(sql.BEGIN)
        connection.execute(sql.ROLLBACK)
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error):
            raise StoreError(f"'{path}' is locked by another process; try again") from error
        return None
    except sqlite3.DatabaseError as error:
        connection.close()
        raise StoreError(f"'{path}' is no database of termserver: {error}") from error
    return connection


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"'{path}' cannot be read or written: {error}") from error

"""state.sqlite: what clients keep here between requests. Shared by all workers, bounded,
expiring.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from termserver.errors import StoreError, TooLarge
from termserver.model import Json
from termserver.store import statements as sql
from termserver.store.database import Database, open_database
from termserver.store.migrations import STATE, STATE_ID
from termserver.store.rows import from_json, to_json

STATE_FILE = "state.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLimits:
    """How much is kept, and how long after it was last used."""

    seconds: float = 3600.0
    context_bytes: int = 256 * 1024 * 1024
    closures: int = 1000
    closure_seconds: float = 30 * 24 * 3600.0


class State:
    """$cache-control contexts. `clock` gives seconds since the epoch."""

    def __init__(
        self,
        database: Database,
        *,
        limits: StateLimits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take the open database; use `State.open`."""
        self.database = database
        self.limits = limits or StateLimits()
        self.clock = clock

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        limits: StateLimits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> State:
        """Open the state of `home`, made where there is none.

        Raises: StoreError where it cannot be written: then $cache-control and $closure are not
        offered.
        """
        path = home / STATE_FILE
        database = open_database(path, STATE_ID, STATE)
        if not database.writable:
            database.close()
            raise StoreError(f"'{path}' cannot be written, so no state of clients is kept")
        return cls(database, limits=limits, clock=clock)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    # -- $cache-control ----------------------------------------------------------------------

    def create(self, resources: Sequence[Json], *, id: str | None = None) -> str:
        """Keep resources and return the id of the context (128 random bits, or the `id` given).

        The contexts used longest ago go where there is not room for all. Raises: TooLarge for
        resources that would not fit alone.
        """
        number = id or secrets.token_urlsafe(16)
        text = to_json(list(resources))
        if len(text) > self.limits.context_bytes:
            raise TooLarge(
                f"The resources take {len(text)} bytes, and {self.limits.context_bytes} can be "
                "kept; send fewer"
            )
        now = self.clock()
        with self.database.transaction() as connection:
            values = {"id": number, "resources": text, "size": len(text), "used": now}
            connection.execute(sql.PUT_CONTEXT, values)
            self._trim(connection, now)
        return number

    def get(self, id: str) -> tuple[Json, ...] | None:
        """Return the resources of a context, None where it is not there or has expired."""
        oldest = self.clock() - self.limits.seconds
        rows = self.database.rows(sql.CONTEXT, id=id, oldest=oldest)
        if not rows:
            return None
        resources, used = rows[0]
        self._touch(id, used)
        return tuple(from_json(resources))

    def holds(self, id: str) -> bool:
        """Tell whether a context is there, and keep it alive, without reading its resources."""
        oldest = self.clock() - self.limits.seconds
        rows = self.database.rows(sql.CONTEXT_USED, id=id, oldest=oldest)
        if rows:
            self._touch(id, rows[0][0])
        return bool(rows)

    def _touch(self, id: str, used: float) -> None:
        """Keep a context alive; one write a minute is enough for that."""
        now = self.clock()
        if now - used > min(60.0, self.limits.seconds / 10):
            with self.database.transaction() as connection:
                connection.execute(sql.TOUCH_CONTEXT, {"id": id, "used": now})

    def extend(self, id: str, resources: Sequence[Json]) -> bool:
        """Add resources to a context; False where it is not there. Raises: TooLarge."""
        kept = self.get(id)
        if kept is None:
            return False
        self.create([*kept, *resources], id=id)
        return True

    def delete(self, id: str) -> bool:
        """Forget a context; False where it is not there."""
        with self.database.transaction() as connection:
            return connection.execute(sql.DELETE_CONTEXT, {"id": id}).rowcount > 0

    def _trim(self, connection: sqlite3.Connection, now: float) -> None:
        connection.execute(sql.EXPIRE_CONTEXTS, {"oldest": now - self.limits.seconds})
        while True:
            (size,) = connection.execute(sql.CONTEXT_SIZE).fetchone()
            if size <= self.limits.context_bytes:
                return
            (oldest,) = connection.execute(sql.OLDEST_CONTEXT).fetchone()
            connection.execute(sql.DELETE_CONTEXT, {"id": oldest})

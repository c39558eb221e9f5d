"""Closure tables in state.sqlite: the ClosureStore of termserver.operations.closure."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from termserver.operations.closure import ClosureConcept, ClosureEntry, ClosureTable
from termserver.store import statements as sql
from termserver.store.state import State


class Closures:
    """Tables by name, shared by all workers; the ones unused longest go first."""

    def __init__(self, state: State) -> None:
        """Take the state they are kept in."""
        self._state = state

    def reset_closure(self, name: str) -> None:
        """Make or empty the table `name`: version 0, no concepts."""
        now = self._state.clock()
        with self._state.database.transaction() as connection:
            connection.execute(sql.RESET_CLOSURE, {"name": name, "used": now})
            connection.execute(sql.CLEAR_CLOSURE_CONCEPTS, {"name": name})
            connection.execute(sql.CLEAR_CLOSURE_ENTRIES, {"name": name})
            self._trim(connection, now)

    def read_closure(self, name: str) -> ClosureTable | None:
        """Return a table, None if there is none of that name (or it has expired)."""
        now = self._state.clock()
        # in one transaction: another worker may be adding rows
        with self._state.database.transaction() as connection:
            row = connection.execute(
                sql.CLOSURE, {"name": name, "oldest": self._oldest(now)}
            ).fetchone()
            if row is None:
                return None
            connection.execute(sql.TOUCH_CLOSURE, {"name": name, "used": now})
            concepts = connection.execute(sql.CLOSURE_CONCEPTS, {"name": name}).fetchall()
            entries = connection.execute(sql.CLOSURE_ENTRIES, {"name": name}).fetchall()
        return ClosureTable(
            name=name,
            version=row[0],
            concepts=tuple(
                ClosureConcept(system=system, system_version=version, code=code)
                for system, version, code in concepts
            ),
            entries=tuple(
                ClosureEntry(
                    system=system,
                    source=source,
                    target=target,
                    equivalent=bool(equivalent),
                    version=version,
                )
                for system, source, target, equivalent, version in entries
            ),
        )

    def extend_closure(
        self,
        name: str,
        *,
        after: int,
        concepts: Sequence[ClosureConcept],
        entries: Sequence[ClosureEntry],
    ) -> bool:
        """Append rows as version `after + 1` in one step.

        False, and nothing written, where the table is gone or no longer at version `after`.
        """
        now = self._state.clock()
        with self._state.database.transaction() as connection:
            place = {"name": name, "after": after, "used": now, "oldest": self._oldest(now)}
            if connection.execute(sql.ADVANCE_CLOSURE, place).rowcount == 0:
                return False
            for concept in concepts:
                row = {
                    "name": name,
                    "system": concept.system,
                    "system_version": concept.system_version,
                    "code": concept.code,
                    "version": after + 1,
                }
                connection.execute(sql.INSERT_CLOSURE_CONCEPT, row)
            for entry in entries:
                values = {
                    "name": name,
                    "system": entry.system,
                    "source": entry.source,
                    "target": entry.target,
                    "equivalent": int(entry.equivalent),
                    "version": entry.version,
                }
                connection.execute(sql.INSERT_CLOSURE_ENTRY, values)
        return True

    def _oldest(self, now: float) -> float:
        return now - self._state.limits.closure_seconds

    def _trim(self, connection: sqlite3.Connection, now: float) -> None:
        connection.execute(sql.EXPIRE_CLOSURES, {"oldest": self._oldest(now)})
        while True:
            (number,) = connection.execute(sql.COUNT_CLOSURES).fetchone()
            if number <= self._state.limits.closures:
                return
            (oldest,) = connection.execute(sql.OLDEST_CLOSURE).fetchone()
            connection.execute(sql.DELETE_CLOSURE, {"name": oldest})

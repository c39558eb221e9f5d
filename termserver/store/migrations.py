"""Steps of the mutable databases from format to format; `user_version` counts those that were made.

A step is never changed once released: a new one is added.
"""

from __future__ import annotations

import sqlite3

from termserver.errors import StoreError
from termserver.store import statements as sql

CATALOGUE = (
    """
    -- Which packs are installed. `state` is removed where the folder still has to be deleted.
    CREATE TABLE pack (
        folder    TEXT PRIMARY KEY,
        name      TEXT NOT NULL,
        version   TEXT NOT NULL,
        kind      TEXT NOT NULL,
        digest    TEXT NOT NULL,             -- of the sources: the same thing loaded twice
        state     TEXT NOT NULL CHECK (state IN ('installed', 'removed')),
        rank      INTEGER NOT NULL,          -- higher answers first
        preferred INTEGER NOT NULL DEFAULT 0
    );
    -- One row: counts the changes of what is installed, for workers that watch.
    CREATE TABLE generation (number INTEGER NOT NULL);
    INSERT INTO generation VALUES (0);
    """,
)
CATALOGUE_ID = 1414742867

STATE = (
    """
    -- Resources that a client keeps here between requests ($cache-control).
    CREATE TABLE context (
        id        TEXT PRIMARY KEY,
        resources TEXT NOT NULL,
        size      INTEGER NOT NULL,
        used      REAL NOT NULL              -- when last asked for: the oldest go first
    );
    CREATE INDEX context_used ON context (used);
    -- $closure tables by name, and what was entered in which version.
    CREATE TABLE closure (
        name    TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        used    REAL NOT NULL
    );
    CREATE TABLE closure_concept (
        name           TEXT NOT NULL REFERENCES closure ON DELETE CASCADE,
        system         TEXT NOT NULL,
        system_version TEXT,
        code           TEXT NOT NULL,
        version        INTEGER NOT NULL
    );
    CREATE INDEX closure_concept_name ON closure_concept (name);
    CREATE TABLE closure_entry (
        name       TEXT NOT NULL REFERENCES closure ON DELETE CASCADE,
        system     TEXT NOT NULL,
        source     TEXT NOT NULL,
        target     TEXT NOT NULL,
        equivalent INTEGER NOT NULL,
        version    INTEGER NOT NULL
    );
    CREATE INDEX closure_entry_name ON closure_entry (name);
    """,
)
STATE_ID = 1414746196

_SET_ID = {
    CATALOGUE_ID: "PRAGMA application_id = 1414742867",
    STATE_ID: "PRAGMA application_id = 1414746196",
}
_SET_VERSION = ("PRAGMA user_version = 0", "PRAGMA user_version = 1", "PRAGMA user_version = 2")


def migrate(connection: sqlite3.Connection, application: int, steps: tuple[str, ...]) -> None:
    """Bring a database to the newest format; a new file is made from nothing.

    Raises: StoreError for a file of another kind, or of a newer termserver.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        (found,) = connection.execute(sql.APPLICATION_ID).fetchone()
        (version,) = connection.execute(sql.USER_VERSION).fetchone()
        check(found or application, version, application, steps)
        for number, step in enumerate(steps[version:], version + 1):
            for statement in _statements(step):
                connection.execute(statement)
            connection.execute(_SET_VERSION[number])
        if version < len(steps):
            connection.execute(_SET_ID[application])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def check(found: int, version: int, application: int, steps: tuple[str, ...]) -> None:
    """Refuse a database of another kind or of a newer format. Raises: StoreError."""
    if found != application:
        raise StoreError("The file is no database of termserver; choose another --home")
    if version > len(steps):
        raise StoreError(
            f"The database has format {version}, this termserver knows formats up to {len(steps)}; "
            "use the newer termserver"
        )


def _statements(script: str) -> list[str]:
    # executescript would commit the transaction that makes a step whole
    found: list[str] = []
    rest = ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    return found

"""The catalogue: which packs are installed, in which order they answer."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from termserver.errors import InvalidRequest, StoreError, UnknownResource
from termserver.store import statements as sql
from termserver.store.building import REMOVED, sweep, sync_folder
from termserver.store.database import Database, open_database
from termserver.store.installed import InstalledPack, installed_pack
from termserver.store.locks import locked, try_lock_existing
from termserver.store.manifest import (
    FILE,
    Manifest,
    check_sizes,
    read_manifest,
)
from termserver.store.migrations import CATALOGUE, CATALOGUE_ID

CATALOGUE_FILE = "catalogue.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPack:
    """An installed pack that is not served, and why."""

    folder: str
    reason: str


@contextmanager
def load_lock(home: Path, waiting: Callable[[str], None]) -> Iterator[None]:
    """Let one load (or removal) at a time into `home`; `waiting` gets the sentence to show.

    Raises: StoreError where `home` cannot be written.
    """
    path = home / "load.lock"
    try:
        home.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise StoreError(f"'{home}' cannot be written ({error}); choose another --home") from error
    with locked(path, waiting, f"Another load is at work in '{home}'; waiting until it has ended"):
        yield


class Catalogue:
    """What is installed in a home. Safe for several threads and processes."""

    def __init__(self, home: Path, database: Database) -> None:
        """Take the open database; use `Catalogue.open`."""
        self.home = home
        self._database = database
        self._manifests: dict[str, Manifest] = {}
        self._seen = self._generation()
        self._version = database.version()
        self._wrote = False

    @classmethod
    def open(cls, home: Path, *, read_only: bool = False) -> Catalogue:
        """Open the catalogue of `home`, made where there is none; leavings of dead loads are swept.

        Where `home` cannot be written the catalogue is opened immutable: `writable` is False then
        and every change raises StoreError. Raises: StoreError for a damaged or newer catalogue.
        """
        path = home / CATALOGUE_FILE
        catalogue = cls(home, open_database(path, CATALOGUE_ID, CATALOGUE, read_only=read_only))
        if catalogue.writable:
            sweep(catalogue.packs_folder)
            catalogue.delete_removed()
        return catalogue

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @property
    def writable(self) -> bool:
        """Tell whether changes can be made."""
        return self._database.writable

    @property
    def packs_folder(self) -> Path:
        """Return the folder of all packs."""
        return self.home / "packs"

    # -- reading -----------------------------------------------------------------------------

    def packs(self) -> tuple[InstalledPack, ...]:
        """Return the installed packs that can be read, in rank order, highest first."""
        return tuple(one for one in self._installed() if isinstance(one, InstalledPack))

    def broken(self) -> tuple[BrokenPack, ...]:
        """Return the installed packs that are damaged or of another format, with what to do."""
        return tuple(one for one in self._installed() if isinstance(one, BrokenPack))

    def _installed(self) -> Iterator[InstalledPack | BrokenPack]:
        for folder, _, _, _, _, rank, preferred in self._database.rows(sql.PACKS):
            try:
                manifest = self._manifest(folder)
            except StoreError as error:
                yield BrokenPack(folder=folder, reason=error.text)
                continue
            path = self.packs_folder / folder
            yield installed_pack(path, manifest, rank=rank, preferred=bool(preferred))

    def _manifest(self, folder: str) -> Manifest:
        found = self._manifests.get(folder)
        if found is None:
            found = read_manifest(self.packs_folder / folder)
            self._manifests[folder] = found
        check_sizes(self.packs_folder / folder, found)
        return found

    def get(self, name: str) -> InstalledPack:
        """Return the pack that `name` means: its folder, `name@version`, or its name alone.

        Raises: UnknownResource with what is installed; InvalidRequest where several are meant.
        """
        folder = self._resolve(name)
        found = next((one for one in self.packs() if one.folder == folder), None)
        if found is None:
            raise StoreError(f"The pack '{folder}' cannot be read; load its source again")
        return found

    def _resolve(self, name: str) -> str:
        rows = self._database.rows(sql.PACKS)
        found = [row[0] for row in rows if name in {row[0], f"{row[1]}@{row[2]}", row[1]}]
        exact = [one for one in found if one == name] or found
        if len(exact) == 1:
            return str(exact[0])
        if exact:
            raise InvalidRequest(
                f"'{name}' means several packs: {', '.join(exact)}; name one of these"
            )
        there = ", ".join(row[0] for row in rows) or "none"
        raise UnknownResource(f"There is no pack '{name}'; installed: {there}")

    def changed(self) -> bool:
        """Tell whether packs were installed, removed or ranked anew since this was last asked."""
        version = self._database.version()
        # the version tells of writes by other connections only
        if version == self._version and not self._wrote:
            return False
        self._version, self._wrote = version, False
        before, self._seen = self._seen, self._generation()
        return before != self._seen

    def _generation(self) -> int:
        return int(self._database.rows(sql.GENERATION)[0][0])

    # -- changing ----------------------------------------------------------------------------

    def install(
        self, pack: InstalledPack, *, replace: bool = False, instead_of: str | None = None
    ) -> InstalledPack:
        """Enter a pack into the catalogue, above all others, and return it with its rank.

        With `replace`, the installed packs of the same name and version go out in the same moment
        and the new one takes the place of the highest. Nothing changes where this very pack is
        installed.
        With `instead_of` that one pack (by its folder's name) goes out instead.
        Raises: StoreError where the catalogue cannot be written.
        """
        with self._database.transaction() as connection:
            if not pack.path.is_dir():
                raise StoreError(f"The pack '{pack.folder}' is no longer there; load it again")
            rows = connection.execute(sql.PACKS).fetchall()
            same = next((row for row in rows if row[0] == pack.folder), None)
            if same is not None:
                return _ranked(pack, same)
            replaced = [
                row
                for row in rows
                if row[0] == instead_of
                or (replace and row[1:3] == (pack.name, pack.version))
                # the same thing again: what is there was damaged or of an older format
                or (row[1], row[2], row[4]) == (pack.name, pack.version, pack.digest)
            ]
            for row in replaced:
                connection.execute(sql.MARK_REMOVED, {"folder": row[0]})
            (highest,) = connection.execute(sql.HIGHEST_RANK).fetchone()
            rank, preferred = (replaced[0][5], replaced[0][6]) if replaced else (highest + 1, 0)
            values = {
                "folder": pack.folder,
                "name": pack.name,
                "version": pack.version,
                "kind": pack.kind,
                "digest": pack.digest,
                "rank": rank,
                "preferred": preferred,
            }
            connection.execute(sql.PUT_PACK, values)
            self._announce(connection)
        self.delete_removed()
        return _ranked(pack, (None,) * 5 + (rank, preferred))

    def remove(self, name: str) -> str:
        """Take a pack out and return its folder's name; files in use are deleted at a later start.

        Raises: UnknownResource, InvalidRequest (see `get`), StoreError.
        """
        with self._database.transaction() as connection:
            folder = self._resolve(name)
            connection.execute(sql.MARK_REMOVED, {"folder": folder})
            self._announce(connection)
        self.delete_removed()
        return folder

    def prefer(self, name: str) -> InstalledPack:
        """Let a pack answer before all others and return it with its new rank.

        Raises: UnknownResource, InvalidRequest (see `get`), StoreError.
        """
        with self._database.transaction() as connection:
            folder = self._resolve(name)
            (highest,) = connection.execute(sql.HIGHEST_RANK).fetchone()
            connection.execute(sql.PREFER_PACK, {"folder": folder, "rank": highest + 1})
            self._announce(connection)
        return self.get(folder)

    def _announce(self, connection: sqlite3.Connection) -> None:
        connection.execute(sql.NEXT_GENERATION)
        self._wrote = True

    def delete_removed(self) -> None:
        """Delete the folders of packs that were taken out, but for those that are in use."""
        if not self._database.rows(sql.REMOVED_PACKS):
            return
        # within the transaction: a load may just be about to enter such a folder again
        with self._database.transaction() as connection:
            for (folder,) in connection.execute(sql.REMOVED_PACKS).fetchall():
                if _delete(self.packs_folder / folder):
                    self._manifests.pop(folder, None)
                    connection.execute(sql.FORGET_PACK, {"folder": folder})

    def backup(self, target: Path) -> None:
        """Write a consistent copy of the catalogue to `target` while serving."""
        self._database.backup(target)


def _ranked(pack: InstalledPack, row: Sequence[object]) -> InstalledPack:
    return replace(pack, rank=int(str(row[5])), preferred=bool(row[6]))


def _delete(folder: Path) -> bool:
    """Delete a pack's folder; False where someone has it open."""
    if folder.exists():
        if (folder / FILE).exists():
            held = try_lock_existing(folder / FILE)
            if held is None:
                return False
            held.release()
        try:
            # renaming first: what is half deleted must not look like a pack
            gone = folder.rename(folder.with_name(REMOVED + folder.name))
            sync_folder(folder.parent)
        except OSError:
            return False
        shutil.rmtree(gone, ignore_errors=True)
    return True

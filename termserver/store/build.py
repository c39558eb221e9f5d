"""Records -> pack: staged aside, checked, fsynced, renamed into place.

Nothing of a load is visible before the rename. The same records give the same bytes: no timestamps,
everything in the order of the source.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from termserver.errors import InvalidSource, StoreError
from termserver.records import PackHeader, Record
from termserver.store.building import begin_building, sync_folder
from termserver.store.installed import InstalledPack, installed_pack
from termserver.store.manifest import (
    Manifest,
    file_entries,
    folder_name,
    source_digest,
    verify,
    write_manifest,
)
from termserver.store.writer import INDEX, PackWriter

Progress = Callable[[str, int, int | None], None]
"""Called with (what is done, how much so far, how much in all or None)."""

EXPANSION = 4
"""A pack takes at most about so many times the bytes of its (unpacked) sources, staging
included.
"""


def silent(what: str, done: int, total: int | None) -> None:
    """Take progress and show nothing."""


def build_pack(
    home: Path,
    header: PackHeader,
    records: Iterable[Record],
    *,
    progress: Progress = silent,
    source_size: int = 0,
) -> InstalledPack:
    """Build the pack of `records` in `home`/packs and return it; it is not in the catalogue yet.

    `source_size` is the bytes of the unpacked sources, for the check of free space. Warnings found
    on the way are added to those of `header`. Where the very same pack is already in its folder,
    that one is returned.

    Raises: InvalidSource for content that is no pack (naming code, cycle or reference); StoreError
    where there is no space or HOME cannot be written. Nothing is left behind then.
    """
    packs = home / "packs"
    check_space(home, source_size)
    with begin_building(packs) as folder:
        manifest = _write(folder, header, records, progress)
        progress("publish", 0, None)
        target = _publish(folder, packs, manifest)
    return installed_pack(target, manifest)


def check_space(home: Path, source_size: int) -> None:
    """Refuse a load for which `home` has no room. Raises: StoreError with both figures."""
    place = next(one for one in (home, *home.absolute().parents) if one.exists())
    free, needed = shutil.disk_usage(place).free, source_size * EXPANSION
    if free < needed:
        raise StoreError(
            f"The load needs about {needed // 1_000_000} MB in '{home}' and "
            f"{free // 1_000_000} MB are free; make room or choose another --home"
        )


def _write(
    folder: Path, header: PackHeader, records: Iterable[Record], progress: Progress
) -> Manifest:
    writer = PackWriter(folder, progress)
    try:
        for record in records:
            writer.add(record)
        writer.finish()
    except sqlite3.OperationalError as error:
        raise StoreError(f"The pack cannot be written to '{folder.parent}': {error}") from error
    except sqlite3.IntegrityError as error:
        raise InvalidSource(f"The content contradicts itself: {error}") from error
    finally:
        writer.close()
    manifest = Manifest(
        header=replace(header, warnings=(*header.warnings, *writer.warnings)),
        digest=source_digest(header),
        counts=writer.counts,
        files=file_entries(folder),
    )
    write_manifest(folder, manifest)
    _sync(folder)
    return manifest


def add_pack(home: Path, folder: Path) -> InstalledPack:
    """Copy a pack's folder into `home` after checking it, and return it; it is not installed yet.

    Raises: StoreError for a pack that is damaged or of another format, and as `build_pack` does.
    """
    manifest = verify(folder)
    packs = home / "packs"
    check_space(home, manifest.size // EXPANSION)
    with begin_building(packs) as building:
        shutil.copytree(folder, building, dirs_exist_ok=True)
        verify(building)
        _sync(building)
        target = _publish(building, packs, manifest)
    return installed_pack(target, manifest)


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    for made in (folder / INDEX, folder):
        sync_folder(made)


def _publish(folder: Path, packs: Path, manifest: Manifest) -> Path:
    """Rename to the pack's name; beside a folder of that name with other content, to a further
    one.
    """
    name = folder_name(manifest.header)
    for further in range(1, 1000):
        target = packs / (name if further == 1 else f"{name}.{further}")
        if not target.exists():
            folder.rename(target)
            sync_folder(packs)
            return target
        if _same(target, manifest):
            return target
    raise StoreError(f"There are too many packs named '{name}'")


def _same(target: Path, manifest: Manifest) -> bool:
    try:
        # every byte: what is damaged must be built anew, or --replace could not mend it
        return verify(target) == manifest
    except StoreError:
        return False

"""Folders in which packs are built: owned by a live process or swept away."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from termserver.errors import StoreError
from termserver.store.locks import Held, try_lock

PREFIX = ".building-"
REMOVED = ".removed-"
"""Folders of removed packs whose deletion was not completed."""
_LOCK = ".lock"


@contextmanager
def begin_building(packs: Path) -> Iterator[Path]:
    """Give a new folder in `packs` that nobody sweeps while it is used; gone at the end if still
    there.

    Raises: StoreError where `packs` cannot be written.
    """
    try:
        packs.mkdir(parents=True, exist_ok=True)
        held, folder = _claim(packs)
    except OSError as error:
        raise StoreError(f"'{packs}' cannot be written ({error}); choose another --home") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        held.release(remove=True)


def _claim(packs: Path) -> tuple[Held, Path]:
    for number in count(os.getpid()):
        folder = packs / f"{PREFIX}{number}"
        held = try_lock(packs / f"{folder.name}{_LOCK}")
        if held is None:
            continue
        # left by a process of the same number that was killed
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "index").mkdir(parents=True)
        return held, folder
    raise AssertionError("count has no end")


def sweep(packs: Path) -> list[Path]:
    """Remove the building folders that no live process owns; return those removed."""
    removed: list[Path] = []
    for folder in sorted(packs.glob(f"{PREFIX}*")):
        if folder.suffix == _LOCK:
            continue
        held = try_lock(packs / f"{folder.name}{_LOCK}")
        if held is not None:
            shutil.rmtree(folder, ignore_errors=True)
            held.release(remove=True)
            removed.append(folder)
    for folder in packs.glob(f"{REMOVED}*"):
        shutil.rmtree(folder, ignore_errors=True)
    return removed


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last (where the system has a way to do so)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

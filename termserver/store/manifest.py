"""manifest.json of a pack: what it is, where it came from, and the digest of every file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from termserver.errors import StoreError
from termserver.records import PackHeader, SourceFile

FORMAT = 2
"""Version of everything in a pack folder. Raise it with any change of schema.sql or of index
files.
"""

FILE = "manifest.json"
_ADVICE = "load its source again: termserver load SOURCE --replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file of a pack: path below the folder, size and SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What manifest.json says. `counts` are rows by kind."""

    header: PackHeader
    digest: str
    counts: Mapping[str, int] = field(default_factory=dict)
    files: tuple[FileEntry, ...] = ()

    @property
    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(one.size for one in self.files)


def source_digest(header: PackHeader) -> str:
    """Return one digest over the sources: two loads of the same thing have the same."""
    digest = hashlib.sha256()
    for one in sorted(header.sources, key=lambda it: (it.sha256, it.name)):
        digest.update(one.sha256.encode())
    if not header.sources:
        digest.update(f"{header.kind} {header.name} {header.version}".encode())
    return digest.hexdigest()


def folder_name(header: PackHeader) -> str:
    """Return `<name>@<version>-<digest8>` with characters that every file system takes."""
    clean = (re.sub(r"[^A-Za-z0-9._+-]+", "-", one) for one in (header.name, header.version))
    name, version = (one.strip("-.") or "none" for one in clean)
    return f"{name[:60]}@{version[:80]}-{source_digest(header)[:8]}"


def file_entries(folder: Path) -> tuple[FileEntry, ...]:
    """Return an entry for every file below `folder` but the manifest, sorted by path."""
    found = (one for one in folder.rglob("*") if one.is_file() and one.name != FILE)
    return tuple(
        FileEntry(
            path=one.relative_to(folder).as_posix(),
            size=one.stat().st_size,
            sha256=file_digest(one),
        )
        for one in sorted(found)
    )


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write manifest.json."""
    content = {"format": FORMAT, **_plain(manifest)}
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    (folder / FILE).write_bytes(orjson.dumps(content, option=options))


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {
        "digest": manifest.digest,
        "header": manifest.header,
        "counts": dict(sorted(manifest.counts.items())),
        "files": manifest.files,
    }


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a pack folder.

    Raises: StoreError where it is missing, unreadable or of another format, with what to do.
    """
    try:
        content = orjson.loads((folder / FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise StoreError(f"The pack '{folder.name}' has no readable manifest; {_ADVICE}") from error
    if content.get("format") != FORMAT:
        raise StoreError(
            f"The pack '{folder.name}' has format {content.get('format')}, this termserver reads "
            f"format {FORMAT}; {_ADVICE}"
        )
    try:
        return Manifest(
            header=_header(content["header"]),
            digest=content["digest"],
            counts=content["counts"],
            files=tuple(FileEntry(**one) for one in content["files"]),
        )
    except (KeyError, TypeError) as error:
        raise StoreError(f"The manifest of pack '{folder.name}' is damaged; {_ADVICE}") from error


def _header(content: dict[str, Any]) -> PackHeader:
    lists: dict[str, Any] = {key: tuple(content[key]) for key in ("fhir_versions", "warnings")}
    lists["sources"] = tuple(SourceFile(**one) for one in content["sources"])
    return PackHeader(**{**content, **lists})


def check_sizes(folder: Path, manifest: Manifest) -> None:
    """Check that every file is there in its size (what a start can afford). Raises: StoreError."""
    for entry in manifest.files:
        path = folder / entry.path
        if not path.is_file() or path.stat().st_size != entry.size:
            raise StoreError(
                f"The file '{entry.path}' of pack '{folder.name}' is missing or has another size; "
                f"{_ADVICE}"
            )


def verify(folder: Path) -> Manifest:
    """Return the manifest after recomputing the digest of every file.

    Raises: StoreError naming the first file that differs, or one that does not belong there.
    """
    manifest = read_manifest(folder)
    check_sizes(folder, manifest)
    wanted = {one.path: one for one in manifest.files}
    for found in file_entries(folder):
        if wanted.get(found.path) != found:
            raise StoreError(
                f"The file '{found.path}' of pack '{folder.name}' is not what was loaded; {_ADVICE}"
            )
    return manifest

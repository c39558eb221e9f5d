"""Sources as publishers ship them: a folder, a file, or a zip, tar or gzip that is unpacked safely.

Refused: absolute and parent paths, drive letters, links and devices, encrypted members, a name
twice, more members or bytes than the limits, and a ratio of unpacked to packed bytes that only a
bomb has. What the archive says of its sizes is not believed: bytes are counted while
they are written.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from termserver.errors import InvalidSource

UNPACKED = ".unpacked-"
"""How the folders in which archives are unpacked are called."""

_CHUNK = 1 << 20
_NO_CONTENT = frozenset({"__pycache__", ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX"})
"""Names that an operating system or Python leaves beside the content; no part of a source."""

_DAMAGED = (
    EOFError,
    zlib.error,
    gzip.BadGzipFile,
    tarfile.TarError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an archive may come to. A SNOMED CT Full release: 200 files, 7 GB, ratio below 20."""

    members: int = 200_000
    total_bytes: int = 64 << 30
    ratio: int = 200
    ratio_from_bytes: int = 64 << 20
    """Below this many unpacked bytes the ratio is not looked at: small texts pack very well."""


DEFAULT_LIMITS = Limits()


@contextmanager
def open_source(
    path: Path, *, limits: Limits = DEFAULT_LIMITS, workspace: Path | None = None
) -> Iterator[Path]:
    """Yield a folder or a file that a loader can look at; what was unpacked is gone afterwards.

    A folder and a plain file come back as they are. A zip or tar comes back as a folder named after
    the archive, or as its file where it holds one alone, at its top; a gzip of one file as that
    file. `workspace` is where to unpack (the system's temporary folder by default).
    Raises: InvalidSource for what is not there, damaged or unsafe.
    """
    if not path.exists():
        raise InvalidSource(f"There is no file or folder '{path}'")
    form = archive_form(path)
    if form is None:
        yield path
        return
    with tempfile.TemporaryDirectory(
        prefix=UNPACKED, dir=workspace, ignore_cleanup_errors=True
    ) as temporary:
        folder = Path(temporary) / source_stem(path)
        try:
            unpacked = _unpacked(
                path, form, _Writer(folder=folder, limits=limits, packed=path.stat().st_size)
            )
        except _Unpackable as damage:
            raise InvalidSource(str(damage), file=path.name) from damage.__cause__
        yield _only_file(unpacked) or unpacked


def _only_file(unpacked: Path) -> Path | None:
    """Return the one file at the top of what was unpacked, where there is nothing beside it."""
    if unpacked.is_file():
        return unpacked
    inside = list(unpacked.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_file() else None


class _Unpackable(Exception):
    """The archive cannot be unpacked; the text says why."""


def _unpacked(path: Path, form: str, writer: _Writer) -> Path:
    unpack = {"zip": _unzip, "tar": _untar, "gzip": _gunzip}[form]
    try:
        return unpack(path, writer)
    except _DAMAGED as error:
        raise _Unpackable(f"The archive is damaged or cannot be read: {error}") from error


def archive_form(path: Path) -> str | None:
    """Return zip, tar or gzip by the content of `path`; None for a folder or any other file.

    Office documents are zips too and stay files: their loader reads them whole.
    """
    if not path.is_file():
        return None
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None if _is_office_document(path) else "zip"
    if head.startswith(b"\x1f\x8b"):
        return "tar" if _is_packed_tar(path) else "gzip"
    return "tar" if head[257:262] == b"ustar" else None


def _is_office_document(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _is_packed_tar(path: Path) -> bool:
    """Tell whether a gzip holds a tar; a damaged one is taken by its name, to be refused."""
    try:
        with gzip.open(path) as file:
            return file.read(512)[257:262] == b"ustar"
    except (OSError, EOFError, zlib.error):
        return path.name.lower().endswith((".tgz", ".tar.gz"))


def source_stem(path: Path) -> str:
    """Return the base name without the endings of archives (`a-1.0.tar.gz` gives `a-1.0`)."""
    name = path.resolve().name if path.name in {"", ".", ".."} else path.name
    for ending in (".tar.gz", ".tgz", ".tar", ".zip", ".whl", ".gz"):
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Writes members below one folder and counts what comes out."""

    folder: Path
    limits: Limits
    packed: int
    members: int = 0
    written: int = 0

    def place(self, name: str) -> Path:
        """Return where the member `name` goes; its folder exists afterwards."""
        self.members += 1
        if self.members > self.limits.members:
            raise _Unpackable(f"More than {self.limits.members} members")
        place = self.folder.joinpath(*_safe_parts(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def write(self, name: str, source: IO[bytes] | gzip.GzipFile) -> Path:
        """Write one member. An existing file is a name used twice (or twice but for case)."""
        place = self.place(name)
        try:
            with place.open("xb") as target:
                while chunk := source.read(_CHUNK):
                    self._count(len(chunk))
                    target.write(chunk)
        except FileExistsError as error:
            raise _Unpackable(f"The member '{name}' occurs twice") from error
        return place

    def _count(self, size: int) -> None:
        self.written += size
        limits = self.limits
        if self.written > limits.total_bytes:
            raise _Unpackable(f"Unpacks to more than {limits.total_bytes} bytes")
        if self.written > limits.ratio_from_bytes and self.written > self.packed * limits.ratio:
            raise _Unpackable(
                f"Unpacks to more than {limits.ratio} times its size: no publisher's archive does"
            )


def _safe_parts(name: str) -> tuple[str, ...]:
    parts = PurePosixPath(name).parts
    windows = PureWindowsPath(name)
    unsafe = (
        not parts
        or name.startswith(("/", "\\"))
        or bool(windows.drive)
        or ".." in parts
        or ".." in windows.parts
        or any(ord(letter) < 32 for letter in name)
    )
    if unsafe:
        raise _Unpackable(f"The member '{name}' would be written outside of the folder")
    return parts


def _unzip(path: Path, writer: _Writer) -> Path:
    with zipfile.ZipFile(path) as archive:
        writer.folder.mkdir(parents=True, exist_ok=True)
        for member in archive.infolist():
            kind = (member.external_attr >> 16) & 0o170000
            if kind not in {0, 0o100000, 0o040000}:
                raise _Unpackable(f"The member '{member.filename}' is a link or a device")
            if member.is_dir():
                writer.place(member.filename).mkdir(exist_ok=True)
                continue
            if member.flag_bits & 1:
                raise _Unpackable(f"The member '{member.filename}' is encrypted; decrypt it first")
            with archive.open(member) as source:
                writer.write(member.filename, source)
    return writer.folder


def _untar(path: Path, writer: _Writer) -> Path:
    with tarfile.open(path, "r|*") as archive:
        writer.folder.mkdir(parents=True, exist_ok=True)
        for member in archive:
            if member.isdir():
                if PurePosixPath(member.name).parts:
                    writer.place(member.name).mkdir(exist_ok=True)
                continue
            if not member.isfile():
                raise _Unpackable(f"The member '{member.name}' is a link or a device")
            source = archive.extractfile(member)
            if source is not None:
                with source:
                    writer.write(member.name, source)
    return writer.folder


def _gunzip(path: Path, writer: _Writer) -> Path:
    # The folder has the file's own name already, so the file stands in it under the same name.
    with gzip.open(path) as source:
        return writer.write(source_stem(path), source)


def source_digest(path: Path) -> str:
    """Return the SHA-256 of a source, hexadecimal.

    Of a file its bytes; of a folder the sorted relative names, each with the digest of its content.
    Raises: InvalidSource where there is nothing at `path`.
    """
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if not path.is_dir():
        raise InvalidSource(f"There is no file or folder '{path}'")
    whole = hashlib.sha256()
    for name, file_path in sorted(
        (one.relative_to(path).as_posix(), one) for one in content_files(path)
    ):
        whole.update(f"{name}\0{source_digest(file_path)}\n".encode())
    return whole.hexdigest()


def content_files(folder: Path) -> Iterator[Path]:
    """Yield the files below `folder`, in no order, without what operating systems leave there."""
    for path in folder.rglob("*"):
        if path.is_file() and _NO_CONTENT.isdisjoint(path.relative_to(folder).parts):
            yield path


def content_bytes(path: Path) -> int:
    """Return how many bytes a source comes to once unpacked, as far as it says so itself."""
    if path.is_dir():
        return sum(one.stat().st_size for one in content_files(path))
    form = archive_form(path)
    if form == "zip":
        try:
            with zipfile.ZipFile(path) as archive:
                return sum(member.file_size for member in archive.infolist())
        except zipfile.BadZipFile:
            return path.stat().st_size
    # A gzip does not tell its size reliably; text in release files packs to a tenth.
    return path.stat().st_size * (10 if form else 1)

"""What a loader is: it recognises a source by its content and yields records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from termserver.records import PackHeader, Record

Progress = Callable[[str, int, int | None], None]
"""Called with (what is read, how many so far, how many in all or None)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """What the caller says beside the source (command line options of `load`)."""

    system: str | None = None
    version: str | None = None
    as_of: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A recognised source, ready to be read: the header and the stream of records.

    `expected` are counts by kind that the source itself states or that a first pass counted; the
    loader's caller compares them with what was stored.
    """

    header: PackHeader
    records: Iterator[Record]
    expected: dict[str, int] = field(default_factory=dict)


LoadStatus = Literal["loaded", "already loaded", "replaced", "would load", "left out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What became of one pack.

    `pack` is its unique name (the folder's), or `name@version` where none was built. `counts` are
    rows by kind as stored (as read, for a dry run); `source_counts` what the source itself states.
    `reason` says why a part was left out, or what an earlier load already brought.
    """

    status: LoadStatus
    pack: str
    name: str
    version: str
    sources: tuple[str, ...] = ()
    kind: str | None = None
    title: str | None = None
    licence: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    source_counts: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    reason: str | None = None


class Loader(Protocol):
    """One source format. `sources` are unpacked folders or single files (see loaders.archive)."""

    @property
    def name(self) -> str:
        """Return the format's name, as `load --format` takes it."""

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` (folder or file) is of this format, by looking at its content."""

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Open one or more sources that make one pack.

        Raises: InvalidSource with one clear sentence (file and line where it has one), at once or
        while the records are read.
        """

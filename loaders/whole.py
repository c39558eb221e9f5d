"""A source, and where it lacks its base, the same with the rows of installed packs before it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from loaders.archive import UNPACKED, content_bytes
from loaders.base import Loader, LoadOptions, Progress, Reading
from loaders.needed import find_bases, name_installed, restore_base
from termserver.errors import InvalidSource
from termserver.store.build import check_space
from termserver.store.installed import InstalledPack


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What makes one pack: unpacked paths, the names that the user gave, and bytes in all.

    `workspace` is where files may be written for the time of the load (None: the system's temporary
    folder); `warnings` are those of the packs that it is built on.
    """

    loader: Loader
    options: LoadOptions
    progress: Progress
    paths: tuple[Path, ...]
    names: tuple[str, ...]
    size: int
    workspace: Path | None = None
    warnings: tuple[str, ...] = ()

    def read(self) -> Reading:
        """Begin to read. Raises: InvalidSource."""
        reading = self.loader.read(list(self.paths), self.options, self.progress)
        header = reading.header
        more = [one for one in self.warnings if one not in header.warnings]
        return replace(reading, header=replace(header, warnings=(*header.warnings, *more)))

    def read_or_bases(
        self, installed: Sequence[InstalledPack]
    ) -> tuple[Reading | None, list[InstalledPack]]:
        """Begin to read; where the source lacks its base, return the installed packs that have it.

        Raises: InvalidSource for a source that cannot be read, or whose base is not installed.
        """
        try:
            return self.read(), []
        except InvalidSource as fault:
            bases = find_bases(fault, installed)
            if not bases:
                raise name_installed(fault, installed, self.names) from fault
            return None, bases

    def upon(self, bases: Sequence[InstalledPack], stack: ExitStack) -> Source:
        """Return the source with the rows of installed packs before its own, until `stack` ends.

        Raises: StoreError where a pack is damaged, or there is no room for its rows.
        """
        if self.workspace is not None:
            check_space(self.workspace, self.size + sum(base.size for base in bases))
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(
                prefix=UNPACKED, dir=self.workspace, ignore_cleanup_errors=True
            )
        )
        restored = [restore_base(base, Path(folder), self.progress) for base in bases]
        return replace(
            self,
            paths=(*restored, *self.paths),
            size=self.size + sum(content_bytes(one) for one in restored),
            warnings=tuple(dict.fromkeys(it for base in bases for it in base.warnings)),
        )

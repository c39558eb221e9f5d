"""InstalledPack: what the catalogue and its callers know of a pack without opening it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from termserver.records import SourceFile
from termserver.store.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPack:
    """A pack in its folder. Higher `rank` answers first; `preferred` was said by `packs prefer`."""

    name: str
    version: str
    kind: str
    path: Path
    digest: str
    title: str | None = None
    core: str | None = None
    fhir_versions: tuple[str, ...] = ()
    licence: str | None = None
    sources: tuple[SourceFile, ...] = ()
    warnings: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    rank: int = 0
    preferred: bool = False

    @property
    def folder(self) -> str:
        """Return the folder's name: the pack's unique name."""
        return self.path.name


def installed_pack(
    path: Path, manifest: Manifest, *, rank: int = 0, preferred: bool = False
) -> InstalledPack:
    """Return what a manifest says of the pack in `path`."""
    header = manifest.header
    return InstalledPack(
        name=header.name,
        version=header.version,
        kind=header.kind,
        path=path,
        digest=manifest.digest,
        title=header.title,
        core=header.core,
        fhir_versions=header.fhir_versions,
        licence=header.licence,
        sources=header.sources,
        warnings=header.warnings,
        counts=manifest.counts,
        size=manifest.size,
        rank=rank,
        preferred=preferred,
    )

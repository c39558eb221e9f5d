"""A source that lacks its base, where that base is an installed pack."""

from __future__ import annotations

from collections.abc import Sequence

from termserver.errors import InvalidSource
from termserver.store.installed import InstalledPack


def name_installed(
    fault: InvalidSource, installed: Sequence[InstalledPack], names: Sequence[str]
) -> InvalidSource:
    """Return the fault with a sentence on every pack that is the base needed, or nearly.

    A pack is numbered whole, so a base that is installed does not help: what it was made from is
    loaded again, together with `names`. The fault itself comes back where no pack has to do with
    it.
    """
    said = [
        _sentence(pack, version, names)
        for name, version in fault.needs
        for pack in installed
        if pack.name == name
    ]
    return InvalidSource(". ".join([fault.text, *said])) if said else fault


def _sentence(pack: InstalledPack, version: str, names: Sequence[str]) -> str:
    if pack.version != version:
        return f"Pack '{pack.folder}' is of {pack.version}, and {version} is needed"
    sources = " ".join(one.name for one in pack.sources)
    return (
        f"That release is installed as '{pack.folder}', but an edition is made whole: "
        f"termserver load --together {sources} {' '.join(names)}"
    )

"""A source that lacks its base: which installed packs have it, and what to do where none does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from loaders.base import Progress
from loaders.rf2_dependencies import MODULE_DEPENDENCY
from loaders.rf2_installed import can_restore, restore_release
from termserver.errors import InvalidSource, StoreError
from termserver.store.installed import InstalledPack
from termserver.store.pack import Pack

_KIND = "rf2"

Needs = frozenset[tuple[int, int]]
"""Modules, each at an effective time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What modules a pack holds: at their present times, and at earlier ones (a Full release).

    `edition` is the module that the pack is named after.
    """

    pack: InstalledPack
    edition: int
    present: Needs
    earlier: Needs

    def has(self, needs: Needs) -> Needs:
        """Return those of `needs` that are there at any time."""
        return needs & (self.present | self.earlier)

    def is_base_of(self, needs: Needs) -> bool:
        """Tell whether the pack can be built on: it is of a module that is needed.

        Otherwise it holds what is needed and an extension beside it, which does not belong there.
        """
        rows = can_restore(self.pack.path)
        return rows and self.edition in {module for module, _ in needs}

    def cost(self, needs: Needs) -> tuple[int, bool, int]:
        """Order packs: most of what is needed, at present times, with least beside it."""
        return (-len(self.has(needs)), not needs <= self.present, len(self.present))


def find_bases(fault: InvalidSource, installed: Sequence[InstalledPack]) -> list[InstalledPack]:
    """Return the installed packs that hold all modules that `fault` says are needed.

    As few as do, and the smallest edition that does. A pack with an extension is no base of another
    one that does not depend on it. Empty where something is missing, or nothing is said to be
    needed.
    """
    needs = _needs(fault)
    known = [one for one in _held(installed) if one.is_base_of(needs)] if needs else []
    found: list[InstalledPack] = []
    while needs:
        best = min(known, key=lambda one: one.cost(needs), default=None)
        if best is None or not best.has(needs):
            return []
        found.append(best.pack)
        needs -= best.has(needs)
    return found


def restore_base(pack: InstalledPack, folder: Path, progress: Progress) -> Path:
    """Write the rows of a base as a source into a new folder below `folder` and return it.

    Raises: StoreError as `Pack.open` does.
    """
    with closing(Pack.open(pack.path)) as opened:
        return restore_release(opened, folder / pack.folder, progress)


def name_installed(
    fault: InvalidSource, installed: Sequence[InstalledPack], names: Sequence[str]
) -> InvalidSource:
    """Return the fault with a sentence on every pack that is nearly the base that is needed.

    It holds a module that is needed at another time, or is another edition that has it, or was
    built before packs kept what is needed of a base. The fault itself comes back where no pack has
    to do with it.
    """
    needs = _needs(fault)
    said = [_sentence(one, needs, names) for one in _held(installed)] if needs else []
    known = [one for one in said if one is not None]
    return InvalidSource(". ".join([fault.text, *known]), needs=fault.needs) if known else fault


def _sentence(held: _Held, needs: Needs, names: Sequence[str]) -> str | None:
    pack, has, times = held.pack, held.has(needs), dict(held.present)
    if has and held.is_base_of(needs):
        return f"Pack '{pack.folder}' has {_listed(has)}, and no pack has {_listed(needs - has)}"
    if has and can_restore(pack.path):
        return (
            f"Pack '{pack.folder}' has {_listed(has)}, but is the edition of module "
            f"{held.edition}, on which the source does not depend"
        )
    if has:
        sources = " ".join(one.name for one in pack.sources)
        return (
            f"Pack '{pack.folder}' has {_listed(has)}, but was built before packs kept what an "
            f"extension needs of its base: termserver load --together {sources} {' '.join(names)}"
        )
    other = [(module, time) for module, time in sorted(needs) if module in times]
    if not other:
        return None
    module, time = other[0]
    return f"Pack '{pack.folder}' has module {module} of {times[module]}, and {time} is needed"


def _listed(modules: Needs) -> str:
    return " and ".join(f"module {module} of {time}" for module, time in sorted(modules))


def _needs(fault: InvalidSource) -> Needs:
    return frozenset((int(module), int(time)) for module, time in fault.needs)


def _held(installed: Iterable[InstalledPack]) -> list[_Held]:
    found = []
    for one in installed:
        if one.kind != _KIND:
            continue
        try:
            with closing(Pack.open(one.path)) as pack:
                found.append(
                    _Held(
                        pack=one,
                        edition=_edition(pack),
                        present=_present(pack),
                        earlier=_earlier(pack),
                    )
                )
        except StoreError:
            # a damaged pack is no base; the catalogue tells of it elsewhere
            continue
    return found


def _edition(pack: Pack) -> int:
    """Return the module of the version URI (`http://snomed.info/sct/MODULE/version/DATE`)."""
    (system,) = pack.systems()
    return int((system.version or "").split("/")[4])


def _present(pack: Pack) -> Needs:
    rows = [one for one in pack.refset_members(int(MODULE_DEPENDENCY)) if one.active]
    times: dict[int, int] = {}
    for row in rows:
        source, _ = row.fields
        module = row.module or 0
        times[module] = max(times.get(module, 0), int(source))
    for row in rows:
        # a module without dependencies of its own (the model component) is what others say it is
        times.setdefault(row.component, int(row.fields[1]))
    return _pairs(times)


def _earlier(pack: Pack) -> Needs:
    """Return the modules at the times that earlier dependency rows name (a Full release)."""
    targets = {one.component for one in pack.refset_members(int(MODULE_DEPENDENCY))}
    found: set[tuple[int, int]] = set()
    for target in targets:
        for kind, _, active, row in pack.history(target):
            if kind == "refset" and active and row[4] == MODULE_DEPENDENCY:
                found |= {(int(row[3]), int(row[6])), (target, int(row[7]))}
    return frozenset(found)


def _pairs(times: Mapping[int, int]) -> Needs:
    return frozenset(times.items())

"""SNOMED CT RF2: the module dependency reference set, and the order that it gives to sources.

Source: Release File Specification, 5.2.4.2: a module at a time depends on others, each at a time of
its own; not transitive, every dependency is stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from loaders.rf2_files import Rf2File
from loaders.rf2_full import all_rows

MODULE_DEPENDENCY = "900000000000534007"
_COLUMNS = ("sourceEffectiveTime", "targetEffectiveTime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """An active row of the module dependency reference set; times are eight digits."""

    module: str
    target: str
    source_time: str
    target_time: str
    source: int


def dependencies(files: Sequence[Rf2File], date: str | None) -> list[Dependency]:
    """Return the active dependencies at `date` (all of them where it is None), newest of each
    pair.
    """
    newest: dict[tuple[str, str], Dependency | None] = {}
    for file, _, row in all_rows(one for one in files if is_dependency_file(one)):
        if row[4] == MODULE_DEPENDENCY and (date is None or row[6] <= date):
            pair = (row[3], row[5])
            found = newest.get(pair)
            if found is None or found.source_time < row[6]:
                newest[pair] = (
                    Dependency(
                        module=row[3],
                        target=row[5],
                        source_time=row[6],
                        target_time=row[7],
                        source=file.source,
                    )
                    if row[2] == "1"
                    else None
                )
    return [one for one in newest.values() if one is not None]


def is_dependency_file(file: Rf2File) -> bool:
    """Tell whether the file is that of the module dependency reference set, by its columns."""
    return file.kind == "refset" and file.columns == _COLUMNS


def base_first(files: Sequence[Rf2File]) -> list[Rf2File]:
    """Return the files with those of a base before those of what depends on it.

    Sibling order is that of rows, so an edition does not depend on the order in which its sources
    were named. Sources of one height stand in the order of their modules.
    """
    sources = {one.source for one in files}
    if len(sources) < 2:
        return list(files)
    modules: dict[int, set[str]] = {one: set() for one in sources}
    targets: dict[int, set[str]] = {one: set() for one in sources}
    for one in dependencies(files, None):
        modules[one.source].add(one.module)
        targets[one.source].add(one.target)
    height = dict.fromkeys(sources, 0)
    # as often as there are sources: a chain of them is no longer
    for upper, lower in [*permutations(sorted(sources), 2)] * len(sources):
        if (targets[upper] - modules[upper]) & modules[lower]:
            height[upper] = max(height[upper], min(height[lower] + 1, len(sources)))
    return sorted(files, key=lambda file: (height[file.source], sorted(modules[file.source])))

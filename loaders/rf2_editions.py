"""SNOMED CT RF2: which edition a set of files makes, and whether it is whole.

The module dependency reference set says which modules at which times an edition holds. The edition
is the known edition module on which no other module present depends; the version is
`http://snomed.info/sct/{module}/version/{date}` (SNOMED CT URI Standard, 2.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loaders.rf2_dependencies import Dependency, dependencies, is_dependency_file
from loaders.rf2_files import Rf2File
from loaders.rf2_full import Cut, all_rows, effective_times
from termserver.errors import InvalidSource
from termserver.providers.snomed_editions import CORE_MODULE, EDITIONS, MAP_MODULES
from termserver.systems import SNOMED_CT

_VERSION = re.compile(
    r"http://snomed\.info/(?P<kind>x?sct)/(?P<module>\d+)/version/(?P<date>\d{8})"
)
_COMPONENTS = ("concept", "description", "definition", "relationship", "concrete", "refset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What the files make: the version URI, its module and date, and which rows count.

    `base` is the known edition module that it is, or is built on (None where there is none). `cut`
    is None where the files are one Snapshot, all of whose rows are current.
    """

    version: str
    module: str
    date: str
    cut: Cut | None
    base: int | None = None
    warnings: tuple[str, ...] = ()


def decide_edition(files: Sequence[Rf2File], version: str | None, as_of: str | None) -> Edition:
    """Return the edition that `files` (of one release type for each source) make.

    `version` and `as_of` are the caller's `--version` and `--as-of`. Raises: InvalidSource for a
    version that is no edition URI, a date that the files do not have, an edition that the table
    does not know, a module that is needed and not there, or a module at another date than the
    edition wants.
    """
    named = _parse_version(version)
    date = _build_date(files, named[2] if named else None, as_of)
    known = dependencies(files, date)
    present = _modules_of_concepts(files) | {one.module for one in known}
    warnings = _check_whole(files, known, present)
    focus = named[1] if named else _topmost(present, known)
    if focus not in present:
        warnings.append(f"module {focus} of --version has no concept and no dependency row here")
    built = date or (named[2] if named else _date_of(files, known, focus))
    stated = max((one.source_time for one in known if one.module == focus), default=built)
    if date is None and stated != built:
        warnings.append(f"the files are of {stated}, and --version says {built}")
    uri = version or f"{SNOMED_CT}/{focus}/version/{built}"
    cut = None
    if len({one.source for one in files}) > 1 or any(one.release == "Full" for one in files):
        _check_times(files, known, focus)
        cut = Cut(
            date=built,
            modules={one.target: one.target_time for one in known if one.module == focus},
        )
    return Edition(
        version=uri,
        module=focus,
        date=built,
        cut=cut,
        base=_base_of(focus, known),
        warnings=tuple(warnings),
    )


def _base_of(focus: str, known: Sequence[Dependency]) -> int | None:
    """Return the focus module if the table knows it, otherwise the topmost known one below it."""
    if int(focus) in EDITIONS:
        return int(focus)
    below = {int(one.target) for one in known if one.module == focus} & set(EDITIONS)
    under = {
        int(one.target) for one in known if int(one.module) in below and one.module != one.target
    }
    return min(below - under, default=None)


def _parse_version(version: str | None) -> tuple[str, str, str] | None:
    if version is None:
        return None
    match = _VERSION.fullmatch(version)
    if match is None:
        raise InvalidSource(
            f"the version '{version}' is no SNOMED CT edition URI; it is written "
            "http://snomed.info/sct/MODULE/version/YYYYMMDD (xsct for an unpublished one)"
        )
    return match["kind"], match["module"], match["date"]


def _build_date(files: Sequence[Rf2File], named: str | None, as_of: str | None) -> str | None:
    """Return the date that Full files are built at.

    None where there are Snapshot files alone, and for several sources where no date is asked: the
    edition is then as new as the module that names it, however new its base is.
    """
    full = [one for one in files if one.release == "Full" and one.kind != "refset"]
    wanted = as_of or named
    if wanted is None and len({one.source for one in files}) > 1:
        return None
    if not full:
        if as_of is not None:
            raise InvalidSource(
                f"--as-of {as_of} needs Full files; the source holds a Snapshot, which has one "
                "date alone"
            )
        return None
    times = effective_times(full)
    if as_of is not None and as_of not in times:
        raise InvalidSource(
            f"no effective time {as_of} in the Full files; there are {', '.join(times)}"
        )
    if as_of is not None and named is not None and as_of != named:
        raise InvalidSource(f"--as-of {as_of} and the date {named} of --version are not the same")
    if as_of is not None:
        _check_snapshots(files, as_of)
    if wanted is not None and wanted < times[0]:
        raise InvalidSource(
            f"the Full files begin after {wanted}; their effective times are {', '.join(times)}"
        )
    return wanted or times[-1]


def _check_snapshots(files: Sequence[Rf2File], as_of: str) -> None:
    """Refuse Snapshot files beside Full ones where they are newer than the date that is asked."""
    snapshot = [one for one in files if one.release == "Snapshot" and one.kind == "concept"]
    newest = max(effective_times(snapshot), default=as_of)
    if newest > as_of:
        raise InvalidSource(
            f"--as-of {as_of} needs Full files; there is a Snapshot of {newest} among the sources, "
            "which has that date alone"
        )


def _modules_of_concepts(files: Sequence[Rf2File]) -> set[str]:
    return {row[3] for _, _, row in all_rows(one for one in files if one.kind == "concept")}


def _topmost(present: set[str], known: Sequence[Dependency]) -> str:
    """Return the module on which no other present module depends, if the table names it."""
    below = {one.target for one in known if one.module != one.target and one.module in present}
    top = sorted(present - below - {str(one) for one in MAP_MODULES})
    if not top:
        # map modules depend on the core, which is then the edition (International) or absent
        top = sorted(
            {one for one in present if int(one) in EDITIONS}
            - {one.target for one in known if one.module not in _map_modules() | {one.target}}
        )
    if len(top) == 1 and int(top[0]) in EDITIONS:
        return top[0]
    if not top:
        raise _no_base(present, known)
    raise InvalidSource(
        f"the edition cannot be told: topmost module {' and '.join(top)} "
        f"{'is' if len(top) == 1 else 'are'} not one known edition; name it with "
        "--version http://snomed.info/sct/MODULE/version/YYYYMMDD"
    )


def _map_modules() -> set[str]:
    return {str(one) for one in MAP_MODULES}


def _no_base(present: Iterable[str], known: Sequence[Dependency]) -> InvalidSource:
    needs = ", ".join(sorted({_named(one.target) + f" of {one.target_time}" for one in known}))
    return InvalidSource(
        f"a map or extension package alone ({', '.join(sorted(present)) or 'no module'}): it "
        "makes no edition; load the release of the modules it needs first, or both with --together"
        + (f": {needs}" if needs else ""),
        needs=_pairs(one for one in known if one.target not in present),
    )


def _pairs(needed: Iterable[Dependency]) -> list[tuple[str, str]]:
    return sorted({(one.target, one.target_time) for one in needed})


def _named(module: str) -> str:
    edition = EDITIONS.get(int(module))
    return f"{module} ({edition.name})" if edition is not None else module


def _check_whole(
    files: Sequence[Rf2File], known: Sequence[Dependency], present: set[str]
) -> list[str]:
    """Return warnings for modules that have dependency rows alone; refuse missing ones by name."""
    needed = {one.target: one for one in known if one.module != one.target}
    with_rows = {one.module for one in known}
    contents = _modules_of_concepts(files)
    empty = set(needed) - contents
    if empty:
        empty -= _modules_with_content(files, empty)
    # an extension may bring the dependency rows of its base: still, no edition is without a core
    missing = sorted(empty - (with_rows - {str(CORE_MODULE)}))
    if missing or not contents:
        wanted = missing or sorted(needed)
        text = ", ".join(
            f"{_named(one)} of {needed[one].target_time}" if one in needed else _named(one)
            for one in wanted
        )
        raise InvalidSource(
            f"the sources hold "
            f"{', '.join(_named(one) for one in sorted(present)) or 'no module'} without "
            f"the base that is needed: {text or 'a release with concepts'}; load that release "
            "first, or both with --together",
            needs=_pairs(needed[one] for one in wanted if one in needed),
        )
    return [
        f"module {one} of {needed[one].target_time} has no content here, dependency rows alone"
        for one in sorted(empty)
    ]


def _modules_with_content(files: Sequence[Rf2File], wanted: set[str]) -> set[str]:
    """Return which of `wanted` have rows outside the dependency file; stops once all are found."""
    found: set[str] = set()
    for kind in _COMPONENTS:
        chosen = (one for one in files if one.kind == kind and not is_dependency_file(one))
        for _, _, row in all_rows(chosen):
            if row[3] in wanted:
                found.add(row[3])
                if found == wanted:
                    return found
    return found


def _date_of(files: Sequence[Rf2File], known: Sequence[Dependency], focus: str) -> str:
    times = [one.source_time for one in known if one.module == focus]
    if not times:
        # a module without dependencies (the model component) is as new as its newest row
        concepts = all_rows(one for one in files if one.kind == "concept")
        times = [row[1] for _, _, row in concepts if row[3] == focus]
    return max(times)


def _check_times(files: Sequence[Rf2File], known: Sequence[Dependency], focus: str) -> None:
    """Refuse a Snapshot that holds a needed module at another date than the edition wants."""
    full = {one.source for one in files if one.release == "Full"}
    wanted = {one.target: one.target_time for one in known if one.module == focus}
    for one in known:
        time = wanted.get(one.module)
        if one.module == focus or time is None or one.source in full:
            continue
        if one.source_time != time:
            raise InvalidSource(
                f"the edition {_named(focus)} needs module {_named(one.module)} of {time}, and the "
                f"Snapshot holds it of {one.source_time}; give the release of {time}, or Full files"
            )

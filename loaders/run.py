"""One load: find and read the sources, build the pack, compare the counts, enter it.

Nothing that is served changes before the one transaction at the end; a load that fails or is killed
leaves what was there. Two loads at once wait for each other.
"""

from __future__ import annotations

import errno
import gc
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from loaders.ahead import Relay, read_ahead
from loaders.archive import UNPACKED, content_bytes, open_source, source_digest
from loaders.base import Loader, LoadOptions, LoadReport, LoadStatus, Progress, Reading
from loaders.counting import Tally, check_counts
from loaders.detect import detect, find_loader
from loaders.overlap import differing
from loaders.registry_client import default_cache, open_package, parse_reference
from loaders.whole import Source
from termserver.errors import InvalidRequest, InvalidSource, StoreError
from termserver.records import PackHeader, SourceFile
from termserver.store.build import build_pack, check_space
from termserver.store.catalogue import CATALOGUE_FILE, Catalogue, load_lock
from termserver.store.installed import InstalledPack
from termserver.store.pack import Pack


def quiet(what: str, done: int, total: int | None) -> None:
    """Take progress and show nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one call of `load` asks, but for the sources."""

    home: Path
    format: str | None = None
    options: LoadOptions = field(default_factory=LoadOptions)
    replace: bool = False
    dry_run: bool = False
    progress: Relay = field(default_factory=lambda: Relay(quiet))
    registry_url: str | None = None
    package_cache: Path | None = None

    @property
    def takes_installed(self) -> bool:
        """Tell whether an installed pack of the same content will do: nothing else is asked."""
        return not self.replace and self.options == LoadOptions()


def load(
    home: Path,
    sources: Sequence[str],
    *,
    together: bool = False,
    format: str | None = None,
    options: LoadOptions | None = None,
    replace: bool = False,
    dry_run: bool = False,
    progress: Progress = quiet,
    registry_url: str | None = None,
) -> list[LoadReport]:
    """Load sources (files, folders, archives or `package@version`) into `home`; a report each.

    Each source makes a pack, or all make one with `together`. The sources before one that fails
    stay loaded. Raises: InvalidSource with one sentence for a source that cannot be loaded;
    InvalidRequest for an unknown format; StoreError where the store cannot take it.
    """
    if not sources:
        raise InvalidRequest("Name at least one source: a file, a folder or package@version")
    order = Order(
        home=home,
        format=format,
        options=options or LoadOptions(),
        replace=replace,
        dry_run=dry_run,
        progress=Relay(progress),
        registry_url=registry_url or None,
    )
    groups = [list(sources)] if together else [[one] for one in sources]
    if dry_run:
        return [_try_out(order, group) for group in groups]
    with _only_load(home, progress):
        return [_load_group(order, group) for group in groups]


@contextmanager
def _only_load(home: Path, progress: Progress) -> Iterator[None]:
    with load_lock(home, lambda sentence: progress(sentence, 0, None)):
        for left in home.glob(f"{UNPACKED}*"):
            # By a load that was killed: whoever holds the lock is the only one who unpacks here.
            shutil.rmtree(left, ignore_errors=True)
        yield


def _load_group(order: Order, names: list[str]) -> LoadReport:
    begun = time.monotonic()
    with ExitStack() as stack:
        paths = [stack.enter_context(_located(order, name)) for name in names]
        files = tuple(_source_file(path) for path in paths)
        with closing(Catalogue.open(order.home)) as catalogue:
            installed = catalogue.packs()
            same = _same(installed, files)
            if same and order.takes_installed:
                return _report("already loaded", same[0], names, begun, reason=_already(same[0]))
            check_space(order.home, sum(content_bytes(path) for path in paths))
            source = _open(order, stack, paths, names)
            reading, bases = source.read_or_bases(installed)
            if reading is None:
                files = (*(file for base in bases for file in base.sources), *files)
                same = _same(installed, files)
                if same and order.takes_installed:
                    reason = _already(same[0])
                    return _report("already loaded", same[0], names, begun, reason=reason)
                source = source.upon(bases, stack)
                reading = source.read()
            header = replace(reading.header, sources=files)
            again = [
                one for one in same if (one.name, one.version) == (header.name, header.version)
            ]
            if again and not order.replace:
                return _report("already loaded", again[0], names, begun, reason=_already(again[0]))
            old = _to_replace(installed, header) if order.replace else None
            pack = _build(order, reading, header, source.size)
            others = [one for one in installed if old is None or one.path != old.path]
            warnings = _overlaps(pack, others)
            _enter(catalogue, pack, old, order)
    status: LoadStatus = "replaced" if old is not None else "loaded"
    return _report(
        status,
        pack,
        names,
        begun,
        warnings=warnings,
        stated=reading.expected,
        reason=_built_on(bases),
    )


def _try_out(order: Order, names: list[str]) -> LoadReport:
    """Read everything and write nothing."""
    begun = time.monotonic()
    with ExitStack() as stack:
        paths = [stack.enter_context(_located(order, name)) for name in names]
        source = _open(order, stack, paths, names)
        reading, bases = source.read_or_bases(_installed(order.home))
        reading = reading or source.upon(bases, stack).read()
        tally = Tally()
        for record in reading.records:
            tally.add(record)
        check_counts(reading.expected, tally.counts)
    header = reading.header
    return LoadReport(
        status="would load",
        pack=f"{header.name}@{header.version}",
        name=header.name,
        version=header.version,
        sources=tuple(names),
        kind=header.kind,
        title=header.title,
        licence=header.licence,
        counts=dict(tally.counts),
        source_counts=dict(reading.expected),
        warnings=header.warnings,
        seconds=time.monotonic() - begun,
        reason=_built_on(bases),
    )


def _installed(home: Path) -> Sequence[InstalledPack]:
    """Return the installed packs without making a home where there is none."""
    if not (home / CATALOGUE_FILE).exists():
        return ()
    with closing(Catalogue.open(home, read_only=True)) as catalogue:
        return catalogue.packs()


@contextmanager
def _located(order: Order, name: str) -> Iterator[Path]:
    """Yield the path that a source names; a package is looked for where no such path is."""
    path = Path(name).expanduser()
    reference = None if path.exists() else parse_reference(name)
    if reference is None:
        if not path.exists():
            raise InvalidSource(f"There is no file or folder '{name}'")
        yield path
        return
    cache = order.package_cache or default_cache()
    with open_package(reference, cache=cache, registry_url=order.registry_url) as found:
        yield found


def _source_file(path: Path) -> SourceFile:
    return SourceFile(name=path.resolve().name, sha256=source_digest(path))


def _digests(files: Sequence[SourceFile]) -> list[str]:
    return sorted(one.sha256 for one in files)


def _same(installed: Sequence[InstalledPack], files: Sequence[SourceFile]) -> list[InstalledPack]:
    return [one for one in installed if _digests(one.sources) == _digests(files)]


def _workspace(order: Order) -> Path | None:
    # Beside the packs, where there is room; the system's temporary folder may be small.
    return None if order.dry_run else order.home


def _open(order: Order, stack: ExitStack, paths: list[Path], names: list[str]) -> Source:
    workspace = _workspace(order)
    opened = [stack.enter_context(open_source(path, workspace=workspace)) for path in paths]
    return Source(
        loader=_loader(order, opened, names),
        options=order.options,
        progress=order.progress,
        paths=tuple(opened),
        names=tuple(names),
        size=sum(content_bytes(path) for path in paths),
        workspace=workspace,
    )


def _loader(order: Order, opened: list[Path], names: list[str]) -> Loader:
    if order.format is not None:
        return find_loader(order.format)
    found = [detect(path, shown_as=name) for path, name in zip(opened, names, strict=True)]
    if len({one.name for one in found}) > 1:
        kinds = ", ".join(f"'{name}' is {one.name}" for name, one in zip(names, found, strict=True))
        raise InvalidSource(f"Sources that make one pack must be of one format: {kinds}")
    return found[0]


def _build(order: Order, reading: Reading, header: PackHeader, size: int) -> InstalledPack:
    """Build the pack; counts are compared before it is published, so that a wrong one never is."""
    tally = Tally()
    records = tally.watch(
        read_ahead(reading, order.progress, size),
        at_end=lambda: check_counts(reading.expected, tally.counts),
    )
    try:
        with _without_collector():
            return build_pack(
                order.home, header, records, progress=order.progress, source_size=size
            )
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise StoreError(
            f"There is no space left for '{header.name}' in '{order.home}'; nothing was changed"
        ) from error


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the cyclic collector off: millions of rows and no cycles, a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _to_replace(installed: Sequence[InstalledPack], header: PackHeader) -> InstalledPack | None:
    """Return the one pack that takes the place; None where there is none of that name and version.

    Several packs can have one name and version (a package in parts): then the one from a source of
    the same content or the same file name is meant. Raises: InvalidRequest where that is not clear.
    """
    named = [one for one in installed if (one.name, one.version) == (header.name, header.version)]
    choices: tuple[Callable[[InstalledPack], bool], ...] = (
        lambda one: _digests(one.sources) == _digests(header.sources),
        lambda one: {it.name for it in one.sources} == {it.name for it in header.sources},
    )
    for choice in choices:
        matching = [one for one in named if choice(one)]
        if len(matching) == 1:
            return matching[0]
    if len(named) > 1:
        folders = ", ".join(one.folder for one in named)
        raise InvalidRequest(
            f"--replace does not say which pack of '{header.name}@{header.version}' is meant "
            f"({folders}): remove it with `termserver remove PACK`, then load"
        )
    return named[0] if named else None


def _enter(
    catalogue: Catalogue, pack: InstalledPack, old: InstalledPack | None, order: Order
) -> None:
    """Enter the pack, in the place of `old`; a damaged one of its name goes out with --replace."""
    if old is not None:
        catalogue.install(pack, instead_of=old.folder)
    else:
        catalogue.install(pack, replace=order.replace)


def _overlaps(pack: InstalledPack, others: Sequence[InstalledPack]) -> tuple[str, ...]:
    warnings = []
    with closing(Pack.open(pack.path)) as new:
        for other in others:
            try:
                with closing(Pack.open(other.path)) as theirs:
                    named = differing(new, theirs)
            except StoreError as error:
                warnings.append(f"Not compared with pack '{other.folder}': {error.text}")
                continue
            if named:
                warnings.append(
                    f"Pack '{other.folder}' has {len(named)} of the same resources with other "
                    f"content, the pack of higher rank answers (`packs prefer` changes it): "
                    f"{', '.join(named)}"
                )
    return tuple(warnings)


def _built_on(bases: Sequence[InstalledPack]) -> str | None:
    if not bases:
        return None
    return f"Made whole with the rows of {' and '.join(repr(base.folder) for base in bases)}"


def _already(pack: InstalledPack) -> str:
    return f"The same source is installed as '{pack.folder}': nothing was changed"


def _report(
    status: LoadStatus,
    pack: InstalledPack,
    names: Sequence[str],
    begun: float,
    *,
    warnings: Sequence[str] = (),
    stated: dict[str, int] | None = None,
    reason: str | None = None,
) -> LoadReport:
    return LoadReport(
        status=status,
        pack=pack.folder,
        name=pack.name,
        version=pack.version,
        sources=tuple(names),
        kind=pack.kind,
        title=pack.title,
        licence=pack.licence,
        counts=dict(pack.counts),
        source_counts=dict(stated or {}),
        warnings=(*pack.warnings, *warnings),
        seconds=time.monotonic() - begun,
        reason=reason,
    )

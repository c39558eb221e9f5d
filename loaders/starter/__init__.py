"""What a new home is given: real content that is free of licence walls, loaded part by part.

A part that cannot be had (no network, no pip) is named with the reason and left out; the rest
loads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from loaders.base import LoadReport, Progress
from loaders.run import load, quiet
from loaders.starter.fetch import R4_CORE, Fetched, fetch_package
from termserver.errors import InvalidSource, TerminologyError
from termserver.store.catalogue import Catalogue
from termserver.store.installed import InstalledPack

_HERE = Path(__file__).parent
_ICD_10_CM = "simple-icd-10-cm"

Open = Callable[[], AbstractContextManager[Path]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One pack of the starter content. `open` gives its source while it is read.

    `sha256` is that of the source where it is known beforehand: a part that is installed is not
    fetched again. `unless_core` leaves the part out where another core package of that release is.
    """

    name: str
    version: str
    title: str
    open: Open
    sha256: str | None = None
    unless_core: str | None = field(default=None)


def starter_parts(core: Fetched = R4_CORE) -> tuple[Part, ...]:
    """Return the parts in the order of loading (a later one answers first where both could)."""
    return (
        Part(
            name="hl7.fhir.r4.core",
            version="4.0.1",
            title="the official FHIR R4 core package",
            open=partial(fetch_package, core),
            sha256=core.sha256,
        ),
        Part(
            name="icd-10-cm",
            version="",
            title="ICD-10-CM with its hierarchy",
            open=_icd_10_cm,
        ),
        Part(
            name="termserver.fhir.r5.essentials",
            version="5.0.0",
            title="FHIR R5 code systems and value sets that clients ask of any R5 server",
            open=partial(_own, "r5"),
            unless_core="5.0",
        ),
        Part(
            name="termserver.oncology",
            version="1.0.0",
            title="oncology value sets and a concept map",
            open=partial(_own, "oncology"),
        ),
    )


def load_starter(
    home: Path, *, progress: Progress = quiet, parts: tuple[Part, ...] | None = None
) -> list[LoadReport]:
    """Load the starter content into `home`; a report for each part, in order.

    A part that is there already says so; one that cannot be had has the status "left out" and the
    reason. Raises: nothing for a single part; StoreError where the home itself cannot be opened.
    """
    return [_load_part(home, part, progress) for part in (parts or starter_parts())]


def _load_part(home: Path, part: Part, progress: Progress) -> LoadReport:
    installed = _installed(home)
    for pack in installed:
        if part.sha256 is not None and [one.sha256 for one in pack.sources] == [part.sha256]:
            return _unread(part, "already loaded", f"Installed as '{pack.folder}'", pack)
        if (
            part.unless_core is not None
            and pack.core == part.unless_core
            and pack.name != part.name
        ):
            return _unread(part, "left out", f"The pack '{pack.folder}' holds it and more", None)
    progress(part.title, 0, None)
    try:
        with part.open() as source:
            return load(home, [str(source)], progress=progress)[0]
    except (TerminologyError, OSError) as error:
        return _unread(part, "left out", str(error), None)


def _installed(home: Path) -> tuple[InstalledPack, ...]:
    if not home.is_dir():
        return ()
    catalogue = Catalogue.open(home)
    try:
        return catalogue.packs()
    finally:
        catalogue.close()


def _unread(part: Part, status: str, reason: str, pack: InstalledPack | None) -> LoadReport:
    return LoadReport(
        status="left out" if status == "left out" else "already loaded",
        pack=pack.folder if pack else part.name,
        name=part.name,
        version=part.version,
        title=part.title,
        licence=pack.licence if pack else None,
        counts=dict(pack.counts) if pack else {},
        reason=reason,
    )


@contextmanager
def _own(folder: str) -> Iterator[Path]:
    yield _HERE / folder


@contextmanager
def _icd_10_cm() -> Iterator[Path]:
    """Yield the folder of official files; the package is not imported (2.8 s and 193 MB)."""
    try:
        found = distribution(_ICD_10_CM)
    except PackageNotFoundError as error:
        raise InvalidSource(f"The Python package {_ICD_10_CM} is not installed") from error
    folder = Path(str(found.locate_file("simple_icd_10_cm/data")))
    if not folder.is_dir():
        raise InvalidSource(f"The Python package {_ICD_10_CM} {found.version} has no data folder")
    yield folder

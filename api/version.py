"""Name and date of this release, as the package's metadata says."""

from importlib.metadata import PackageNotFoundError, version

RELEASE_DATE = "2026-11-25"


def _installed() -> str:
    try:
        return version("termserver")
    except PackageNotFoundError:
        return "0.0.0"


VERSION = _installed()

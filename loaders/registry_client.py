"""FHIR packages by name and version: the local FHIR package cache, or a registry if one is set.

No outbound request is ever made unless a registry url is given (setting REGISTRY_URL).
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from termserver.errors import InvalidSource

if TYPE_CHECKING:
    from requests import Response

_REFERENCE = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)[@#](?P<version>[A-Za-z0-9][\w.+-]*)")
_MAX_BYTES = 1 << 30
_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageReference:
    """A FHIR package by name and exact version."""

    name: str
    version: str

    def __str__(self) -> str:
        """Return name@version."""
        return f"{self.name}@{self.version}"


def parse_reference(text: str) -> PackageReference | None:
    """Return the package that `name@version` (or `name#version`) names; None for anything else."""
    match = _REFERENCE.fullmatch(text)
    return PackageReference(name=match["name"], version=match["version"]) if match else None


def default_cache() -> Path:
    """Return where FHIR tools keep packages for one user (FHIR package cache)."""
    return Path.home() / ".fhir" / "packages"


@contextmanager
def open_package(
    reference: PackageReference, *, cache: Path, registry_url: str | None
) -> Iterator[Path]:
    """Yield the package as a folder of the local cache, or as a tgz from the registry.

    The cache is asked first, and never written. What was fetched is gone afterwards.
    Raises: InvalidSource where neither has it, with what can be done.
    """
    folder = cache / f"{reference.name}#{reference.version}"
    if (folder / "package" / "package.json").is_file():
        yield folder
        return
    if not registry_url:
        raise InvalidSource(
            f"The package '{reference}' is not in the local FHIR package cache ({cache}), and no "
            "package registry is set: give its file, or name a registry in TERMSERVER_REGISTRY_URL"
        )
    with tempfile.TemporaryDirectory(prefix="termserver-package-") as temporary:
        file = Path(temporary) / f"{reference.name}-{reference.version}.tgz"
        _download(reference, registry_url, file)
        yield file


def _download(reference: PackageReference, registry_url: str, file: Path) -> None:
    """Fetch the package. A registry answers with the tgz itself, or with where it is."""
    import requests

    base = registry_url.rstrip("/") + "/"
    address = f"{base}{quote(reference.name, safe='')}/{quote(reference.version, safe='')}"
    try:
        with requests.get(address, stream=True, timeout=_TIMEOUT_S) as answer:
            _check_status(answer, reference)
            if "json" not in answer.headers.get("Content-Type", ""):
                _write(answer, file, None)
                return
            tarball, checksum = _distribution(answer.json(), reference)
        place = urljoin(base, tarball)
        if urlsplit(place).scheme not in {"http", "https"}:
            raise InvalidSource(f"The registry names no web address for '{reference}': '{tarball}'")
        with requests.get(place, stream=True, timeout=_TIMEOUT_S) as answer:
            _check_status(answer, reference)
            _write(answer, file, checksum)
    except (requests.RequestException, ValueError) as error:
        raise InvalidSource(
            f"The registry '{registry_url}' did not give the package '{reference}': {error}"
        ) from error


def _check_status(answer: Response, reference: PackageReference) -> None:
    if answer.status_code == 404:
        raise InvalidSource(f"The registry has no package '{reference}'")
    answer.raise_for_status()


def _distribution(content: Any, reference: PackageReference) -> tuple[str, str | None]:
    """Return the address of the tgz and its SHA-1, from the registry's version document."""
    distribution = content.get("dist") if isinstance(content, dict) else None
    tarball = distribution.get("tarball") if isinstance(distribution, dict) else None
    if not isinstance(tarball, str):
        raise InvalidSource(f"The registry does not say where the package '{reference}' is")
    checksum = distribution.get("shasum") if isinstance(distribution, dict) else None
    return tarball, checksum if isinstance(checksum, str) and checksum else None


def _write(answer: Response, file: Path, checksum: str | None) -> None:
    # The registry protocol states a SHA-1: it tells a broken transfer, no more.
    digest = hashlib.sha1(usedforsecurity=False)
    size = 0
    with file.open("wb") as target:
        for chunk in answer.iter_content(1 << 16):
            size += len(chunk)
            if size > _MAX_BYTES:
                raise InvalidSource(f"The registry sends more than {_MAX_BYTES} bytes")
            digest.update(chunk)
            target.write(chunk)
    if checksum is not None and digest.hexdigest() != checksum.lower():
        raise InvalidSource("The package from the registry is not what the registry says it is")

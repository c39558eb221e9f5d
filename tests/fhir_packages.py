"""Small FHIR packages for tests, written as the archives that publishers ship."""

import json
import tarfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any


def manifest(name: str = "example.package", version: str = "1.0.0") -> dict[str, Any]:
    return {"name": name, "version": version, "fhirVersions": ["4.0.1"], "license": "CC0-1.0"}


def value_set(title: str = "Values", name: str = "values") -> dict[str, Any]:
    return {
        "resourceType": "ValueSet",
        "id": name,
        "url": f"http://example.org/{name}",
        "version": "1",
        "title": title,
    }


def code_system(display: str = "Alpha") -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "id": "codes",
        "url": "http://example.org/codes",
        "version": "1",
        "content": "complete",
        "concept": [{"code": "a", "display": display}],
    }


def package(
    path: Path, *resources: Mapping[str, Any], head: Mapping[str, Any] | None = None
) -> str:
    """Write a tgz and return its path as a user gives it."""
    files = {"package/package.json": head or manifest()}
    files |= {f"package/{at}.json": resource for at, resource in enumerate(resources)}
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            data = json.dumps(content).encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, BytesIO(data))
    return str(path)

"""Content -> a FHIR package (.tgz) with one resource and its manifest."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
from pathlib import Path
from typing import Any

import orjson

from exporters.content import Content, SystemContent
from exporters.fhir_json import code_system_json, value_set_json

_FHIR_VERSION = "4.0.1"


def write_fhir_package(content: Content, out: Path) -> tuple[str, ...]:
    """Write a package that the loader of FHIR packages reads; return what it does not hold.

    A code system is whole; a value set's package has the definition alone. The file is the same for
    the same content: no time stands in it.
    """
    if isinstance(content, SystemContent):
        kind, resource = "CodeSystem", code_system_json(content)
    else:
        kind, resource = "ValueSet", value_set_json(content)
    name = _name(str(resource.get("id") or resource.get("name") or resource.get("url")))
    resource["id"] = name
    manifest: dict[str, Any] = {
        "name": f"export.{name.lower()}",
        "version": _version(resource.get("version")),
        "title": resource.get("title") or resource.get("name") or name,
        "fhirVersions": [_FHIR_VERSION],
        "type": "Conformance",
        "dependencies": {},
    }
    if resource.get("copyright"):
        manifest["license"] = "see the copyright of its resource"
    files = {"package.json": manifest, f"{kind}-{name}.json": resource}
    out.write_bytes(_archive(files))
    if kind == "CodeSystem":
        return ()
    return ("the code systems and value sets that the definition names: load them beside it",)


def _archive(files: dict[str, dict[str, Any]]) -> bytes:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, json in files.items():
            data = orjson.dumps(json, option=orjson.OPT_INDENT_2)
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), mtime=0)


def _name(text: str) -> str:
    """Return a name that FHIR takes as an id: letters, digits, hyphens and dots, 64 at most."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.")[-64:] or "content"


def _version(text: object) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", str(text or "unversioned"))

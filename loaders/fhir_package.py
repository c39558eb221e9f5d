"""FHIR packages (NPM form): the unpacked folder with package.json, as publishers ship it.

Resources are read from the folder of package.json alone: example/, xml/, openapi/ and the like
beside or below it are no content of the package (FHIR package specification, "Package Content").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loaders.base import LoadOptions, Progress, Reading
from loaders.fhir_content import Survey, read_json, records, refuse_options, survey
from termserver.errors import InvalidSource
from termserver.records import PackHeader

_CORE_TYPES = frozenset({"core", "fhir.core"})
_RELEASES = {"1.0": "1.0", "3.0": "3.0", "4.0": "4.0", "4.1": "4.3", "4.3": "4.3", "5.0": "5.0"}


class FhirPackage:
    """Loader of FHIR packages."""

    name = "fhir-package"

    def recognises(self, source: Path) -> bool:
        """Tell whether there is a package.json that has a name, in the folder or in package/."""
        return manifest_file(source) is not None

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Open packages; several make one pack, named after the first.

        Raises: InvalidSource for a manifest without name or version, a file that is no JSON, or a
        CodeSystem that cannot be used; InvalidRequest for an option that means nothing here.
        """
        refuse_options(options, "FHIR package")
        manifests = [(_found(source), _manifest(source)) for source in sources]
        releases = tuple(dict.fromkeys(one for _, it in manifests for one in fhir_versions(it)))
        files = [file for place, _ in manifests for file in _content(place.parent)]
        found = survey(
            files, progress, open_bundles=False, urls_for_naming=_names_have_urls(releases)
        )
        beside = sum((_beside(place.parent) for place, _ in manifests), Counter[str]())
        header = _header([it for _, it in manifests], options, releases, _warnings(found, beside))
        return Reading(
            header=header, records=records(found, progress), expected=dict(found.expected)
        )


LOADER = FhirPackage()


def manifest_file(source: Path) -> Path | None:
    """Return the package.json of a package folder (or of the one folder in it), None if none."""
    if not source.is_dir():
        return None
    inner = [one for one in source.iterdir() if one.is_dir()]
    nested = inner if len(inner) == 1 else []
    for folder in (source / "package", source, *(one / "package" for one in nested), *nested):
        file = folder / "package.json"
        if file.is_file() and _is_fhir(file):
            return file
    return None


def _is_fhir(file: Path) -> bool:
    """Tell a FHIR package's manifest from that of a program."""
    try:
        manifest = read_json(file)
    except InvalidSource:
        # A broken manifest is best told by reading it; only a FHIR package is called package/.
        return file.parent.name == "package"
    if not isinstance(manifest, dict):
        return False
    marks = ("fhirVersions", "fhir-version-list", "fhirVersion", "canonical")
    return any(mark in manifest for mark in marks) or bool(fhir_versions(manifest))


def _found(source: Path) -> Path:
    file = manifest_file(source)
    if file is None:
        raise InvalidSource(f"'{source.name}' has no package.json of a FHIR package")
    return file


def _manifest(source: Path) -> Mapping[str, Any]:
    file = _found(source)
    manifest = read_json(file)
    name = manifest.get("name") if isinstance(manifest, dict) else None
    if not isinstance(name, str) or not name:
        raise InvalidSource("The manifest has no name", file=file.name)
    content: Mapping[str, Any] = manifest
    return content


def fhir_versions(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the FHIR versions that a manifest states, else those of its core dependencies."""
    for key in ("fhirVersions", "fhir-version-list", "fhirVersion"):
        stated = manifest.get(key)
        if stated:
            return tuple(stated) if isinstance(stated, list) else (str(stated),)
    dependencies = manifest.get("dependencies")
    if not isinstance(dependencies, dict):
        return ()
    return tuple(
        str(version)
        for name, version in dependencies.items()
        if name.startswith("hl7.fhir.r") and name.endswith(".core")
    )


def core_release(manifest: Mapping[str, Any]) -> str | None:
    """Return the FHIR release ("4.0") whose core package this is, None for any other package."""
    name = str(manifest.get("name"))
    named = name.startswith("hl7.fhir.r") and name.endswith(".core")
    if not named and str(manifest.get("type", "")).lower() not in _CORE_TYPES:
        return None
    versions = fhir_versions(manifest)
    version = versions[0] if versions else str(manifest.get("version", ""))
    return _RELEASES.get(".".join(version.split(".")[:2]))


def _content(folder: Path) -> list[Path]:
    """Return the JSON files of the package, sorted; without its manifest and indexes."""
    return sorted(
        file
        for file in folder.glob("*.json")
        if file.name != "package.json" and not file.name.startswith(".") and file.is_file()
    )


def _beside(folder: Path) -> Counter[str]:
    """Count the files that are no content: those in folders, and those that are no JSON."""
    counts: Counter[str] = Counter()
    for file in folder.rglob("*"):
        inner = file.relative_to(folder)
        if file.is_file() and len(inner.parts) > 1:
            counts[f"files in {inner.parts[0]}/"] += 1
        elif file.is_file() and file.suffix != ".json" and not file.name.startswith("."):
            counts["files that are no JSON"] += 1
    return counts


def _names_have_urls(releases: tuple[str, ...]) -> bool:
    """Tell whether NamingSystem has an element url in the package's release (since R5)."""
    return bool(releases) and all(
        one.split(".")[0].isdigit() and int(one.split(".")[0]) >= 5 for one in releases
    )


def _warnings(found: Survey, beside: Counter[str]) -> tuple[str, ...]:
    warnings = list(found.warnings)
    if beside:
        counts = ", ".join(f"{number} {what}" for what, number in sorted(beside.items()))
        warnings.append(f"Passed over, no content of the package: {counts}")
    if not found.kept:
        warnings.append(
            "The package holds no code system, value set, map, naming system or profile"
        )
    return tuple(warnings)


def _header(
    manifests: list[Mapping[str, Any]],
    options: LoadOptions,
    releases: tuple[str, ...],
    warnings: tuple[str, ...],
) -> PackHeader:
    first = manifests[0]
    version = options.version or first.get("version")
    if not isinstance(version, str) or not version:
        raise InvalidSource(
            f"The manifest of '{first['name']}' has no version; say it with --version"
        )
    title = first.get("title") or first.get("description")
    licences = dict.fromkeys(str(it["license"]) for it in manifests if it.get("license"))
    return PackHeader(
        name=options.name or str(first["name"]),
        version=version,
        kind=LOADER.name,
        title=str(title) if title else None,
        fhir_versions=releases,
        core=core_release(first),
        licence=", ".join(licences) or None,
        warnings=warnings,
    )

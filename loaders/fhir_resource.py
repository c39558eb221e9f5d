"""FHIR resources outside of a package: one JSON file, a Bundle, or a folder of such files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loaders.archive import content_files, source_digest
from loaders.base import LoadOptions, Progress, Reading
from loaders.fhir_content import KEPT, read_json, records, refuse_options, survey
from termserver.errors import InvalidSource
from termserver.records import PackHeader

_HEAD_BYTES = 4096
_FHIR_XML = b"http://hl7.org/fhir"


class FhirResource:
    """Loader of FHIR resources in JSON."""

    name = "fhir-resource"

    def recognises(self, source: Path) -> bool:
        """Tell whether the file is a FHIR resource, or at least half of the folder's files are.

        A resource somewhere among other data does not make that data a folder of resources.
        """
        if source.is_file():
            return _is_resource(source)
        files = list(content_files(source))
        return bool(files) and 2 * sum(map(_is_resource, _json_files(source))) >= len(files)

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Open files and folders; several make one pack.

        The pack is called `options.name`, else after the source; its version is `options.version`,
        else that of a single resource, else the first digits of the content's SHA-256.
        Raises: InvalidSource for a file that is no JSON, is XML, or holds nothing that is kept;
        InvalidRequest for an option that means nothing here.
        """
        refuse_options(options, "FHIR resource")
        files = [file for source in sources for file in _files(source)]
        found = survey(files, progress, open_bundles=True, urls_for_naming=False)
        if not found.kept:
            raise InvalidSource(
                f"'{sources[0].name}' holds no {', '.join(KEPT)}: there is nothing to load"
            )
        only = read_json(files[0]) if len(files) == 1 else {}
        header = PackHeader(
            name=options.name or _name(sources[0], only),
            version=options.version or str(only.get("version") or _digest(sources)),
            kind=self.name,
            title=_text(only.get("title") or only.get("name")),
            licence=_text(only.get("copyright")),
            warnings=(*found.warnings, *_beside(sources)),
        )
        return Reading(
            header=header, records=records(found, progress), expected=dict(found.expected)
        )


LOADER = FhirResource()


def _is_resource(file: Path) -> bool:
    """Tell by the first bytes, so that a large file of another kind is not parsed."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<"):
        return _FHIR_XML in head and not head.startswith(b"<!DOCTYPE")
    if not head.startswith(b"{"):
        return False
    if b'"resourceType"' in head:
        return True
    if file.suffix.lower() != ".json":
        return False
    try:
        content = read_json(file)
    except InvalidSource:
        return False
    return isinstance(content, dict) and isinstance(content.get("resourceType"), str)


def _json_files(folder: Path) -> list[Path]:
    return sorted(file for file in content_files(folder) if file.suffix.lower() == ".json")


def _files(source: Path) -> list[Path]:
    if source.is_dir():
        return _json_files(source)
    with source.open("rb") as opened:
        if opened.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            raise InvalidSource(
                "FHIR resources are read as JSON, this is XML: ask the publisher's server for JSON "
                "or convert it",
                file=source.name,
            )
    return [source]


def _beside(sources: list[Path]) -> list[str]:
    """Say how many files of folders are no JSON, so that nothing is passed over in silence."""
    others = [
        file.name
        for source in sources
        if source.is_dir()
        for file in sorted(set(content_files(source)) - set(_json_files(source)))
    ]
    return [f"Passed over, no JSON: {', '.join(others)}"] if others else []


def _name(source: Path, only: Mapping[str, Any]) -> str:
    return str(only.get("id") or (source.name if source.is_dir() else source.stem))


def _digest(sources: list[Path]) -> str:
    return source_digest(sources[0])[:12]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None

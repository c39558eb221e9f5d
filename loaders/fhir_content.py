"""FHIR JSON files -> records: what a terminology service keeps of them, and a count of the rest.

Two passes over the files, each parsing one file at a time: the first finds what is wrong, counts
and warns (the pack header needs that before anything else), the second yields the records.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import orjson

from loaders.base import LoadOptions, Progress
from loaders.fhir_structure import reduced_structure
from termserver.errors import InvalidRequest, InvalidSource
from termserver.fhirjson import code_system_records
from termserver.records import ConceptRecord, DocumentRecord, Record

KEPT = ("CodeSystem", "ValueSet", "ConceptMap", "NamingSystem", "StructureDefinition")
"""Resource types that are kept, in the order in which they are stored."""

_CONTENTS = frozenset({"complete", "fragment", "supplement", "example", "not-present"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a resource is: a file, and the entry where that file is a Bundle to be opened."""

    file: Path
    entry: int | None = None

    def __str__(self) -> str:
        """Return file name and entry, for messages."""
        return self.file.name if self.entry is None else f"{self.file.name}, entry {self.entry}"


@dataclass(slots=True, kw_only=True)
class Survey:
    """What the first pass found."""

    places: dict[str, list[Place]] = field(default_factory=lambda: {kind: [] for kind in KEPT})
    expected: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    seen: dict[tuple[str, str, str], tuple[Place, bytes]] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """Return how many resources are kept."""
        return sum(map(len, self.places.values()))


def read_json(file: Path) -> Any:
    """Return the JSON of a file (a byte order mark is survived). Raises: InvalidSource."""
    try:
        return orjson.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise InvalidSource(
            f"The file is no JSON: {error.msg} (column {error.colno})",
            file=file.name,
            line=error.lineno,
        ) from error


def _is_resource(content: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(content, dict) and isinstance(content.get("resourceType"), str)


def resources_of(file: Path, *, open_bundle: bool) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield the resources of a file; those of a Bundle's entries where it is to be opened.

    JSON that is no resource (package.json, .index.json) yields nothing. Raises: InvalidSource.
    """
    content = read_json(file)
    if not _is_resource(content):
        return
    if content["resourceType"] != "Bundle" or not open_bundle:
        yield Place(file=file), content
        return
    entries = content.get("entry") or []
    if not isinstance(entries, list):
        raise InvalidSource("Bundle.entry is no list", file=file.name)
    for number, entry in enumerate(entries):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if _is_resource(resource):
            yield Place(file=file, entry=number), resource


def refuse_options(options: LoadOptions, format_name: str) -> None:
    """Refuse options that say what FHIR resources say themselves. Raises: InvalidRequest."""
    given = {"--system": options.system, "--as-of": options.as_of}
    for name, value in given.items():
        if value is not None:
            raise InvalidRequest(
                f"{name} '{value}' does not go with a {format_name}: its resources name their own "
                "systems and dates; leave it out"
            )


def survey(
    files: Iterable[Path], progress: Progress, *, open_bundles: bool, urls_for_naming: bool
) -> Survey:
    """Return what the files hold. Files are looked at in the order given.

    `urls_for_naming` says whether a NamingSystem has a url in this release (R5 has, R4 has not).
    Raises: InvalidSource for a file that is no JSON, or a resource that cannot be used as it is.
    """
    found = Survey()
    listed = list(files)
    for number, file in enumerate(listed, 1):
        any_here = False
        for place, resource in resources_of(file, open_bundle=open_bundles):
            _survey_resource(found, place, resource, urls_for_naming=urls_for_naming)
            any_here = True
        if not any_here:
            found.passed_over["JSON without resource"] += 1
        progress("resources looked at", number, len(listed))
    if found.passed_over:
        counts = ", ".join(f"{number} {kind}" for kind, number in sorted(found.passed_over.items()))
        found.warnings.append(f"Passed over, not for a terminology service: {counts}")
    return found


def _survey_resource(
    found: Survey, place: Place, resource: Mapping[str, Any], *, urls_for_naming: bool
) -> None:
    kind = resource["resourceType"]
    if kind not in KEPT:
        found.passed_over[kind] += 1
        return
    needs_url = kind != "NamingSystem" or urls_for_naming
    if needs_url and not _kept_without_url(found, place, resource):
        return
    if _is_repeated(found, place, resource):
        return
    if kind == "CodeSystem":
        _survey_code_system(found, place, resource)
    found.places[kind].append(place)
    found.expected["code systems" if kind == "CodeSystem" else kind] += 1


def _kept_without_url(found: Survey, place: Place, resource: Mapping[str, Any]) -> bool:
    """Warn of a resource without url; tell whether it can be kept (a CodeSystem cannot)."""
    if isinstance(resource.get("url"), str) and resource["url"]:
        return True
    kind, name = resource["resourceType"], resource.get("id") or place
    if kind == "CodeSystem":
        found.passed_over["CodeSystem without url"] += 1
        found.warnings.append(f"{kind} '{name}' ({place}) has no url: it is left out")
        return False
    found.warnings.append(
        f"{kind} '{name}' ({place}) has no url: it can be read by its id, nothing can refer to it"
    )
    return True


def _is_repeated(found: Survey, place: Place, resource: Mapping[str, Any]) -> bool:
    """Tell whether the same type, url and version came before; warn where the content differs."""
    url = resource.get("url")
    if not isinstance(url, str) or not url:
        return False
    key = (resource["resourceType"], url, str(resource.get("version") or ""))
    content = orjson.dumps(essence(resource), option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(content).digest()
    first = found.seen.setdefault(key, (place, digest))
    if first[0] == place:
        return False
    found.passed_over[f"{key[0]} given twice"] += 1
    if first[1] != digest:
        found.warnings.append(
            f"{key[0]} '{url}|{key[2]}' is there twice with other content: {first[0]} is taken, "
            f"{place} is left out"
        )
    return True


def essence(resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource without narrative and meta: what counts for same or other content."""
    return {key: value for key, value in resource.items() if key not in {"text", "meta"}}


def _survey_code_system(found: Survey, place: Place, resource: Mapping[str, Any]) -> None:
    content = resource.get("content")
    if content is None:
        found.warnings.append(
            f"CodeSystem '{resource['url']}' does not say its content: taken as complete"
        )
    elif content not in _CONTENTS:
        raise InvalidSource(
            f"CodeSystem '{resource['url']}' has content '{content}'; known: "
            f"{', '.join(sorted(_CONTENTS))}",
            file=str(place),
        )
    if content == "supplement" and not isinstance(resource.get("supplements"), str):
        raise InvalidSource(
            f"CodeSystem '{resource['url']}' is a supplement but does not say of what",
            file=str(place),
        )
    codes = Counter(
        record.code for record in _code_system(place, resource) if isinstance(record, ConceptRecord)
    )
    found.expected["concepts"] += len(codes)
    twice = sorted(code for code, number in codes.items() if number > 1)
    if twice:
        found.warnings.append(
            f"CodeSystem '{resource['url']}' defines {len(twice)} codes more than once, the first "
            f"of each is taken: {', '.join(twice[:10])}"
        )


def records(found: Survey, progress: Progress) -> Iterator[Record]:
    """Yield the records of the surveyed resources: code systems first, then the documents."""
    done = 0
    for kind in KEPT:
        for place, resource in _reopened(found.places[kind]):
            if kind == "CodeSystem":
                yield from _without_repeats(_code_system(place, resource))
            elif kind == "StructureDefinition":
                yield DocumentRecord(type=kind, resource=reduced_structure(resource))
            else:
                yield DocumentRecord(type=kind, resource=resource)
            done += 1
            progress("resources", done, found.kept)


def _reopened(places: list[Place]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield the resource of each place; a Bundle is parsed once for all its entries in a row."""
    file: Path | None = None
    content: Any = None
    for place in places:
        if place.file != file:
            file, content = place.file, read_json(place.file)
        yield place, content if place.entry is None else content["entry"][place.entry]["resource"]


def _code_system(place: Place, resource: Mapping[str, Any]) -> Iterator[Record]:
    try:
        yield from code_system_records(resource)
    except InvalidRequest as error:
        raise InvalidSource(
            f"{error.text} (CodeSystem '{resource.get('url')}')", file=str(place)
        ) from error
    except (AttributeError, TypeError, KeyError) as error:
        raise InvalidSource(
            f"CodeSystem '{resource.get('url')}' is not shaped as FHIR says: {error}",
            file=str(place),
        ) from error


def _without_repeats(source: Iterator[Record]) -> Iterator[Record]:
    seen: set[str] = set()
    for record in source:
        if isinstance(record, ConceptRecord):
            if record.code in seen:
                continue
            seen.add(record.code)
        yield record

"""Shelf: the resources of one type that a base shows, with their ids. Read and search ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from api.ids import Identity, assign_ids
from termserver.model import CodeSystem, DocumentName, Json
from termserver.terminology import Terminology

HEAVY = frozenset({"compose", "expansion", "concept", "group", "text", "contained"})
"""What search does not need and reads fetch again."""


class Volume:
    """One resource version: its id and its canonical; what else search looks at is read when asked.

    Search by url, which is most of search, then needs no resource but those it gives.
    """

    def __init__(
        self, *, id: str, type: str, url: str, version: str | None, read: Callable[[], Json]
    ) -> None:
        """Take the names, and what reads the resource."""
        self.id = id
        self.type = type
        self.url = url
        self.version = version
        self._read = read

    @cached_property
    def _parts(self) -> tuple[Json, frozenset[str], frozenset[str]]:
        json = self._read()
        head = {name: value for name, value in json.items() if name not in HEAVY} | {"id": self.id}
        return head, frozenset(_codes(json)), frozenset(_systems(json))

    @property
    def head(self) -> Json:
        """Return the JSON without the heavy parts."""
        return self._parts[0]

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes that a ValueSet enumerates (search parameter `code`)."""
        return self._parts[1]

    @property
    def systems(self) -> frozenset[str]:
        """Return the systems of a ValueSet's compose (search parameter `reference`)."""
        return self._parts[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Every volume of a type, in order of url and version, found by id and url."""

    volumes: tuple[Volume, ...]
    by_id: Mapping[str, Volume] = field(default_factory=dict)
    by_url: Mapping[str, Sequence[Volume]] = field(default_factory=dict)


def shelf_of(terminology: Terminology, type_: str) -> Shelf:
    """Return the shelf of a type as the terminology's base sees it."""
    names = (
        [_system_name(one) for one in terminology.code_systems()]
        if type_ == "CodeSystem"
        else terminology.document_names(type_)
    )
    named = [(url, one) for one in names if (url := one.url or _named(one, type_))]
    unique = {(url, one.version): one for url, one in reversed(named)}
    ordered = sorted(unique.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    defaults = _default_versions(terminology, type_, [canonical for canonical, _ in ordered])
    identities = [
        Identity(
            type=type_,
            url=url,
            version=version,
            given=one.id,
            is_default=defaults[url] == version,
        )
        for (url, version), one in ordered
    ]
    volumes = tuple(
        Volume(id=id_, type=type_, url=url, version=version, read=one.read)
        for id_, ((url, version), one) in zip(assign_ids(identities), ordered, strict=True)
    )
    by_url: dict[str, list[Volume]] = {}
    for volume in volumes:
        by_url.setdefault(volume.url, []).append(volume)
    return Shelf(volumes=volumes, by_id={one.id: one for one in volumes}, by_url=by_url)


def _named(one: DocumentName, type_: str) -> str:
    """Return what stands for the url of a NamingSystem of R4, which has none: its name or id."""
    if type_ != "NamingSystem":
        return ""
    json = one.read()
    return f"urn:naming-system:{json.get('id') or json.get('name')}"


def _system_name(system: CodeSystem) -> DocumentName:
    given = system.resource.get("id", system.id)
    return DocumentName(
        url=str(system.resource.get("url") or system.url),
        version=system.resource.get("version", system.version),
        id=given,
        read=partial(_system_head, system),
    )


def _system_head(system: CodeSystem) -> Json:
    """Return the resource of a code system, made from its facts where its source was none."""
    made: dict[str, Any] = {
        "resourceType": "CodeSystem",
        "id": system.id,
        "url": system.url,
        "version": system.version,
        "name": system.name,
        "title": system.title,
        "status": system.status or "active",
        "content": system.content,
        "copyright": system.copyright,
        "language": system.language,
        "valueSet": system.value_set,
    }
    return {name: value for name, value in made.items() if value is not None} | dict(
        system.resource
    )


def _default_versions(
    terminology: Terminology, type_: str, canonicals: Sequence[tuple[str, str | None]]
) -> Mapping[str, str | None]:
    """Return url -> the version that answers where none is named."""
    versions: dict[str, list[str | None]] = {}
    for url, version in canonicals:
        versions.setdefault(url, []).append(version)
    return {
        # what has one version alone need not be asked about: thousands of queries
        url: of_url[0] if len(of_url) == 1 else _default_version(terminology, type_, url)
        for url, of_url in versions.items()
    }


def _default_version(terminology: Terminology, type_: str, url: str) -> str | None:
    if type_ == "CodeSystem":
        entry = terminology.find_entry(url)
        header = entry.system if entry else terminology.find_header(url)
        return header.version if header else None
    found = terminology.find_document(type_, url)
    return found.get("version") if found else None


def _codes(head: Json) -> Iterable[str]:
    for include in (head.get("compose") or {}).get("include", ()):
        for one in include.get("concept", ()):
            yield str(one.get("code"))
    for one in (head.get("expansion") or {}).get("contains", ()):
        if "code" in one:
            yield str(one["code"])


def _systems(head: Json) -> Iterable[str]:
    for include in (head.get("compose") or {}).get("include", ()):
        if "system" in include:
            yield str(include["system"])

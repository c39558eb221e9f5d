"""Shelf: the resources of one type that a base shows, with their ids. Read and search ask it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.ids import Identity, assign_ids
from termserver.model import CodeSystem, Json
from termserver.terminology import Terminology

HEAVY = frozenset({"compose", "expansion", "concept", "group", "text", "contained"})
"""What search does not need and reads fetch again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """One resource version: its id, its canonical and its JSON without the heavy parts."""

    id: str
    type: str
    url: str
    version: str | None
    head: Json
    codes: frozenset[str] = frozenset()
    """ValueSet: codes enumerated (search parameter `code`)."""
    systems: frozenset[str] = frozenset()
    """ValueSet: systems of the compose (search parameter `reference`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Every volume of a type, in order of url and version, found by id and url."""

    volumes: tuple[Volume, ...]
    by_id: Mapping[str, Volume] = field(default_factory=dict)
    by_url: Mapping[str, Sequence[Volume]] = field(default_factory=dict)


def shelf_of(terminology: Terminology, type_: str) -> Shelf:
    """Return the shelf of a type as the terminology's base sees it."""
    heads = (
        [_system_head(one) for one in terminology.code_systems()]
        if type_ == "CodeSystem"
        else [one for one in terminology.documents(type_) if _url(one)]
    )
    unique = {(_url(one), one.get("version")): one for one in reversed(heads)}
    ordered = sorted(unique.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    defaults = _default_versions(terminology, type_, [canonical for canonical, _ in ordered])
    identities = [
        Identity(
            type=type_,
            url=url,
            version=version,
            given=head.get("id"),
            is_default=defaults[url] == version,
        )
        for (url, version), head in ordered
    ]
    volumes = tuple(
        Volume(
            id=id_,
            type=type_,
            url=url,
            version=version,
            head={name: value for name, value in head.items() if name not in HEAVY} | {"id": id_},
            codes=frozenset(_codes(head)),
            systems=frozenset(_systems(head)),
        )
        for id_, ((url, version), head) in zip(assign_ids(identities), ordered, strict=True)
    )
    by_url: dict[str, list[Volume]] = {}
    for one in volumes:
        by_url.setdefault(one.url, []).append(one)
    return Shelf(volumes=volumes, by_id={one.id: one for one in volumes}, by_url=by_url)


def _url(json: Json) -> str:
    """Return the canonical; a NamingSystem of R4 has none, its name or id stands for it."""
    return str(json.get("url") or (json["resourceType"] == "NamingSystem" and _named(json)) or "")


def _named(json: Json) -> str:
    return f"urn:naming-system:{json.get('id') or json.get('name')}"


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

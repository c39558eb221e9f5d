"""Terminology: the one value handed to every operation. Content of packs, and of one request in
front.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from termserver.canonical import compare_versions, newest, parse_canonical, version_matches
from termserver.errors import InvalidRequest, UnknownSupplement
from termserver.fhirjson import extension_value
from termserver.model import CodeSystem, DocumentName, Json
from termserver.providers.base import CodeSystemProvider
from termserver.providers.overlay import overlay_provider
from termserver.providers.registry import Content, Entry, Registry, choose, visible
from termserver.providers.supplemented import supplemented

Made = TypeVar("Made")

OVERLAY_RANK = 1_000_000
SUPPLEMENT_TYPE = "http://hl7.org/fhir/StructureDefinition/codesystem-supplement-type"


@dataclass(frozen=True, slots=True)
class Terminology:
    """What is loaded, seen from one FHIR base (`release` "4.0" or "5.0"), with a request's own
    content.
    """

    registry: Registry
    release: str = "4.0"
    overlay: Registry | None = None

    def with_release(self, release: str) -> Terminology:
        """Return the same content as another FHIR base sees it."""
        return replace(self, release=release)

    def with_overlay(self, resources: Sequence[Json]) -> Terminology:
        """Return a copy in which `resources` (sent with a request) stand before the packs.

        Raises: InvalidRequest for a resource that is no terminology or cannot be read.
        """
        if not resources:
            return self
        content = overlay_content(resources)
        earlier = self.overlay.contents if self.overlay else ()
        return replace(self, overlay=Registry((content, *earlier), self.registry.aliases))

    @property
    def snapshot(self) -> object | None:
        """Return what stays one object until packs change, None with a request's own content."""
        return None if self.overlay is not None else self.registry

    # -- code systems ------------------------------------------------------------------------

    def find_system(self, url: str, version: str | None = None) -> CodeSystemProvider | None:
        """Return the provider of a code system version that can answer, None if there is none.

        `version` may be exact, partial or a wildcard; None is the default version (design.md
        section 3). A version sent with the request wins.
        """
        entry = self.find_entry(url, version)
        return entry.content.open(entry.system) if entry else None

    def find_entry(self, url: str, version: str | None = None) -> Entry | None:
        """Return the entry behind `find_system`, without opening it."""
        if self.overlay is not None:
            return self._find_entry(url, version)
        key = ("entry", self.release, url, version)
        return self.registry.memo.get(key, lambda: self._find_entry(url, version))

    def remembered(
        self, key: Hashable, make: Callable[[], Made | None], weigh: Callable[[Made], int]
    ) -> Made | None:
        """Return what `make` gives, kept until packs change (not with a request's own content)."""
        if self.overlay is not None:
            return make()
        return self.registry.memo.get((key, self.release), make, weigh)

    def _find_entry(self, url: str, version: str | None) -> Entry | None:
        sent = self.overlay.usable(url) if self.overlay else []
        installed = self.registry.usable(url)
        if version is None and sent:
            best = newest(one.system.version for one in sent)
            return next(one for one in sent if one.system.version == best)
        return choose([*sent, *installed], version, self.release)

    def find_header(self, url: str, version: str | None = None) -> CodeSystem | None:
        """Return the facts of any code system resource of that url, of any content mode."""
        entries = self._entries(url)
        entry = choose(entries, version, self.release) or (
            choose(entries, None, self.release) if version is None else None
        )
        return entry.system if entry else None

    def system_versions(self, url: str) -> list[str]:
        """Return the versions that can answer, oldest first; empty if there is none."""
        sent = self.overlay.usable(url) if self.overlay else []
        found = {one.system.version for one in [*sent, *self.registry.usable(url)]}
        return _sorted_versions(one for one in found if one)

    def code_systems(self) -> list[CodeSystem]:
        """Return the facts of every code system visible at this base, by url and version."""
        entries = [
            Entry(system=system, content=content)
            for content in self.registry.contents
            for system in content.systems
        ]
        return sorted(
            (one.system for one in visible(entries, self.release)),
            key=lambda one: (one.url, one.version or ""),
        )

    def code_systems_with_value_set(self, canonical: str) -> list[CodeSystem]:
        """Return the usable code system whose CodeSystem.valueSet is `canonical`, in a list of 0 or
        1.
        """
        for registry in (self.overlay, self.registry):
            urls = registry.by_value_set(canonical) if registry else ()
            for url in urls:
                provider = self.find_system(url)
                if provider is not None and provider.system.value_set:
                    return [provider.system]
        return []

    def _entries(self, url: str) -> list[Entry]:
        sent = self.overlay.entries(url) if self.overlay else ()
        return [*sent, *self.registry.entries(url)]

    # -- supplements -------------------------------------------------------------------------

    def find_supplement(self, canonical: str) -> Entry | None:
        """Return the supplement that a canonical names (`url` or `url|version`), None if absent."""
        url, version = parse_canonical(canonical)
        entries = [one for one in self._entries(url) if one.system.content == "supplement"]
        return choose(entries, version, self.release) if version else next(iter(entries), None)

    def get_supplement(self, canonical: str) -> Entry:
        """Return the supplement that a canonical names. Raises: UnknownSupplement."""
        entry = self.find_supplement(canonical)
        if entry is None:
            raise UnknownSupplement(
                f"Required supplement not found: {canonical}",
                message_id="VALUESET_SUPPLEMENT_MISSING",
            )
        return entry

    def supplements_of(self, system: CodeSystem) -> list[Entry]:
        """Return every supplement whose base is this code system version."""
        sent = self.overlay.supplements(system.url) if self.overlay else ()
        return [
            one for one in (*sent, *self.registry.supplements(system.url)) if _fits(one, system)
        ]

    def with_supplements(
        self, provider: CodeSystemProvider, canonicals: Sequence[str]
    ) -> CodeSystemProvider:
        """Return `provider` seen with its language packs and the named supplements that are its
        own.

        A language pack (extension codesystem-supplement-type) needs not be asked for (suite bugs,
        3166-b). Raises: UnknownSupplement for one that is named and not there at all.
        """
        chosen = [one for one in self.supplements_of(provider.system) if _is_language_pack(one)]
        for canonical in canonicals:
            entry = self.get_supplement(canonical)
            if _fits(entry, provider.system) and entry not in chosen:
                chosen.append(entry)
        return supplemented(provider, [one.content.open(one.system) for one in chosen])

    # -- documents ---------------------------------------------------------------------------

    def find_document(self, type_: str, url: str, version: str | None = None) -> Json | None:
        """Return a ValueSet, ConceptMap … by canonical, content of the request first; None if
        absent.
        """
        if self.overlay is None and not self.registry.has_document(type_, url):
            return None
        found = self.document_versions(type_, url)
        if version is None:
            best = newest(one.get("version") for one in found[0]) if found[0] else None
            return next((one for one in found[0] if one.get("version") == best), None) or (
                found[1][0] if found[1] else None
            )
        both = [*found[0], *found[1]]
        exact = next((one for one in both if one.get("version") == version), None)
        if exact is not None:
            return exact
        matching = [
            one for one in both if one.get("version") and version_matches(one["version"], version)
        ]
        best = newest(one["version"] for one in matching)
        return next((one for one in matching if one["version"] == best), None)

    def document_versions(self, type_: str, url: str) -> tuple[list[Json], list[Json]]:
        """Return (sent with the request, installed with the default first) of one canonical."""
        sent = _documents_of(self.overlay, type_, url) if self.overlay else []
        return [json for json, _ in sent], self._ranked(
            _documents_of(self.registry, type_, url), url
        )

    def _ranked(self, found: list[tuple[Json, Content]], url: str) -> list[Json]:
        """Return installed documents with the default version first (rules as for code systems)."""
        entries = [
            Entry(
                system=CodeSystem(url=url, version=json.get("version"), resource=json),
                content=content,
            )
            for json, content in found
        ]
        ordered: list[Json] = []
        default = choose(entries, None, self.release)
        if default is not None:
            ordered.append(default.system.resource)
            ordered.extend(one.system.resource for one in entries if one is not default)
        else:
            # only another release's core package has it: reachable by naming its version
            ordered = []
        return ordered

    def documents(self, type_: str) -> list[Json]:
        """Return every document of a type visible at this base, content of the request first."""
        found: list[Json] = []
        for registry in (self.overlay, self.registry):
            for content in registry.contents if registry else ():
                if content.source is not None:
                    found.extend(
                        one
                        for one in content.source.documents(type_)
                        if _is_visible(one.get("url"), content, self.release)
                    )
        return found

    def document_names(self, type_: str) -> list[DocumentName]:
        """Return the names of every document of `documents`, in the same order."""
        return [
            one
            for registry in (self.overlay, self.registry)
            for content in (registry.contents if registry else ())
            if content.source is not None
            for one in content.source.document_names(type_)
            if _is_visible(one.url, content, self.release)
        ]


def _is_visible(url: str | None, content: Content, release: str) -> bool:
    fhir = (url or "").startswith("http://hl7.org/fhir/")
    return not fhir or content.core in {None, release}


def _documents_of(registry: Registry | None, type_: str, url: str) -> list[tuple[Json, Content]]:
    contents = sorted(registry.contents if registry else (), key=lambda one: -one.rank)
    return [
        (json, content)
        for content in contents
        if content.source is not None
        for json in content.source.find_documents(type_, url)
    ]


def _is_language_pack(entry: Entry) -> bool:
    return bool(extension_value(entry.system.resource, SUPPLEMENT_TYPE) == "lang-pack")


def _fits(entry: Entry, system: CodeSystem) -> bool:
    base, version = parse_canonical(entry.system.supplements or "")
    same = base == system.url
    return same and (version is None or version_matches(system.version or "", version))


def _sorted_versions(versions: Iterable[str]) -> list[str]:
    from functools import cmp_to_key

    return sorted(versions, key=cmp_to_key(compare_versions))


class SentResources:
    """The documents among the resources of one request."""

    def __init__(self, resources: Sequence[Json]) -> None:
        """Keep the resources in order: of two with one url and version the first is used."""
        self._resources = tuple(resources)

    def documents(self, type_: str) -> list[Json]:
        """Return every document of a type."""
        return [one for one in self._resources if one.get("resourceType") == type_]

    def document_names(self, type_: str) -> list[DocumentName]:
        """Return the names of every document of a type."""
        return [
            DocumentName(
                url=one.get("url"),
                version=one.get("version"),
                id=one.get("id"),
                read=partial(_itself, one),
            )
            for one in self.documents(type_)
        ]

    def find_documents(self, type_: str, url: str) -> list[Json]:
        """Return all versions of one canonical."""
        return [one for one in self.documents(type_) if one.get("url") == url]

    def document_urls(self, type_: str) -> list[str]:
        """Return the urls of all documents of a type."""
        return [str(one["url"]) for one in self.documents(type_) if "url" in one]


def _itself(resource: Json) -> Json:
    return resource


KNOWN_TYPES = frozenset({"CodeSystem", "ValueSet", "ConceptMap", "NamingSystem"})


def overlay_content(resources: Sequence[Json]) -> Content:
    """Return resources sent with a request as content. Raises: InvalidRequest."""
    for one in resources:
        kind: Any = one.get("resourceType")
        if kind not in KNOWN_TYPES:
            raise InvalidRequest(
                f"A tx-resource must be one of {', '.join(sorted(KNOWN_TYPES))}, not '{kind}'"
            )
    providers: dict[tuple[str, str | None], CodeSystemProvider] = {}
    for one in resources:
        if one["resourceType"] == "CodeSystem":
            provider = overlay_provider(one)
            providers.setdefault((provider.system.url, provider.system.version), provider)
    return Content(
        name="request",
        systems=tuple(one.system for one in providers.values()),
        open=lambda system: providers[system.url, system.version],
        source=SentResources(resources),
        rank=OVERLAY_RANK,
    )

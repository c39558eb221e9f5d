"""Which code system version answers for a canonical: names, versions, defaults. The one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from termserver.canonical import compare_versions, newest, version_form, version_matches
from termserver.memo import Memo
from termserver.model import CodeSystem, DocumentName, Json
from termserver.providers.base import CodeSystemProvider
from termserver.systems import ALIASES

USABLE = frozenset({"complete", "fragment"})
"""CodeSystem.content from which answers can be given (IG requirements, CodeSystem.content)."""

MEMO_WEIGHT = 100_000
"""Of definitions that are kept parsed: about so many enumerated codes in all."""

_FHIR = "http://hl7.org/fhir/"
_THO = "http://terminology.hl7.org/"


class DocumentSource(Protocol):
    """ValueSet, ConceptMap, NamingSystem and StructureDefinition resources of one content."""

    def documents(self, type_: str) -> Iterable[Json]:
        """Yield every document of a type."""

    def document_names(self, type_: str) -> Iterable[DocumentName]:
        """Return the names of every document of a type, in the order of `documents`."""

    def find_documents(self, type_: str, url: str) -> Sequence[Json]:
        """Return all versions of one canonical, empty if none."""

    def document_urls(self, type_: str) -> Iterable[str]:
        """Yield the urls of all documents of a type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One pack, the grammars, or what came with a request.

    `core` is the FHIR release whose core package this is; higher `rank` wins; `preferred` wins
    outright. `open` gives the provider of one of `systems`.
    """

    name: str
    systems: tuple[CodeSystem, ...]
    open: Callable[[CodeSystem], CodeSystemProvider]
    source: DocumentSource | None = None
    rank: int = 0
    core: str | None = None
    preferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A code system version and the content it stands in."""

    system: CodeSystem
    content: Content


@dataclass(frozen=True, slots=True)
class Registry:
    """All contents, indexed by canonical url. Immutable: a changed catalogue makes a new one."""

    contents: tuple[Content, ...]
    aliases: Mapping[str, str] = field(default_factory=lambda: ALIASES)
    _by_url: dict[str, list[Entry]] = field(default_factory=dict)
    _supplements: dict[str, list[Entry]] = field(default_factory=dict)
    _value_sets: dict[str, list[str]] = field(default_factory=dict)
    _documents: dict[str, frozenset[str]] = field(default_factory=dict)
    memo: Memo = field(default_factory=lambda: Memo(MEMO_WEIGHT))
    """What was made of the contents; it goes with them."""

    def __post_init__(self) -> None:
        """Index the contents, highest rank first."""
        for content in sorted(self.contents, key=lambda one: -one.rank):
            for system in content.systems:
                entry = Entry(system=system, content=content)
                self._by_url.setdefault(system.url, []).append(entry)
                if system.value_set:
                    urls = self._value_sets.setdefault(system.value_set.partition("|")[0], [])
                    if system.url not in urls:
                        urls.append(system.url)
                if system.content == "supplement" and system.supplements:
                    base = system.supplements.partition("|")[0]
                    self._supplements.setdefault(base, []).append(entry)

    def canonical(self, url: str) -> str:
        """Return the canonical of a system's url, which may be an alias."""
        return url if url in self._by_url else self.aliases.get(url, url)

    def entries(self, url: str) -> Sequence[Entry]:
        """Return every version of a url, highest rank first, of any content mode."""
        return self._by_url.get(self.canonical(url), ())

    def usable(self, url: str) -> list[Entry]:
        """Return the versions that can answer, highest rank first."""
        return [one for one in self.entries(url) if one.system.content in USABLE]

    def has_document(self, type_: str, url: str) -> bool:
        """Tell whether any content has a document of that type and url (no query)."""
        return url in self.document_urls(type_)

    def document_urls(self, type_: str) -> frozenset[str]:
        """Return the urls of all documents of a type."""
        urls = self._documents.get(type_)
        if urls is None:
            sources = [one.source for one in self.contents if one.source is not None]
            urls = frozenset(url for source in sources for url in source.document_urls(type_))
            self._documents[type_] = urls
        return urls

    def by_value_set(self, canonical: str) -> Sequence[str]:
        """Return the urls of the code systems whose CodeSystem.valueSet is `canonical`."""
        return self._value_sets.get(canonical, ())

    def supplements(self, url: str) -> Sequence[Entry]:
        """Return the supplements that name `url` as their base, highest rank first."""
        return self._supplements.get(self.canonical(url), ())


def visible(entries: Iterable[Entry], release: str) -> list[Entry]:
    """Return the entries that a FHIR base sees when no version is asked.

    A base uses its own release's core package for `http://hl7.org/fhir/…` (design.md section 3).
    """
    return [
        one
        for one in entries
        if not one.system.url.startswith(_FHIR) or one.content.core in {None, release}
    ]


def choose(entries: Sequence[Entry], version: str | None, release: str) -> Entry | None:
    """Return the entry that answers for `version` (None: the default), None if there is none.

    A version may be exact, partial or a wildcard; of several that match, the newest.
    """
    if version is None:
        return default_entry(visible(entries, release))
    exact = [one for one in entries if one.system.version == version]
    if exact:
        return next(iter(visible(exact, release)), exact[0])
    matching = [
        one
        for one in entries
        if one.system.version and version_matches(one.system.version, version)
    ]
    best = newest(one.system.version for one in matching)
    return next((one for one in matching if one.system.version == best), None)


def default_entry(entries: Sequence[Entry]) -> Entry | None:
    """Return the default version among `entries` (highest rank first), None for none.

    Complete before fragment, published SNOMED CT before experimental; HL7 Terminology before a FHIR
    core package for its own urls; newest of one form; where forms differ, the highest rank's form.
    """
    if not entries:
        return None
    preferred = [one for one in entries if one.content.preferred]
    tiers = _top_tier(preferred or list(entries))
    form = version_form(tiers[0].system.version)
    same = [one for one in tiers if version_form(one.system.version) == form]
    best = same[0]
    for one in same[1:]:
        if compare_versions(one.system.version, best.system.version) > 0:
            best = one
    return best


def _top_tier(entries: list[Entry]) -> list[Entry]:
    top = max(map(_tier, entries))
    return [one for one in entries if _tier(one) == top]


def _tier(entry: Entry) -> tuple[bool, bool, bool]:
    system = entry.system
    return (
        system.content != "fragment",
        not (system.version or "").startswith("http://snomed.info/xsct/"),
        not (system.url.startswith(_THO) and entry.content.core is not None),
    )

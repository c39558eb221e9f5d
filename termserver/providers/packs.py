"""Packs -> contents of a registry: which provider stands before which code system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from termserver.model import CodeSystem, Json
from termserver.providers.base import CodeSystemProvider
from termserver.providers.loinc import LoincProvider
from termserver.providers.ndc import NdcProvider
from termserver.providers.registry import Content, Registry
from termserver.providers.rxnorm import RxNormProvider
from termserver.providers.snomed import SnomedProvider
from termserver.providers.stored import StoredProvider
from termserver.store.installed import InstalledPack
from termserver.store.pack import Pack
from termserver.systems import ALIASES, LOINC, NDC, RXNORM, SNOMED_CT

Wrapper = Callable[[StoredProvider], CodeSystemProvider]

_ALIAS_TYPES = frozenset({"uri", "oid", "uuid"})
"""NamingSystem.uniqueId types that name a code system (design.md section 3)."""


def wrappers(dialects: Sequence[int] = ()) -> dict[tuple[str, str], Wrapper]:
    """Return the providers that add rules of their own: (code system url, kind of pack) -> maker.

    A code system of that url in a pack of another kind (a CodeSystem resource) is an ordinary one.
    """
    return {
        (SNOMED_CT, "rf2"): lambda stored: SnomedProvider(stored, dialects=dialects),
        (LOINC, "loinc"): LoincProvider,
        (RXNORM, "rxnorm"): RxNormProvider,
        (NDC, "ndc"): NdcProvider,
    }


def pack_content(
    installed: InstalledPack,
    pack: Pack,
    makers: Mapping[tuple[str, str], Wrapper],
    default_edition: str | None = None,
) -> Content:
    """Return an opened pack as content; providers are made when first asked for, once.

    A SNOMED CT edition that `default_edition` names (module or URI) goes before all other editions.
    """
    made: dict[tuple[str, str | None], CodeSystemProvider] = {}

    def open_system(system: CodeSystem) -> CodeSystemProvider:
        key = (system.url, system.version)
        found = made.get(key)
        if found is None:
            stored = pack.provider(system)
            maker = makers.get((system.url, installed.kind))
            found = made[key] = maker(stored) if maker else stored
        return found

    return Content(
        name=installed.folder,
        systems=pack.systems(),
        open=open_system,
        source=pack,
        rank=installed.rank,
        core=_core_release(installed.core),
        preferred=installed.preferred or is_edition(pack.systems(), default_edition),
    )


def is_edition(systems: Sequence[CodeSystem], edition: str | None) -> bool:
    """Tell whether one of the code systems is a SNOMED CT edition of this module or URI."""
    if not edition:
        return False
    module = edition.rstrip("/") if edition.startswith("http") else f"{SNOMED_CT}/{edition}"
    versions = [one.version or "" for one in systems if one.url == SNOMED_CT]
    return any(f"{one}/".startswith(f"{module}/") for one in versions)


def _core_release(core: str | None) -> str | None:
    """Return "4.0" or "5.0" of a core package's FHIR version (which may have a patch number)."""
    return ".".join(core.split(".")[:2]) if core else None


def build_registry(contents: Iterable[Content]) -> Registry:
    """Return the registry over all contents, with the aliases that their NamingSystems give."""
    kept = tuple(contents)
    named = (
        json
        for content in kept
        if content.source is not None
        for json in content.source.documents("NamingSystem")
    )
    return Registry(kept, {**naming_aliases(named), **ALIASES})


def naming_aliases(resources: Iterable[Json]) -> dict[str, str]:
    """Return alias -> canonical uri from NamingSystem resources of code systems.

    Only identifiers of type uri, oid (as `urn:oid:`) and uuid, and only where one active
    NamingSystem claims them: twelve identifiers of HL7's own belong to two (design.md section 3).
    """
    claims: dict[str, set[str]] = {}
    for resource in resources:
        if resource.get("status") == "active" and resource.get("kind") == "codesystem":
            names = list(_names(resource))
            canonical = next((name for name, kind, _ in names if kind == "uri"), None)
            preferred = next(
                (name for name, kind, best in names if best and kind == "uri"), canonical
            )
            for name, _, _ in names:
                if preferred is not None:
                    claims.setdefault(name, set()).add(preferred)
    return {
        name: next(iter(owners))
        for name, owners in claims.items()
        if len(owners) == 1 and name not in owners
    }


def _names(resource: Json) -> Iterator[tuple[str, str, bool]]:
    for one in resource.get("uniqueId", ()):
        kind, value = one.get("type"), one.get("value")
        if kind not in _ALIAS_TYPES or not isinstance(value, str) or not value:
            continue
        prefix = {"oid": "urn:oid:", "uuid": "urn:uuid:"}.get(kind, "")
        name = value if value.startswith(prefix) else prefix + value
        yield name, kind, one.get("preferred") is True

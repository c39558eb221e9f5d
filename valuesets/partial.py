"""Content that is known to be only a part of its code system: a code it lacks may well exist."""

from __future__ import annotations

from dataclasses import replace

from termserver.providers.base import CodeSystemProvider
from termserver.providers.registry import Registry
from termserver.systems import ICD_10_CM, LOINC, RXNORM, SNOMED_CT
from termserver.terminology import Terminology

SMALLEST_RELEASE = {
    SNOMED_CT: 250_000,
    LOINC: 30_000,
    ICD_10_CM: 60_000,
    RXNORM: 50_000,
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl": 50_000,
}
"""Large systems -> fewer concepts than any release of the last ten years has had.

What is smaller is a cut (test data, a subset), whatever its version says.
"""

_TEST_EDITION = "/xsct/"


def is_partial(provider: CodeSystemProvider) -> bool:
    """Tell whether a code system version is a fragment, a test edition or a cut of a release."""
    system = provider.system
    if system.content == "fragment" or _TEST_EDITION in (system.version or ""):
        return True
    smallest = SMALLEST_RELEASE.get(system.url)
    return smallest is not None and len(provider.all()) < smallest


def without_system(terminology: Terminology, url: str) -> Terminology:
    """Return the same content as if no version of a code system were loaded."""
    overlay = terminology.overlay
    return replace(
        terminology,
        registry=_without(terminology.registry, url),
        overlay=None if overlay is None else _without(overlay, url),
    )


def _without(registry: Registry, url: str) -> Registry:
    canonical = registry.canonical(url)
    contents = tuple(
        replace(one, systems=tuple(two for two in one.systems if two.url != canonical))
        for one in registry.contents
    )
    return Registry(contents, registry.aliases)

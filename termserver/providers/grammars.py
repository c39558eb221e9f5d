"""Code systems without a store: units, languages, media types, countries. Made when first asked for."""

from __future__ import annotations

from termserver.providers.registry import Content


def grammar_contents() -> list[Content]:
    """Return the contents that need no pack; each provider is built at its first use."""
    return []

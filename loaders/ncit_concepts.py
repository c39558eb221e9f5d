"""NCI Thesaurus: a concept as both its files give it."""

from __future__ import annotations

from dataclasses import dataclass, field

from termserver.model import Coding

URL = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
SYNONYM = Coding(code="SY", display="Synonym")
DISPLAY_NAME = Coding(code="DN", display="Display name")
RETIRED = frozenset({"Retired_Concept", "Obsolete_Concept"})


@dataclass(slots=True, kw_only=True)
class Term:
    """A concept: parents and role targets by code (or by the OWL's own id until resolved)."""

    code: str
    display: str
    definition: str | None = None
    parents: list[str] = field(default_factory=list)
    names: dict[tuple[str, str], None] = field(default_factory=dict)
    """(kind of name, text), in order: SY, DN, PT …"""
    semantic_types: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    roles: list[tuple[str, str]] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)

    @property
    def retired(self) -> bool:
        """Tell whether a status says that the concept is no longer used."""
        return bool(RETIRED & set(self.statuses))

"""NCI Thesaurus: a concept as both its files give it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from termserver.model import Coding

URL = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
RETIRED = frozenset({"Retired_Concept", "Obsolete_Concept"})
OWN_SOURCE = "NCI"
_KINDS = {
    "AB": "Abbreviation",
    "BR": "Brand name",
    "DN": "Display name",
    "HD": "Header",
    "PT": "Preferred term",
    "SY": "Synonym",
}
# What the OWL says of a name beside its kind, by the property that says it.
_QUALIFIERS = (("P384", "source"), ("P385", "source_code"), ("P386", "subsource"))


class Name(NamedTuple):
    """A name: its kind (term type SY, DN, PT …), and of which source it is, by which code there."""

    kind: str
    text: str
    source: str = ""
    source_code: str = ""
    subsource: str = ""

    @property
    def use(self) -> Coding:
        """Return the kind as a designation's use."""
        return Coding(code=self.kind, display=_KINDS.get(self.kind))

    @property
    def sources(self) -> tuple[Coding, ...]:
        """Return what is known of the source, each value in the property that says it."""
        return tuple(
            Coding(system=f"{URL}#{one}", code=value)
            for one, name in _QUALIFIERS
            if (value := str(getattr(self, name)))
        )


@dataclass(slots=True, kw_only=True)
class Term:
    """A concept: parents and role targets by code (or by the OWL's own id until resolved)."""

    code: str
    display: str
    definition: str | None = None
    parents: list[str] = field(default_factory=list)
    names: dict[Name, None] = field(default_factory=dict)
    """In the order of the file."""
    semantic_types: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    roles: list[tuple[str, str]] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)

    @property
    def retired(self) -> bool:
        """Tell whether a status says that the concept is no longer used."""
        return bool(RETIRED & set(self.statuses))

    def add_name(self, name: Name) -> None:
        """Add a name; the display's own text is one only where another source says it."""
        if name.text and (name.text != self.display or name.source not in {"", OWN_SOURCE}):
            self.names[name] = None

    def drop_plain_names(self) -> None:
        """Leave out a synonym without source whose text a source says too."""
        said = {one.text for one in self.names if one.source}
        for one in [one for one in self.names if not one.source and one.text in said]:
            if one.kind == "SY" or any(
                other.kind == one.kind and other.text == one.text and other.source
                for other in self.names
            ):
                del self.names[one]

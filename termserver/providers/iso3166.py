"""ISO 3166-1 country codes: two letters, three letters, three digits, from pycountry's tables.

Source: THO, "Using ISO 3166" (regex on code); ISO 3166-1:2020, 8.1.3 for the user-assigned codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_uppercase

from termserver.model import CodeSystem, Concept, Designation, Property, PropertyDefinition
from termserver.providers.overlay import OverlayProvider
from termserver.systems import ISO_3166

_KINDS = ("alpha-2", "alpha-3", "numeric")
_USER_ASSIGNED = (
    "AA",
    *(f"Q{letter}" for letter in ascii_uppercase[ascii_uppercase.index("M") :]),
    *(f"X{letter}" for letter in ascii_uppercase),
    "ZZ",
)


def iso3166_system() -> CodeSystem:
    """Return the code system's own facts. Its version is the year of the standard."""
    return CodeSystem(
        url=ISO_3166,
        version="2020",
        id="iso-3166",
        name="ISO3166",
        title="Codes for the names of countries (ISO 3166-1)",
        status="active",
        content="complete",
        case_sensitive=True,
        language="en",
        properties=(
            PropertyDefinition(code="kind", type="code", description="alpha-2, alpha-3, numeric"),
            *(PropertyDefinition(code=kind, type="code") for kind in _KINDS),
        ),
        copyright="The country codes are copyright ISO; see the ISO 3166 home page.",
    )


def iso3166_provider() -> OverlayProvider:
    """Return the provider of all country codes in order, user-assigned ones included."""
    concepts = sorted((*_countries(), *_user_assigned()), key=lambda one: one.code)
    return OverlayProvider(iso3166_system(), concepts, {})


def _countries() -> Iterator[Concept]:
    import pycountry

    for country in pycountry.countries:
        codes = (country.alpha_2, country.alpha_3, country.numeric)
        others = dict.fromkeys(
            name
            for name in (
                getattr(country, "common_name", None),
                getattr(country, "official_name", None),
            )
            if name and name != country.name
        )
        for kind, code in zip(_KINDS, codes, strict=True):
            same = (
                Property(code=name, type="code", value=one)
                for name, one in zip(_KINDS, codes, strict=True)
                if name != kind
            )
            yield Concept(
                code=code,
                display=country.name,
                designations=tuple(Designation(value=one, language="en") for one in others),
                properties=(Property(code="kind", type="code", value=kind), *same),
            )


def _user_assigned() -> Iterator[Concept]:
    for code in _USER_ASSIGNED:
        kind = Property(code="kind", type="code", value="alpha-2")
        yield Concept(code=code, display="User-assigned", properties=(kind,))

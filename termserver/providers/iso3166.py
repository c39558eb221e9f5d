"""ISO 3166 from pycountry's tables: countries, their subdivisions, and countries of former times.

Part 1 has codes of two letters, three letters and three digits. Source: THO, "Using ISO 3166"
(three systems; regex on code; "comparisons are case insensitive"); ISO 3166-1:2020, 8.1.3 for the
user-assigned codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_uppercase

from termserver.model import CodeSystem, Concept, Designation, Property, PropertyDefinition
from termserver.providers.overlay import OverlayProvider
from termserver.systems import ISO_3166

ISO_3166_2 = f"{ISO_3166}:-2"
ISO_3166_3 = f"{ISO_3166}:-3"
_VERSION = "2020"
_COPYRIGHT = "The country codes are copyright ISO; see the ISO 3166 home page."
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
        version=_VERSION,
        id="iso-3166",
        name="ISO3166",
        title="Codes for the names of countries (ISO 3166-1)",
        status="active",
        content="complete",
        case_sensitive=False,
        language="en",
        properties=(
            PropertyDefinition(code="kind", type="code", description="alpha-2, alpha-3, numeric"),
            *(PropertyDefinition(code=kind, type="code") for kind in _KINDS),
        ),
        copyright=_COPYRIGHT,
    )


def iso3166_provider() -> OverlayProvider:
    """Return the provider of all country codes in order, user-assigned ones included."""
    concepts = sorted((*_countries(), *_user_assigned()), key=lambda one: one.code)
    return OverlayProvider(iso3166_system(), concepts, {})


def subdivisions_system() -> CodeSystem:
    """Return part 2's own facts."""
    return CodeSystem(
        url=ISO_3166_2,
        version=_VERSION,
        id="iso-3166-2",
        name="ISO31662",
        title="Codes for the names of subdivisions of countries (ISO 3166-2)",
        status="active",
        content="complete",
        case_sensitive=False,
        properties=(
            PropertyDefinition(code="country", type="code", description="alpha-2"),
            PropertyDefinition(code="type", description="Province, canton …"),
            PropertyDefinition(code="within", type="code", description="Subdivision around it"),
        ),
        copyright=_COPYRIGHT,
    )


def subdivisions_provider() -> OverlayProvider:
    """Return the provider of all subdivisions, in order of their codes."""
    import pycountry

    concepts = [
        Concept(
            code=one.code,
            display=one.name,
            properties=tuple(
                Property(code=name, type=kind, value=value)
                for name, kind, value in (
                    ("country", "code", one.country_code),
                    ("type", "string", one.type),
                    ("within", "code", one.parent_code),
                )
                if value
            ),
        )
        for one in pycountry.subdivisions
    ]
    return OverlayProvider(subdivisions_system(), sorted(concepts, key=lambda it: it.code), {})


def former_countries_system() -> CodeSystem:
    """Return part 3's own facts."""
    return CodeSystem(
        url=ISO_3166_3,
        version=_VERSION,
        id="iso-3166-3",
        name="ISO31663",
        title="Codes for formerly used names of countries (ISO 3166-3)",
        status="active",
        content="complete",
        case_sensitive=False,
        language="en",
        properties=(PropertyDefinition(code="withdrawn", description="Year or date"),),
        copyright=_COPYRIGHT,
    )


def former_countries_provider() -> OverlayProvider:
    """Return the provider of the four-letter codes, in order."""
    import pycountry

    concepts = [
        Concept(
            code=one.alpha_4,
            display=one.name,
            properties=(Property(code="withdrawn", type="string", value=one.withdrawal_date),),
        )
        for one in pycountry.historic_countries
    ]
    return OverlayProvider(former_countries_system(), sorted(concepts, key=lambda it: it.code), {})


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

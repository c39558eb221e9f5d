"""Country codes."""

from termserver.model import FilterClause
from termserver.providers.iso3166 import (
    former_countries_provider,
    iso3166_provider,
    subdivisions_provider,
)


def test_all_three_kinds_and_the_user_assigned_codes_are_listed() -> None:
    provider = iso3166_provider()
    codes = [provider.code_of(one) for one in provider.all()]
    assert len(codes) == 789
    assert codes == sorted(codes)
    assert {"DE", "DEU", "276", "XY", "AA", "QM", "ZZ"} <= set(codes)


def test_a_regex_on_the_code_takes_one_kind() -> None:
    provider = iso3166_provider()
    three = provider.select(FilterClause(property="code", op="regex", value="[A-Z]{3}"))
    digits = provider.select(FilterClause(property="code", op="regex", value="[0-9]{3}"))
    assert (len(three), len(digits)) == (249, 249)


def test_a_code_names_its_country_and_the_other_codes() -> None:
    provider = iso3166_provider()
    member = provider.find("DE")
    assert member is not None
    concept = provider.concept(member)
    assert concept.display == "Germany"
    assert {one.code: one.value for one in concept.properties} == {
        "kind": "alpha-2",
        "alpha-3": "DEU",
        "numeric": "276",
    }


def test_case_makes_no_difference_and_the_code_is_shown_in_upper_case() -> None:
    provider = iso3166_provider()
    member = provider.find("de")
    assert member is not None
    assert provider.code_of(member) == "DE"


def test_subdivisions_and_former_countries_are_systems_of_their_own() -> None:
    parts = {subdivisions_provider(): "AZ-BAB", former_countries_provider(): "CSHH"}
    found = {}
    for provider, code in parts.items():
        member = provider.find(code)
        assert member is not None
        concept = provider.concept(member)
        found[provider.system.url] = (
            concept.display,
            {one.code: one.value for one in concept.properties},
        )
    assert found["urn:iso:std:iso:3166:-2"] == (
        "Babək",
        {"country": "AZ", "type": "Rayon", "within": "AZ-NX"},
    )
    assert found["urn:iso:std:iso:3166:-3"][0] == "Czechoslovakia, Czechoslovak Socialist Republic"


def test_user_assigned_codes_say_so() -> None:
    provider = iso3166_provider()
    member = provider.find("XY")
    assert member is not None
    assert provider.display_of(member) == "User-assigned"

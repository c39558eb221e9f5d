"""Language tags: syntax, registration, case as the suite fixes it, descriptions, filters."""

import pytest

from termserver.errors import InvalidValueSet, Unenumerable
from termserver.model import FilterClause
from termserver.providers.bcp47 import PARTS, bcp47_provider
from termserver.providers.grammar import GrammarProvider


@pytest.fixture(scope="module")
def tags() -> GrammarProvider:
    return bcp47_provider()


@pytest.mark.parametrize(
    ("tag", "display"),
    [
        ("en", "English"),
        ("en-US", "English (United States)"),
        ("ain", "Ainu (Japan)"),
        ("zh-Hans-CN", "Chinese (Script=Han (Simplified variant), Region=China)"),
        ("zh-cmn", "Mandarin Chinese"),
        ("es-419", "Spanish (Latin America and the Caribbean)"),
        ("sl-rozaj-biske", "Slovenian (Variant=Resian, Variant=The San Giorgio dialect of Resian)"),
        ("de-DE-u-co-phonebk", "German (Region=Germany, Extension=u-co-phonebk)"),
        ("en-x-twain", "English (Private-Use=twain)"),
        ("x-local", "Private use (local)"),
        ("i-klingon", "Klingon"),
        ("qaa", "Private use"),
    ],
)
def test_a_valid_tag_is_known_with_its_description(
    tags: GrammarProvider, tag: str, display: str
) -> None:
    assert tags.find(tag) == tag
    assert tags.display_of(tag) == display


@pytest.mark.parametrize(
    "tag",
    [
        *("en-us", "EN", "en-Us", "zh-hans", "xyzzy", "en-ZQ", "en-", "", "en--US", "e", "en-x"),
        *("en-cmn", "de-1996-1996", "en-US-GB", "en-u", "de-DE-u-co-phonebk-u-ca-buddhist"),
        *("I-KLINGON", "en_US", "zh-Latn-Hans"),
    ],
)
def test_a_tag_that_is_not_registered_or_in_another_case_is_unknown(
    tags: GrammarProvider, tag: str
) -> None:
    assert tags.find(tag) is None


def test_a_language_and_region_have_a_long_form_too(tags: GrammarProvider) -> None:
    names = [one.value for one in tags.concept("en-US").designations]
    assert names == ["English (Region=United States)"]


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("en", {"language"}),
        ("zh-cmn", {"language", "ext-lang"}),
        ("zh-Hans-CN", {"language", "script", "region"}),
        ("de-1996", {"language", "variant"}),
        ("de-u-co-phonebk", {"language", "extension"}),
        ("x-local", {"private-use"}),
    ],
)
def test_exists_tells_which_parts_a_tag_has(
    tags: GrammarProvider, tag: str, parts: set[str]
) -> None:
    found = {
        part
        for part in PARTS
        if tags.contains(FilterClause(property=part, op="exists", value="true"), tag)
    }
    missing = {
        part
        for part in PARTS
        if tags.contains(FilterClause(property=part, op="exists", value="false"), tag)
    }
    assert found == parts
    assert missing == set(PARTS) - parts


def test_equals_compares_a_part(tags: GrammarProvider) -> None:
    clause = FilterClause(property="region", op="=", value="us")
    assert tags.contains(clause, "en-US")
    assert not tags.contains(clause, "en-GB")


@pytest.mark.parametrize(
    ("name", "op", "value"),
    [("colour", "exists", "true"), ("region", "regex", "U."), ("region", "exists", "maybe")],
)
def test_other_filters_are_refused(tags: GrammarProvider, name: str, op: str, value: str) -> None:
    with pytest.raises(InvalidValueSet):
        tags.contains(FilterClause(property=name, op=op, value=value), "en")


def test_tags_cannot_be_listed(tags: GrammarProvider) -> None:
    with pytest.raises(
        Unenumerable,
        match=r"^The code System 'urn:ietf:bcp:47' has a grammar and so has infinite members\.$",
    ):
        tags.all()
    assert tags.system.version is None

"""SNOMED CT's displays by language reference set, in every operation that shows one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.homes import dialects_of, open_home
from api.settings import Settings
from termserver.dialects import refsets_of
from termserver.errors import InvalidRequest
from termserver.library import Home
from termserver.operations.lookup import LookupRequest, lookup
from termserver.operations.validate_code import validate_code
from termserver.operations.validation import ValidateRequest
from termserver.systems import SNOMED_CT
from tests.rf2_release import GB, PREFERRED, ROOT, US, international
from tests.snomed_edition import home_of
from valuesets.expand import expand
from valuesets.model import ExpandRequest

NZ, GERMAN, OWN = "271000210107", "31000274107", "608771002"
FSN, SYNONYM = "900000000000003001", "900000000000013009"
NZ_TAG, OWN_TAG = "en-x-sctlang-27100021-0107", "en-x-sctlang-60877100-2"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, str, str]]:
    """A home, a concept with a term in every dialect, and one with terms in two."""
    release = international()
    code = release.concept(None, ROOT)
    release.description(code, "Bleeding (finding)", kind=FSN, accept={US: PREFERRED, GB: PREFERRED})
    release.description(code, "Hemorrhage", accept={US: PREFERRED})
    release.description(code, "Haemorrhage", accept={GB: PREFERRED})
    release.description(code, "Bleeding NZ", accept={NZ: PREFERRED})
    release.description(code, "Bleed", accept={OWN: PREFERRED})
    release.description(code, "Blutung", language="de", accept={GERMAN: PREFERRED})
    release.description(code, "Blutfluss", language="de")
    other = release.concept(None, ROOT)
    release.description(other, "Color (finding)", kind=FSN, accept={US: PREFERRED, GB: PREFERRED})
    release.description(other, "Color", accept={US: PREFERRED})
    release.description(other, "Colour", accept={GB: PREFERRED})
    home = home_of(release, tmp_path_factory.mktemp("dialects"))
    yield home, code, other
    home.close()


def shown(home: Home, code: str, parameter: str | None = None, header: str | None = None) -> str:
    """Return the display of $lookup, after checking that $expand and $validate-code show it too."""
    terminology = home.terminology()
    request = LookupRequest(
        system=SNOMED_CT, code=code, display_language=parameter, accept_language=header
    )
    found = lookup(terminology, request).display
    value_set = {
        "resourceType": "ValueSet",
        "status": "active",
        "compose": {"include": [{"system": SNOMED_CT, "concept": [{"code": code}]}]},
    }
    asked = ExpandRequest(value_set=value_set, display_language=parameter, accept_language=header)
    assert [one.display for one in expand(terminology, asked).contains] == [found]
    checked = ValidateRequest(
        url=SNOMED_CT,
        code=code,
        display=found,
        display_language=parameter,
        accept_language=header,
    )
    answer = validate_code(terminology, checked)
    assert (answer.result, answer.display) == (True, found)
    return found


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "Hemorrhage"),
        ("en-US", "Hemorrhage"),
        ("EN-gb", "Haemorrhage"),
        ("en-NZ", "Bleeding NZ"),
        ("en-x-sctlang-90000000-00005090-07", "Hemorrhage"),
        ("en-x-sctlang-90000000-00005080-04", "Haemorrhage"),
        (NZ_TAG, "Bleeding NZ"),
        (NZ_TAG.upper(), "Bleeding NZ"),
        (OWN_TAG, "Bleed"),
        ("de", "Blutung"),
        ("de-DE", "Blutung"),
        ("de-AT", "Blutung"),
        ("fr", "Hemorrhage"),
        ("en-GB, de;q=0.5", "Haemorrhage"),
        ("en-GB;q=0.5, de", "Blutung"),
        ("fr, en-GB;q=0.9, en-US;q=0.8", "Haemorrhage"),
    ],
)
def test_parameter_and_header_name_the_language_reference_set(
    made: tuple[Home, str, str], tag: str, expected: str
) -> None:
    home, code, _ = made

    assert shown(home, code, parameter=tag) == expected
    assert shown(home, code, header=tag) == expected
    assert shown(home, code, parameter=tag, header="de") == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en-NZ", "Color"),
        ("en-NZ, en-GB;q=0.9", "Colour"),
        (f"{OWN_TAG}, {NZ_TAG};q=0.9, en-GB;q=0.8", "Colour"),
        ("en-NZ, de;q=0.9, en-GB;q=0.8", "Colour"),
        ("de, en-NZ;q=0.9, en-GB;q=0.8", "Colour"),
        ("en-NZ, en;q=0.9", "Color"),
    ],
)
def test_the_next_dialect_of_a_language_comes_before_any_term_of_it(
    made: tuple[Home, str, str], tag: str, expected: str
) -> None:
    home, _, other = made

    assert shown(home, other, parameter=tag) == expected


def test_without_a_language_the_edition_decides_unless_the_setting_does(
    made: tuple[Home, str, str],
) -> None:
    home, code, other = made
    assert shown(home, code) == "Hemorrhage"

    for setting, expected in {
        "": ("Hemorrhage", "Color"),
        "en-GB": ("Haemorrhage", "Colour"),
        "en-NZ, en-GB": ("Bleeding NZ", "Colour"),
        OWN_TAG: ("Bleed", "Color"),
        "de": ("Blutung", "Color"),
    }.items():
        opened = open_home(Settings(home=home.path, default_dialect=setting))
        assert (shown(opened, code), shown(opened, other)) == expected
        # a language that is asked for goes before the setting
        assert shown(opened, code, parameter="en-US") == "Hemorrhage"
        opened.close()


def test_a_dialect_that_names_no_reference_set_is_refused() -> None:
    assert dialects_of("en-GB,en-US") == (*refsets_of("en-GB"), *refsets_of("en-US"))
    assert dialects_of("") == ()
    with pytest.raises(InvalidRequest, match=r"'en-XX'.*known: .*en-gb"):
        dialects_of("en-US, en-XX")


def test_a_private_tag_is_an_identifier_in_blocks() -> None:
    assert refsets_of("en-x-sctlang-90000000-00005080-04") == (900000000000508004,)
    assert refsets_of("de-CH-x-sctlang-20410001-95100") == (2041000195100,)
    assert refsets_of("en-x-sctlang-abc") == ()
    assert refsets_of("en-x-other-900") == ()


def test_use_tells_the_fully_specified_name_from_synonyms(made: tuple[Home, str, str]) -> None:
    home, code, _ = made
    found = lookup(home.terminology(), LookupRequest(system=SNOMED_CT, code=code)).designations

    uses = [(one.use.code, one.use.display, one.value) for one in found if one.use is not None]
    assert [use for use in uses if use[0] == FSN] == [
        (FSN, "Fully specified name", "Bleeding (finding)")
    ]
    assert {value for kind, display, value in uses if (kind, display) == (SYNONYM, "Synonym")} == {
        *("Hemorrhage", "Haemorrhage", "Bleeding NZ", "Bleed", "Blutung", "Blutfluss")
    }


def test_designations_of_one_use_or_language_are_chosen(made: tuple[Home, str, str]) -> None:
    home, code, _ = made
    value_set = {
        "resourceType": "ValueSet",
        "status": "active",
        "compose": {"include": [{"system": SNOMED_CT, "concept": [{"code": code}]}]},
    }

    def designations(*tokens: str) -> list[str]:
        request = ExpandRequest(value_set=value_set, include_designations=True, designations=tokens)
        (entry,) = expand(home.terminology(), request).contains
        return sorted(one.value for one in entry.designations)

    assert designations(f"{SNOMED_CT}|{FSN}") == ["Bleeding (finding)"]
    assert designations("urn:ietf:bcp:47|de") == ["Blutfluss", "Blutung"]

"""The ways in which registries write ICD-O-3 codes, and their fields."""

import pytest

from termserver.errors import InvalidRequest
from termserver.providers.icdo3 import (
    RegistryFields,
    Written,
    from_registry,
    normalise_code,
    read_code,
    to_registry,
)
from termserver.providers.icdo3_grade import GRADES, misplaced


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C509", "C50.9"),
        ("c50.9", "C50.9"),
        ("C50", "C50"),
        ("85003", "8500/3"),
        ("8500/3", "8500/3"),
        ("M-8500/3", "8500/3"),
        ("M85003", "8500/3"),
        ("icdom-85003", "8500/3"),
        (" 8500/3 ", "8500/3"),
    ],
)
def test_common_spellings_become_the_code(text: str, code: str) -> None:
    assert normalise_code(text) == code


@pytest.mark.parametrize("text", ["", "80463/3", "8140/33", "8500", "8500/4", "C5091", "D50.9"])
def test_what_is_no_spelling_of_a_code_stays_none(text: str) -> None:
    assert normalise_code(text) is None


@pytest.mark.parametrize("text", ["8140/33", "M-8140/33", "81403/3", "814033"])
def test_a_sixth_digit_is_read_as_the_grade_where_it_is_asked_for(text: str) -> None:
    known = None if text == "81403/3" else Written(code="8140/3", grade="3")
    assert read_code(text) == known
    assert normalise_code(text) is None


@pytest.mark.parametrize(
    ("code", "grades"),
    [("8140/3", "12349"), ("9589/3", "12349"), ("9590/3", "56789"), ("9875/3", "56789")],
)
def test_differentiation_is_of_solid_tumours_and_lineage_of_lymphomas_and_leukaemias(
    code: str, grades: str
) -> None:
    assert "".join(one for one in GRADES if misplaced(code, one) is None) == grades


def test_a_grade_becomes_the_sixth_digit_and_is_taken_off_again() -> None:
    assert from_registry("C509", "8500", "3", "1") == ("C50.9", "8500/31")
    assert to_registry("8500/31") == RegistryFields(histology="8500", behaviour="3", grade="1")
    with pytest.raises(InvalidRequest) as caught:
        from_registry(grade="1")
    assert caught.value.text == "The grade '1' needs a histology (item 522) beside it"
    with pytest.raises(InvalidRequest) as caught:
        from_registry(None, "8500", "3", "0")
    assert caught.value.text == ("The grade (item 440) must be one digit from 1 to 9, but is '0'")


@pytest.mark.parametrize(
    ("site", "histology", "behaviour", "codes"),
    [
        ("C509", "8500", "3", ("C50.9", "8500/3")),
        (" C001 ", None, None, ("C00.1",)),
        (None, "8140", "0", ("8140/0",)),
    ],
)
def test_fields_of_a_registry_make_codes(
    site: str | None, histology: str | None, behaviour: str | None, codes: tuple[str, ...]
) -> None:
    assert from_registry(site, histology, behaviour) == codes


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ((None, None, None), "Site, or histology and behaviour, are needed; none is given"),
        (("C509", "8500", None), "The histology '8500' needs a behaviour (item 523) beside it"),
        (("C509", None, "3"), "The behaviour '3' needs a histology (item 522) beside it"),
        (
            ("C50.9", None, None),
            "The primary site (item 400) must be C and three digits, no dot (C509), but is 'C50.9'",
        ),
        (
            (None, "85003", "3"),
            "The histology (item 522) must be four digits (8500), but is '85003'",
        ),
        (
            (None, "8500", "4"),
            "The behaviour (item 523) must be one of 0, 1, 2, 3, 6 and 9, but is '4'",
        ),
        (
            (None, "8500", ""),
            "The behaviour (item 523) must be one of 0, 1, 2, 3, 6 and 9, but is ''",
        ),
    ],
)
def test_a_field_that_is_wrong_or_missing_is_named(
    fields: tuple[str | None, str | None, str | None], text: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        from_registry(*fields)
    assert caught.value.text == text


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("C50.9", RegistryFields(site="C509")),
        ("8500/3", RegistryFields(histology="8500", behaviour="3")),
        ("M-8140/0", RegistryFields(histology="8140", behaviour="0")),
    ],
)
def test_a_code_is_taken_apart_into_fields(code: str, fields: RegistryFields) -> None:
    assert to_registry(code) == fields
    parts = (fields.site, fields.histology, fields.behaviour)
    assert from_registry(*parts) == (normalise_code(code),)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("C50", "The site 'C50' has three characters; the primary site (item 400) has four"),
        (
            "8140/30",
            "'8140/30' is no code of ICD-O-3 that has fields: a topography (C50.9) or a morphology "
            "with behaviour, with or without grade (8500/3, 8500/31), is needed",
        ),
    ],
)
def test_what_has_no_fields_is_refused(code: str, text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        to_registry(code)
    assert caught.value.text == text

"""Codes of ICD-O-3 as registries write them: taken only where the caller asks for it."""

from dataclasses import replace
from typing import Any

import pytest

from termserver.errors import UnknownCode
from termserver.operations.lookup import LookupRequest, lookup
from termserver.operations.validate_code import validate_code as in_system
from termserver.operations.validation import ValidateRequest, Validation
from termserver.providers.registry import Registry
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology
from valuesets.validate_code import validate_code as in_value_set

VS = "http://x.org/vs"
OTHER = "http://x.org/cs"


def code_system(url: str) -> dict[str, Any]:
    codes = [{"code": "C50.9", "display": "Breast, NOS"}, {"code": "8500/3"}]
    return {
        "resourceType": "CodeSystem",
        "url": url,
        "version": "2",
        "status": "active",
        "content": "complete",
        "caseSensitive": True,
        "concept": codes,
    }


TERMINOLOGY = Terminology(Registry(())).with_overlay(
    [
        code_system(ICD_O_3),
        code_system(OTHER),
        {
            "resourceType": "ValueSet",
            "url": VS,
            "status": "active",
            "compose": {"include": [{"system": ICD_O_3}, {"system": OTHER}]},
        },
    ]
)


def of_system(code: str, *, lenient: bool, system: str = ICD_O_3) -> Validation:
    request = ValidateRequest(code_system=True, url=system, code=code, lenient_code=lenient)
    return in_system(TERMINOLOGY, request)


def of_value_set(code: str, *, lenient: bool, system: str = ICD_O_3) -> Validation:
    request = ValidateRequest(url=VS, system=system, code=code, lenient_code=lenient)
    return in_value_set(TERMINOLOGY, request)


ASKED = [of_system, of_value_set]
WRITTEN = [("C509", "C50.9"), ("c50.9", "C50.9"), ("85003", "8500/3"), ("M-8500/3", "8500/3")]


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize(("written", "code"), WRITTEN)
def test_another_spelling_is_taken_where_asked_and_told(ask: Any, written: str, code: str) -> None:
    found = ask(written, lenient=True)
    assert (found.result, found.code, found.normalized_code) == (True, written, code)
    assert [(one.severity, one.message_id) for one in found.issues] == [
        ("information", "CODE_RESPELLED")
    ]
    assert found.issues[0].text == (
        f"The code '{written}' was read as '{code}', another way to write it"
    )


@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize(("written", "code"), WRITTEN)
def test_another_spelling_is_no_code_unless_asked(ask: Any, written: str, code: str) -> None:
    assert not ask(written, lenient=False).result


@pytest.mark.parametrize("ask", ASKED)
def test_a_spelling_of_no_code_stays_unknown(ask: Any) -> None:
    found = ask("C999", lenient=True)
    assert (found.result, found.code, found.normalized_code) == (False, "C999", None)


@pytest.mark.parametrize("ask", ASKED)
def test_other_systems_have_no_other_spellings(ask: Any) -> None:
    assert not ask("C509", lenient=True, system=OTHER).result


@pytest.mark.parametrize("ask", ASKED)
def test_a_code_written_right_is_left_alone(ask: Any) -> None:
    found = ask("C50.9", lenient=True)
    assert (found.result, found.code, found.normalized_code) == (True, "C50.9", None)
    assert not found.issues


def test_a_sixth_digit_is_taken_as_the_grade_where_asked_and_its_meaning_told() -> None:
    for ask in ASKED:
        found = ask("8500/31", lenient=True)
        assert (found.result, found.code, found.normalized_code) == (True, "8500/31", "8500/3")
        assert [(one.severity, one.message_id) for one in found.issues] == [
            ("information", "CODE_RESPELLED"),
            ("information", "ICDO3_GRADE"),
        ]
        assert found.issues[1].text == (
            "The sixth digit '1' of '8500/31' is the grade of '8500/3': Grade I, well "
            "differentiated"
        )
        assert not ask("8500/31", lenient=False).result


def test_a_lineage_of_a_solid_tumour_is_a_warning() -> None:
    for ask in ASKED:
        found = ask("8500/35", lenient=True)
        assert found.result
        assert found.issues[2].severity == "warning"
        assert found.issues[2].text == (
            "The grade '5' of '8500/35' does not go with '8500/3': 5 to 8 are for lymphomas and "
            "leukaemias (9590/3 to 9999/3)"
        )


@pytest.mark.parametrize("written", ["8500/30", "80463/3", "8500/311", "8501/31"])
def test_what_has_no_grade_or_no_code_before_it_stays_unknown(written: str) -> None:
    assert not of_system(written, lenient=True).result


def test_a_lookup_gives_the_grade_as_a_property_where_asked() -> None:
    request = LookupRequest(system=ICD_O_3, code="8500/31", lenient_code=True)
    found = lookup(TERMINOLOGY, request)
    assert found.code == "8500/3"
    (grade,) = (one for one in found.properties if one.code == "grade")
    assert (grade.type, grade.value) == ("code", "1")
    assert grade.description == "Grade I, well differentiated"
    with pytest.raises(UnknownCode):
        lookup(TERMINOLOGY, replace(request, lenient_code=False))
    without = lookup(TERMINOLOGY, replace(request, properties=("inactive",)))
    assert "grade" not in [one.code for one in without.properties]

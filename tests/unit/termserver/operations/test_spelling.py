"""Codes of ICD-O-3 as registries write them: taken only where the caller asks for it."""

from typing import Any

import pytest

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

"""ICD-O-3's behaviour matrix (rule F): taken only where the caller asks for it."""

from typing import Any

import pytest

from termserver.operations.validate_code import validate_code as in_system
from termserver.operations.validation import ValidateRequest, Validation
from termserver.providers.registry import Registry
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology
from valuesets.validate_code import validate_code as in_value_set

OTHER = "http://x.org/cs"
CODES = [
    {"code": "8140/0", "display": "Adenoma, NOS"},
    {"code": "8500/2", "display": "Intraductal carcinoma"},
    {"code": "8500/3", "display": "Duct carcinoma"},
]
ICDO = {"system": ICD_O_3}
COMPOSES: dict[str, dict[str, Any]] = {
    "all": {"include": [ICDO]},
    "listed": {"include": [{**ICDO, "concept": [{"code": "8500/3"}]}]},
    "malignant": {
        "include": [{**ICDO, "filter": [{"property": "behaviour", "op": "in", "value": "3,6"}]}]
    },
    "digits": {
        "include": [{**ICDO, "filter": [{"property": "code", "op": "regex", "value": r"^\d\S*$"}]}]
    },
    "sites": {
        "include": [{**ICDO, "filter": [{"property": "code", "op": "regex", "value": r"^C\S*$"}]}]
    },
    "below": {
        "include": [{**ICDO, "filter": [{"property": "concept", "op": "is-a", "value": "8500/3"}]}]
    },
    "import": {"include": [{"valueSet": ["http://x.org/all"]}]},
    "without": {"include": [ICDO], "exclude": [{**ICDO, "concept": [{"code": "8500/6"}]}]},
}


def code_system(url: str) -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "url": url,
        "version": "3.2",
        "status": "active",
        "content": "complete",
        "caseSensitive": True,
        "property": [{"code": "behaviour", "type": "code"}],
        "concept": CODES,
    }


def value_set(name: str) -> dict[str, Any]:
    return {
        "resourceType": "ValueSet",
        "url": f"http://x.org/{name}",
        "status": "active",
        "compose": COMPOSES[name],
    }


TERMINOLOGY = Terminology(Registry(())).with_overlay(
    [code_system(ICD_O_3), code_system(OTHER), *map(value_set, COMPOSES)]
)


def of_system(code: str, *, matrix: bool = True, **more: Any) -> Validation:
    request = ValidateRequest(
        code_system=True, code=code, **{"url": ICD_O_3, "behaviour_matrix": matrix, **more}
    )
    return in_system(TERMINOLOGY, request)


def of_value_set(code: str, name: str = "all", *, matrix: bool = True, **more: Any) -> Validation:
    request = ValidateRequest(
        url=f"http://x.org/{name}", system=ICD_O_3, code=code, behaviour_matrix=matrix, **more
    )
    return in_value_set(TERMINOLOGY, request)


def ids(found: Validation) -> list[tuple[str, str | None]]:
    return [(one.severity, one.message_id) for one in found.issues]


BOTH = [of_system, of_value_set]
TAKEN = [("information", "BEHAVIOUR_MATRIX")]


@pytest.mark.parametrize("ask", BOTH)
def test_a_listed_histology_takes_another_behaviour_and_it_is_told(ask: Any) -> None:
    found = ask("8500/6")
    assert (found.result, found.code, found.display) == (True, "8500/6", "Duct carcinoma")
    assert (found.version, found.normalized_code, found.message) == ("3.2", None, None)
    assert ids(found) == TAKEN
    assert found.issues[0].text == (
        f"The code '8500/6' is not listed in '{ICD_O_3}|3.2'. It was accepted by the behaviour "
        "matrix (ICD-O-3, rule F), since its histology is listed as 8500/2 and 8500/3"
    )


@pytest.mark.parametrize("ask", BOTH)
@pytest.mark.parametrize("code", ["8500/0", "8500/1", "8140/3", "8140/2"])
def test_no_display_is_given_where_it_would_name_another_behaviour(ask: Any, code: str) -> None:
    found = ask(code)
    assert (found.result, found.display, ids(found)) == (True, None, TAKEN)


@pytest.mark.parametrize("ask", BOTH)
def test_without_the_parameter_the_code_is_unknown(ask: Any) -> None:
    found = ask("8500/6", matrix=False)
    assert not found.result
    assert ("error", "Unknown_Code_in_Version") in ids(found)


@pytest.mark.parametrize("ask", BOTH)
@pytest.mark.parametrize("code", ["8501/3", "8500/4", "8500", "85006", "C50.9"])
def test_no_listed_histology_or_no_behaviour_stays_unknown(ask: Any, code: str) -> None:
    found = ask(code)
    assert not found.result
    assert ("error", "Unknown_Code_in_Version") in ids(found)


@pytest.mark.parametrize("ask", BOTH)
def test_a_listed_code_is_left_alone(ask: Any) -> None:
    found = ask("8500/3")
    assert (found.result, found.display, found.issues) == (True, "Duct carcinoma", ())


def test_other_systems_have_no_matrix() -> None:
    assert not of_system("8500/6", url=OTHER).result


@pytest.mark.parametrize("ask", BOTH)
def test_another_spelling_is_taken_with_lenient_code(ask: Any) -> None:
    found = ask("85006", lenient_code=True)
    assert (found.result, found.code, found.normalized_code) == (True, "85006", "8500/6")
    assert ids(found) == [("information", "CODE_RESPELLED"), *TAKEN]


@pytest.mark.parametrize("ask", BOTH)
def test_a_display_is_not_judged_and_that_is_told(ask: Any) -> None:
    found = ask("8500/6", display="Duct carcinoma, metastatic")
    assert found.result
    assert ids(found) == [*TAKEN, ("information", "BEHAVIOUR_MATRIX_DISPLAY")]
    assert ids(ask("8500/6", display="duct carcinoma")) == TAKEN


@pytest.mark.parametrize(
    ("name", "code", "result"),
    [
        ("malignant", "8500/6", True),
        ("malignant", "8500/0", False),
        ("listed", "8500/6", False),
        ("digits", "8500/6", True),
        ("sites", "8500/6", False),
    ],
)
def test_a_value_set_decides_by_lists_and_by_what_the_code_tells(
    name: str, code: str, result: bool
) -> None:
    found = of_value_set(code, name)
    assert found.result is result
    assert TAKEN[0] in ids(found)
    assert (("error", "None_of_the_provided_codes_are_in_the_value_set_one") in ids(found)) is (
        not result
    )


def test_what_a_value_set_excludes_by_name_stays_out() -> None:
    assert not of_value_set("8500/6", "without").result
    assert of_value_set("8500/9", "without").result


@pytest.mark.parametrize("name", ["below", "import"])
def test_what_a_definition_cannot_decide_is_told_and_not_accepted(name: str) -> None:
    found = of_value_set("8500/6", name)
    assert not found.result
    assert ids(found) == [*TAKEN, ("error", "BEHAVIOUR_MATRIX_UNDECIDED")]
    assert found.message == (
        f"Whether the value set 'http://x.org/{name}' has the code '8500/6' cannot be decided: the "
        "code is not listed, and the definition asks for more than the code itself tells"
    )

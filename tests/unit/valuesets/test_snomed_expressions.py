"""Post-coordinated expressions in value sets: membership, and what the concept model refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from termserver.library import Home
from termserver.model import Coding
from termserver.operations.validate_code import validate_code as in_system
from termserver.operations.validation import ValidateRequest as SystemRequest
from termserver.systems import SNOMED_CT
from tests.snomed_edition import Clinic, clinic, home_of
from tests.unit.termserver.providers.test_snomed_model import MANDATORY, OPTIONAL, domain_row
from valuesets.expand import expand
from valuesets.model import ExpandRequest, ValidateRequest, Validation
from valuesets.validate_code import validate_code
from valuesets.verdicts import Membership, Verdicts


@pytest.fixture(scope="module")
def made() -> Clinic:
    made = clinic()
    domain_row(made, "site", "disease", MANDATORY)
    domain_row(made, "morphology", "fracture", OPTIONAL)
    return made


@pytest.fixture(scope="module")
def home(made: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    found = home_of(made.release, tmp_path_factory.mktemp("expressions"))
    yield found
    found.close()


def value_set(*filters: tuple[str, str, str]) -> dict[str, Any]:
    """Return a value set of one include with filters."""
    clauses = [{"property": name, "op": op, "value": value} for name, op, value in filters]
    include: dict[str, Any] = {"system": SNOMED_CT, **({"filter": clauses} if clauses else {})}
    return {"resourceType": "ValueSet", "status": "active", "compose": {"include": [include]}}


def in_set(home: Home, code: str, *filters: tuple[str, str, str]) -> Validation:
    """Validate a code against such a value set."""
    request = ValidateRequest(value_set=value_set(*filters), system=SNOMED_CT, code=code)
    return validate_code(home.terminology(), request)


def test_what_a_mandatory_rule_refuses_is_no_valid_code_anywhere(home: Home, made: Clinic) -> None:
    text = f"{made['body']}:{made['site']}={made['arm']}"
    request = SystemRequest(url=SNOMED_CT, code=text)

    for answer in (in_set(home, text), in_system(home.terminology(), request)):
        [issue] = answer.issues
        assert answer.result is False
        assert (issue.severity, issue.tx_type) == ("error", "code-rule")
        assert issue.text.startswith("The concept model does not allow the attribute")
        assert answer.message == issue.text


def test_what_an_optional_rule_refuses_is_valid_with_a_warning(home: Home, made: Clinic) -> None:
    text = f"{made['disease']}:{made['morphology']}={made['break']}"
    answer = in_set(home, text)

    assert answer.result is True
    assert [(one.severity, one.tx_type) for one in answer.issues] == [("warning", "code-rule")]


def test_a_value_set_answers_an_allowed_expression_without_remarks(
    home: Home, made: Clinic
) -> None:
    answer = in_set(home, f"{made['fracture']}:{made['site']}={made['arm']}")

    assert (answer.result, answer.issues) == (True, ())


def codes(home: Home, *filters: tuple[str, str, str]) -> list[str | None]:
    """Expand one include with filters; the codes."""
    resource = value_set(*filters)
    return [
        one.code for one in expand(home.terminology(), ExpandRequest(value_set=resource)).contains
    ]


def test_all_filters_of_one_include_hold_together(home: Home, made: Clinic) -> None:
    disease, fracture, arm = made["disease"], made["fracture"], made["fracture of arm"]
    below = ("concept", "is-a", disease)

    assert codes(home, below) == [disease, fracture, arm]
    assert codes(home, below, (made["site"], "=", made["arm"])) == [arm]
    assert codes(home, below, (made["site"], "exists", "false")) == [disease, fracture]
    assert codes(home, below, ("sufficientlyDefined", "=", "false"), ("parent", "=", disease)) == [
        fracture
    ]
    assert codes(
        home,
        ("concept", "in", made["set"]),
        ("constraint", "=", f"< {disease}"),
        (made["morphology"], "=", made["break"]),
        ("expressions", "=", "false"),
    ) == [fracture]
    assert codes(home, ("concept", "in", made["set"]), ("concept", "is-a", made["body"])) == []
    assert codes(home, ("concept", "generalizes", arm), ("concept", "descendent-of", disease)) == [
        fracture,
        arm,
    ]


def test_expressions_are_members_unless_the_filter_rules_them_out(home: Home, made: Clinic) -> None:
    text = f"{made['fracture']}:{made['site']}={made['left arm']}"
    below = ("concept", "is-a", made["disease"])

    assert in_set(home, text, below).result is True
    assert in_set(home, text, below, ("expressions", "=", "true")).result is True
    refused = in_set(home, text, below, ("expressions", "=", "false"))
    assert refused.result is False
    assert [one.tx_type for one in refused.issues] == ["not-in-vs"]
    # a concept, with its term or not, is no expression
    for code in (made["fracture"], f"{made['fracture']} |Fracture|"):
        assert in_set(home, code, below, ("expressions", "=", "false")).result is True


def test_an_expression_must_satisfy_every_filter(home: Home, made: Clinic) -> None:
    text = f"{made['fracture']}:{made['site']}={made['left arm']}"
    below = ("concept", "is-a", made["fracture"])

    assert in_set(home, text, below, (made["site"], "=", made["left arm"])).result is True
    assert in_set(home, text, below, (made["site"], "=", made["arm"])).result is False
    narrow = f"< {made['fracture']} : {made['site']} = << {made['arm']}"
    assert in_set(home, text, below, ("constraint", "=", narrow)).result is True
    assert in_set(home, text, below, ("concept", "in", made["set"])).result is False


def test_a_check_tells_a_broken_rule_of_the_code_not_of_the_binding(
    home: Home, made: Clinic
) -> None:
    coding = Coding(system=SNOMED_CT, code=f"{made['body']}:{made['site']}={made['arm']}")
    verdicts = Verdicts(home.terminology())

    everything, disease = f"{SNOMED_CT}?fhir_vs", f"{SNOMED_CT}?fhir_vs=isa/{made['disease']}"
    assert verdicts.membership(coding, everything, infer_system=False) == Membership(place="inside")
    assert verdicts.membership(coding, disease, infer_system=False).place == "outside"
    [note] = verdicts.code(coding).notes
    assert note.text.startswith("The concept model does not allow the attribute")

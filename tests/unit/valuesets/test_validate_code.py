"""ValueSet/$validate-code over code systems sent with the request."""

from typing import Any

import pytest

from termserver.errors import CyclicValueSet, UnknownValueSet
from termserver.model import Coding
from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from valuesets.model import ValidateRequest, Validation, VersionRules
from valuesets.validate_code import validate_code

CS = "http://x.org/cs"
VS = "http://x.org/vs"


def code_system(version: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "url": CS,
        "version": version,
        "content": "complete",
        "caseSensitive": True,
        "language": "en",
        "concept": [
            {
                "code": "a",
                "display": "Apple",
                "concept": [
                    {
                        "code": "b",
                        "display": "Berry",
                        "designation": [{"language": "de", "value": "Beere"}],
                    }
                ],
            },
            {
                "code": "old",
                "display": "Old",
                "property": [{"code": "inactive", "valueBoolean": True}],
            },
            {"code": "group", "property": [{"code": "notSelectable", "valueBoolean": True}]},
        ],
        **more,
    }


def value_set(*includes: dict[str, Any], **more: Any) -> dict[str, Any]:
    compose: dict[str, Any] = {"include": list(includes), **more.pop("compose", {})}
    return {"resourceType": "ValueSet", "url": VS, "status": "active", "compose": compose, **more}


def run(*resources: dict[str, Any], code: str = "a", **request: Any) -> Validation:
    terminology = Terminology(Registry(())).with_overlay(list(resources))
    if "coding" not in request and "codeable_concept" not in request:
        request = {"code": code, "system": CS, **request}
    return validate_code(terminology, ValidateRequest(url=VS, **request))


def ids(validation: Validation) -> list[str]:
    return sorted(str(one.message_id) for one in validation.issues)


ALL = {"system": CS}
NOT_IN = "None_of_the_provided_codes_are_in_the_value_set_one"


def test_a_member_is_valid_with_display_and_version() -> None:
    found = run(code_system(), value_set(ALL))
    assert (found.result, found.code, found.display, found.version) == (True, "a", "Apple", "1")
    assert not found.issues


def test_a_code_that_does_not_exist_is_said_to_be_unknown() -> None:
    found = run(code_system(), value_set(ALL), code="zzz")
    assert not found.result
    assert ids(found) == [NOT_IN, "Unknown_Code_in_Version"]
    assert found.message == "; ".join(sorted(one.text for one in found.issues))


def test_a_code_outside_the_value_set_keeps_its_display() -> None:
    one = value_set({"system": CS, "concept": [{"code": "b"}]})
    found = run(code_system(), one)
    assert (found.result, found.display, ids(found)) == (False, "Apple", [NOT_IN])


def test_filters_decide_without_expanding() -> None:
    below = value_set(
        {"system": CS, "filter": [{"property": "concept", "op": "descendent-of", "value": "a"}]}
    )
    assert run(code_system(), below, code="b").result
    assert not run(code_system(), below, code="a").result


def test_an_exclude_takes_a_code_off() -> None:
    but_b = value_set(ALL, compose={"exclude": [{"system": CS, "concept": [{"code": "b"}]}]})
    assert not run(code_system(), but_b, code="b").result
    assert run(code_system(), but_b, code="a").result


def test_a_wrong_display_fails_and_a_lenient_one_warns() -> None:
    strict = run(code_system(), value_set(ALL), display="Pear")
    assert (strict.result, strict.display) == (False, "Apple")
    lenient = run(code_system(), value_set(ALL), display="Pear", lenient_display=True)
    assert lenient.result
    assert [one.severity for one in lenient.issues] == ["warning"]


def test_a_display_is_compared_without_case_and_extra_blanks() -> None:
    assert run(code_system(), value_set(ALL), display=" aPPLE  ").result


def test_a_display_of_another_language_than_asked_is_wrong() -> None:
    asked = {"code": "b", "display_language": "en"}
    assert not run(code_system(), value_set(ALL), display="Beere", **asked).result
    assert run(code_system(), value_set(ALL), display="Beere", code="b").result


def test_inactive_codes_warn_or_fail_by_the_definition() -> None:
    warned = run(code_system(), value_set(ALL), code="old")
    assert (warned.result, warned.inactive, ids(warned)) == (True, True, ["INACTIVE_CONCEPT_FOUND"])
    active = value_set(ALL, compose={"inactive": False})
    assert not run(code_system(), active, code="old").result


def test_abstract_codes_are_valid_unless_ruled_out() -> None:
    assert run(code_system(), value_set(ALL), code="group").result
    ruled = run(code_system(), value_set(ALL), code="group", abstract=False)
    assert ids(ruled) == ["ABSTRACT_CODE_NOT_ALLOWED", NOT_IN]


def test_another_case_is_found_where_case_does_not_matter() -> None:
    loose = code_system(caseSensitive=False)
    found = run(loose, value_set(ALL), code="A")
    assert (found.result, found.code, found.normalized_code) == (True, "A", "a")


def test_an_enumerated_code_is_decided_though_another_system_is_missing() -> None:
    mixed = value_set(
        {"system": "http://y.org", "filter": [{"property": "concept", "op": "is-a", "value": "x"}]},
        {"system": CS, "concept": [{"code": "b"}]},
    )
    assert run(code_system(), mixed, code="b").result
    assert run(mixed, code="b").result


def test_what_hangs_on_a_missing_system_says_so() -> None:
    found = run(value_set({"system": CS}), code="a")
    assert not found.result
    assert ids(found) == ["UNKNOWN_CODESYSTEM"]
    assert found.unknown_systems == (CS,)


def test_a_missing_import_is_a_finding() -> None:
    found = run(code_system(), value_set({"valueSet": ["http://x.org/none"]}))
    assert not found.result
    assert ids(found) == ["Unable_to_resolve_value_Set_"]


def test_the_very_value_set_asked_for_must_be_there() -> None:
    with pytest.raises(UnknownValueSet, match=r"http://x\.org/vs"):
        run(code_system())


def test_a_circle_is_refused_even_if_a_member_is_found_before_it() -> None:
    other = {**value_set({"valueSet": [VS]}), "url": VS + "2"}
    with pytest.raises(CyclicValueSet):
        run(code_system(), value_set(ALL, {"valueSet": [VS + "2"]}), other)


def test_the_system_is_inferred_where_one_has_the_code() -> None:
    found = run(code_system(), value_set(ALL), system=None, code="b", infer_system=True)
    assert (found.result, found.system) == (True, CS)
    nothing = run(code_system(), value_set(ALL), system=None, code="zzz", infer_system=True)
    assert "UNABLE_TO_INFER_CODESYSTEM" in ids(nothing)


def test_one_valid_coding_makes_a_concept_valid() -> None:
    codings = (Coding(system="http://y.org", code="k"), Coding(system=CS, code="b"))
    found = run(code_system(), value_set(ALL), codeable_concept=codings, membership_only=True)
    assert (found.result, found.code) == (True, "b")


def test_no_valid_coding_is_one_error_and_a_note_for_each() -> None:
    codings = (Coding(system=CS, code="a"), Coding(system=CS, code="old"))
    only_b = value_set({"system": CS, "concept": [{"code": "b"}]})
    found = run(code_system(), only_b, codeable_concept=codings)
    errors = [one for one in found.issues if one.severity == "error"]
    assert [one.message_id for one in errors] == ["TX_GENERAL_CC_ERROR_MESSAGE"]
    assert ids(found).count(NOT_IN) == 2


def test_the_codings_own_version_is_used_where_the_include_leaves_it_open() -> None:
    newer = code_system("2", concept=[{"code": "a", "display": "Apple 2"}])
    both = (code_system(), newer, value_set(ALL))
    assert run(*both).display == "Apple 2"
    assert run(*both, system_version="1").display == "Apple"


def test_a_version_that_the_include_does_not_mean_is_a_mismatch() -> None:
    newer = code_system("2")
    pinned = value_set({"system": CS, "version": "2"})
    found = run(code_system(), newer, pinned, system_version="1")
    assert (found.result, ids(found)) == (False, ["VALUESET_VALUE_MISMATCH"])


def test_check_system_version_is_a_finding() -> None:
    rules = VersionRules(check_system_version=(f"{CS}|1",))
    pinned = value_set({"system": CS, "version": "2"})
    found = run(code_system(), code_system("2"), pinned, versions=rules)
    assert (found.result, ids(found)) == (False, ["VALUESET_VERSION_CHECK"])


@pytest.mark.parametrize(
    ("request_of", "text"),
    [
        (
            {"code": "b", "system": CS},
            "The provided code 'http://x.org/cs#b' was not found in the value set '(unidentified)'",
        ),
        (
            {"codeable_concept": (Coding(system=CS, code="b"),)},
            "No valid coding was found for the value set '(unidentified)'",
        ),
    ],
)
def test_a_value_set_that_has_no_url_is_called_unidentified(
    request_of: dict[str, Any], text: str
) -> None:
    sent = value_set({"system": CS, "concept": [{"code": "a"}]})
    del sent["url"]
    terminology = Terminology(Registry(())).with_overlay([code_system()])

    answer = validate_code(terminology, ValidateRequest(value_set=sent, **request_of))

    assert answer.message == text

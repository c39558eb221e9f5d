"""Errors as OperationOutcome and status."""

from collections.abc import Iterator

import pytest

from api.outcome import STATUS, error_json, status_of
from termserver import errors


def subclasses(kind: type[errors.TerminologyError]) -> Iterator[type[errors.TerminologyError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from subclasses(one)


def test_every_error_class_has_a_status_of_its_own() -> None:
    known = [
        one for one in subclasses(errors.TerminologyError) if one.__module__ == errors.__name__
    ]
    assert [one.__name__ for one in known if one not in STATUS] == []


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.InvalidRequest("no"), 400, "invalid"),
        (errors.UnknownCodeSystem("no"), 404, "not-found"),
        (errors.VersionConflict("no"), 422, "exception"),
        (errors.TooCostly("no"), 422, "too-costly"),
        (errors.TooLarge("no"), 413, "too-long"),
        (errors.NotAcceptable("no"), 406, "not-supported"),
        (errors.Busy("no"), 503, "throttled"),
    ],
)
def test_status_and_issue_code_are_those_of_the_table(
    error: errors.TerminologyError, status: int, code: str
) -> None:
    assert status_of(error) == status
    assert error_json(error)["issue"][0]["code"] == code


def test_an_outcome_tells_what_the_error_tells() -> None:
    error = errors.UnknownCode("No 'x'", message_id="Unknown_Code", expression="Coding.code")
    assert error_json(error, "r1") == {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/"
                        "operationoutcome-message-id",
                        "valueString": "Unknown_Code",
                    }
                ],
                "severity": "error",
                "code": "not-found",
                "details": {
                    "coding": [
                        {
                            "system": "http://hl7.org/fhir/tools/CodeSystem/tx-issue-type",
                            "code": "invalid-code",
                        }
                    ],
                    "text": "No 'x'",
                },
                "expression": ["Coding.code"],
                "diagnostics": "Find codes by words: ValueSet/$expand with the code system's url "
                "as url, and filter. Request id: r1",
            }
        ],
    }


@pytest.mark.parametrize(
    "kind",
    [
        errors.UnknownCodeSystem,
        errors.UnknownValueSet,
        errors.UnknownConceptMap,
        errors.UnknownSupplement,
    ],
)
def test_what_is_not_there_comes_with_what_to_do(kind: type[errors.TerminologyError]) -> None:
    diagnostics = error_json(kind("no"), "r1")["issue"][0]["diagnostics"]

    assert diagnostics.startswith("Search ")
    assert diagnostics.endswith("or send it as tx-resource. Request id: r1")

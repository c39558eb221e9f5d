"""Every parameter of every operation, sent wrongly: a 4xx that names it, never a 5xx."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.exchange import Answer
from api.operations import Operation, Parameter, operations
from tests.api_requests import COLOURS, WARM, ask, dispatcher, json_of, parameters

COLOUR = "http://example.org/colours"

NEEDED: dict[str, list[dict[str, Any]]] = {
    "CodeSystem/$lookup": [
        {"name": "system", "valueUri": COLOUR},
        {"name": "code", "valueCode": "red"},
    ],
    "CodeSystem/$validate-code": [
        {"name": "url", "valueUri": COLOUR},
        {"name": "code", "valueCode": "red"},
    ],
    "CodeSystem/$subsumes": [
        {"name": "system", "valueUri": COLOUR},
        {"name": "codeA", "valueCode": "red"},
        {"name": "codeB", "valueCode": "blue"},
    ],
    "ValueSet/$expand": [{"name": "url", "valueUri": "http://example.org/warm"}],
    "ValueSet/$validate-code": [
        {"name": "url", "valueUri": "http://example.org/warm"},
        {"name": "system", "valueUri": COLOUR},
        {"name": "code", "valueCode": "red"},
    ],
    "ValueSet/$batch-validate-code": [
        {"name": "url", "valueUri": "http://example.org/warm"},
        {
            "name": "validation",
            "resource": parameters({"name": "coding", "valueCoding": {"code": "red"}}),
        },
    ],
    "ValueSet/$compare": [
        {"name": "thisUrl", "valueUri": "http://example.org/warm"},
        {"name": "otherUrl", "valueUri": "http://example.org/warm"},
    ],
    "ConceptMap/$translate": [
        {"name": "system", "valueUri": COLOUR},
        {"name": "sourceCode", "valueCode": "red"},
    ],
    "NamingSystem/$preferred-id": [
        {"name": "id", "valueString": COLOUR},
        {"name": "type", "valueCode": "uri"},
    ],
    "NamingSystem/$translate-id": [
        {"name": "id", "valueString": COLOUR},
        {"name": "sourceType", "valueCode": "uri"},
        {"name": "targetType", "valueCode": "uri"},
    ],
    "$cache-control": [{"name": "mode", "valueCode": "start"}],
}
"""What makes a good request of each operation; others are not asked here."""

GOOD: dict[str, dict[str, Any]] = {
    "boolean": {"valueBoolean": True},
    "integer": {"valueInteger": 5},
    "Coding": {"valueCoding": {"system": COLOUR, "code": "red"}},
    "CodeableConcept": {"valueCodeableConcept": {"coding": [{"system": COLOUR, "code": "red"}]}},
    "ValueSet": {"resource": WARM},
    "CodeSystem": {"resource": COLOURS},
    "ConceptMap": {"resource": {"resourceType": "ConceptMap", "status": "active"}},
    "Resource": {"resource": COLOURS},
    "Parameters": {"resource": parameters()},
}


def cases() -> Iterator[Any]:
    for operation in operations():
        if operation.path in NEEDED:
            for parameter in operation.parameters:
                yield pytest.param(operation, parameter, id=f"{operation.path} {parameter.name}")


def good(parameter: Parameter) -> dict[str, Any]:
    value = GOOD.get(parameter.type, {"valueString": "text"})
    if parameter.parts:
        value = {"part": [{"name": "attribute", "valueUri": "http://a"}]}
    return {"name": parameter.name} | value


def sent(operation: Operation, *more: dict[str, Any]) -> Answer:
    """Return the answer of the good request with `more` in the place of what has its name."""
    names = {one["name"] for one in more}
    kept = [one for one in NEEDED[operation.path] if one["name"] not in names]
    return ask(operation.path, body=parameters(*kept, *more), to=dispatcher())


def assert_refused(answer: Answer, name: str) -> None:
    json = json_of(answer)
    assert 400 <= answer.status < 500, json
    assert json["resourceType"] == "OperationOutcome"
    assert f"'{name}'" in json["issue"][0]["details"]["text"], json


@pytest.mark.parametrize(("operation", "parameter"), list(cases()))
def test_a_wrong_type_is_refused_by_name(operation: Operation, parameter: Parameter) -> None:
    assert_refused(sent(operation, {"name": parameter.name, "valueAddress": {}}), parameter.name)


@pytest.mark.parametrize(("operation", "parameter"), list(cases()))
def test_no_value_is_refused_by_name(operation: Operation, parameter: Parameter) -> None:
    assert_refused(sent(operation, {"name": parameter.name}), parameter.name)


@pytest.mark.parametrize(("operation", "parameter"), list(cases()))
def test_a_repetition_is_refused_by_name(operation: Operation, parameter: Parameter) -> None:
    answer = sent(operation, good(parameter), good(parameter))
    if parameter.many:
        assert answer.status < 500, answer.body
    else:
        assert_refused(answer, parameter.name)


@pytest.mark.parametrize(("operation", "parameter"), list(cases()))
def test_any_well_formed_value_gives_no_server_error(
    operation: Operation, parameter: Parameter
) -> None:
    answer = sent(operation, good(parameter))
    assert answer.status < 500, answer.body
    if parameter.use == "refused":
        assert_refused(answer, parameter.name)


@pytest.mark.parametrize("path", sorted(NEEDED))
def test_a_good_request_is_answered(path: str) -> None:
    operation = next(one for one in operations() if one.path == path)
    assert sent(operation).status == 200, sent(operation).body


@pytest.mark.parametrize("path", sorted(NEEDED))
def test_a_request_without_parameters_is_refused(path: str) -> None:
    answer = ask(path, body=parameters())
    assert 400 <= answer.status < 500


@pytest.mark.parametrize("path", sorted(NEEDED))
def test_undefined_parameters_change_nothing_but_under_strict_handling(path: str) -> None:
    operation = next(one for one in operations() if one.path == path)
    unknown = {"name": "uuid", "valueUuid": "urn:uuid:1"}
    assert sent(operation, unknown).status == 200
    body = parameters(*NEEDED[path], unknown)
    strict = ask(path, body=body, headers={"Prefer": "handling=strict"})
    assert_refused(strict, "uuid")


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "ValueSet", "compose": "text"},
        {"resourceType": "ValueSet", "compose": {"include": {}}},
        {"resourceType": "ValueSet", "compose": {"include": [1]}},
        {"resourceType": "ValueSet", "compose": {"include": [{}]}},
        {"resourceType": "ValueSet", "compose": {"include": [{"system": 1}]}},
        {"resourceType": "ValueSet", "compose": {"include": [{"system": COLOUR, "concept": [{}]}]}},
        {"resourceType": "ValueSet", "compose": {"include": [{"valueSet": "text"}]}},
        {"resourceType": "ValueSet", "compose": {"include": [{"valueSet": [1]}]}},
        {"resourceType": "ValueSet", "extension": "text"},
        {"resourceType": "ValueSet", "url": 1},
        {"resourceType": "CodeSystem", "concept": "text", "content": "complete"},
        {"resourceType": "CodeSystem", "url": "http://a", "concept": [1], "content": "complete"},
        {"resourceType": "CodeSystem", "url": "http://a", "concept": [{}], "content": "complete"},
        {"resourceType": "CodeSystem", "url": ["http://a"], "content": "complete"},
        {
            "resourceType": "CodeSystem",
            "url": "http://a",
            "content": "complete",
            "concept": [{"code": "a", "property": [{"code": 1}], "designation": [1]}],
        },
        {"resourceType": "ConceptMap", "url": "http://a", "group": "text"},
        {"resourceType": "ConceptMap", "url": "http://a", "group": [{"element": [1]}]},
        {"resourceType": "Patient"},
    ],
)
def test_a_resource_that_is_not_fhir_gives_no_server_error(resource: dict[str, Any]) -> None:
    by_content = ask(
        "CodeSystem/$lookup",
        body=parameters(
            *NEEDED["CodeSystem/$lookup"], {"name": "tx-resource", "resource": resource}
        ),
    )
    assert by_content.status < 500, by_content.body
    if resource["resourceType"] == "ValueSet":
        posted = ask("ValueSet/$expand", body=resource)
        assert 400 <= posted.status < 500, posted.body

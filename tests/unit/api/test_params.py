"""Parameters bodies and query strings read by an operation's table."""

from typing import Any

import pytest

from api.operations import Operation, Parameter
from api.params import parse_query, read_values
from api.tables.codesystem import FIND_MATCHES, LOOKUP
from api.tables.conceptmap import TRANSLATE
from api.tables.valueset import EXPAND, VALIDATE_CODE
from termserver.errors import InvalidRequest, NotSupported
from tests.api_requests import parameters

URL = {"name": "url", "valueUri": "http://example.org/vs"}


def expand_values(*listed: dict[str, Any], strict: bool = False) -> dict[str, Any]:
    return read_values(EXPAND, parameters(URL, *listed), (), strict=strict)


def test_a_query_is_decoded_in_order() -> None:
    query = b"url=http%3A%2F%2Fa%2Fb&code=a+b&code=%C3%A4&flag"
    assert parse_query(query) == [
        ("url", "http://a/b"),
        ("code", "a b"),
        ("code", "ä"),
        ("flag", ""),
    ]


def test_a_query_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="not UTF-8"):
        parse_query(b"code=%ff")


def test_an_implicit_value_set_url_needs_no_escapes() -> None:
    query = parse_query(b"url=http://snomed.info/sct?fhir_vs=isa/73211009&count=1")
    values = read_values(EXPAND, None, query)
    assert values == {"url": "http://snomed.info/sct?fhir_vs=isa/73211009", "count": 1}


def test_query_and_body_give_the_same_values() -> None:
    body = parameters(
        URL, {"name": "count", "valueInteger": 5}, {"name": "activeOnly", "valueBoolean": True}
    )
    query = [("url", "http://example.org/vs"), ("count", "5"), ("activeOnly", "true")]
    assert read_values(EXPAND, body, ()) == read_values(EXPAND, None, query)


def test_a_repeatable_parameter_is_a_list_in_order() -> None:
    values = expand_values(
        {"name": "property", "valueString": "a"}, {"name": "property", "valueString": "b"}
    )
    assert values["property"] == ["a", "b"]


def test_a_bare_resource_stands_for_its_parameter() -> None:
    value_set = {"resourceType": "ValueSet", "url": "http://example.org/vs"}
    assert read_values(EXPAND, value_set, ()) == {"valueSet": value_set}


@pytest.mark.parametrize("kind", ["Uri", "Url", "Canonical", "String"])
def test_text_types_stand_for_each_other(kind: str) -> None:
    body = parameters({"name": "url", f"value{kind}": "http://example.org/vs"})
    assert read_values(EXPAND, body, ())["url"] == "http://example.org/vs"


def test_the_spelling_of_the_other_release_is_the_same_parameter() -> None:
    r4 = parameters(
        {"name": "code", "valueCode": "a"}, {"name": "targetsystem", "valueUri": "http://t"}
    )
    r5 = parameters(
        {"name": "sourceCode", "valueCode": "a"}, {"name": "targetSystem", "valueUri": "http://t"}
    )
    assert read_values(TRANSLATE, r4, ()) == read_values(TRANSLATE, r5, ())


def test_an_undefined_parameter_is_ignored() -> None:
    values = expand_values({"name": "uuid", "valueUuid": "urn:uuid:1"})
    assert values == {"url": "http://example.org/vs"}


def test_an_undefined_parameter_is_refused_under_strict_handling() -> None:
    with pytest.raises(InvalidRequest, match="no parameter 'uuid'"):
        expand_values({"name": "uuid", "valueUuid": "urn:uuid:1"}, strict=True)


def test_result_parameters_of_the_query_are_never_undefined() -> None:
    query = [("url", "http://example.org/vs"), ("_format", "json"), ("_pretty", "true")]
    assert read_values(EXPAND, None, query, strict=True) == {"url": "http://example.org/vs"}


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ({"name": "count", "valueString": "5"}, "'count' must be of type integer"),
        ({"name": "count", "valueInteger": True}, "'count' must be of type integer"),
        ({"name": "activeOnly", "valueBoolean": "true"}, "'activeOnly' must be of type boolean"),
        ({"name": "activeOnly", "valueCode": "true"}, "'activeOnly' must be of type boolean"),
        ({"name": "filter", "valueInteger": 1}, "'filter' must be of type string"),
        ({"name": "filter", "valueString": ""}, "'filter' must be of type string"),
        ({"name": "filter", "valueString": None}, "'filter' must be of type string"),
        ({"name": "filter"}, "'filter' has no value"),
        ({"name": "filter", "valueString": "a", "valueCode": "b"}, "more than one value"),
        ({"name": "tx-resource", "valueString": "a"}, "'tx-resource' must have a resource"),
        ({"name": "tx-resource", "resource": {}}, "without resourceType"),
        ({"name": "url", "valueUri": "http://other"}, "'url' may be given only once"),
        ({"name": "_limit", "valueInteger": "5"}, "'_limit' must be of type integer"),
    ],
)
def test_a_wrong_value_is_refused_by_name(parameter: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidRequest, match=text):
        expand_values(parameter)


def test_two_spellings_of_one_parameter_are_a_repetition() -> None:
    with pytest.raises(InvalidRequest, match=r"'_limit' may be given only once \(as 'limit' too\)"):
        expand_values({"name": "limit", "valueInteger": 5}, {"name": "_limit", "valueInteger": 6})


def test_a_parameter_in_query_and_body_is_a_repetition() -> None:
    with pytest.raises(InvalidRequest, match="'url' may be given only once"):
        read_values(EXPAND, parameters(URL), [("url", "http://example.org/vs")])


def test_parameters_that_exclude_each_other_are_refused() -> None:
    body = parameters(
        URL, {"name": "code", "valueCode": "a"}, {"name": "coding", "valueCoding": {"code": "a"}}
    )
    with pytest.raises(InvalidRequest, match="'code' and 'coding' exclude each other"):
        read_values(VALIDATE_CODE, body, ())


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(InvalidRequest, match="needs one of the parameters 'url' or 'valueSet'"):
        read_values(EXPAND, None, ())


def test_an_instance_stands_for_the_scope() -> None:
    assert read_values(EXPAND, None, [("count", "1")], instance=True) == {"count": 1}
    with pytest.raises(InvalidRequest, match="'url' does not go with"):
        read_values(EXPAND, None, [("url", "http://example.org/vs")], instance=True)


@pytest.mark.parametrize("name", ["date", "context", "contextDirection"])
def test_a_defined_parameter_that_is_not_supported_is_refused(name: str) -> None:
    with pytest.raises(NotSupported, match=f"'{name}' is not supported"):
        read_values(EXPAND, None, [("url", "http://example.org/vs"), (name, "2020-01-01")])


def test_a_complex_parameter_in_a_query_is_sent_to_the_body() -> None:
    with pytest.raises(InvalidRequest, match="'coding' is a Coding: send it in the body"):
        read_values(LOOKUP, None, [("coding", "a")])


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ([], "must be a JSON object"),
        ("text", "must be a JSON object"),
        ({"resourceType": "Patient"}, "but is a Patient"),
        ({}, "without resourceType"),
        ({"resourceType": "Parameters", "parameter": {}}, "must be a list"),
        ({"resourceType": "Parameters", "parameter": [1]}, r"parameter\[0\] must be an object"),
        ({"resourceType": "Parameters", "parameter": [{"valueUri": "a"}]}, "with a name"),
    ],
)
def test_a_body_that_is_no_parameters_is_refused(body: Any, text: str) -> None:
    with pytest.raises(InvalidRequest, match=text):
        read_values(EXPAND, body, ())


def test_parts_are_read_by_the_same_rules() -> None:
    body = parameters(
        {"name": "sourceCode", "valueCode": "a"},
        {
            "name": "dependency",
            "part": [
                {"name": "element", "valueUri": "http://a"},
                {"name": "concept", "valueCodeableConcept": {"coding": [{"code": "x"}]}},
            ],
        },
    )
    values = read_values(TRANSLATE, body, ())
    assert values["dependency"] == [
        {"attribute": "http://a", "concept": {"coding": [{"code": "x"}]}}
    ]


def test_a_part_that_is_not_supported_is_refused_by_name() -> None:
    part = {"name": "subproperty", "part": [{"name": "code", "valueCode": "a"}]}
    body = parameters({"name": "property", "part": [{"name": "code", "valueCode": "b"}, part]})

    refused = Parameter(name="subproperty", type="parts", many=True, use="refused", doc="")
    code = Parameter(name="code", type="code", required=True, doc="")
    of = Parameter(name="property", type="parts", many=True, doc="", parts=(code, refused))
    operation = Operation(
        code="find", resource="CodeSystem", levels=(), definition="", doc="", parameters=(of,)
    )
    with pytest.raises(NotSupported, match="'subproperty' is not supported"):
        read_values(operation, body, ())


def test_parts_have_parts() -> None:
    nested = [{"name": "code", "valueCode": "a"}, {"name": "value", "valueString": "x"}]
    part = {"name": "subproperty", "part": nested}
    body = parameters({"name": "property", "part": [{"name": "code", "valueCode": "b"}, part]})

    system = {"name": "system", "valueUri": "http://a"}
    assert read_values(FIND_MATCHES, parameters(system, *body["parameter"]), ()) == {
        "system": "http://a",
        "property": [{"code": "b", "subproperty": [{"code": "a", "value": ("String", "x")}]}],
    }


def test_translate_has_no_date_to_refuse() -> None:
    body = parameters({"name": "sourceCode", "valueCode": "a"}, {"name": "date", "valueDate": "x"})

    assert read_values(TRANSLATE, body, ()) == {"sourceCode": "a"}

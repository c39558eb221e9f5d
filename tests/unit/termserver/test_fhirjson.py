"""CodeSystem JSON -> records."""

from typing import Any

import pytest

from termserver.errors import InvalidRequest
from termserver.fhirjson import code_system_records, coding_of, property_code, standard_property
from termserver.model import Coding
from termserver.records import CodeSystemRecord, ConceptRecord, EdgeRecord, PropertyRecord


def code_system(**more: Any) -> dict[str, Any]:
    return {"resourceType": "CodeSystem", "url": "http://x.org/cs", "content": "complete", **more}


def concepts(resource: dict[str, Any]) -> dict[str, ConceptRecord]:
    return {
        one.code: one for one in code_system_records(resource) if isinstance(one, ConceptRecord)
    }


def edges(resource: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (one.child, one.parent)
        for one in code_system_records(resource)
        if isinstance(one, EdgeRecord)
    ]


def test_header_comes_first_and_has_no_concepts() -> None:
    resource = code_system(version="1", concept=[{"code": "a"}])
    first = next(iter(code_system_records(resource)))
    assert isinstance(first, CodeSystemRecord)
    assert first.system.canonical == "http://x.org/cs|1"
    assert "concept" not in first.system.resource


def test_nesting_and_parent_and_child_properties_make_one_hierarchy() -> None:
    resource = code_system(
        concept=[
            {
                "code": "a",
                "concept": [{"code": "b"}],
                "property": [{"code": "child", "valueCode": "c"}],
            },
            {"code": "c"},
            {"code": "d", "property": [{"code": "parent", "valueCode": "a"}]},
            {"code": "e", "property": [{"code": "parent", "valueCode": "gone"}]},
        ]
    )
    assert edges(resource) == [("c", "a"), ("b", "a"), ("d", "a")]


def test_a_parent_property_is_known_by_its_uri() -> None:
    resource = code_system(
        property=[
            {"code": "subsumedBy", "uri": "http://hl7.org/fhir/concept-properties#parent"},
            {"code": "parent", "uri": "http://x.org/other"},
        ],
        concept=[
            {"code": "a"},
            {"code": "b", "property": [{"code": "subsumedBy", "valueCode": "a"}]},
            {"code": "c", "property": [{"code": "parent", "valueCode": "a"}]},
        ],
    )
    assert edges(resource) == [("b", "a")]


def test_status_and_flags_decide_what_is_inactive() -> None:
    found = concepts(
        code_system(
            concept=[
                {"code": "plain"},
                {"code": "flag", "property": [{"code": "inactive", "valueBoolean": True}]},
                {"code": "old", "property": [{"code": "status", "valueCode": "retired"}]},
                {"code": "dep", "property": [{"code": "status", "valueCode": "deprecated"}]},
            ]
        )
    )
    assert {code: one.inactive for code, one in found.items()} == {
        "plain": False,
        "flag": True,
        "old": True,
        "dep": False,
    }
    assert found["dep"].status == "deprecated"


def test_not_selectable_in_any_spelling_is_abstract() -> None:
    renamed = code_system(
        property=[
            {"code": "no-choice", "uri": "http://hl7.org/fhir/concept-properties#notSelectable"}
        ],
        concept=[{"code": "a", "property": [{"code": "no-choice", "valueBoolean": True}]}],
    )
    assert concepts(renamed)["a"].abstract


def test_property_values_keep_their_types() -> None:
    resource = code_system(
        concept=[
            {
                "code": "a",
                "property": [
                    {"code": "n", "valueInteger": 3},
                    {"code": "c", "valueCoding": {"system": "http://y.org", "code": "z"}},
                ],
            }
        ]
    )
    found = [one for one in code_system_records(resource) if isinstance(one, PropertyRecord)]
    assert [(one.type, one.value) for one in found] == [
        ("integer", 3),
        ("Coding", Coding(system="http://y.org", code="z")),
    ]


def test_standard_properties_are_found_by_uri_first() -> None:
    resource = code_system(
        property=[{"code": "x", "uri": "http://hl7.org/fhir/concept-properties#status"}]
    )
    system = next(
        one.system for one in code_system_records(resource) if isinstance(one, CodeSystemRecord)
    )
    assert standard_property(system, "x") == "status"
    assert property_code(system, "status") == "x"


@pytest.mark.parametrize("resource", [{"content": "complete"}, {"url": 3}])
def test_a_code_system_needs_a_url(resource: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match="url"):
        list(code_system_records(resource))


def test_a_concept_needs_a_code() -> None:
    with pytest.raises(InvalidRequest, match="code"):
        list(code_system_records(code_system(concept=[{"display": "x"}])))


def test_a_coding_of_wrong_types_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"Coding\.code"):
        coding_of({"code": 3})

"""What /metadata says is what works."""

from typing import Any

import pytest

from api.docs import REFERENCE, pages
from api.handlers import HANDLERS
from api.operations import operations
from api.service import Service
from api.settings import Settings
from tests.api_requests import MemoryContent, ask, dispatcher, json_of

TERMINOLOGY_SERVER = "http://hl7.org/fhir/CapabilityStatement/terminology-server"


def test_every_operation_of_the_tables_has_a_handler() -> None:
    assert {one.path for one in operations()} == set(HANDLERS)


def test_every_parameter_says_what_it_is_for() -> None:
    silent = [
        f"{one.path} {parameter.name}"
        for one in operations()
        for parameter in one.parameters
        if not parameter.doc.endswith(".")
    ]
    assert silent == []


def test_an_alias_names_a_parameter_or_a_key() -> None:
    for one in operations():
        names = {parameter.name for parameter in one.parameters}
        for parameter in one.parameters:
            assert parameter.alias_of in {
                *names,
                None,
                "explain",
                "lenientCode",
                "behaviourMatrix",
                "plausibility",
                "diagnosed",
            }, parameter.name


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_reference_pages_are_current(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == pages()[name], (
        "run: python -m api.docs"
    )


@pytest.mark.parametrize(("release", "version"), [("4.0", "4.0.1"), ("5.0", "5.0.0")])
def test_the_statement_has_what_the_ecosystem_asks(release: str, version: str) -> None:
    json = json_of(ask("metadata", release=release))
    assert json["fhirVersion"] == version
    assert json["instantiates"] == [TERMINOLOGY_SERVER]
    assert json["rest"][0]["security"]["service"]
    operations_at_base = [one["name"] for one in json["rest"][0]["operation"]]
    assert "cache-control" in operations_at_base


def test_what_needs_a_store_is_not_advertised_without_one() -> None:
    service = Service(settings=Settings(), content=MemoryContent())
    json = json_of(ask("metadata", to=type(dispatcher())(service=service)))
    names = [one["name"] for one in json["rest"][0]["operation"]]
    assert "versions" in names
    assert not {"cache-control", "closure"} & set(names)


def test_the_terminology_statement_lists_systems_and_parameters() -> None:
    json: dict[str, Any] = json_of(ask("metadata", {"mode": "terminology"}))
    assert json["codeSystem"] == [
        {
            "uri": "http://example.org/colours",
            "version": [{"code": "1.0.0", "isDefault": True, "compositional": False}],
            "subsumption": True,
        }
    ]
    names = {one["name"] for one in json["expansion"]["parameter"]}
    assert {"count", "offset", "tx-resource", "cache-id", "system-version"} <= names
    assert "date" not in names


def test_an_unknown_mode_is_refused() -> None:
    assert ask("metadata", {"mode": "everything"}).status == 400

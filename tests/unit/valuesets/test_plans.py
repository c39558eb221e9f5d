"""Plans of plain value sets, and what has none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from termserver.fhirjson import code_system_records
from termserver.operations.plans import find_subsumption_plan, find_system_plan
from termserver.providers.names import Name, name_reader
from termserver.providers.packs import pack_content, wrappers
from termserver.providers.registry import Registry
from termserver.records import DocumentRecord, Record
from termserver.store.pack import Pack
from termserver.terminology import Terminology
from tests.small_packs import build, header
from valuesets.plans import Plan, find_plan

SYSTEM = "http://example.org/animals"
CODES: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "url": SYSTEM,
    "version": "1",
    "status": "active",
    "content": "complete",
    "caseSensitive": False,
    "language": "en",
    "concept": [
        {
            "code": "animal",
            "display": "Animal",
            "concept": [
                {
                    "code": "Cat",
                    "display": "Cat",
                    "designation": [{"language": "de", "value": "Katze"}],
                },
                {
                    "code": "dodo",
                    "display": "Dodo",
                    "property": [{"code": "inactive", "valueBoolean": True}],
                },
                {"code": "nameless"},
            ],
        },
    ],
}
BELOW = {"system": SYSTEM, "filter": [{"property": "concept", "op": "is-a", "value": "Cat"}]}


def value_set(name: str, *include: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    compose = {"include": list(include)} | more.pop("compose", {})
    url = f"http://example.org/vs/{name}"
    return {"resourceType": "ValueSet", "url": url, "status": "active", "compose": compose} | more


@pytest.fixture
def terminology(tmp_path: Path) -> Terminology:
    records: list[Record] = list(code_system_records(CODES))
    for one in (
        value_set("all", {"system": SYSTEM}),
        value_set("below", BELOW),
        value_set("listed", {"system": SYSTEM, "concept": [{"code": "CAT"}, {"code": "gone"}]}),
        value_set("two", {"system": SYSTEM}, BELOW),
        value_set("excluding", {"system": SYSTEM}, compose={"exclude": [BELOW]}),
        value_set("importing", {"valueSet": ["http://example.org/vs/all"]}),
        value_set("retired", {"system": SYSTEM}, status="retired"),
        value_set("other", {"system": "http://example.org/none"}),
    ):
        records.append(DocumentRecord(type="ValueSet", resource=one))
    installed = build(tmp_path, records, header())
    return Terminology(Registry((pack_content(installed, Pack.open(installed.path), wrappers()),)))


def plan_of(terminology: Terminology, name: str) -> Plan:
    plan = find_plan(terminology, f"http://example.org/vs/{name}")
    assert plan is not None
    return plan


@pytest.mark.parametrize(
    ("name", "code", "inside"),
    [
        ("all", "Cat", True),
        ("below", "Cat", True),
        ("below", "animal", False),
        ("listed", "Cat", True),
        ("listed", "animal", False),
    ],
)
def test_a_plan_decides_on_plain_concepts(
    terminology: Terminology, name: str, code: str, inside: bool
) -> None:
    plan = plan_of(terminology, name)
    found = plan.find(code)
    assert found is not None
    assert plan.decide(code, found[0]) is inside
    assert (plan.system, plan.version) == (SYSTEM, "1")


@pytest.mark.parametrize("code", ["cat", "dodo", "nameless", "none", ""])
def test_a_plan_finds_no_code_of_which_more_is_to_be_said(
    terminology: Terminology, code: str
) -> None:
    assert plan_of(terminology, "all").find(code) is None


@pytest.mark.parametrize("name", ["two", "excluding", "importing", "retired", "other", "absent"])
def test_what_is_not_plain_has_no_plan(terminology: Terminology, name: str) -> None:
    assert find_plan(terminology, f"http://example.org/vs/{name}") is None


def test_a_plan_is_made_once(terminology: Terminology) -> None:
    assert plan_of(terminology, "all") is plan_of(terminology, "all")


def test_names_of_a_concept_with_language_and_use(terminology: Terminology) -> None:
    provider = terminology.find_system(SYSTEM)
    assert provider is not None
    names, cat = name_reader(provider), provider.find("Cat")
    assert names is not None
    assert isinstance(cat, int)
    assert names(cat) == [Name(text="Katze", language="de", active=True, shown=True)]


def test_the_plan_of_a_code_system(terminology: Terminology) -> None:
    plan = find_system_plan(terminology, SYSTEM, None)
    assert plan is not None
    found = plan.find("Cat")
    assert found is not None
    assert (plan.version, found[1]) == ("1", "Cat")
    assert find_system_plan(terminology, SYSTEM, "2") is None


def test_the_plan_of_subsumption(terminology: Terminology) -> None:
    plan = find_subsumption_plan(terminology, SYSTEM, "1")
    assert plan is not None
    cat, animal = plan.find("cat"), plan.find("animal")
    assert isinstance(cat, int)
    assert isinstance(animal, int)
    assert plan.is_below(cat, animal)
    assert not plan.is_below(animal, cat)

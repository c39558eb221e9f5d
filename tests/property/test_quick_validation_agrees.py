"""The shortcut of $validate-code gives the very answer of the full way, or none."""

from pathlib import Path
from typing import Any

import pytest

from termserver.fhirjson import code_system_records
from termserver.model import Coding
from termserver.operations.validation import ValidateRequest, Validation
from termserver.providers.packs import pack_content, wrappers
from termserver.providers.registry import Registry
from termserver.records import DocumentRecord, Record
from termserver.store.pack import Pack
from termserver.terminology import Terminology
from tests.small_packs import build, header
from valuesets.quick import quick_answer
from valuesets.validate_code import full_answer

SYSTEM = "http://example.org/animals"
CONCEPTS = [
    {"code": "animal", "display": "Animal", "concept": [
        {"code": "Cat", "display": "Cat", "designation": [{"language": "de", "value": "Katze"}]},
        {"code": "dodo", "display": "Dodo", "property": [
            {"code": "inactive", "valueBoolean": True}]},
        {"code": "group", "display": "Group", "property": [
            {"code": "notSelectable", "valueBoolean": True}]},
        {"code": "nameless"},
    ]},
]  # fmt: skip
INCLUDES = {
    "all": {"system": SYSTEM},
    "below": {
        "system": SYSTEM,
        "filter": [{"property": "concept", "op": "descendent-of", "value": "animal"}],
    },
    "some": {"system": SYSTEM, "concept": [{"code": "Cat"}, {"code": "dodo"}, {"code": "gone"}]},
    "renamed": {"system": SYSTEM, "concept": [{"code": "Cat", "display": "Tom"}]},
    "old": {"system": SYSTEM, "version": "0", "concept": [{"code": "Cat"}]},
}


def resources(case_sensitive: bool | None) -> list[dict[str, Any]]:
    system: dict[str, Any] = {
        "resourceType": "CodeSystem",
        "url": SYSTEM,
        "version": "1",
        "status": "active",
        "content": "complete",
        "concept": CONCEPTS,
    }
    if case_sensitive is not None:
        system["caseSensitive"] = case_sensitive
    value_sets = [
        {
            "resourceType": "ValueSet",
            "url": f"http://example.org/vs/{name}",
            "status": "draft" if name == "below" else "active",
            "compose": {"include": [include]},
        }
        for name, include in INCLUDES.items()
    ]
    return [system, *value_sets]


@pytest.fixture(params=[True, False, None])
def terminology(tmp_path: Path, request: pytest.FixtureRequest) -> Terminology:
    records: list[Record] = []
    for one in resources(request.param):
        if one["resourceType"] == "CodeSystem":
            records.extend(code_system_records(one))
        else:
            records.append(DocumentRecord(type="ValueSet", resource=one))
    installed = build(tmp_path, records, header())
    content = pack_content(installed, Pack.open(installed.path), wrappers())
    return Terminology(Registry((content,)))


def requests() -> list[ValidateRequest]:
    return [
        ValidateRequest(url=url, coding=Coding(system=system, code=code, display=display))
        for url in [*(f"http://example.org/vs/{name}" for name in INCLUDES), SYSTEM]
        for system in [SYSTEM, "http://example.org/other", None]
        for code in ["animal", "Cat", "cat", "dodo", "group", "nameless", "gone", "nothing"]
        for display in [None, "Cat", " cAt ", "Katze", "Tom", "Wrong"]
    ]


def test_the_shortcut_gives_the_answer_of_the_full_way(terminology: Terminology) -> None:
    answered: list[Validation] = []
    for one in requests():
        quick = quick_answer(terminology, one)
        if quick is not None:
            assert quick == full_answer(terminology, one), one
            answered.append(quick)
    assert len(answered) >= 20


def test_what_asks_for_more_than_the_plain_case_is_left_to_the_full_way(
    terminology: Terminology,
) -> None:
    plain = ValidateRequest(url=SYSTEM, system=SYSTEM, code="Cat")
    assert quick_answer(terminology, plain) is not None
    more = [
        ValidateRequest(url=SYSTEM, system=SYSTEM, code="Cat", display_language="de"),
        ValidateRequest(url=SYSTEM, system=SYSTEM, code="Cat", active_only=True),
        ValidateRequest(url=SYSTEM, system=SYSTEM, code="Cat", system_version="1"),
        ValidateRequest(url=SYSTEM, code="Cat", infer_system=True),
        ValidateRequest(url=f"{SYSTEM}|2", system=SYSTEM, code="Cat"),
    ]
    assert [quick_answer(terminology, one) for one in more] == [None] * len(more)

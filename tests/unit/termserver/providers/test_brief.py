"""Brief concepts say the same as whole ones, of what they say."""

from dataclasses import replace
from pathlib import Path

import pytest

from termserver.model import CodeSystem, PropertyValue
from termserver.providers.brief import brief
from termserver.providers.stored import StoredProvider
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    PropertyRecord,
    Record,
)
from tests.small_packs import codes_of, only_provider, opened


@pytest.fixture
def provider(tmp_path: Path) -> StoredProvider:
    records: list[Record] = [
        CodeSystemRecord(system=CodeSystem(url="http://example.org/s", case_sensitive=True)),
        ConceptRecord(code="plain", display="Plain", definition="What it is"),
        ConceptRecord(code="nameless", display=None),
        ConceptRecord(code="old", display="Old", inactive=True, status="retired"),
        ConceptRecord(code="group", display="Group", abstract=True),
        ConceptRecord(code="marked", display="Marked", extensions=({"url": "u"},)),
        DesignationRecord(code="plain", value="Einfach", language="de"),
        _value("plain", "code", "old", target="old"),
        _value("plain", "string", "red"),
        _value("group", "string", "red"),
        _value("group", "integer", 7),
        _value("old", "boolean", True),
        _value("marked", "string", "x" * 200),
    ]
    return only_provider(opened(tmp_path, records))


def _value(code: str, type_: str, value: PropertyValue, target: str | None = None) -> Record:
    return PropertyRecord(code=code, property="p", type=type_, value=value, target=target)


@pytest.mark.parametrize("names", [True, False])
def test_a_brief_concept_is_the_whole_one_without_definition_and_properties(
    provider: StoredProvider, names: bool
) -> None:
    members = list(provider.all())
    for some in ([one] for one in members), [members], [members[:1] * 2]:
        for chosen in some:
            whole = [
                replace(
                    one,
                    definition=None,
                    properties=(),
                    designations=one.designations if names else (),
                )
                for one in provider.concepts(chosen)
            ]
            assert brief(provider, chosen, names=names) == whole


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("red", ["plain", "group"]),
        ("old", ["plain"]),
        ("7", ["group"]),
        ("true", ["old"]),
        ("x" * 200, ["marked"]),
        ("plain", []),
        ("Red", []),
    ],
)
def test_concepts_with_a_value_are_found_whatever_its_type(
    provider: StoredProvider, text: str, codes: list[str]
) -> None:
    assert codes_of(provider, provider.property_equals("p", text)) == codes
    assert provider.property_equals("q", text).page(0, 1) == []

"""Every FHIR filter operator: which concepts, and is this one in."""

from typing import Any

import pytest

from termserver.errors import InvalidValueSet, NotSupported, UnknownCode
from termserver.model import FilterClause
from termserver.providers.overlay import OverlayProvider, overlay_provider

RESOURCE: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "url": "http://x.org/cs",
    "version": "1",
    "content": "complete",
    "caseSensitive": True,
    "property": [{"code": "size", "type": "string"}],
    "concept": [
        {
            "code": "animal",
            "display": "Animal",
            "concept": [
                {
                    "code": "dog",
                    "display": "Dog",
                    "property": [{"code": "size", "valueString": "big"}],
                    "concept": [
                        {
                            "code": "puppy",
                            "property": [
                                {"code": "size", "valueString": "small"},
                                {"code": "inactive", "valueBoolean": True},
                            ],
                        }
                    ],
                },
                {"code": "cat", "property": [{"code": "size", "valueString": "small"}]},
            ],
        },
        {"code": "plant"},
    ],
}


@pytest.fixture(scope="module")
def provider() -> OverlayProvider:
    return overlay_provider(RESOURCE)


CASES = [
    ("concept", "is-a", "dog", "dog puppy"),
    ("concept", "descendent-of", "animal", "dog puppy cat"),
    ("concept", "descendant-of", "animal", "dog puppy cat"),
    ("concept", "is-not-a", "animal", "plant"),
    ("concept", "generalizes", "puppy", "animal dog puppy"),
    ("concept", "child-of", "animal", "dog cat"),
    ("concept", "descendent-leaf", "animal", "puppy cat"),
    ("concept", "=", "cat", "cat"),
    ("code", "in", "cat, plant", "cat plant"),
    ("code", "not-in", "cat,plant", "animal dog puppy"),
    ("code", "regex", "c.t|dog", "dog cat"),
    ("code", "regex", "a", ""),
    ("size", "=", "small", "puppy cat"),
    ("size", "in", "small,huge", "puppy cat"),
    ("size", "not-in", "small", "animal dog plant"),
    ("size", "exists", "true", "dog puppy cat"),
    ("size", "exists", "false", "animal plant"),
    ("size", "regex", "s.*", "puppy cat"),
    ("inactive", "=", "true", "puppy"),
    ("inactive", "=", "false", "animal dog cat plant"),
    ("parent", "=", "animal", "dog cat"),
    ("child", "=", "puppy", "dog"),
]


@pytest.mark.parametrize(("name", "op", "value", "expected"), CASES)
def test_a_filter_selects_these_concepts(
    provider: OverlayProvider, name: str, op: str, value: str, expected: str
) -> None:
    found = provider.select(FilterClause(property=name, op=op, value=value))
    assert " ".join(provider.code_of(one) for one in found) == expected


@pytest.mark.parametrize(("name", "op", "value", "expected"), CASES)
def test_contains_agrees_with_select(
    provider: OverlayProvider, name: str, op: str, value: str, expected: str
) -> None:
    clause = FilterClause(property=name, op=op, value=value)
    inside = [provider.code_of(one) for one in provider.all() if provider.contains(clause, one)]
    assert " ".join(inside) == expected


def test_an_unknown_operator_is_named_with_those_there_are(provider: OverlayProvider) -> None:
    with pytest.raises(NotSupported, match=r"'is-b'.*known: =, is-a"):
        provider.select(FilterClause(property="concept", op="is-b", value="dog"))


def test_an_unknown_property_is_named_with_those_there_are(provider: OverlayProvider) -> None:
    with pytest.raises(InvalidValueSet, match=r"'colour'.*known: concept, size"):
        provider.select(FilterClause(property="colour", op="=", value="red"))


def test_a_root_that_is_not_there_is_named_with_system_and_version(
    provider: OverlayProvider,
) -> None:
    with pytest.raises(UnknownCode, match=r"is-a bird.*http://x\.org/cs.*'1'"):
        provider.select(FilterClause(property="concept", op="is-a", value="bird"))


def test_a_bad_pattern_is_refused(provider: OverlayProvider) -> None:
    with pytest.raises(InvalidValueSet, match=r"cannot be used: missing \): \(a$"):
        provider.select(FilterClause(property="code", op="regex", value="(a"))


def test_exists_takes_true_or_false(provider: OverlayProvider) -> None:
    with pytest.raises(InvalidValueSet, match="'true' or 'false'"):
        provider.select(FilterClause(property="size", op="exists", value="yes"))


def test_a_catastrophic_pattern_answers_at_once(provider: OverlayProvider) -> None:
    clause = FilterClause(property="code", op="regex", value="(a+)+$")
    assert not provider.select(clause)


def test_a_part_of_hierarchy_answers_no_is_a() -> None:
    parts = overlay_provider({**RESOURCE, "hierarchyMeaning": "part-of"})
    with pytest.raises(NotSupported, match="part-of"):
        parts.select(FilterClause(property="concept", op="is-a", value="dog"))

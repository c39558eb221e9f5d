"""CodeSystem/$find-matches."""

from typing import Any

import pytest

from termserver.errors import InvalidRequest, NotSupported, TooCostly
from termserver.operations.find_matches import FindRequest, WantedProperty, find_matches
from termserver.providers.registry import Registry
from termserver.terminology import Terminology

CS = "http://x.org/cs"
SYSTEM: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "url": CS,
    "content": "complete",
    "caseSensitive": True,
    "property": [{"code": "colour", "type": "string"}, {"code": "size", "type": "string"}],
    "concept": [
        {
            "code": "a",
            "property": [{"code": "colour", "valueString": "red"}],
            "concept": [
                {
                    "code": "b",
                    "property": [
                        {"code": "colour", "valueString": "red"},
                        {"code": "size", "valueString": "big"},
                    ],
                },
                {"code": "c", "property": [{"code": "size", "valueString": "small"}]},
            ],
        },
    ],
}


def found(*properties: tuple[str, str], exact: bool = False, **more: Any) -> list[Any]:
    wanted = tuple(WantedProperty(code=code, value=value) for code, value in properties)
    request = FindRequest(system=CS, properties=wanted, exact=exact, **more)
    terminology = Terminology(Registry(())).with_overlay([SYSTEM])
    return [
        (one.coding.code, [missing.code for missing in one.unmatched])
        for one in find_matches(terminology, request)
    ]


def test_codes_with_every_property_are_found() -> None:
    assert found(("colour", "red"), ("size", "big")) == [("b", [])]
    assert found(("colour", "red")) == [("a", []), ("b", [])]


def test_a_focus_is_met_by_everything_below_it() -> None:
    assert found(("focus", "a"), ("size", "small")) == [("c", [])]


def test_without_a_full_match_the_best_come_with_what_they_lack() -> None:
    assert found(("colour", "red"), ("size", "small")) == [
        ("a", ["size"]),
        ("b", ["size"]),
        ("c", ["colour"]),
    ]


def test_exact_finds_full_matches_alone() -> None:
    assert found(("colour", "red"), ("size", "small"), exact=True) == []


def test_what_is_not_answered_is_refused_by_name() -> None:
    with pytest.raises(NotSupported, match="compositional"):
        found(("colour", "red"), compositional=True)
    with pytest.raises(InvalidRequest, match="property"):
        found()


def wide(children: int) -> Terminology:
    """Return a system in which `last` has the last child of `top` as its kind."""
    last = str(children - 1)
    concepts: list[dict[str, Any]] = [
        {"code": "top", "concept": [{"code": str(at)} for at in range(children)]},
        {"code": "last", "property": [{"code": "kind", "valueCode": last}]},
    ]
    kind = [{"code": "kind", "type": "code"}]
    return Terminology(Registry(())).with_overlay(
        [{**SYSTEM, "property": kind, "concept": concepts}]
    )


def asked_for_kind(terminology: Terminology) -> list[str | None]:
    request = FindRequest(system=CS, properties=(WantedProperty(code="kind", value="top"),))
    return [one.coding.code for one in find_matches(terminology, request)]


def test_a_value_is_met_by_every_concept_below_it_however_many_there_are() -> None:
    assert asked_for_kind(wide(300)) == ["last"]


def test_a_value_with_too_many_concepts_below_is_refused_not_answered_in_part() -> None:
    with pytest.raises(TooCostly, match="'top' of the property 'kind' stands for 1001"):
        asked_for_kind(wide(1000))


def test_the_best_are_found_whichever_of_the_properties_they_have() -> None:
    wanted = [("colour", "red"), ("size", "small"), ("size", "big"), ("focus", "c")]
    assert found(*wanted) == [("b", ["size", "focus"]), ("c", ["colour", "size"])]

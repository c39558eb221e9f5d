"""CodeSystem/$find-matches."""

from typing import Any

import pytest

from termserver.errors import InvalidRequest, NotSupported
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

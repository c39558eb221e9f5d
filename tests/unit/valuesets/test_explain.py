"""Why $validate-code answered as it did, for callers who ask."""

from typing import Any

from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from valuesets.model import ValidateRequest
from valuesets.validate_code import validate_code

CS = "http://x.org/cs"
SYSTEM: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "url": CS,
    "version": "1",
    "content": "complete",
    "caseSensitive": True,
    "concept": [
        {
            "code": "top",
            "display": "Top",
            "concept": [
                {
                    "code": "middle",
                    "display": "Middle part",
                    "concept": [{"code": "low", "display": "Low"}],
                }
            ],
        },
        {
            "code": "old",
            "property": [
                {"code": "inactive", "valueBoolean": True},
                {"code": "replacedBy", "valueCode": "top"},
            ],
        },
    ],
}
INCLUDE = {"system": CS, "concept": [{"code": "low"}, {"code": "old"}]}


def explained(code: str, display: str | None = None, **compose: Any) -> Any:
    value_set = {
        "resourceType": "ValueSet",
        "url": "http://x.org/vs",
        "compose": {"include": [INCLUDE], **compose},
    }
    terminology = Terminology(Registry(())).with_overlay([SYSTEM, value_set])
    request = ValidateRequest(
        url="http://x.org/vs", system=CS, code=code, display=display, explain=True
    )
    return validate_code(terminology, request).explain


def test_the_include_that_has_the_code_is_named_with_its_rule() -> None:
    assert explained("low")["decided"] == ["ValueSet.compose.include[0] (2 enumerated codes)"]


def test_an_include_that_lacks_the_code_is_named_and_the_nearest_member() -> None:
    found = explained("top")
    assert found["not-in"] == ["ValueSet.compose.include[0] (2 enumerated codes)"]
    assert found["nearest"] == ["below: low |Low|"]


def test_an_implicit_value_set_is_named_by_its_system() -> None:
    terminology = Terminology(Registry(())).with_overlay([SYSTEM])
    request = ValidateRequest(url=CS, system=CS, code="low", explain=True)

    found = validate_code(terminology, request).explain

    assert found is not None
    assert found["decided"] == [f"{CS} (the whole system)"]


def test_the_exclude_that_takes_a_code_off_is_named() -> None:
    found = explained("low", exclude=[{"system": CS, "concept": [{"code": "low"}]}])
    assert found["excluded"] == ["ValueSet.compose.exclude[0] (1 enumerated codes)"]


def test_an_inactive_code_comes_with_its_replacement() -> None:
    assert explained("old")["replacement"] == ["replacedBy top"]


def test_the_closest_display_is_offered() -> None:
    assert explained("middle", "Midle part")["closest-display"] == ["Middle part"]


def test_nothing_is_explained_unless_asked_for() -> None:
    terminology = Terminology(Registry(())).with_overlay([SYSTEM])
    request = ValidateRequest(url=CS, system=CS, code="low")
    assert validate_code(terminology, request).explain is None

"""check-valueset-version: another version of a value set than the required one is an error."""

from typing import Any

import pytest

from termserver.errors import VersionConflict
from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.model import ExpandRequest, ValidateRequest, VersionRules
from valuesets.validate_code import validate_code

CS, VS, OUTER = "http://x.org/cs", "http://x.org/vs", "http://x.org/outer"


def value_set(url: str, version: str, include: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "ValueSet",
        "url": url,
        "version": version,
        "status": "active",
        "compose": {"include": [include]},
    }


TERMINOLOGY = Terminology(Registry(())).with_overlay(
    [
        {
            "resourceType": "CodeSystem",
            "url": CS,
            "status": "active",
            "content": "complete",
            "concept": [{"code": "a"}, {"code": "b"}],
        },
        value_set(VS, "1.0", {"system": CS, "concept": [{"code": "a"}]}),
        value_set(VS, "2.0", {"system": CS}),
        value_set(OUTER, "1.0", {"valueSet": [f"{VS}|1.0"]}),
    ]
)


def codes(url: str, *required: str) -> list[str]:
    rules = VersionRules(check_valueset_version=required)
    answer = expand(TERMINOLOGY, ExpandRequest(url=url, versions=rules, release="4.0"))
    return [one.code for one in answer.contains]


def test_the_required_version_is_used_where_none_is_named() -> None:
    assert codes(VS) == ["a", "b"]
    assert codes(VS, f"{VS}|1.0") == ["a"]


@pytest.mark.parametrize("url", [f"{VS}|1.0", OUTER])
def test_another_version_is_an_error(url: str) -> None:
    assert codes(url, f"{VS}|1.0") == ["a"]
    with pytest.raises(VersionConflict, match=r"'1\.0' is not allowed for the value set"):
        codes(url, f"{VS}|2.0")


def test_a_validation_fails_too() -> None:
    rules = VersionRules(check_valueset_version=(f"{VS}|2.0",))
    request = ValidateRequest(url=OUTER, code="a", system=CS, versions=rules, release="4.0")
    with pytest.raises(VersionConflict):
        validate_code(TERMINOLOGY, request)

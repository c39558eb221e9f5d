"""Value sets that come with an expansion and no definition."""

from typing import Any

import pytest

from termserver.errors import InvalidValueSet
from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.model import ExpandRequest, ValidateRequest
from valuesets.validate_code import validate_code

VS = "http://x.org/vs"


def terminology(**expansion: Any) -> Terminology:
    contains = [
        {
            "system": "http://x.org/cs",
            "code": "a",
            "display": "A",
            "contains": [{"system": "http://x.org/cs", "code": "b"}],
        },
        {"display": "a heading", "abstract": True},
    ]
    resource = {
        "resourceType": "ValueSet",
        "url": VS,
        "expansion": {"contains": contains, **expansion},
    }
    return Terminology(Registry(())).with_overlay([resource])


def test_a_whole_expansion_answers_for_its_codes() -> None:
    source = terminology(total=2)
    request = ValidateRequest(url=VS, system="http://x.org/cs", code="b")
    assert validate_code(source, request).result
    found = expand(source, ExpandRequest(url=VS))
    assert [one.code for one in found.contains] == ["a", "b"]


@pytest.mark.parametrize(
    "partial",
    [
        {"total": 5},
        {"offset": 10},
        {
            "extension": [
                {
                    "url": "http://hl7.org/fhir/StructureDefinition/valueset-unclosed",
                    "valueBoolean": True,
                }
            ]
        },
    ],
)
def test_a_partial_expansion_is_never_taken_for_the_whole(partial: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueSet, match="no compose"):
        expand(terminology(**partial), ExpandRequest(url=VS))

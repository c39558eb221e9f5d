"""Value sets as $translate asks for them."""

from typing import Any

import pytest

from api.members import Members
from termserver.model import Coding
from tests.api_requests import COLOURS, MemoryContent

URL = "http://example.org/colours"
BLUE_EXCLUDED: dict[str, Any] = {
    "resourceType": "ValueSet",
    "url": "http://example.org/not-blue",
    "status": "active",
    "compose": {
        "include": [{"system": URL}],
        "exclude": [{"system": URL, "concept": [{"code": "blue"}]}],
    },
}
WHOLE: dict[str, Any] = {
    "resourceType": "ValueSet",
    "url": "http://example.org/whole",
    "status": "active",
    "compose": {"include": [{"system": URL}]},
}


@pytest.fixture
def members() -> Members:
    return Members(MemoryContent((COLOURS, WHOLE, BLUE_EXCLUDED)).current().terminologies["4.0"])


@pytest.mark.parametrize("canonical", [str(WHOLE["url"]), str(BLUE_EXCLUDED["url"])])
def test_a_code_is_in_whatever_a_map_calls_it(members: Members, canonical: str) -> None:
    assert members.contains(canonical, Coding(system=URL, code="red", display="Deep red"))


def test_a_code_that_is_excluded_is_not_in(members: Members) -> None:
    blue = Coding(system=URL, code="blue", display="Blue")
    assert members.contains(str(WHOLE["url"]), blue)
    assert not members.contains(str(BLUE_EXCLUDED["url"]), blue)

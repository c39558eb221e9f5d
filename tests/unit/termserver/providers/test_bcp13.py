"""Media types."""

import pytest

from termserver.errors import InvalidValueSet
from termserver.model import FilterClause
from termserver.providers.bcp13 import bcp13_provider


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("text/plain", "text/plain"),
        ("application/fhir+json", "application/fhir+json"),
        ("Text/HTML", "text/html"),
        ("text/plain; charset=utf-8", "text/plain; charset=utf-8"),
        ('text/plain;x="a b"', 'text/plain;x="a b"'),
        ("application/fhir+json;fhirVersion=4.0", "application/fhir+json;fhirVersion=4.0"),
        ("x-world/x-3dmf", "x-world/x-3dmf"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",) * 2,
    ],
)
def test_a_media_type_is_known_in_lower_case(text: str, code: str) -> None:
    assert bcp13_provider().find(text) == code


@pytest.mark.parametrize(
    "text", ["", "text", "text/", "/plain", "txt/plain", "text/pl ain", "text/plain;", "a/b/c"]
)
def test_what_is_no_media_type_is_unknown_and_says_why(text: str) -> None:
    provider = bcp13_provider()
    assert provider.find(text) is None
    why = provider.why_unknown(text)
    assert why is not None
    assert "it is written type/subtype" in why.text


def test_media_types_have_no_filters() -> None:
    with pytest.raises(InvalidValueSet):
        bcp13_provider().contains(FilterClause(property="a", op="=", value="b"), "text/plain")

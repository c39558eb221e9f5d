"""Which representation a client asks for."""

import pytest

from api.negotiate import check_content_type, response_format
from termserver.errors import NotAcceptable, UnsupportedMedia


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "json"),
        ("*/*", "json"),
        ("application/fhir+json", "json"),
        ("application/json", "json"),
        ("application/fhir+json; fhirVersion=4.0", "json"),
        ("application/fhir+xml, application/fhir+json;q=0.5", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("text/html;q=0.2, application/json", "json"),
    ],
)
def test_accept_chooses_the_format(accept: str | None, expected: str) -> None:
    headers = {} if accept is None else {"accept": accept}
    assert response_format(headers, {}, "4.0") == expected


@pytest.mark.parametrize(
    "accept",
    [
        "application/fhir+xml",
        "application/fhir+json;q=0",
        "image/png",
        "application/fhir+json; fhirVersion=5.0",
    ],
)
def test_what_cannot_be_given_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable, match="cannot be given"):
        response_format({"accept": accept}, {}, "4.0")


def test_the_format_parameter_goes_before_accept() -> None:
    assert response_format({"accept": "text/html"}, {"_format": "json"}, "4.0") == "json"
    assert response_format({}, {"_format": "application/fhir json"}, "4.0") == "json"
    with pytest.raises(NotAcceptable, match="_format"):
        response_format({"accept": "application/json"}, {"_format": "xml"}, "4.0")


@pytest.mark.parametrize(
    "given", ["", "application/fhir+xml", "text/plain", "application/fhir+json; fhirVersion=5.0"]
)
def test_a_body_of_another_kind_is_refused(given: str) -> None:
    with pytest.raises(UnsupportedMedia):
        check_content_type({"content-type": given}, "4.0")


def test_a_json_body_of_this_release_is_taken() -> None:
    check_content_type(
        {"content-type": "application/fhir+json; fhirVersion=4.0;charset=UTF-8"}, "4.0"
    )

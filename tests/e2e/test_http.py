"""The HTTP case table, against two workers."""

import gzip
import json
import time
from typing import Any
from urllib.parse import quote

import pytest

from tests.api_requests import COLOURS, parameters, value_of
from tests.e2e.conftest import RunningServer

WARM = "http://example.org/warm"
COLOUR = "http://example.org/colours"

LOOKUP = f"/CodeSystem/$lookup?system={quote(COLOUR)}&code=red"
EXPAND = f"/ValueSet/$expand?url={quote(WARM)}"
VALIDATE = f"/ValueSet/$validate-code?url={quote(WARM)}&system={quote(COLOUR)}&code=crimson"

CASES = [
    ("/metadata", "CapabilityStatement"),
    ("/metadata?mode=terminology", "TerminologyCapabilities"),
    ("/$versions", "Parameters"),
    ("/CodeSystem", "Bundle"),
    ("/ValueSet?url=" + quote(WARM), "Bundle"),
    ("/ConceptMap?_summary=true", "Bundle"),
    ("/NamingSystem", "Bundle"),
    ("/CodeSystem/colours", "CodeSystem"),
    ("/ValueSet/warm", "ValueSet"),
    ("/ValueSet/warm/$expand", "ValueSet"),
    (LOOKUP, "Parameters"),
    (EXPAND, "ValueSet"),
    (EXPAND + "&count=1", "ValueSet"),
    (VALIDATE, "Parameters"),
    (f"/CodeSystem/$validate-code?url={quote(COLOUR)}&code=blue", "Parameters"),
    (f"/CodeSystem/$subsumes?system={quote(COLOUR)}&codeA=red&codeB=blue", "Parameters"),
    (f"/ConceptMap/$translate?code=red&system={quote(COLOUR)}", "Parameters"),
]


@pytest.mark.parametrize("base", ["/r4", "/r5", "/fhir"])
@pytest.mark.parametrize(("path", "kind"), CASES)
def test_a_request_has_its_answer(server: RunningServer, base: str, path: str, kind: str) -> None:
    reply = server.ask(base + path)
    assert (reply.status, reply.json["resourceType"]) == (200, kind)
    assert reply.headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert reply.headers["x-request-id"]
    assert reply.headers["vary"] == "Accept, Accept-Language, X-Cache-Id"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/r4/Patient/1", 404),
        ("/r4/CodeSystem/$lookup", 400),
        ("/r4/CodeSystem/$lookup?system=http://none&code=x", 404),
        (f"/r4/CodeSystem/$lookup?system={quote(COLOUR)}&code=none", 404),
        ("/r4/ValueSet/$expand?url=http://none", 404),
        ("/r4/ValueSet/$expand?url=http://none&count=many", 400),
        ("/r4/CodeSystem/colours?_format=xml", 406),
        ("/nowhere", 404),
    ],
)
def test_a_refusal_is_an_outcome_with_the_request_id(
    server: RunningServer, path: str, status: int
) -> None:
    reply = server.ask(path, headers={"X-Request-Id": "case-1"})
    assert (reply.status, reply.json["resourceType"]) == (status, "OperationOutcome")
    assert reply.headers["x-request-id"] == "case-1"
    assert reply.json["issue"][0]["details"]["text"]


def test_head_has_the_headers_of_get_and_no_body(server: RunningServer) -> None:
    get, head = (
        server.ask("/r4/CodeSystem/colours"),
        server.ask("/r4/CodeSystem/colours", method="HEAD"),
    )
    assert head.body == b""
    assert head.headers["content-length"] == get.headers["content-length"]


def test_gzip_where_it_is_asked_for(server: RunningServer) -> None:
    plain = server.ask("/r4/metadata")
    packed = server.ask("/r4/metadata", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] == "W/" + plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


def test_an_entity_tag_is_the_same_from_every_worker(server: RunningServer) -> None:
    tags = {server.ask("/r4" + LOOKUP).headers["etag"] for _ in range(12)}
    assert len(tags) == 1
    assert server.ask("/r4" + LOOKUP, headers={"If-None-Match": tags.pop()}).status == 304


def test_a_browser_of_a_configured_origin_may_call(server: RunningServer) -> None:
    allowed = server.ask("/r4/metadata", headers={"Origin": "https://a.example"})
    other = server.ask("/r4/metadata", headers={"Origin": "https://b.example"})
    assert allowed.headers["access-control-allow-origin"] == "https://a.example"
    assert "access-control-allow-origin" not in other.headers
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    assert server.ask("/r4/ValueSet/$expand", method="OPTIONS", headers=asked).status == 204


def test_a_body_that_is_too_large_is_refused(server: RunningServer) -> None:
    reply = server.ask("/r4/ValueSet/$expand", body=b" " * (10 * 1024 * 1024 + 1))
    assert reply.status == 413


def test_a_kept_context_is_known_to_every_worker(server: RunningServer) -> None:
    sent = {"name": "tx-resource", "resource": COLOURS | {"url": "http://example.org/sent"}}
    started = server.ask("/r4/$cache-control?mode=start", body=parameters(sent))
    number = value_of(started.json, "cache-id")
    path = "/r4/CodeSystem/$lookup?system=http%3A//example.org/sent&code=red"
    for _ in range(12):
        assert server.ask(path, headers={"X-Cache-Id": number}).status == 200
    assert server.ask(path, headers={"X-Cache-Id": "no"}).status == 404


def test_a_closure_table_is_known_to_every_worker(server: RunningServer) -> None:
    def closure(*listed: dict[str, Any]) -> Any:
        name = {"name": "name", "valueString": "colours"}
        return server.ask("/r5/$closure", body=parameters(name, *listed))

    def concept(code: str) -> dict[str, Any]:
        return {"name": "concept", "valueCoding": {"system": COLOUR, "code": code}}

    assert closure().json["version"] == "0"
    for code in ("red", "blue", "crimson"):
        reply = closure(concept(code))
        assert reply.status == 200, reply.body
    element = reply.json["group"][0]["element"][0]
    assert (element["code"], element["target"][0]["code"]) == ("crimson", "red")
    assert closure({"name": "version", "valueString": "0"}).json["group"]


def test_metrics_sum_what_all_workers_saw(server: RunningServer) -> None:
    for _ in range(10):
        server.ask("/r4/$versions")
    # Each worker writes what it gathered by a timer of its own.
    for _ in range(100):
        text = server.ask("/metrics").body.decode()
        lines = [one for one in text.splitlines() if 'route="/r4/$versions"' in one]
        total = next((one for one in lines if one.startswith("termserver_requests_total")), "0 0")
        if float(total.rpartition(" ")[2]) >= 10:
            return
        time.sleep(0.1)
    pytest.fail(total)


def test_the_access_log_names_the_route_and_no_code(server: RunningServer) -> None:
    path = f"/r4/CodeSystem/$lookup?system={quote(COLOUR)}&code=patientsecret"
    server.ask(path, headers={"X-Request-Id": "log-1"})
    line = "log-1 GET /r4/CodeSystem/$lookup 404"
    end = time.monotonic() + 30
    while line not in server.log.read_text():
        assert time.monotonic() < end, "no line"
        time.sleep(0.05)
    assert "patientsecret" not in server.log.read_text()


def test_the_start_page_and_the_description_are_there(server: RunningServer) -> None:
    page = server.ask("/")
    assert page.status == 200
    assert b"/r4/metadata" in page.body
    assert "/r4/ValueSet/$expand" in server.ask("/openapi.json").json["paths"]


def test_two_bases_show_their_own_release(server: RunningServer) -> None:
    versions = [server.ask(f"/{one}/metadata").json["fhirVersion"] for one in ("r4", "r5", "fhir")]
    assert versions == ["4.0.1", "5.0.0", "4.0.1"]


def test_a_batch_goes_through(server: RunningServer) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "GET", "url": LOOKUP[1:]}}] * 3,
    }
    reply = server.ask("/r4", body=bundle)
    assert [one["response"]["status"] for one in reply.json["entry"]] == ["200"] * 3
    assert json.dumps(reply.json["entry"][0]) == json.dumps(reply.json["entry"][2])

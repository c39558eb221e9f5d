"""Requests answered without a server: routes, representations, caching, errors."""

from typing import Any

import pytest

from api.exchange import Later, Request
from api.service import Loaded
from api.settings import Settings
from tests.api_requests import (
    COLOURS,
    MemoryContexts,
    ask,
    dispatcher,
    error_text,
    header_of,
    json_of,
    parameters,
    value_of,
)

COLOUR_URL = "http://example.org/colours"
WARM_URL = "http://example.org/warm"


def test_an_expansion_by_url() -> None:
    json = json_of(ask("ValueSet/$expand", {"url": WARM_URL}))
    assert (json["url"], json["version"], json["status"]) == (WARM_URL, "2.0.0", "draft")
    assert json["expansion"]["total"] == 2
    assert json["expansion"]["contains"] == [
        {
            "system": COLOUR_URL,
            "code": "red",
            "display": "Red",
            "contains": [{"system": COLOUR_URL, "code": "crimson", "display": "Crimson"}],
        }
    ]


def test_properties_are_extensions_at_r4_and_elements_at_r5() -> None:
    query = {"url": WARM_URL, "property": "hex", "count": "1"}
    r4 = json_of(ask("ValueSet/$expand", query))["expansion"]
    r5 = json_of(ask("ValueSet/$expand", query, release="5.0"))["expansion"]
    assert r5["property"] == [{"code": "hex"}]
    assert r5["contains"][0]["property"] == [{"code": "hex", "valueString": "f00"}]
    base = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion."
    assert r4["extension"] == [
        {"url": base + "property", "extension": [{"url": "code", "valueCode": "hex"}]}
    ]
    assert r4["contains"][0]["extension"] == [
        {
            "url": base + "contains.property",
            "extension": [
                {"url": "code", "valueCode": "hex"},
                {"url": "value", "valueString": "f00"},
            ],
        }
    ]


def test_get_and_post_give_the_same_answer() -> None:
    query = {"url": WARM_URL, "system": COLOUR_URL, "code": "crimson"}
    body = parameters(
        {"name": "url", "valueUri": WARM_URL},
        {"name": "system", "valueUri": COLOUR_URL},
        {"name": "code", "valueCode": "crimson"},
    )
    get, post = ask("ValueSet/$validate-code", query), ask("ValueSet/$validate-code", body=body)
    assert get.body == post.body
    assert value_of(json_of(get), "result") is True


def test_an_instance_answers_as_its_url_does() -> None:
    by_id = json_of(ask("ValueSet/warm/$expand", {"count": "10"}))
    by_url = json_of(ask("ValueSet/$expand", {"url": WARM_URL, "count": "10"}))
    assert by_id["expansion"]["contains"] == by_url["expansion"]["contains"]


def test_a_code_is_looked_up_at_both_levels() -> None:
    by_type = json_of(ask("CodeSystem/$lookup", {"system": COLOUR_URL, "code": "red"}))
    by_id = json_of(ask("CodeSystem/colours/$lookup", {"code": "red"}))
    assert by_type == by_id
    assert value_of(by_type, "display") == "Red"
    assert value_of(by_type, "definition") == "As blood"


def test_a_code_is_translated() -> None:
    query = {"code": "red", "system": COLOUR_URL, "targetsystem": "http://example.org/letters"}
    json = json_of(ask("ConceptMap/$translate", query))
    assert value_of(json, "result") is True
    match = {one["name"]: one for one in value_of(json, "match")}
    assert match["equivalence"]["valueCode"] == "equivalent"
    assert match["concept"]["valueCoding"]["code"] == "R"


def test_subsumption_has_one_word() -> None:
    query = {"system": COLOUR_URL, "codeA": "red", "codeB": "crimson"}
    assert json_of(ask("CodeSystem/$subsumes", query)) == parameters(
        {"name": "outcome", "valueCode": "subsumes"}
    )


def test_content_sent_with_the_request_stands_in_front() -> None:
    newer = COLOURS | {"version": "2.0.0", "concept": [{"code": "green", "display": "Green"}]}
    body = parameters(
        {"name": "system", "valueUri": COLOUR_URL},
        {"name": "code", "valueCode": "green"},
        {"name": "tx-resource", "resource": newer},
    )
    assert value_of(json_of(ask("CodeSystem/$lookup", body=body)), "version") == "2.0.0"


def test_a_batch_answers_each_entry_for_itself() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [
            {
                "request": {
                    "method": "GET",
                    "url": f"CodeSystem/$lookup?system={COLOUR_URL}&code=red",
                }
            },
            {"request": {"method": "GET", "url": "Patient/1"}},
            {
                "request": {"method": "POST", "url": "ValueSet/$expand"},
                "resource": parameters({"name": "url", "valueUri": WARM_URL}),
            },
            {"request": {}},
        ],
    }
    json = json_of(ask("", body=bundle))
    assert json["type"] == "batch-response"
    assert [one["response"]["status"] for one in json["entry"]] == ["200", "404", "200", "400"]
    assert json["entry"][2]["resource"]["expansion"]["total"] == 2


def test_each_validation_of_a_batch_has_its_own_outcome() -> None:
    def entry(*listed: dict[str, Any]) -> dict[str, Any]:
        return {"name": "validation", "resource": parameters(*listed)}

    body = parameters(
        {"name": "url", "valueUri": WARM_URL},
        entry({"name": "coding", "valueCoding": {"system": COLOUR_URL, "code": "red"}}),
        entry({"name": "codingX", "valueCoding": {"system": COLOUR_URL, "code": "red"}}),
        entry({"name": "coding", "valueCoding": {"system": COLOUR_URL, "code": "blue"}}),
    )
    listed = [
        one["resource"]
        for one in json_of(ask("ValueSet/$batch-validate-code", body=body))["parameter"]
    ]
    assert value_of(listed[0], "result") is True
    assert listed[1]["resourceType"] == "OperationOutcome"
    assert value_of(listed[2], "result") is False


# -- kept contexts -----------------------------------------------------------------------------


def green() -> dict[str, Any]:
    return {
        "name": "tx-resource",
        "resource": {
            "resourceType": "CodeSystem",
            "url": "http://example.org/green",
            "content": "complete",
            "concept": [{"code": "g", "display": "G"}],
        },
    }


def test_resources_are_kept_under_the_id_that_cache_control_gives() -> None:
    to = dispatcher(contexts=MemoryContexts())
    started = ask("$cache-control", {"mode": "start"}, body=parameters(green()), to=to)
    number = value_of(json_of(started), "cache-id")
    query = {"system": "http://example.org/green", "code": "g"}
    found = ask("CodeSystem/$lookup", query, headers={"X-Cache-Id": number}, to=to)
    assert found.status == 200
    assert header_of(found, "Cache-Control") == "no-store"
    assert ask("CodeSystem/$lookup", query, to=to).status == 404


def test_an_unknown_cache_id_is_an_error_that_names_it() -> None:
    query = {"system": COLOUR_URL, "code": "red"}
    header = ask("CodeSystem/$lookup", query, headers={"X-Cache-Id": "gone"})
    older = ask("CodeSystem/$lookup", query | {"cache-id": "gone"})
    assert (header.status, older.status) == (404, 404)
    assert "'gone' is unknown or has expired" in error_text(header)
    assert "'gone' is unknown or has expired" in error_text(older)


def test_the_older_cache_id_takes_the_id_of_cache_control_too() -> None:
    to = dispatcher(contexts=MemoryContexts())
    started = ask("$cache-control", {"mode": "start"}, body=parameters(green()), to=to)
    number = value_of(json_of(started), "cache-id")
    query = {"system": "http://example.org/green", "code": "g", "cache-id": number}

    assert ask("CodeSystem/$lookup", query, to=to).status == 200


def test_the_older_cache_id_keeps_what_came_with_it() -> None:
    to = dispatcher(contexts=MemoryContexts())
    asked = (
        {"name": "system", "valueUri": "http://example.org/green"},
        {"name": "code", "valueCode": "g"},
        {"name": "cache-id", "valueId": "mine"},
    )
    assert ask("CodeSystem/$lookup", body=parameters(*asked, green()), to=to).status == 200
    assert ask("CodeSystem/$lookup", body=parameters(*asked), to=to).status == 200


def test_an_ended_context_is_unknown() -> None:
    to = dispatcher(contexts=MemoryContexts())
    started = ask("$cache-control", {"mode": "start"}, body=parameters(green()), to=to)
    number = value_of(json_of(started), "cache-id")
    end = {"mode": "end", "cache-id": number}
    assert ask("$cache-control", end, method="POST", to=to).status == 200
    assert ask("$cache-control", end, method="POST", to=to).status == 404


# -- HTTP --------------------------------------------------------------------------------------


def test_an_entity_tag_saves_the_work() -> None:
    to = dispatcher()
    query = {"system": COLOUR_URL, "code": "red"}
    first = ask("CodeSystem/$lookup", query, to=to)
    tag = header_of(first, "ETag")
    assert tag is not None
    again = ask("CodeSystem/$lookup", query, headers={"If-None-Match": f'"x", {tag}'}, to=to)
    assert (again.status, again.body) == (304, b"")
    german = ask(
        "CodeSystem/$lookup", query, headers={"If-None-Match": tag, "Accept-Language": "de"}, to=to
    )
    assert german.status == 200
    assert value_of(json_of(german), "display") == "Rot"


def test_an_answer_pinned_to_a_version_may_be_kept_long() -> None:
    query = {"system": COLOUR_URL, "code": "red"}
    pinned = ask("CodeSystem/$lookup", query | {"version": "1.0.0"})
    assert header_of(ask("CodeSystem/$lookup", query), "Cache-Control") == "no-cache"
    assert header_of(pinned, "Cache-Control") == "public, max-age=86400"
    assert header_of(pinned, "Vary") == "Accept, Accept-Language, X-Cache-Id"


def test_pretty_is_the_same_json_on_more_lines() -> None:
    plain, pretty = (
        ask("CodeSystem/colours"),
        ask("CodeSystem/colours", {"_pretty": "true"}),
    )
    assert json_of(plain) == json_of(pretty)
    assert pretty.body.count(b"\n") > 5


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("nothing", "GET", 404),
        ("ValueSet/no", "GET", 404),
        ("ValueSet/no_id", "GET", 400),
        ("ValueSet/$nothing", "GET", 404),
        ("ValueSet/warm/$batch-validate-code", "POST", 404),
        ("ValueSet/warm", "DELETE", 405),
        ("metadata", "POST", 405),
        ("", "GET", 405),
        ("$closure", "GET", 405),
        ("ValueSet/warm/a/b", "GET", 404),
    ],
)
def test_a_path_that_is_nothing_has_a_status_and_an_outcome(
    path: str, method: str, status: int
) -> None:
    answer = ask(path, method=method)
    assert answer.status == status
    assert json_of(answer)["resourceType"] == "OperationOutcome"
    if status == 405:
        assert header_of(answer, "Allow") is not None


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (b"{", 400, "no JSON"),
        (b"\xff", 400, "no JSON"),
        (b"[" * 90 + b"]" * 90, 400, "must be a JSON object"),
        (b"[" * 200 + b"]" * 200, 413, "nested deeper than 100"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, 413, "nested deeper than 100"),
        (b"\xef\xbb\xbf{}", 400, "without resourceType"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(body: bytes, status: int, text: str) -> None:
    answer = ask("ValueSet/$expand", body=body)
    assert answer.status == status
    assert text in error_text(answer)


def test_xml_is_refused_in_json() -> None:
    wanted = ask("ValueSet/warm", headers={"Accept": "application/fhir+xml"})
    sent = ask("ValueSet/$expand", body=b"<x/>", headers={"Content-Type": "application/fhir+xml"})
    assert (wanted.status, sent.status) == (406, 415)
    assert header_of(wanted, "Content-Type") == "application/fhir+json; charset=utf-8"


def test_a_resource_has_a_page_that_escapes_its_text() -> None:
    evil = COLOURS | {"title": "<script>alert(1)</script>"}
    page = ask("CodeSystem/colours", headers={"Accept": "text/html"}, to=dispatcher([evil]))
    assert header_of(page, "Content-Type") == "text/html; charset=utf-8"
    assert "default-src 'none'" in (header_of(page, "Content-Security-Policy") or "")
    assert b"<script>" not in page.body
    assert b"&lt;script&gt;" in page.body


def test_a_bug_tells_its_id_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def current(self) -> Loaded:
            raise RuntimeError("secret detail")

    to = dispatcher()
    service = type(to.service)(settings=Settings(), content=Broken())
    answer = ask("metadata", to=type(to)(service=service))
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert b"test-1" in answer.body
    assert "secret detail" in caplog.text


def test_what_may_take_long_says_so_before_it_starts() -> None:
    def kind(path: str, query: bytes = b"", body: bytes = b"") -> bool:
        request = Request(
            method="POST" if body else "GET", release="4.0", path=path, query=query, body=body
        )
        return isinstance(dispatcher().answer(request), Later)

    assert kind("ValueSet/$expand", b"url=http://a")
    assert kind("ValueSet")
    assert kind("ValueSet/$validate-code", body=b'{"tx-resource"}')
    assert kind("ValueSet/$expand", b"url=http://snomed.info/sct?fhir_vs=%65cl/*&count=10")
    assert kind("ValueSet/$validate-code", b"code=1&url=http://snomed.info/sct?fhir_vs=ecl/*")
    assert kind("ValueSet/$validate-code", body=b'{"http://snomed.info/sct?fhir_vs=ecl\\/*"}')
    assert kind("ValueSet/$validate-code", body=b'{"http://snomed.info/sct?fhir_vs=\\u0065cl/*"}')
    assert not kind("ValueSet/$validate-code", body=b'{"http://snomed.info/sct?fhir_vs=isa/1"}')
    assert not kind("ValueSet/$expand", b"url=http://a&count=10")
    assert not kind("ValueSet/$validate-code", b"url=http://a&code=b&system=c")


def test_the_cost_limit_of_header_and_parameter_holds() -> None:
    query = {"url": WARM_URL}
    header = ask("ValueSet/$expand", query, headers={"X-TOO-COSTLY-THRESHOLD": "1"})
    parameter = ask("ValueSet/$expand", query | {"limit": "1"})
    for answer in (header, parameter):
        assert answer.status == 422
        assert json_of(answer)["issue"][0]["code"] == "too-costly"
    for text in ("many", "²", "9" * 5000):
        wrong = ask("ValueSet/$expand", query, headers={"X-TOO-COSTLY-THRESHOLD": text})
        assert wrong.status == 400


def test_a_count_of_thousands_of_digits_is_refused() -> None:
    assert ask("ValueSet/$expand", {"url": WARM_URL, "count": "9" * 5000}).status == 400

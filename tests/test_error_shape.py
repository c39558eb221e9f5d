"""Every error has one shape: an OperationOutcome with a request id, and nothing of the inside."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api import web
from api.app import Application, build_app
from api.outcome import STATUS, error_json, status_of
from api.service import ContentSource, Loaded, Service
from api.settings import Settings
from termserver import errors
from termserver.errors import TerminologyError
from tests.api_requests import MemoryContent, MemoryContexts

INSIDE = ("Traceback", "File ", ".py", "RuntimeError", "secret")
SMALL = Settings(max_body_mb=1, max_json_depth=20)


@dataclass(frozen=True, slots=True)
class BrokenContent:
    """Content with a bug in it."""

    def current(self) -> Loaded:
        raise RuntimeError("secret detail of a bug")


def application(content: ContentSource | None = None, *, started: bool = True) -> Application:
    def opened(chosen: Settings, stack: ExitStack) -> Service:
        return Service(
            settings=chosen, content=content or MemoryContent(), contexts=MemoryContexts()
        )

    app = build_app(SMALL, opened)
    if started:
        app.server.start()
    return app


def asked(
    app: Application,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test.example") as one:
            return await one.request(method, path, content=body, headers=headers)

    return asyncio.run(run())


def checked(answer: httpx.Response, status: int) -> Any:
    """Return the OperationOutcome of an answer once its shape is found right."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert "no-store" in answer.headers["cache-control"]
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    for issue in outcome["issue"]:
        assert issue["severity"] in {"fatal", "error", "warning", "information"}
        assert issue["code"]
        assert issue["details"]["text"]
    number = answer.headers["x-request-id"]
    assert number in json.dumps(outcome["issue"][0])
    assert [one for one in INSIDE if one in answer.text] == []
    return outcome


def classes(kind: type[TerminologyError] = TerminologyError) -> list[type[TerminologyError]]:
    return [kind, *(one for sub in kind.__subclasses__() for one in classes(sub))]


def made(kind: type[TerminologyError]) -> TerminologyError:
    if kind is errors.InvalidExpression:
        return errors.InvalidExpression("no", expression="<<", position=2, expected="a concept")
    return kind("no")


def own_classes() -> list[type[TerminologyError]]:
    return [one for one in classes() if one.__module__ == errors.__name__]


def test_every_error_class_is_in_the_table_of_statuses() -> None:
    assert [one.__name__ for one in own_classes() if one not in STATUS] == []


def test_the_table_of_statuses_names_only_error_classes() -> None:
    assert set(STATUS) - set(own_classes()) == set()


@pytest.mark.parametrize("kind", own_classes(), ids=lambda kind: str(kind.__name__))
def test_every_error_class_makes_an_outcome_with_the_request_id(
    kind: type[TerminologyError],
) -> None:
    error = made(kind)
    outcome = error_json(error, "r1")
    assert 400 <= status_of(error) < 600
    assert outcome["resourceType"] == "OperationOutcome"
    (issue,) = outcome["issue"]
    assert issue["severity"] == "error"
    assert issue["code"] == kind.issue_code
    assert issue["details"]["text"].endswith("no")
    assert issue["diagnostics"].endswith("Request id: r1")


FHIR = {"Content-Type": "application/fhir+json"}
DEEP = b'{"a":' * 30 + b"1" + b"}" * 30
CASES: list[tuple[str, str, int, bytes | None, dict[str, str]]] = [
    # outside the FHIR bases
    ("GET", "/nothing", 404, None, {}),
    ("GET", "/r6/metadata", 404, None, {}),
    ("POST", "/", 405, b"{}", FHIR),
    ("DELETE", "/docs", 405, None, {}),
    ("GET", "/health/nothing", 404, None, {}),
    # paths and methods
    ("GET", "/r4/Patient/1", 404, None, {}),
    ("GET", "/r5/CodeSystem/none", 404, None, {}),
    ("GET", "/r4/CodeSystem/%ff", 400, None, {}),
    ("GET", "/r4/$nothing", 404, None, {}),
    ("PUT", "/r4/CodeSystem/colours", 405, b"{}", FHIR),
    # representations
    ("GET", "/r4/metadata", 406, None, {"Accept": "application/fhir+xml"}),
    ("GET", "/r4/metadata?_format=xml", 406, None, {}),
    ("POST", "/r4/ValueSet/$expand", 415, b"<x/>", {"Content-Type": "application/fhir+xml"}),
    # bodies
    ("POST", "/r4/ValueSet/$expand", 400, b"{bad", FHIR),
    ("POST", "/r4/ValueSet/$expand", 400, b"\xff\xfe", FHIR),
    ("POST", "/r4/ValueSet/$expand", 400, b"[]", FHIR),
    ("POST", "/r4/ValueSet/$expand", 413, DEEP, FHIR),
    ("POST", "/r4/ValueSet/$expand", 413, b" " * 2_000_000, FHIR),
    ("POST", "/r4/ValueSet/$expand", 413, b" " * 5_000_000, FHIR),
    ("POST", "/r4", 400, b'{"resourceType":"Patient"}', FHIR),
    # parameters
    ("GET", "/r4/ValueSet/$expand", 400, None, {}),
    ("GET", "/r4/ValueSet/$expand?url=http://example.org/warm&count=x", 400, None, {}),
    ("GET", "/r4/ValueSet?_count=x", 400, None, {}),
    ("GET", "/r4/ValueSet?nothing=x", 400, None, {"Prefer": "handling=strict"}),
    ("GET", "/r4/CodeSystem/$lookup?code=red", 400, None, {}),
    # content
    ("GET", "/r4/ValueSet/$expand?url=http://example.org/none", 404, None, {}),
    ("GET", "/r4/CodeSystem/$lookup?system=http://example.org/none&code=x", 404, None, {}),
    ("GET", "/r4/CodeSystem/$lookup?system=http://example.org/colours&code=x", 404, None, {}),
    ("GET", "/r4/ValueSet/$expand?url=http://example.org/warm", 404, None, {"X-Cache-Id": "none"}),
]


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "headers"),
    CASES,
    ids=[f"{number}-{one[0]}-{one[2]}" for number, one in enumerate(CASES)],
)
def test_every_refusal_over_http_has_the_one_shape(
    method: str, path: str, status: int, body: bytes | None, headers: dict[str, str]
) -> None:
    checked(asked(application(), method, path, body, headers), status)


def test_the_request_id_of_the_client_comes_back() -> None:
    answer = asked(application(), "GET", "/r4/Patient/1", headers={"X-Request-Id": "mine-1"})
    outcome = checked(answer, 404)
    assert answer.headers["x-request-id"] == "mine-1"
    assert outcome["issue"][0]["diagnostics"] == "Request id: mine-1"


def test_a_bug_is_answered_without_its_detail() -> None:
    outcome = checked(asked(application(BrokenContent()), "GET", "/r4/CodeSystem/colours"), 500)
    assert outcome["issue"][0]["severity"] == "fatal"


def test_a_bug_outside_the_fhir_bases_is_answered_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise RuntimeError("secret detail of a bug")

    monkeypatch.setattr(web, "start_page", broken)
    outcome = checked(asked(application(), "GET", "/"), 500)
    assert outcome["issue"][0]["severity"] == "fatal"


def test_a_server_without_content_says_that_it_is_not_ready() -> None:
    outcome = checked(asked(application(started=False), "GET", "/r4/metadata"), 503)
    assert "not ready" in outcome["issue"][0]["details"]["text"]


def test_a_refused_entry_of_a_batch_has_the_same_shape() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "GET", "url": "CodeSystem/none"}}],
    }
    answer = asked(application(), "POST", "/r4", json.dumps(bundle).encode(), FHIR)
    assert answer.status_code == 200
    (entry,) = answer.json()["entry"]
    assert entry["response"]["status"].startswith("404")
    outcome = entry["response"].get("outcome") or entry["resource"]
    assert outcome["resourceType"] == "OperationOutcome"
    assert outcome["issue"][0]["details"]["text"]

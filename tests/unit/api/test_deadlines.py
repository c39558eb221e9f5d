"""The time of a request holds within evaluation too, and the event loop begins nothing long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from api.answer import Dispatcher
from api.exchange import Answer, Later, Request
from api.service import Loaded, Service
from api.settings import Settings
from loaders.run import load
from termserver.deadline import within
from termserver.library import Home
from termserver.systems import SNOMED_CT
from tests.api_requests import MemoryContexts, json_of, parameters
from tests.fhir_packages import package
from tests.property.ecl_release import make
from tests.rf2_release import ROOT

COSTLY = " OR ".join([f"<< {ROOT}", "<< *"] * 200)
NAMED = "http://example.org/costly"
STORED: dict[str, Any] = {
    "resourceType": "ValueSet",
    "url": NAMED,
    "status": "active",
    "compose": {
        "include": [
            {
                "system": SNOMED_CT,
                "filter": [{"property": "constraint", "op": "=", "value": COSTLY}],
            }
        ]
    },
}
IMPORTING = STORED | {
    "url": "http://example.org/importing",
    "compose": {"include": [{"valueSet": [NAMED]}]},
}
PATTERN = STORED | {
    "url": "http://example.org/pattern",
    "compose": {
        "include": [
            {
                "system": SNOMED_CT,
                "filter": [{"property": "code", "op": "regex", "value": "1.*"}],
            }
        ]
    },
}
IMPLICIT = f"{SNOMED_CT}?fhir_vs=ecl/{COSTLY}"
CODED = {"system": SNOMED_CT, "code": ROOT}
URLS = [NAMED, str(IMPORTING["url"]), IMPLICIT]


@dataclass(slots=True)
class HomeContent:
    """Content of a home that does not change."""

    home: Home

    def current(self) -> Loaded:
        found = {one: self.home.terminology(one) for one in ("4.0", "5.0")}
        return Loaded(generation="1", terminologies=found)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deadlines")
    load(folder / "home", [str(make(3, size=60).release.write(folder / "release"))])
    load(folder / "home", [package(folder / "sets.tgz", STORED, IMPORTING, PATTERN)])
    return folder / "home"


@pytest.fixture
def dispatcher(folder: Path) -> Iterator[Dispatcher]:
    home = Home(folder)
    service = Service(settings=Settings(), content=HomeContent(home), contexts=MemoryContexts())
    yield Dispatcher(service=service)
    home.close()


def request_of(path: str, asked: dict[str, Any], body: dict[str, Any] | None = None) -> Request:
    return Request(
        method="GET" if body is None else "POST",
        release="4.0",
        path=path,
        query=urlencode(asked).encode(),
        headers={} if body is None else {"content-type": "application/fhir+json"},
        body=b"" if body is None else orjson.dumps(body),
    )


def answered(dispatcher: Dispatcher, request: Request, seconds: float) -> Answer:
    route = dispatcher.routes.resolve(request.method, request.path)
    return dispatcher.run(request, route, within(seconds))


def sent(**more: Any) -> dict[str, Any]:
    listed = [{"name": "valueSet", "resource": STORED}]
    return parameters(*listed, *({"name": name, **value} for name, value in more.items()))


REQUESTS = [
    *[request_of("ValueSet/$expand", {"url": url}) for url in URLS],
    *[request_of("ValueSet/$expand", {"url": url, "count": "5"}) for url in URLS],
    *[request_of("ValueSet/$expand", {"url": url, "activeOnly": "true"}) for url in URLS],
    *[request_of("ValueSet/$validate-code", {"url": url, **CODED}) for url in URLS],
    request_of("ValueSet/$expand", {}, sent()),
    request_of(
        "ValueSet/$validate-code",
        {},
        sent(system={"valueUri": SNOMED_CT}, code={"valueCode": ROOT}),
    ),
]


@pytest.mark.parametrize("request_", REQUESTS)
def test_an_expression_is_stopped_within_when_the_time_is_over(
    dispatcher: Dispatcher, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count(step=0.04)
    monkeypatch.setattr("time.monotonic", lambda: next(ticks))
    answer = answered(dispatcher, request_, 2)
    assert answer.status == 422
    [issue] = json_of(answer)["issue"]
    assert issue["code"] == "too-costly"
    assert "took longer than the server allows" in issue["details"]["text"]


@pytest.mark.parametrize("request_", REQUESTS)
def test_with_time_enough_it_is_answered(dispatcher: Dispatcher, request_: Request) -> None:
    assert answered(dispatcher, request_, -1).status == 422
    assert answered(dispatcher, request_, 60).status == 200


def test_a_code_of_the_code_system_has_a_deadline(dispatcher: Dispatcher) -> None:
    request = request_of("CodeSystem/$validate-code", {"url": SNOMED_CT, "code": ROOT})
    assert answered(dispatcher, request, -1).status == 422
    assert answered(dispatcher, request, 60).status == 200


@pytest.mark.parametrize("url", [NAMED, str(IMPORTING["url"]), str(PATTERN["url"])])
def test_the_event_loop_leaves_pages_to_a_thread_until_they_are_made_ready(
    dispatcher: Dispatcher, url: str
) -> None:
    request = request_of("ValueSet/$expand", {"url": url, "count": "5"})
    first = dispatcher.answer(request)
    assert isinstance(first, Later)
    assert first.run().status == 200
    again = dispatcher.answer(request)
    assert isinstance(again, Answer)
    assert again.status == 200


@pytest.mark.parametrize("url", [NAMED, str(IMPORTING["url"])])
def test_the_event_loop_leaves_codes_to_a_thread_until_the_concepts_are_known(
    dispatcher: Dispatcher, url: str
) -> None:
    request = request_of("ValueSet/$validate-code", {"url": url, **CODED})
    first = dispatcher.answer(request)
    assert isinstance(first, Later)
    assert first.run().status == 200
    again = dispatcher.answer(request)
    assert isinstance(again, Answer)
    assert json_of(again)["parameter"][0] == {"name": "result", "valueBoolean": True}


def test_a_request_that_was_too_late_is_no_reason_to_refuse_the_next(
    dispatcher: Dispatcher,
) -> None:
    request = request_of("ValueSet/$expand", {"url": NAMED, "count": "5"})
    assert answered(dispatcher, request, -1).status == 422
    assert answered(dispatcher, request, 60).status == 200

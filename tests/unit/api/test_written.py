"""Long expansions are sent in parts, and are what the full way answers."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from api.answer import Dispatcher
from api.app import build_app
from api.exchange import Answer, Later, Request
from api.service import Loaded, Service
from api.settings import Settings
from api.wire.valueset import expansion_json
from termserver.fhirjson import code_system_records
from termserver.providers.packs import pack_content, wrappers
from termserver.providers.registry import Registry
from termserver.store.pack import Pack
from termserver.terminology import Terminology
from tests.small_packs import build, header
from valuesets.expand import expand
from valuesets.model import ExpandRequest

MANY = "http://example.org/many"
NESTED = "http://example.org/nested"


def code_system(url: str, count: int, **more: Any) -> dict[str, Any]:
    concepts: list[dict[str, Any]] = [
        {"code": f"c{one}", "display": f"Concept {one}"} for one in range(count)
    ]
    concepts[-1] |= more
    return {
        "resourceType": "CodeSystem",
        "url": url,
        "version": "1",
        "status": "active",
        "content": "complete",
        "concept": concepts,
    }


@dataclass(slots=True)
class PackContent:
    """Content of one pack."""

    registry: Registry

    def current(self) -> Loaded:
        found = {one: Terminology(self.registry, one) for one in ("4.0", "5.0")}
        return Loaded(generation="1", terminologies=found)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    below = {"concept": [{"code": "below", "display": "Below"}]}
    retired = {"property": [{"code": "status", "valueCode": "retired"}]}
    records = [
        *code_system_records(code_system(MANY, 5_000, **retired)),
        *code_system_records(code_system(NESTED, 3, **below)),
    ]
    installed = build(tmp_path, records, header())
    content = pack_content(installed, Pack.open(installed.path), wrappers())
    return Service(
        settings=Settings(max_expansion=4_000), content=PackContent(Registry((content,)))
    )


Get = Callable[..., Answer]


@pytest.fixture
def get(service: Service) -> Get:
    dispatcher = Dispatcher(service=service)

    def answer(release: str = "4.0", **query: str) -> Answer:
        request = Request(
            method="GET",
            release=release,
            path="ValueSet/$expand",
            query=urlencode(query).encode(),
            headers={"accept": "application/fhir+json"},
            root="http://test.example/r4",
        )
        found = dispatcher.answer(request)
        return found.run() if isinstance(found, Later) else found

    return answer


def full(service: Service, release: str, **asked: Any) -> Any:
    terminology = service.content.current().terminologies[release]
    request = ExpandRequest(release=release, **asked)
    return settled(orjson.dumps(expansion_json(expand(terminology, request), release)))


def settled(body: bytes) -> bytes:
    json = orjson.loads(body)
    json["expansion"] |= {"identifier": "", "timestamp": ""}
    # the order of elements counts as well
    return orjson.dumps(json)


@pytest.mark.parametrize("release", ["4.0", "5.0"])
def test_a_long_page_comes_in_parts(service: Service, get: Get, release: str) -> None:
    found = get(release, url=MANY, count="5000")
    assert found.parts is not None
    parts = list(found.parts)
    assert max(map(len, parts)) < 250_000
    assert len(parts) == 5  # the beginning, three of up to 2,000 entries, the end
    assert settled(b"".join(parts)) == full(service, release, url=MANY, count=5_000)


def test_a_short_page_comes_whole(service: Service, get: Get) -> None:
    found = get(url=MANY, count="2000", offset="10")
    assert found.parts is None
    assert settled(found.body) == full(service, "4.0", url=MANY, count=2_000, offset=10)


def test_more_than_the_limit_is_refused_unless_it_is_paged(get: Get) -> None:
    assert get(url=MANY).status == 422
    assert get(url=MANY, offset="0").status == 200


def test_a_text_finds_a_list_and_a_tree_stays_a_tree(service: Service, get: Get) -> None:
    assert settled(get(url=MANY, filter="c49").body) == full(service, "4.0", url=MANY, filter="c49")
    assert settled(get(url=NESTED).body) == full(service, "4.0", url=NESTED)


@pytest.mark.parametrize("query", [{"count": "-1"}, {"offset": "-1"}, {"count": "1", "date": "x"}])
def test_what_is_to_be_refused_is_refused(get: Get, query: dict[str, str]) -> None:
    assert get(url=MANY, **query).status in {400, 422}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_app_sends_part_after_part(service: Service, method: str) -> None:
    def opened(_: Settings, __: ExitStack) -> Service:
        return service

    app = build_app(service.settings, opened)
    app.server.start()
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": "/r4/ValueSet/$expand",
        "raw_path": b"/r4/ValueSet/$expand",
        "query_string": urlencode({"url": MANY, "count": "5000"}).encode(),
        "headers": [(b"host", b"test.example"), (b"accept-encoding", b"gzip")],
        "scheme": "http",
        "client": ("127.0.0.1", 1),
    }
    asyncio.run(app(scope, receive, send))
    start, *bodies = sent
    assert start["status"] == 200
    assert b"content-length" not in dict(start["headers"])
    assert [one.get("more_body", False) for one in bodies] == [True] * (len(bodies) - 1) + [False]
    body = b"".join(one["body"] for one in bodies)
    if method == "HEAD":
        assert body == b""
    else:
        assert settled(body) == full(service, "4.0", url=MANY, count=5_000)

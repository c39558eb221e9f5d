"""$expand from plain requests: the same answer as the ordinary way, or none."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from api.answer import Dispatcher
from api.exchange import Answer, Request
from api.points.expansion import POINTS, expand_page, expand_sent
from api.points.reading import PlainReader
from api.service import Loaded, Service
from api.settings import Settings
from termserver.deadline import NotAtOnce
from termserver.fhirjson import code_system_records
from termserver.providers.packs import pack_content, wrappers
from termserver.providers.registry import Registry
from termserver.records import DocumentRecord, Record
from termserver.store.pack import Pack
from termserver.terminology import Terminology
from tests.api_requests import COLOURS, WARM, parameters
from tests.small_packs import build, header

COLOUR = COLOURS["url"]
HEADERS = {b"host": b"test.example", b"accept": b"application/fhir+json"}
JSON = {b"content-type": b"application/fhir+json"}
SENT: dict[str, Any] = {
    "resourceType": "ValueSet",
    "status": "active",
    "compose": {
        "include": [
            {
                "system": COLOUR,
                "filter": [{"property": "concept", "op": "is-a", "value": "red"}],
            }
        ]
    },
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
    records: list[Record] = [
        *code_system_records(COLOURS),
        DocumentRecord(type="ValueSet", resource=WARM),
    ]
    installed = build(tmp_path, records, header())
    content = pack_content(installed, Pack.open(installed.path), wrappers())
    return Service(settings=Settings(), content=PackContent(Registry((content,))))


Plainly = Callable[[str, bytes], bytes | None]


@pytest.fixture
def plainly(service: Service) -> Plainly:
    def answer(url: str, body: bytes) -> bytes | None:
        release = "4.0" if url.startswith("/r4") else "5.0"
        terminology = service.content.current().terminologies[release]
        if body:
            return expand_sent(terminology, body)
        texts = PlainReader(POINTS[0]).query(url.partition("?")[2].encode())
        return None if texts is None else expand_page(terminology, texts)

    return answer


@pytest.fixture
def ordinary(service: Service) -> Callable[[str, bytes], Answer]:
    dispatcher = Dispatcher(service=service)

    def answer(url: str, body: bytes) -> Answer:
        path, _, query = url.partition("?")
        headers = {**HEADERS, **(JSON if body else {})}
        request = Request(
            method="POST" if body else "GET",
            release="4.0" if path.startswith("/r4") else "5.0",
            path=path[4:],
            query=query.encode(),
            headers={key.decode(): value.decode() for key, value in headers.items()},
            body=body,
            root=f"http://test.example/{path[1:3]}",
        )
        return dispatcher._nested(request)

    return answer


def body_of(*listed: tuple[str, str, Any]) -> bytes:
    given = [{"name": name, element: value} for name, element, value in listed]
    return orjson.dumps(parameters(*given))


GETS = [
    {"url": WARM["url"], "count": "10"},
    {"url": WARM["url"], "count": "1", "offset": "1"},
    {"url": WARM["url"], "count": "0", "offset": "0", "filter": "cr"},
    {"url": WARM["url"], "count": "5", "filter": "nothing at all"},
    {"url": COLOUR, "count": "1000", "filter": "ä & b"},
]
POSTS = [
    [("valueSet", "resource", SENT), ("count", "valueInteger", 10)],
    [("valueSet", "resource", SENT), ("count", "valueInteger", 1), ("offset", "valueInteger", 1)],
    [
        ("url", "valueUri", WARM["url"]),
        ("count", "valueInteger", 2),
        ("filter", "valueString", "r"),
    ],
]


def settled(body: bytes) -> Any:
    json = orjson.loads(body)
    json["expansion"] |= {"identifier": "", "timestamp": ""}
    # the order of elements counts as well
    return orjson.dumps(json)


@pytest.mark.parametrize("base", ["/r4", "/r5"])
@pytest.mark.parametrize("query", GETS)
def test_a_page_by_url_is_answered_as_in_the_ordinary_way(
    plainly: Plainly,
    ordinary: Callable[[str, bytes], Answer],
    base: str,
    query: dict[str, str],
) -> None:
    url = f"{base}/ValueSet/$expand?{urlencode(query)}"
    found = plainly(url, b"")
    assert found is not None
    assert settled(found) == settled(ordinary(url, b"").body)


@pytest.mark.parametrize("base", ["/r4", "/r5"])
@pytest.mark.parametrize("listed", POSTS)
def test_a_page_of_what_is_sent_is_answered_as_in_the_ordinary_way(
    plainly: Plainly,
    ordinary: Callable[[str, bytes], Answer],
    base: str,
    listed: list[tuple[str, str, Any]],
) -> None:
    url, body = f"{base}/ValueSet/$expand", body_of(*listed)
    found = plainly(url, body)
    assert found is not None
    assert settled(found) == settled(ordinary(url, body).body)


@pytest.mark.parametrize(
    "query",
    [
        {"url": WARM["url"]},
        {"url": WARM["url"], "offset": "1"},
        {"url": WARM["url"], "count": "1001"},
        {"url": WARM["url"], "count": "-1"},
        {"url": WARM["url"], "count": "+1"},
        {"url": WARM["url"], "count": "1", "offset": "x"},
        {"url": WARM["url"], "count": "1", "activeOnly": "true"},
        {"url": WARM["url"], "count": "1", "displayLanguage": "de"},
        {"url": "http://example.org/none", "count": "1"},
        {"count": "1"},
    ],
)
def test_what_is_not_plain_is_left_to_the_ordinary_way(
    plainly: Plainly, query: dict[str, str]
) -> None:
    assert plainly(f"/r4/ValueSet/$expand?{urlencode(query)}", b"") is None


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        orjson.dumps(SENT),
        body_of(("valueSet", "resource", SENT)),
        body_of(("valueSet", "resource", SENT), ("count", "valueInteger", True)),
        body_of(("valueSet", "resource", SENT), ("count", "valueString", "1")),
        body_of(("valueSet", "resource", SENT), ("count", "valueInteger", -1)),
        body_of(("valueSet", "resource", "x"), ("count", "valueInteger", 1)),
        body_of(("url", "valueUri", 1), ("count", "valueInteger", 1)),
        body_of(("count", "valueInteger", 1)),
        body_of(*[("count", "valueInteger", 1)] * 2, ("url", "valueUri", WARM["url"])),
        body_of(
            ("url", "valueUri", WARM["url"]),
            ("valueSet", "resource", SENT),
            ("count", "valueInteger", 1),
        ),
        body_of(
            ("url", "valueUri", WARM["url"]),
            ("activeOnly", "valueBoolean", True),
            ("count", "valueInteger", 1),
        ),
    ],
)
def test_a_body_that_is_not_plain_is_left_to_the_ordinary_way(
    plainly: Plainly, body: bytes
) -> None:
    assert plainly("/r4/ValueSet/$expand", body) is None


def test_a_pattern_is_left_to_a_thread(plainly: Plainly) -> None:
    clause = {"property": "code", "op": "regex", "value": "r.*"}
    sent = SENT | {"compose": {"include": [{"system": COLOUR, "filter": [clause]}]}}
    body = body_of(("valueSet", "resource", sent), ("count", "valueInteger", 5))
    with pytest.raises(NotAtOnce):
        plainly("/r4/ValueSet/$expand", body)


@pytest.mark.parametrize(
    "include",
    [
        SENT["compose"]["include"] * 11,
        [{"system": COLOUR, "filter": SENT["compose"]["include"][0]["filter"] * 11}],
    ],
)
def test_a_definition_that_takes_long_is_left_to_a_thread(
    plainly: Plainly, include: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count(step=0.005)
    monkeypatch.setattr("time.monotonic", lambda: next(ticks))
    sent = SENT | {"compose": {"include": include}}
    body = body_of(("valueSet", "resource", sent), ("count", "valueInteger", 5))
    with pytest.raises(NotAtOnce):
        plainly("/r4/ValueSet/$expand", body)

"""The lane answers byte for byte what the app answers, and gives it all that is not its own."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api.app import Application, build_app
from api.lane import Lane
from api.service import Service
from api.settings import Settings
from tests.api_requests import MemoryContent, MemoryContexts
from tests.lane_wire import Wire, message
from tests.lane_wire import written as on_wire


def application() -> Application:
    def opened(chosen: Settings, stack: ExitStack) -> Service:
        return Service(settings=chosen, content=MemoryContent(), contexts=MemoryContexts())

    app = build_app(Settings(), opened)
    app.server.start()
    return app


def written(kind: type[HttpToolsProtocol], *chunks: bytes) -> tuple[bytes, int]:
    return on_wire(kind, application(), *chunks)


COLOUR = "http://example.org/colours"
POSTED = (
    b'{"resourceType":"Parameters","parameter":[{"name":"url","valueUri":"http://example.org/warm"},'
    b'{"name":"coding","valueCoding":{"system":"http://example.org/colours","code":"crimson"}}]}'
)

TARGETS = st.sampled_from(
    [
        f"/CodeSystem/$lookup?system={COLOUR}&code=red",
        f"/CodeSystem/$lookup?system={COLOUR}&code=none",
        f"/CodeSystem/$lookup?system={COLOUR}&code=%zz",
        f"/CodeSystem/$subsumes?system={COLOUR}&codeA=red&codeB=crimson",
        f"/ValueSet/$validate-code?url=http://example.org/warm&system={COLOUR}&code=red",
        "/ValueSet/$validate-code?url=http://example.org/warm",
        f"/ConceptMap/$translate?system={COLOUR}&code=red",
        "/CodeSystem/colours/$lookup?code=red",
        "/CodeSystem/co%6Cours",
        "/CodeSystem?url:above=x",
        "/metadata",
        "/Patient/1",
        "/ValueSet/$validate-code?url=%",
    ]
)
HEADERS = st.lists(
    st.sampled_from(
        [
            ("Accept", "application/fhir+json"),
            ("Accept", "application/fhir+xml"),
            ("Accept-Encoding", "gzip"),
            ("Accept-Language", "de"),
            ("Accept-Language", "not a language!"),
            ("Prefer", "handling=strict"),
            ("X-Cache-Id", "none"),
            ("X-Forwarded-Host", "evil.example"),
            ("Connection", "close"),
            ("Origin", "https://a.example"),
        ]
    ),
    unique_by=lambda one: one[0],
    max_size=4,
)


@settings(max_examples=60)
@given(st.sampled_from(["/r4", "/r5", "/fhir"]), TARGETS, HEADERS)
def test_a_get_has_the_same_bytes(base: str, target: str, headers: list[tuple[str, str]]) -> None:
    sent = message("GET", base + target, *headers)
    assert written(Lane, sent)[0] == written(HttpToolsProtocol, sent)[0]


@settings(max_examples=30)
@given(st.sampled_from(["/r4", "/r5"]), HEADERS, st.integers(0, len(POSTED)), st.booleans())
def test_a_post_has_the_same_bytes_however_it_arrives(
    base: str, headers: list[tuple[str, str]], cut: int, broken: bool
) -> None:
    body = POSTED[:-3] if broken else POSTED
    sent = message("POST", base + "/ValueSet/$validate-code", *headers, body=body)
    whole = written(HttpToolsProtocol, sent)[0]
    assert written(Lane, sent)[0] == whole
    assert written(Lane, sent[:-cut] if cut else sent, sent[-cut:] if cut else b"")[0] == whole


@pytest.mark.parametrize(
    ("sent", "tasks"),
    [
        (message("GET", f"/r4/CodeSystem/$lookup?system={COLOUR}&code=red"), 0),
        (message("POST", "/r4/ValueSet/$validate-code", body=POSTED), 0),
        (message("GET", "/r4/Patient/1"), 0),
        (message("GET", "/r4/ValueSet/$expand?url=http://example.org/warm"), 1),
        (message("GET", "/health/live"), 1),
        (message("DELETE", "/r4/ValueSet/warm"), 1),
        (message("HEAD", "/r4/CodeSystem/colours"), 1),
        (
            message(
                "GET",
                f"/r4/CodeSystem/$lookup?system={COLOUR}&code=red",
                ("Expect", "100-continue"),
            ),
            1,
        ),
        (message("POST", "/r4/ValueSet/$validate-code", body=POSTED + b" " * 20_000), 1),
        (message("GET", "/r4/metadata", ("Connection", "close")), 1),
    ],
)
def test_only_what_is_short_and_usual_stays_in_the_lane(sent: bytes, tasks: int) -> None:
    assert written(Lane, sent)[1] == tasks


def test_requests_on_one_connection_are_answered_in_order() -> None:
    quick = message("GET", f"/r4/CodeSystem/$lookup?system={COLOUR}&code=red", number="one")
    long = message("GET", "/r4/metadata", number="two")
    last = message("GET", f"/r4/CodeSystem/$lookup?system={COLOUR}&code=none", number="three")
    for chunks in ([quick + long + last], [quick, long, last], [long + quick + last]):
        lane = written(Lane, *chunks)[0]
        assert lane == written(HttpToolsProtocol, *chunks)[0]
        assert lane.count(b"HTTP/1.1 ") == 3


def test_a_request_whose_body_is_coming_is_answered_before_the_end() -> None:
    sent = message("POST", "/r4/ValueSet/$validate-code", body=POSTED)

    def stopped(kind: Callable[..., HttpToolsProtocol]) -> tuple[bytes, bool]:
        async def run() -> tuple[bytes, bool]:
            config = Config(
                app=application(), lifespan="off", access_log=False, proxy_headers=False
            )
            config.load()
            state = ServerState()
            protocol = kind(config=config, server_state=state, app_state={})
            wire = Wire()
            protocol.connection_made(wire)
            protocol.data_received(sent[:-5])
            protocol.shutdown()
            protocol.data_received(sent[-5:])
            while state.tasks:
                await asyncio.gather(*list(state.tasks))
                await asyncio.sleep(0)
            return bytes(wire.written), wire.closed

        return asyncio.run(run())

    answer, closed = stopped(Lane)
    assert (answer, closed) == stopped(HttpToolsProtocol)
    assert closed
    assert b"connection: close" in answer


async def connected(seconds: float) -> tuple[Lane, Wire]:
    config = Config(app=application(), lifespan="off", access_log=False, proxy_headers=False)
    config.load()
    protocol, wire = Lane(config=config, server_state=ServerState(), app_state={}), Wire()
    protocol.timeout_keep_alive = seconds  # type: ignore[assignment]
    protocol.connection_made(wire)
    return protocol, wire


def test_a_connection_is_closed_when_nothing_came_for_the_time_of_keep_alive() -> None:
    sent = message("GET", f"/r4/CodeSystem/$lookup?system={COLOUR}&code=red")

    async def run() -> list[bool]:
        protocol, wire = await connected(0.3)
        seen = []
        for pause in (0.2, 0.2, 0.2, 0.5):
            protocol.data_received(sent)
            await asyncio.sleep(pause)
            seen.append(wire.closed)
        return seen

    assert asyncio.run(run()) == [False, False, False, True]


def test_a_request_that_is_coming_is_not_cut_off_by_the_time_of_keep_alive() -> None:
    sent = message("POST", "/r4/ValueSet/$validate-code", body=POSTED)

    async def run() -> tuple[bool, int, bool]:
        protocol, wire = await connected(0.1)
        protocol.data_received(sent)
        protocol.data_received(sent[:-5])
        await asyncio.sleep(0.3)
        open_still = not wire.closed
        protocol.data_received(sent[-5:])
        answers = wire.written.count(b"HTTP/1.1 200")
        await asyncio.sleep(0.3)
        return open_still, answers, wire.closed

    assert asyncio.run(run()) == (True, 2, True)


def test_a_lost_connection_leaves_no_timer() -> None:
    sent = message("GET", f"/r4/CodeSystem/$lookup?system={COLOUR}&code=red")

    async def run() -> bool:
        protocol, _ = await connected(0.1)
        protocol.data_received(sent)
        timer = protocol.timeout_keep_alive_task
        protocol.connection_lost(ConnectionResetError())
        return timer is not None and timer.cancelled()

    assert asyncio.run(run())

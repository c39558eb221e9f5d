"""Plain requests of point operations: the lane, the ASGI app and plain evaluation say the same.

Requests are made over a small made-up world, most of them plain and some strange in every way that
clients are: parameters twice, unknown or empty, percent-encoding of all kinds, headers that decide.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.app import Application, build_app, open_home
from api.exchange import Request
from api.lane import Lane
from api.points.table import points
from api.settings import Settings
from loaders.run import load
from termserver.deadline import UNLIMITED
from termserver.errors import TerminologyError
from termserver.systems import LOINC, SNOMED_CT
from termserver.terminology import Terminology
from tests.api_requests import RESOURCES
from tests.fhir_packages import package
from tests.lane_wire import message, written
from tests.property.small_world import load_world

COLOURS = "http://example.org/colours"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder: Path = tmp_path_factory.mktemp("points")
    home = load_world(folder)
    load(home, [package(folder / "colours.tgz", *RESOURCES)])
    application = build_app(Settings(home=home), open_home)
    application.server.start()
    yield application
    application.server.stop()


@pytest.fixture(scope="module")
def words(app: Application) -> dict[str, list[str]]:
    """Return what requests are made of: urls, systems, codes and displays of the world."""
    assert app.server.dispatcher is not None
    terminology = app.server.dispatcher.service.content.current().terminologies["4.0"]
    codes, displays = ["red", "crimson", "blue"], ["Red", "rED", "Rot"]
    for url in (SNOMED_CT, LOINC):
        found = sample(terminology, url)
        codes += [code for code, _ in found]
        displays += [display for _, display in found if display]
    listed = [str(one["url"]) for one in terminology.documents("ValueSet")][::40]
    implicit = [f"{SNOMED_CT}?fhir_vs=isa/{code}" for code in codes[3:15]]
    return {
        "code": [*codes, "none", "RED", "10 20", "é", "a&b", "%41", "123456|x|", "x" * 300],
        "display": [*displays, "wrong", "  red ", "Größe", 'say "so" \\ / \t', "100%"],
        "url": [
            f"{SNOMED_CT}?fhir_vs",
            *implicit,
            f"{SNOMED_CT}?fhir_vs=isa/1",
            f"{SNOMED_CT}?fhir_vs=refset/{codes[3]}",
            f"{SNOMED_CT}?fhir_vs=nothing",
            f"{SNOMED_CT}|x?fhir_vs=isa/{codes[3]}",
            f"http://example.org/x?fhir_vs=isa/{codes[3]}",
            "http://loinc.org/vs",
            "http://example.org/warm",
            "http://example.org/warm|2.0.0",
            "http://example.org/warm|9",
            "http://example.org/none",
            COLOURS,
            *listed,
        ],
        "system": [SNOMED_CT, LOINC, COLOURS, f"{COLOURS}|1.0.0", "http://example.org/none", "x"],
        "version": ["1.0.0", "1", "9", f"{SNOMED_CT}/900000000000207008/version/20250101"],
    }


def sample(terminology: Terminology, url: str) -> list[tuple[str, str | None]]:
    """Return some concepts of a code system, active and inactive."""
    provider = terminology.find_system(url)
    assert provider is not None
    chosen = [*list(provider.all())[::60][:40], *list(provider.inactive())[:6]]
    return [(provider.code_of(one), provider.display_of(one)) for one in chosen]


def of(words: dict[str, list[str]], *names: str) -> st.SearchStrategy[tuple[str, str]]:
    """Return one parameter with a value of its kind."""
    kinds = {"codeA": "code", "codeB": "code"}
    return st.sampled_from(names).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(words[kinds.get(name, name)]))
    )


PLAIN = {
    "ValueSet/$validate-code": (("url", "system", "code"), ("display",)),
    "CodeSystem/$validate-code": (("url", "code"), ("display", "version", "system")),
    "CodeSystem/$subsumes": (("system", "codeA", "codeB"), ("version",)),
    "CodeSystem/$lookup": (("system", "code"), ("version",)),
    "ConceptMap/$translate": (("url", "system", "code"), ("target",)),
}
STRANGE = st.sampled_from(
    [
        ("_format", "json"),
        ("_format", "xml"),
        ("_pretty", "true"),
        ("displayLanguage", "de"),
        ("activeOnly", "true"),
        ("abstract", "maybe"),
        ("unknown", "1"),
        ("code", ""),
        ("url", ""),
        ("date", "2020"),
        ("cache-id", "x"),
        ("system-version", f"{COLOURS}|9"),
        ("inferSystem", "true"),
        ("coding", "x"),
        ("", "x"),
    ]
)
HEADERS = st.just([("Accept", "application/fhir+json")]) | st.lists(
    st.sampled_from(
        [
            ("Accept", "application/fhir+json"),
            ("Accept", "application/fhir+json; fhirVersion=5.0"),
            ("Accept", "text/html"),
            ("Accept", "application/fhir+xml"),
            ("Accept", "*/*"),
            ("accept", "application/json"),
            ("Accept-Encoding", "gzip, deflate"),
            ("Accept-Language", "de"),
            ("Accept-Language", "*"),
            ("Prefer", "handling=strict"),
            ("X-Cache-Id", "none"),
            ("X-Forwarded-Host", "evil.example"),
            ("If-None-Match", "*"),
            ("If-None-Match", '"none"'),
            ("X-Request-Id", "second"),
            ("X-Too-Costly-Threshold", "5"),
            ("Connection", "close"),
            ("User-Agent", "test é"),
        ]
    ),
    max_size=3,
)


def spelled(pairs: Sequence[tuple[str, str]], how: int) -> str:
    """Return a query string in one of the ways in which clients encode."""
    if how == 0:
        return urlencode(pairs)
    if how == 1:
        return "&".join(f"{name}={quote(value, safe=':/?|')}" for name, value in pairs)
    if how == 2:
        every = ("".join(f"%{one:02x}" for one in value.encode()) for _, value in pairs)
        return "&".join(f"{name}={text}" for (name, _), text in zip(pairs, every, strict=True))
    if how == 3:
        return "&" + "&&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
    return "&".join(f"{name}={quote(value, safe='')}%zz%ff" for name, value in pairs)


@st.composite
def parameters(draw: st.DrawFn, words: dict[str, list[str]], path: str) -> list[tuple[str, str]]:
    """Return the parameters of a request, most often plain ones."""
    needed, more = PLAIN[path]
    words = words | {"target": words["system"]}
    pairs = [draw(of(words, name)) for name in needed if draw(st.integers(0, 19)) < 19]
    pairs += draw(st.lists(of(words, *more), max_size=2, unique_by=lambda one: one[0]))
    if draw(st.integers(0, 5)) == 5:
        pairs.append(draw(STRANGE))
    return draw(st.permutations(pairs))


def same(app: Application, sent: bytes) -> bytes:
    """Assert that the lane writes what the app does; return that."""
    lane, whole = written(Lane, app, sent)[0], written(HttpToolsProtocol, app, sent)[0]
    assert lane == whole, sent
    return whole


BASES = st.sampled_from(["/r4", "/r5", "/fhir"])
CHECKED = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@CHECKED
@given(st.data())
def test_a_get_has_the_same_bytes(
    app: Application, words: dict[str, list[str]], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted(PLAIN)))
    pairs = data.draw(parameters(words, path))
    query = spelled(pairs, data.draw(st.sampled_from([0, 0, 0, 1, 1, 2, 3, 4])))
    shown = path.replace("$", data.draw(st.sampled_from(["$", "$", "%24"])))
    target = f"{data.draw(BASES)}/{shown}?{query}"
    same(app, message("GET", target, *data.draw(HEADERS)))


def as_parameter(name: str, value: str | int, kind: str) -> dict[str, Any]:
    return {"name": name, f"value{kind}": value}


@st.composite
def bodies(draw: st.DrawFn, words: dict[str, list[str]], path: str) -> bytes:
    """Return a Parameters body, most often a plain one."""
    kinds = st.sampled_from(["Code", "Uri", "String", "Canonical"])
    pairs = draw(parameters(words, path))
    listed = [as_parameter(name, value, draw(kinds)) for name, value in pairs]
    if draw(st.booleans()):
        name = {"CodeSystem/$subsumes": "codingA", "ConceptMap/$translate": "sourceCoding"}
        coding = {
            key: draw(st.sampled_from(words[key]))
            for key in ("system", "code", "display", "version")
            if draw(st.integers(0, 5)) < (1 if key == "version" else 5)
        }
        listed = [one for one in listed if one["name"] not in {"code", "system", "codeA"}]
        listed.append({"name": name.get(path, "coding"), "valueCoding": coding})
        if path == "CodeSystem/$subsumes" and draw(st.booleans()):
            listed = [one for one in listed if one["name"] != "codeB"]
            listed.append({"name": "codingB", "valueCoding": coding | {"code": "red"}})
    odd = draw(st.integers(-20, 7))
    body: Any = {"resourceType": "Parameters", "parameter": listed}
    match odd:
        case 0:
            body["id"] = "x"
        case 1:
            body = listed
        case 2:
            listed.append({"name": ["x"], "valueCode": "y"})
        case 3:
            listed.append({"name": "code"})
        case 4:
            listed.append({"name": "coding", "valueCoding": {"system": 1}})
        case 5:
            listed.append({"name": "code", "valueCode": "x", "id": "y"})
        case 6:
            return orjson.dumps(body)[:-2]
        case 7:
            return b"\xef\xbb\xbf" + orjson.dumps(body)
    return orjson.dumps(body)


@CHECKED
@given(st.data())
def test_a_post_has_the_same_bytes(
    app: Application, words: dict[str, list[str]], data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted(PLAIN)))
    types = [
        *["application/fhir+json"] * 6,
        "application/json; charset=utf-8",
        "application/json; charset=latin-1",
        "application/fhir+json; fhirVersion=4.0",
        "text/plain",
    ]
    kind = ("Content-Type", data.draw(st.sampled_from(types)))
    query = data.draw(st.sampled_from(["", "", "", "", "?", "?code=red", "?_format=json"]))
    body = data.draw(bodies(words, path))
    target = f"{data.draw(BASES)}/{path}{query}"
    same(app, message("POST", target, kind, *data.draw(HEADERS), body=body))


def test_what_is_plain_is_plainly_evaluated_to_the_same(
    app: Application, words: dict[str, list[str]]
) -> None:
    """Every code in every value set: the point's own function against the dispatcher."""
    dispatcher, own = app.server.dispatcher, {one.path: one for one in points()}
    assert dispatcher is not None
    terminology = dispatcher.service.content.current().terminologies["5.0"]
    answered = 0
    for url in words["url"]:
        for code in words["code"][:60]:
            system = COLOURS if code in {"red", "crimson", "blue"} else SNOMED_CT
            texts = {"url": url, "system": system, "code": code}
            path = "ValueSet/$validate-code"
            request = Request(
                method="GET", release="5.0", path=path, query=urlencode(texts).encode()
            )
            route = dispatcher.routes.resolve("GET", path)
            whole = dispatcher.run(request, route, UNLIMITED)
            try:
                found = own[path].answer(terminology, texts)
            except TerminologyError:
                assert whole.status != 200
                continue
            assert found is None or (whole.status, whole.body) == (200, found)
            answered += found is not None
    assert answered > 500


def test_expressions_are_left_to_a_thread(app: Application) -> None:
    """They can take seconds, in which the event loop would answer nobody."""
    url = f"{SNOMED_CT}?fhir_vs=ecl/*"
    coded = f"system={quote_plus(SNOMED_CT)}&code=1"
    listed = [as_parameter("url", url, "Uri"), as_parameter("count", 1, "Integer")]
    for sent in (
        message("GET", f"/r4/ValueSet/$expand?url={quote_plus(url)}&count=1"),
        message("GET", f"/r4/ValueSet/$validate-code?url={quote_plus(url)}&{coded}"),
        message("GET", f"/r4/ConceptMap/$translate?url=x&{coded}&target={quote_plus(url)}"),
        message(
            "POST",
            "/r4/ValueSet/$expand",
            body=orjson.dumps({"resourceType": "Parameters", "parameter": listed}),
        ),
    ):
        assert written(Lane, app, sent)[1] == 1


def test_plain_requests_need_no_task(app: Application) -> None:
    for target in (
        f"/r4/ValueSet/$validate-code?url={quote_plus(SNOMED_CT)}%3Ffhir_vs&system=x&code=y",
        f"/r5/CodeSystem/$validate-code?url={quote_plus(COLOURS)}&code=red&display=Rot",
        f"/fhir/CodeSystem/$subsumes?system={quote_plus(COLOURS)}&codeA=red&codeB=crimson",
    ):
        assert written(Lane, app, message("GET", target))[1] == 0

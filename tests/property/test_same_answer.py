"""An answer does not depend on how it was asked, nor on where its content came from."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api_requests import COLOURS, RESOURCES, WARM, ask, dispatcher, json_of, parameters

COLOUR, WARM_URL = COLOURS["url"], WARM["url"]

CODES = st.sampled_from(["red", "crimson", "blue", "RED", "none", "ä & b"])
LANGUAGES = st.sampled_from([None, "de", "en, de;q=0.5", "*"])

LOOKUPS = st.fixed_dictionaries(
    {"system": st.just(COLOUR), "code": CODES},
    optional={
        "version": st.sampled_from(["1.0.0", "2"]),
        "property": st.sampled_from(["hex", "*", "designation"]),
        "displayLanguage": st.sampled_from(["de", "fr"]),
    },
)
VALIDATIONS = st.fixed_dictionaries(
    {"url": st.just(WARM_URL), "system": st.just(COLOUR), "code": CODES},
    optional={"display": st.sampled_from(["Red", "Rot", "Wrong"]), "abstract": st.just("false")},
)
EXPANSIONS = st.fixed_dictionaries(
    {"url": st.just(WARM_URL)},
    optional={
        "filter": st.sampled_from(["r", "cr", "x"]),
        "count": st.sampled_from(["0", "1", "10"]),
        "offset": st.sampled_from(["0", "1"]),
        "excludeNested": st.sampled_from(["true", "false"]),
        "property": st.just("hex"),
        "includeDesignations": st.just("true"),
        "activeOnly": st.just("true"),
    },
)
REQUESTS = st.one_of(
    st.tuples(st.just("CodeSystem/$lookup"), LOOKUPS),
    st.tuples(st.just("ValueSet/$validate-code"), VALIDATIONS),
    st.tuples(st.just("ValueSet/$expand"), EXPANSIONS),
)

_TYPES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "count": ("Integer", int),
    "offset": ("Integer", int),
    "excludeNested": ("Boolean", "true".__eq__),
    "includeDesignations": ("Boolean", "true".__eq__),
    "activeOnly": ("Boolean", "true".__eq__),
    "abstract": ("Boolean", "true".__eq__),
}


def as_body(query: dict[str, str], *more: dict[str, Any]) -> dict[str, Any]:
    listed = []
    for name, text in query.items():
        kind, read = _TYPES.get(name, ("String", str))
        listed.append({"name": name, f"value{kind}": read(text)})
    return parameters(*listed, *more)


def settled(answer: Any) -> tuple[int, Any]:
    """Return status and JSON without what differs each time."""
    json = json_of(answer)
    if "expansion" in json:
        json["expansion"] |= {"identifier": "", "timestamp": ""}
    return answer.status, json


@settings(max_examples=150)
@given(REQUESTS, LANGUAGES)
def test_get_and_post_answer_alike(
    request: tuple[str, dict[str, str]], language: str | None
) -> None:
    path, query = request
    headers = {} if language is None else {"Accept-Language": language}
    get = ask(path, query, headers=headers)
    post = ask(path, body=as_body(query), headers=headers)
    assert settled(get) == settled(post)


@settings(max_examples=150)
@given(REQUESTS, LANGUAGES)
def test_loaded_and_sent_content_answer_alike(
    request: tuple[str, dict[str, str]], language: str | None
) -> None:
    path, query = request
    headers = {} if language is None else {"Accept-Language": language}
    loaded = ask(path, body=as_body(query), headers=headers)
    sent = [{"name": "tx-resource", "resource": one} for one in RESOURCES]
    with_request = ask(path, body=as_body(query, *sent), headers=headers, to=dispatcher(()))
    assert settled(loaded) == settled(with_request)


@settings(max_examples=100)
@given(REQUESTS.filter(lambda one: "property" not in one[1]))
def test_both_releases_answer_alike(request: tuple[str, dict[str, str]]) -> None:
    path, query = request
    assert settled(ask(path, query)) == settled(ask(path, query, release="5.0"))

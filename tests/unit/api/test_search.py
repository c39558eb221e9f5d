"""Read and search."""

from typing import Any

import pytest

from api.exchange import Later, Request
from api.shelf import shelf_of
from termserver.model import DocumentName, Json
from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from tests.api_requests import COLOURS, ROOT, WARM, ask, dispatcher, error_text, json_of

OLD = WARM | {"version": "1.0.0", "title": "Older", "status": "retired"}


def found(query: Any, *, type_: str = "ValueSet") -> list[str]:
    to = dispatcher([COLOURS, WARM, OLD])
    json = json_of(ask(type_, query, to=to))
    assert json["total"] == len(json.get("entry", []))
    return [one["resource"].get("version", "") for one in json.get("entry", [])]


def test_a_search_without_parameters_finds_all_in_order() -> None:
    assert found({}) == ["1.0.0", "2.0.0"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"url": "http://example.org/warm"}, ["1.0.0", "2.0.0"]),
        ({"url": "http://example.org/warm|2.0.0"}, ["2.0.0"]),
        ({"url": "http://example.org/warm|9"}, []),
        ({"url": "http://example.org/WARM"}, []),
        ({"url:below": "http://example.org/"}, ["1.0.0", "2.0.0"]),
        ({"url:above": "http://example.org/warm/deeper"}, ["1.0.0", "2.0.0"]),
        ({"version": "1.0.0"}, ["1.0.0"]),
        ({"status": "draft"}, ["2.0.0"]),
        ({"status": "draft,retired"}, ["1.0.0", "2.0.0"]),
        ({"status:not": "draft"}, ["1.0.0"]),
        ({"name": "wa"}, ["1.0.0", "2.0.0"]),
        ({"name": "arm"}, []),
        ({"name:contains": "ARM"}, ["1.0.0", "2.0.0"]),
        ({"name:exact": "warm"}, []),
        ({"title": "warme"}, ["2.0.0"]),
        ({"publisher:missing": "true"}, ["1.0.0", "2.0.0"]),
        ({"publisher:missing": "false"}, []),
        ({"_id": "warm"}, ["2.0.0"]),
        ({"reference": "http://example.org/colours"}, ["1.0.0", "2.0.0"]),
        ({"unknown": "x"}, ["1.0.0", "2.0.0"]),
        ({"_sort": "-version"}, ["2.0.0", "1.0.0"]),
        ([("status", "draft"), ("status", "retired")], []),
    ],
)
def test_a_parameter_chooses(query: Any, expected: list[str]) -> None:
    assert found(query) == expected


def test_a_date_has_prefixes() -> None:
    assert found({"date": "ge2024"}, type_="CodeSystem") == ["1.0.0"]
    assert found({"date": "2024-05"}, type_="CodeSystem") == ["1.0.0"]
    assert found({"date": "lt2024"}, type_="CodeSystem") == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"name:above": "x"}, "':above' is not supported on 'name'"),
        ({"url:missing": "maybe"}, "must be true or false"),
        ({"_count": "few"}, "_count must be a whole number"),
        ({"_count": "²"}, "_count must be a whole number"),
        ({"_offset": "9" * 5000}, "_offset must be a whole number"),
        ({"_summary": "some"}, "Unknown _summary"),
        ({"_sort": "colour"}, "cannot be sorted by 'colour'"),
        ({"date": "soon"}, "is no date"),
    ],
)
def test_what_cannot_be_searched_is_refused(query: dict[str, str], text: str) -> None:
    answer = ask("ValueSet", query)
    assert answer.status == 400
    assert text in error_text(answer)


def test_an_unknown_parameter_is_refused_under_strict_handling() -> None:
    answer = ask("ValueSet", {"colour": "red"}, headers={"Prefer": "handling=strict"})
    assert answer.status == 400
    assert "no search parameter 'colour'" in error_text(answer)


def test_pages_have_links_and_each_resource_comes_once() -> None:
    to = dispatcher([COLOURS, WARM, OLD])
    first = json_of(ask("ValueSet", {"_count": "1", "name": "warm"}, to=to))
    links = {one["relation"]: one["url"] for one in first["link"]}
    assert first["total"] == 2
    assert links["next"] == f"{ROOT}/ValueSet?name=warm&_count=1&_offset=1"
    second = json_of(ask("ValueSet", {"_count": "1", "_offset": "1", "name": "warm"}, to=to))
    assert "next" not in {one["relation"] for one in second["link"]}
    versions = [page["entry"][0]["resource"]["version"] for page in (first, second)]
    assert versions == ["1.0.0", "2.0.0"]


def test_a_count_of_zero_gives_the_total_alone() -> None:
    assert json_of(ask("ValueSet", {"_count": "0"})).keys() == {
        "resourceType",
        "type",
        "total",
        "link",
    }


def test_full_url_read_and_id_agree_for_every_version() -> None:
    to = dispatcher([COLOURS, WARM, OLD])
    for entry in json_of(ask("ValueSet", to=to))["entry"]:
        path = entry["fullUrl"].removeprefix(f"{ROOT}/")
        read = json_of(ask(path, to=to))
        assert read == entry["resource"]
        expansion = json_of(ask(f"{path}/$expand", to=to))
        assert expansion["version"] == entry["resource"]["version"]


def test_a_code_system_is_read_with_its_concepts() -> None:
    json = json_of(ask("CodeSystem/colours"))
    assert json["count"] == 3
    assert json["concept"][0]["concept"] == [{"code": "crimson", "display": "Crimson"}]
    assert json["concept"][0]["designation"] == [{"language": "de", "value": "Rot"}]
    assert json["concept"][0]["property"] == [{"code": "hex", "valueString": "f00"}]


def test_a_summary_leaves_the_content_out_and_says_so() -> None:
    json = json_of(ask("CodeSystem/colours", {"_summary": "true"}))
    assert "concept" not in json
    assert json["meta"]["tag"][0]["code"] == "SUBSETTED"
    entry = json_of(ask("ValueSet", {"_summary": "true"}))["entry"][0]["resource"]
    assert "compose" not in entry


def test_elements_gives_those_named_and_the_mandatory_ones() -> None:
    json = json_of(ask("CodeSystem/colours", {"_elements": "url,version"}))
    assert json.keys() == {"resourceType", "id", "meta", "url", "version", "status", "content"}


def test_a_posted_search_has_its_parameters_in_the_body() -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    json = json_of(ask("ValueSet/_search", body=b"name=warm&_count=5", headers=headers))
    assert json["total"] == 1


@pytest.mark.parametrize(
    ("query", "later"),
    [
        (b"url=http://example.org/warm&_summary=true", False),
        (b"url=http://example.org/warm&version=1.0.0&_summary=count", False),
        (b"url=http://example.org/warm", True),
        (b"url=http://example.org/warm|2.0.0&_summary=true", True),
        (b"title=w&_summary=true", True),
        (b"url=%ff&_summary=true", True),
    ],
)
def test_a_summary_by_url_is_answered_at_once_when_names_are_at_hand(
    query: bytes, later: bool
) -> None:
    to = dispatcher([COLOURS, WARM, OLD])
    request = Request(method="GET", release="4.0", path="ValueSet", query=query, root=ROOT)
    assert isinstance(to.answer(request), Later)
    ask("ValueSet", {"url": "http://example.org/warm"}, to=to)
    assert isinstance(to.answer(request), Later) is later


def test_a_shelf_reads_only_the_resources_that_are_looked_at() -> None:
    read = []

    def document(url: str) -> DocumentName:
        def whole() -> Json:
            read.append(url)
            return {"resourceType": "ValueSet", "url": url, "status": "active"}

        return DocumentName(url=url, version=None, id=None, read=whole)

    class Named(Terminology):
        def document_names(self, type_: str) -> list[DocumentName]:
            return [document("http://example.org/a"), document("http://example.org/b")]

    shelf = shelf_of(Named(Registry(())), "ValueSet")
    assert read == []
    assert shelf.by_url["http://example.org/b"][0].head["status"] == "active"
    assert read == ["http://example.org/b"]

"""Plain texts of queries and bodies; None for all that is not beyond doubt."""

from typing import Any

import orjson
import pytest

from api.points.point import Point
from api.points.reading import KEPT_URLS, PlainReader


@pytest.fixture
def reader() -> PlainReader:
    return PlainReader(
        Point(
            path="X/$x",
            texts=frozenset({"url", "code"}),
            codings=frozenset({"coding"}),
            answer=lambda _terminology, _texts: None,
        )
    )


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        (b"url=http://a&code=b", {"url": "http://a", "code": "b"}),
        (b"url=http%3A%2F%2Fa%3Fb&code=%C3%A9", {"url": "http://a?b", "code": "é"}),
        (b"code=a+b=c", {"code": "a b=c"}),
        (b"code=%2B%20", {"code": "+ "}),
        (b"code=%zz", {"code": "%zz"}),
        (b"", None),
        (b"code=", None),
        (b"code", None),
        (b"code=a&code=b", None),
        (b"code=a&", None),
        (b"code=a&other=b", None),
        (b"coding=a", None),
        (b"c%6Fde=a", None),
        (b"code=%ff", None),
        ("code=é".encode(), None),
    ],
)
def test_a_query(reader: PlainReader, query: bytes, texts: dict[str, str] | None) -> None:
    assert reader.query(query) == texts
    assert reader.query(query) == texts


def test_urls_are_kept_within_bounds(reader: PlainReader) -> None:
    for at in range(KEPT_URLS + 10):
        assert reader.query(b"url=http%%3A//%d" % at) == {"url": f"http://{at}"}
    assert len(reader._urls) <= KEPT_URLS


def body(*listed: Any, **more: Any) -> bytes:
    return orjson.dumps({"resourceType": "Parameters", "parameter": listed} | more)


CODE = {"name": "code", "valueCode": "a"}
CODING = {"system": "s", "code": "c", "display": "d"}


@pytest.mark.parametrize(
    ("sent", "texts"),
    [
        (body(CODE, {"name": "url", "valueUri": "u"}), {"code": "a", "url": "u"}),
        (
            body({"name": "coding", "valueCoding": CODING}),
            {"coding": "", "coding.system": "s", "coding.code": "c", "coding.display": "d"},
        ),
        (body(), {}),
        (body(CODE, CODE), None),
        (body(CODE, id="x"), None),
        (body({"name": "code", "valueCode": ""}), None),
        (body({"name": "code", "valueInteger": 1}), None),
        (body({"name": "code", "valueBoolean": True}), None),
        (body({"name": "code", "valueCode": "a", "valueUri": "b"}), None),
        (body({"name": "code"}), None),
        (body({"name": ["code"], "valueCode": "a"}), None),
        (body({"name": "other", "valueCode": "a"}), None),
        (body({"name": "coding", "valueCoding": {}}), None),
        (body({"name": "coding", "valueCoding": {"code": 1}}), None),
        (body({"name": "coding", "valueCoding": {"userSelected": True}}), None),
        (body(*[{"name": "coding", "valueCoding": {"code": "a"}}] * 2), None),
        (body("x"), None),
        (b'{"resourceType":"Parameters","parameter":{}}', None),
        (b'{"resourceType":"ValueSet","parameter":[]}', None),
        (b"[]", None),
        (b"{", None),
        (b"", None),
    ],
)
def test_a_body(reader: PlainReader, sent: bytes, texts: dict[str, str] | None) -> None:
    assert reader.body(sent) == texts

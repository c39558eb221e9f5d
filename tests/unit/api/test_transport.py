"""From HTTP to a request: paths, addresses, what is logged."""

from io import StringIO
from typing import Any

import pytest

from api.accesslog import AccessLog
from api.metrics import make_meter, route_name
from api.middleware import compressed, request_id, takes_gzip
from api.settings import Settings
from api.transport import to_request


def scope(path: str = "/r4/metadata", **headers: str) -> dict[str, Any]:
    given = {"host": "inside:8080"} | {one.replace("_", "-"): text for one, text in headers.items()}
    return {
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"a=b",
        "scheme": "http",
        "client": ("10.0.0.1", 5000),
        "headers": [(name.encode(), text.encode()) for name, text in given.items()],
    }


@pytest.mark.parametrize(
    ("path", "release", "rest", "root"),
    [
        ("/r4/metadata", "4.0", "metadata", "http://inside:8080/r4"),
        ("/r5/ValueSet/a/", "5.0", "ValueSet/a", "http://inside:8080/r5"),
        ("/fhir", "4.0", "", "http://inside:8080/fhir"),
        ("/r4/ValueSet/%24expand", "4.0", "ValueSet/$expand", "http://inside:8080/r4"),
    ],
)
def test_the_base_decides_the_release(path: str, release: str, rest: str, root: str) -> None:
    request = to_request(Settings(), scope(path), b"", "1")
    assert (request.release, request.path, request.root) == (release, rest, root)


FORWARDED = {
    "x_forwarded_proto": "https",
    "x_forwarded_host": "terms.example",
    "x_forwarded_prefix": "/tx/",
}


@pytest.mark.parametrize(
    ("settings", "root"),
    [
        (Settings(), "http://inside:8080/r4"),
        (Settings(trusted_proxies=("10.0.0.1",)), "https://terms.example/tx/r4"),
        (Settings(trusted_proxies=("10.0.0.2",)), "http://inside:8080/r4"),
        (Settings(public_url="https://public.example"), "https://public.example/r4"),
    ],
)
def test_only_a_trusted_proxy_says_the_address(settings: Settings, root: str) -> None:
    assert to_request(settings, scope(**FORWARDED), b"", "1").root == root


def test_a_request_id_that_could_break_a_log_is_not_taken() -> None:
    assert request_id(b"abc-1") == "abc-1"
    for bad in (None, b"", b"a b", b"a\nb", b"\xff", b"x" * 201):
        assert len(request_id(bad)) == 16


@pytest.mark.parametrize(
    ("accept", "taken"),
    [(b"gzip", True), (b"br, *;q=0.1", True), (b"gzip;q=0", False), (b"br", False)],
)
def test_gzip_is_given_where_it_is_asked_for(accept: bytes, taken: bool) -> None:
    assert takes_gzip(accept) is taken


def test_a_small_body_is_not_packed() -> None:
    assert compressed([(b"content-length", b"5")], b"small") == (
        [(b"content-length", b"5")],
        b"small",
    )


def test_access_lines_cannot_be_forged_by_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.accesslog.log.isEnabledFor", lambda level: True)
    stream = StringIO()
    lines = AccessLog(stream)
    lines.add("1", "GET", "/r4/a\n2 GET /r4/b 200", 404, 0.001)
    lines.flush()
    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/r4/ValueSet/$expand", "/r4/ValueSet/$expand"),
        ("/r4/ValueSet/abc/$expand", "/r4/ValueSet/id/$expand"),
        ("/r4/ValueSet/$made-up", "/r4/ValueSet/other"),
        ("/r4/anything", "/r4/id"),
        ("/health/live", "/health"),
        ("/whatever/else", "other"),
    ],
)
def test_metrics_have_few_routes(path: str, route: str) -> None:
    assert route_name(path) == route


def test_metrics_count_what_was_gathered() -> None:
    meter = make_meter()
    meter.observe("/r4/metadata", 200, 0.002)
    meter.observe("/r4/metadata", 200, 0.2)
    text = meter.text().decode()
    assert 'termserver_requests_total{route="/r4/metadata",status="200"} 2.0' in text
    assert 'termserver_request_seconds_count{route="/r4/metadata"} 2.0' in text

"""What the headers of a plain request say."""

import pytest

from api.points.client import Client, read_client
from api.settings import Settings

PLAIN = Client(accept=b"", origin=b"http://a.example", sends=False, gzip=False, number=None)
HOST = {b"host": b"a.example"}


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ({}, PLAIN),
        ({b"user-agent": b"x", b"x-forwarded-host": b"evil"}, PLAIN),
        ({b"accept": b"*/*"}, PLAIN._replace(accept=b"*/*")),
        ({b"accept-encoding": b"br, gzip"}, PLAIN._replace(gzip=True)),
        ({b"content-type": b"application/json; charset=utf-8"}, PLAIN._replace(sends=True)),
        ({b"content-type": b"text/plain"}, PLAIN),
        ({b"x-request-id": b"7"}, PLAIN._replace(number=b"7")),
        ({b"accept": b"text/html"}, None),
        ({b"accept": b"application/json, */*"}, None),
        ({b"accept-language": b"de"}, None),
        ({b"if-none-match": b"*"}, None),
        ({b"x-cache-id": b"x"}, None),
        ({b"x-too-costly-threshold": b"1"}, None),
    ],
)
def test_headers(headers: dict[bytes, bytes], client: Client | None) -> None:
    assert read_client(Settings(), HOST | headers, "http") == client


def test_a_proxy_that_is_trusted_may_say_another_address() -> None:
    settings = Settings(trusted_proxies=("127.0.0.1",))
    assert read_client(settings, HOST, "http") == PLAIN
    assert read_client(settings, HOST | {b"x-forwarded-host": b"b.example"}, "http") is None


def test_the_public_address_goes_before_the_host() -> None:
    found = read_client(Settings(public_url="https://tx.example"), HOST, "http")
    assert found == PLAIN._replace(origin=b"https://tx.example")

"""POST /validate-codes: its limits, and that no file stays."""

import asyncio
import tempfile
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from api.settings import Settings
from api.web_bulk import read_query, validate_body
from termserver.errors import InvalidRequest, TooCostly, TooLarge
from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from tests.api_requests import RESOURCES

CS = "http://example.org/colours"


def respond(settings: Settings, body: bytes) -> Any:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body}

    headers = [(b"content-type", b"text/csv")]
    query = f"system={CS}".encode()
    scope = {"type": "http", "method": "POST", "query_string": query, "headers": headers}
    contents = {"4.0": Terminology(Registry(())).with_overlay(RESOURCES)}
    turn = asyncio.Semaphore(1)
    return asyncio.run(validate_body(settings, contents, turn, Request(scope, receive)))


@pytest.mark.parametrize(
    ("settings", "error"),
    [(Settings(max_bulk_mb=1), TooLarge), (Settings(bulk_seconds=-1), TooCostly)],
)
def test_a_file_over_a_limit_is_refused_and_nothing_stays(
    settings: Settings,
    error: type[Exception],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(error):
        respond(settings, b"code\n" + b"red\n" * (1 << 18))
    assert list(tmp_path.iterdir()) == []


def test_a_body_up_to_the_limit_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    response = respond(Settings(max_bulk_mb=1), b"code\n" + b"red\n" * ((1 << 18) - 2))
    assert response.headers["x-rows"] == str((1 << 18) - 2)


def test_a_parameter_stands_once() -> None:
    with pytest.raises(InvalidRequest, match="stands there twice"):
        read_query([("system", "a"), ("system", "b")])

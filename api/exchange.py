"""What goes in and out of `answer`: requests, replies, answers. Nothing here knows ASGI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FHIR_JSON = "application/fhir+json"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request below a FHIR base.

    `path` is what follows the base, decoded, without slashes at its ends; `headers` have small
    letters; `root` is the address of the base as the client sees it (`http://host/r4`).
    """

    method: str
    release: str
    path: str
    query: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    root: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a handler answers: JSON, or a page. `cache` says how long it may be kept."""

    json: Any = None
    status: int = 200
    headers: Headers = ()
    html: str | None = None
    cache: Literal["revalidate", "long", "never"] = "revalidate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers and bytes, ready to be sent."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that may take long: to be run in a worker thread."""

    run: Callable[[], Answer]

"""What goes in and out of `answer`: requests, replies, answers. Nothing here knows ASGI."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    """What a handler answers: JSON, JSON that is written already, or a page for people.

    `written` may come in parts, where it is too large to be put together first. `cache` says how
    long an answer may be kept.
    """

    json: Any = None
    written: bytes | Iterable[bytes] | None = None
    status: int = 200
    headers: Headers = ()
    html: str | None = None
    cache: Literal["revalidate", "long", "never"] = "revalidate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers and bytes, ready to be sent.

    `parts`, where there are any, is the body instead of `body`: to be sent one after the other, as
    fast as the client reads.
    """

    status: int
    headers: Headers
    body: bytes
    parts: Iterable[bytes] | None = None

    def whole(self) -> Answer:
        """Return the same with its parts put together."""
        return self if self.parts is None else replace(self, body=b"".join(self.parts), parts=None)


@dataclass(frozen=True, slots=True)
class Later:
    """An answer that may take long: to be run in a worker thread."""

    run: Callable[[], Answer]

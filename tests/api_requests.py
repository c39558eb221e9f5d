"""A service in memory and requests to it, for tests of the API without a server."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from api.answer import Dispatcher
from api.exchange import Answer, Later, Request
from api.service import Loaded, Service
from api.settings import Settings
from termserver.model import Json
from termserver.providers.registry import Registry
from termserver.terminology import Terminology, overlay_content

ROOT = "http://test.example/r4"

COLOURS: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "id": "colours",
    "url": "http://example.org/colours",
    "version": "1.0.0",
    "name": "Colours",
    "title": "Colours of things",
    "status": "active",
    "date": "2024-05-01",
    "caseSensitive": True,
    "hierarchyMeaning": "is-a",
    "content": "complete",
    "property": [{"code": "hex", "type": "string"}],
    "concept": [
        {
            "code": "red",
            "display": "Red",
            "definition": "As blood",
            "designation": [{"language": "de", "value": "Rot"}],
            "property": [{"code": "hex", "valueString": "f00"}],
            "concept": [{"code": "crimson", "display": "Crimson"}],
        },
        {"code": "blue", "display": "Blue"},
    ],
}

WARM: dict[str, Any] = {
    "resourceType": "ValueSet",
    "id": "warm",
    "url": "http://example.org/warm",
    "version": "2.0.0",
    "name": "Warm",
    "title": "Wärme",
    "status": "draft",
    "compose": {
        "include": [
            {
                "system": "http://example.org/colours",
                "filter": [{"property": "concept", "op": "is-a", "value": "red"}],
            }
        ]
    },
}

TO_LETTERS: dict[str, Any] = {
    "resourceType": "ConceptMap",
    "id": "to-letters",
    "url": "http://example.org/to-letters",
    "version": "1",
    "status": "active",
    "group": [
        {
            "source": "http://example.org/colours",
            "target": "http://example.org/letters",
            "element": [{"code": "red", "target": [{"code": "R", "equivalence": "equivalent"}]}],
        }
    ],
}

RESOURCES = (COLOURS, WARM, TO_LETTERS)


@dataclass(slots=True)
class MemoryContent:
    """Content that is made of resources; `number` is its generation."""

    resources: Sequence[Json] = RESOURCES
    number: str = "1"
    _registry: Registry | None = None

    def current(self) -> Loaded:
        if self._registry is None:
            self._registry = Registry((overlay_content(self.resources),))
        terminologies = {one: Terminology(self._registry, one) for one in ("4.0", "5.0")}
        return Loaded(generation=self.number, terminologies=terminologies)


@dataclass(slots=True)
class MemoryContexts:
    """A context store in memory."""

    kept: dict[str, tuple[Json, ...]] = field(default_factory=dict)

    def create(self, resources: Sequence[Json], *, id: str | None = None) -> str:
        number = id or f"context-{len(self.kept)}"
        self.kept[number] = tuple(resources)
        return number

    def get(self, id: str) -> tuple[Json, ...] | None:
        return self.kept.get(id)

    def holds(self, id: str) -> bool:
        return id in self.kept

    def extend(self, id: str, resources: Sequence[Json]) -> bool:
        if id not in self.kept:
            return False
        self.kept[id] = (*self.kept[id], *resources)
        return True

    def delete(self, id: str) -> bool:
        return self.kept.pop(id, None) is not None


def dispatcher(
    resources: Sequence[Json] = RESOURCES,
    *,
    settings: Settings | None = None,
    contexts: MemoryContexts | None = None,
) -> Dispatcher:
    """Return a dispatcher over resources."""
    service = Service(
        settings=settings or Settings(),
        content=MemoryContent(resources),
        contexts=contexts or MemoryContexts(),
    )
    return Dispatcher(service=service)


def ask(
    path: str,
    query: Mapping[str, Any] | Sequence[tuple[str, str]] = (),
    *,
    body: Any = None,
    method: str | None = None,
    release: str = "4.0",
    headers: Mapping[str, str] | None = None,
    to: Dispatcher | None = None,
) -> Answer:
    """Return the answer of one request: a POST where there is a body."""
    given = {"content-type": "application/fhir+json"} if body is not None else {}
    request = Request(
        method=method or ("GET" if body is None else "POST"),
        release=release,
        path=path,
        query=urlencode(query, doseq=True).encode(),
        headers=given | {name.lower(): value for name, value in (headers or {}).items()},
        body=body
        if isinstance(body, bytes)
        else b""
        if body is None
        else json.dumps(body).encode(),
        root=ROOT,
        request_id="test-1",
    )
    answer = (to or dispatcher()).answer(request)
    return answer.run() if isinstance(answer, Later) else answer


def json_of(answer: Answer) -> Any:
    """Return the JSON of an answer."""
    return json.loads(answer.body)


def header_of(answer: Answer, name: str) -> str | None:
    """Return a header of an answer."""
    return dict(answer.headers).get(name)


def parameters(*listed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a Parameters resource."""
    return {"resourceType": "Parameters", "parameter": list(listed)}


def value_of(json: Any, name: str) -> Any:
    """Return the value of the first parameter of a name, None if there is none."""
    for one in json.get("parameter", ()):
        if one["name"] == name:
            return next((item for key, item in one.items() if key != "name"), None)
    return None


def error_text(answer: Answer) -> str:
    """Return the text of an OperationOutcome's first issue."""
    text: str = json_of(answer)["issue"][0]["details"]["text"]
    return text

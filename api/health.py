"""/health/live, /health/ready and /metrics."""

from __future__ import annotations

from typing import Protocol

import orjson

from api.answer import Dispatcher
from api.exchange import Answer
from api.metrics import Meter

_JSON = ("Content-Type", "application/json")
PATHS = frozenset({"/health", "/health/live", "/health/ready", "/metrics"})
_NO_STORE = ("Cache-Control", "no-store")


class Worker(Protocol):
    """What these routes look at."""

    @property
    def dispatcher(self) -> Dispatcher | None:
        """Return the dispatcher, None before the content is open."""

    @property
    def problem(self) -> str | None:
        """Return why the content could not be opened, None if nothing is wrong."""

    @property
    def meter(self) -> Meter:
        """Return the meter."""


def health_answer(worker: Worker, path: str) -> Answer:
    """Return the answer of one of `PATHS`."""
    match path:
        case "/health/live" | "/health":
            return _json(200, {"status": "alive"})
        case "/health/ready":
            return _ready(worker)
        case _:
            kind = ("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            return Answer(status=200, headers=(kind, _NO_STORE), body=worker.meter.text())


def _ready(worker: Worker) -> Answer:
    if worker.dispatcher is None:
        return _json(503, {"status": "not ready", "reason": worker.problem or "starting"})
    generation = worker.dispatcher.service.content.current().generation
    return _json(200, {"status": "ready", "content": generation})


def _json(status: int, json: object) -> Answer:
    return Answer(status=status, headers=(_JSON, _NO_STORE), body=orjson.dumps(json))

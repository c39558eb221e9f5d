"""Counts and times of requests, summed over the workers (Prometheus text)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from api.operations import operations
from api.routes import RESOURCE_TYPES

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""The library's own name: a folder that all workers share. `serve` sets it for its workers."""

MOST = 500
"""Observations counted at once: more would keep the requests that come meanwhile waiting."""

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


_NAMED = frozenset(
    {"metadata", "_search", *RESOURCE_TYPES, *(f"${one.code}" for one in operations())}
)


@dataclass(frozen=True, slots=True)
class Meter:
    """Observes requests: path, status, seconds. What is gathered counts after `flush`.

    `text` gives what all workers have seen.
    """

    observe: Callable[[str, int, float], None]
    flush: Callable[[], None]
    text: Callable[[], bytes]


class _Times(Histogram):
    """A histogram that takes many observations at once, which costs a tenth for each."""

    def observe_all(self, durations: Sequence[float]) -> None:
        """Observe each duration, as `observe` would."""
        self._sum.inc(sum(durations))
        for at, count in Tally(bisect_left(self._upper_bounds, one) for one in durations).items():
            self._buckets[at].inc(count)


def make_meter(shared: str | None = None) -> Meter:
    """Return a meter of this process, summed with the others where they have a `shared` folder."""
    registry = CollectorRegistry()
    requests = Counter(
        "termserver_requests", "Requests answered", ["route", "status"], registry=registry
    )
    seconds = _Times(
        "termserver_request_seconds",
        "Time from the first byte read to the last one sent",
        ["route"],
        buckets=BUCKETS,
        registry=registry,
    )

    waiting: list[tuple[str, int, float]] = []

    def observe(path: str, status: int, duration: float) -> None:
        waiting.append((path, status, duration))
        if len(waiting) >= MOST:
            flush()

    def flush() -> None:
        gathered, waiting[:] = waiting[:], []
        together: dict[tuple[str, int], list[float]] = {}
        for path, status, duration in gathered:
            together.setdefault((path, status), []).append(duration)
        for (path, status), durations in together.items():
            route = route_name(path)
            requests.labels(route, str(status)).inc(len(durations))
            seconds.labels(route).observe_all(durations)

    def text() -> bytes:
        flush()
        return generate_latest(_gathered(registry, shared))

    return Meter(observe, flush, text)


def _gathered(registry: CollectorRegistry, shared: str | None) -> Any:
    if not shared:
        return registry
    together = CollectorRegistry()
    MultiProcessCollector(together, path=shared)  # type: ignore[no-untyped-call]
    return together


def route_name(path: str) -> str:
    """Return the route of a path without ids: labels must be few."""
    parts = [one for one in path.split("/") if one][:4]
    if not parts or parts[0] not in {"r4", "r5", "fhir"}:
        return "/" + parts[0] if parts and parts[0] in {"health", "metrics", "docs"} else "other"
    named = [
        one if one in _NAMED else "other" if one.startswith("$") else "id" for one in parts[1:]
    ]
    return "/".join(["", parts[0], *named])

"""One operation against a running server, with the empty route before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path

import orjson

from tests.bench.processes import Figures, Server, shoot
from tests.bench.world import Shot

CHECKED = 50
"""So many answers of a pool are read before load is put on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where it is measured: both servers, a folder for pools, seconds a run."""

    server: Server
    empty: Server
    folder: Path
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One operation at one number of connections; `empty` is the mean of before and after."""

    operation: str
    connections: int
    figures: Figures
    empty: Figures

    @property
    def ratio(self) -> float:
        """Return the share of the empty route's requests a second."""
        return self.figures.per_second / self.empty.per_second

    @property
    def tail(self) -> float:
        """Return how many times the empty route's p99 the operation's is."""
        return self.figures.p99 / self.empty.p99


def wrong_answer(server: Server, shots: Sequence[Shot]) -> str | None:
    """Return what is wrong with the answers to a sample, None where all say what they must."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Accept": "application/fhir+json", "Content-Type": "application/fhir+json"}
    for shot in shots[:: max(len(shots) // CHECKED, 1)]:
        connection.request("POST" if shot.body else "GET", shot.path, shot.body or None, headers)
        answer = connection.getresponse()
        body = answer.read()
        if not shot.check(answer.status, orjson.loads(body)):
            asked = f"{shot.path} {shot.body.decode()}"
            return f"wrong answer to {asked}: {answer.status} {body[:500]!r}"
    return None


def measure(
    ground: Ground, operation: str, pools: Sequence[Sequence[Shot]], connections: int
) -> Measured:
    """Return the run whose ratio is the median of one run a pool, each: empty, operation, empty."""
    runs = [_run(ground, operation, pool, connections) for pool in pools]
    return sorted(runs, key=lambda one: one.ratio)[len(runs) // 2]


def _run(ground: Ground, operation: str, pool: Sequence[Shot], connections: int) -> Measured:
    file, nothing = ground.folder / "pool.txt", ground.folder / "empty.txt"
    file.write_text(
        "".join(
            "\t".join(("POST" if one.body else "GET", one.path, one.body.decode())) + "\n"
            for one in pool
        )
    )
    nothing.write_text("GET\t/empty\t\n")
    less = max(ground.seconds // 2, 1)
    before = shoot(ground.empty, nothing, connections, less)
    figures = shoot(ground.server, file, connections, ground.seconds)
    after = shoot(ground.empty, nothing, connections, less)
    return Measured(
        operation=operation,
        connections=connections,
        figures=figures,
        empty=_between(before, after),
    )


def _between(before: Figures, after: Figures) -> Figures:
    return replace(
        before,
        per_second=(before.per_second + after.per_second) / 2,
        cpu=(before.cpu + after.cpu) / 2,
        p50=(before.p50 + after.p50) / 2,
        p99=(before.p99 + after.p99) / 2,
    )

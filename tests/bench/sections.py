"""The parts of a run, each from a loaded home to rows of figures that JSON can hold."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from termserver.conceptset import ConceptSet
from termserver.library import Home
from termserver.systems import SNOMED_CT
from tests.bench.bulk import write_codes
from tests.bench.measure import Ground, Measured, measure, wrong_answer
from tests.bench.pools import PAGES, POINT, lacking, pool
from tests.bench.processes import (
    empty_server,
    memory,
    own_server,
    running,
)
from tests.bench.world import Shot, World

SETTLED_S = 20
"""Seconds between the start of a server and the first run: what it makes ready beside is done."""
PARTS = 3
"""Runs a figure is the median of, each over requests of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is run: operations, sizes of their pools, connections, seconds a run."""

    operations: Sequence[str]
    points: int
    expansions: int
    connections: Sequence[int]
    seconds: int

    def size(self, name: str) -> int:
        """Return how many distinct requests an operation gets."""
        return self.points if name in POINT else self.expansions


@contextmanager
def ground(home: Path, seconds: int, workers: int = 1) -> Iterator[Ground]:
    """Start termserver over a home and the empty route beside it, both on the first core."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(own_server(home, workers), "/health/ready") as server,
        running(empty_server(), "/empty") as empty,
    ):
        time.sleep(SETTLED_S)
        yield Ground(server=server, empty=empty, folder=Path(folder), seconds=seconds)


def operations(home: Path, plan: Plan, judged: int) -> dict[str, Any]:
    """Return a row for each operation and number of connections, and the memory after all runs.

    At `judged` connections: the median of three runs over requests of their own, and a warm run
    (the requests of the last one again). Raises: ValueError where an answer is wrong.
    """
    rows = []
    opened = Home(home)
    world = World(terminology=opened.terminology("4.0"))
    with ground(home, plan.seconds) as place:
        for name in plan.operations:
            missing = lacking(world, name)
            if missing:
                print(f"{name}: left out, {missing} is not loaded", flush=True)
                continue
            parts = [_checked(place, world, name, plan.size(name), part) for part in range(PARTS)]
            for connections in plan.connections:
                used = parts if connections == judged else parts[:1]
                rows.append(_row(measure(place, name, used, connections), warm=False))
            rows.append(_row(measure(place, name, parts[-1:], judged), warm=True))
        held = memory(place.server.pid)
    opened.close()
    return {"rows": rows, "memory": asdict(held)}


def together(home: Path, plan: Plan, workers: int) -> dict[str, Any]:
    """Return a row for each operation with several workers on all cores, and a worker's memory."""
    rows = []
    opened = Home(home)
    world = World(terminology=opened.terminology("4.0"))
    with (
        tempfile.TemporaryDirectory() as folder,
        running(own_server(home, workers), "/health/ready", pinned=False) as server,
        running(empty_server(), "/empty") as empty,
    ):
        time.sleep(SETTLED_S)
        place = Ground(server=server, empty=empty, folder=Path(folder), seconds=plan.seconds)
        for name in plan.operations:
            if lacking(world, name):
                continue
            shots = _checked(place, world, name, plan.size(name), 0)
            rows.append(_row(measure(place, name, [shots], plan.connections[-1]), warm=False))
        held = memory(server.pid)
    opened.close()
    return {"rows": rows, "memory": asdict(held)}


def growth(homes: Sequence[Path], plan: Plan, connections: int) -> list[dict[str, Any]]:
    """Return a row for each operation: its CPU time over the empty route's, a figure each home.

    Divided by the empty route of the same minute, since machines are not as fast all day.
    """
    found: dict[str, list[float]] = {name: [] for name in plan.operations}
    for home in homes:
        opened = Home(home)
        world = World(terminology=opened.terminology("4.0"))
        with ground(home, plan.seconds) as place:
            for name in plan.operations:
                parts = [_checked(place, world, name, plan.size(name), it) for it in range(PARTS)]
                runs = [measure(place, name, [one], connections) for one in parts]
                found[name].append(
                    statistics.median(one.figures.cpu / one.empty.cpu for one in runs)
                )
                print(f"{home.name} {name}: {found[name][-1]:.2f}", flush=True)
        opened.close()
    return [{"operation": name, "costs": costs} for name, costs in found.items()]


def first_answer(home: Path, times: int = 5) -> list[float]:
    """Return the seconds from the command `serve` to a right answer, each time."""
    opened = Home(home)
    world = World(terminology=opened.terminology("4.0"))
    (shot,) = pool(world, "VC01", 1)
    opened.close()
    found = []
    for _ in range(times):
        begun = time.monotonic()
        with running(own_server(home, 1), shot.path, pinned=False):
            found.append(time.monotonic() - begun)
    return found


def whole_expansion(home: Path, wanted: int = 100_000) -> dict[str, Any]:
    """Return what a whole expansion takes: seconds, the first byte, bytes, memory it adds."""
    opened = Home(home)
    provider = World(terminology=opened.terminology("4.0")).snomed
    below = provider.hierarchy.descendants
    tops = [one for one in provider.all() - provider.inactive() if len(below(one)) >= wanted // 20]
    top = min(tops, key=lambda one: abs(len(below(one)) - wanted))
    members = len(below(top) | ConceptSet.of([top]))
    path = f"/r4/ValueSet/$expand?url={SNOMED_CT}%3Ffhir_vs%3Disa/{provider.code_of(top)}"
    opened.close()
    runs = []
    with running(own_server(home, 1), "/health/ready", pinned=False) as server:
        for _ in range(3):
            before = memory(server.pid).resident
            begun = time.monotonic()
            connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
            connection.request("GET", path, headers={"Accept": "application/fhir+json"})
            answer = connection.getresponse()
            head = answer.read(1)
            first = time.monotonic() - begun
            size = len(head)
            while part := answer.read(1 << 16):
                size += len(part)
            whole = time.monotonic() - begun
            if answer.status != 200:
                raise ValueError(f"{path} answered {answer.status}")
            more = memory(server.pid).resident - before
            runs.append({"seconds": whole, "first_s": first, "mb": size / 1e6, "more_mb": more})
    return {"members": members, "runs": runs}


def bulk(home: Path, folder: Path, rows: int) -> list[dict[str, Any]]:
    """Return seconds from file to file of `validate-codes` against an isa value set, by format."""
    opened = Home(home)
    world = World(terminology=opened.terminology("4.0"))
    found = []
    top, files = write_codes(world, folder, rows)
    opened.close()
    for source in files:
        out = source.with_name(f"out{source.suffix}")
        command = [sys.executable, "-m", "api", "--home", str(home), "validate-codes", str(source)]
        options = ["--valueset", f"{SNOMED_CT}?fhir_vs=isa/{top}", "--system", SNOMED_CT]
        begun = time.monotonic()
        done = subprocess.run(
            [*command, *options, "--out", str(out)], capture_output=True, text=True, check=False
        )
        seconds = time.monotonic() - begun
        if done.returncode not in {0, 1}:
            raise ValueError(f"validate-codes failed: {done.stderr[-500:]}")
        found.append({"format": source.suffix[1:], "rows": rows, "seconds": seconds})
        print(f"bulk {source.suffix}: {rows / seconds:,.0f} rows/s", flush=True)
    return found


def _checked(place: Ground, world: World, name: str, size: int, part: int) -> list[Shot]:
    shots = list(pool(world, name, size, part))
    wrong = wrong_answer(place.server, shots)
    if wrong is not None:
        raise ValueError(f"{name}: {wrong}")
    return shots


def _row(one: Measured, *, warm: bool) -> dict[str, Any]:
    told = "warm" if warm else one.connections
    print(
        f"{one.operation} {told}: {one.figures.per_second:,.0f}/s ({one.ratio:.0%}, "
        f"{one.figures.cpu:.0f} of {one.empty.cpu:.0f} µs, p99 {one.tail:.1f} times)",
        flush=True,
    )
    return {
        "operation": one.operation,
        "connections": one.connections,
        "warm": warm,
        "ratio": one.ratio,
        "tail": one.tail,
        "page": one.operation in PAGES,
        **asdict(one.figures),
    }

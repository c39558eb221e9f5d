"""The 20 operations with wrk against a running server; writes docs/performance.md.

`python -m tests.synth --size full --out WORLD`, then `python -m tests.bench --world WORLD --home
HOME`. What is not loaded in HOME is loaded first, and its time and memory kept there. wrk must be
there (Debian: apt-get install wrk).
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import orjson

from termserver.library import Home
from tests.bench.pools import OPERATIONS, POINT, Shot, World, needs, pool
from tests.bench.processes import (
    Figures,
    Server,
    empty_server,
    memory_mb,
    own_server,
    running,
    shoot,
)
from tests.bench.report import write_report

CHECKED = 50
LOADS = "bench-loads.json"
_LOAD = """
import json, resource, sys, time
from pathlib import Path
from loaders.run import load
begun = time.monotonic()
(report,) = load(Path(sys.argv[1]), [sys.argv[2]])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"pack": report.pack, "seconds": time.monotonic() - begun, "peak_mb": peak}))
"""


@dataclass(slots=True)
class Row:
    """One operation: figures by number of connections, and the empty route around them."""

    figures: dict[int, Figures] = field(default_factory=dict)
    empty: dict[int, float] = field(default_factory=dict)
    warm: Figures | None = None


def main() -> int:
    """Return the exit code: 0 done, 1 an answer is wrong, 2 something is missing."""
    options = _options()
    if shutil.which("wrk") is None:
        print("wrk is not there; Debian: apt-get install wrk", file=sys.stderr)
        return 2
    loads = _load_missing(options.world, options.home)
    home = Home(options.home)
    world = World(terminology=home.terminology("4.0"))
    rows: dict[str, Row] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        running(own_server(options.home, options.workers), "/health/ready") as server,
        running(empty_server(), "/empty") as empty,
    ):
        for name in options.operations:
            if any(world.stored(one) is None for one in needs(name)):
                print(f"{name}: left out, {', '.join(needs(name))} are not all loaded")
                continue
            shots = list(pool(world, name, options.points if name in POINT else options.expansions))
            wrong = _check(server, shots)
            if wrong:
                print(f"{name}: {wrong}", file=sys.stderr)
                return 1
            rows[name] = _measure(options, Path(folder), server, empty, name, shots)
            print(f"{name}: {_line(rows[name])}", flush=True)
        memory = memory_mb(server.pid)
    write_report(options.out, rows, loads, memory, _machine(options))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", type=Path, required=True, help="folder that tests.synth wrote")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--operations", nargs="*", default=list(OPERATIONS), choices=OPERATIONS)
    parser.add_argument("--connections", type=int, nargs="*", default=[1, 10, 50])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--points", type=int, default=20_000, help="distinct point requests")
    parser.add_argument("--expansions", type=int, default=2_000, help="distinct expansions")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("docs/performance.md"))
    return parser.parse_args()


def _load_missing(world: Path, home: Path) -> list[dict[str, object]]:
    """Load what the home lacks of the world; return what each load took, as far as known."""
    kept = home / LOADS
    if kept.exists():
        found: list[dict[str, object]] = json.loads(kept.read_text())
        return found
    folders = json.loads((world / "world.json").read_text())["folders"]
    loads = []
    for folder in folders.values():
        command = [sys.executable, "-c", _LOAD, str(home), str(world / folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{folder}: not loaded: {done.stderr.splitlines()[-1:]}", file=sys.stderr)
            continue
        one = json.loads(done.stdout.splitlines()[-1])
        size = sum(it.stat().st_size for it in (home / "packs").glob(f"{one['pack']}*/**/*"))
        loads.append({**one, "size_mb": size / 1e6})
        print(f"loaded {one['pack']} in {one['seconds']:.0f} s", flush=True)
    kept.write_text(json.dumps(loads))
    return loads


def _check(server: Server, shots: list[Shot]) -> str | None:
    """Return what is wrong with the answers to a sample, None where all say what they must."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    for shot in shots[:: max(len(shots) // CHECKED, 1)]:
        headers = {"Accept": "application/fhir+json", "Content-Type": "application/fhir+json"}
        connection.request("POST" if shot.body else "GET", shot.path, shot.body or None, headers)
        answer = connection.getresponse()
        body = answer.read()
        if not shot.check(answer.status, orjson.loads(body)):
            asked = f"{shot.path} {shot.body.decode()}"
            return f"wrong answer to {asked}: {answer.status} {body[:500]!r}"
    return None


def _measure(
    options: argparse.Namespace,
    folder: Path,
    server: Server,
    empty: Server,
    name: str,
    shots: list[Shot],
) -> Row:
    """Run empty, operation, empty for each number of connections."""
    file, nothing = folder / f"{name}.txt", folder / "empty.txt"
    lines = (
        "\t".join(("POST" if one.body else "GET", one.path, one.body.decode())) for one in shots
    )
    file.write_text("\n".join(lines) + "\n")
    nothing.write_text("GET\t/empty\t\n")
    row = Row()
    for connections in options.connections:
        before = shoot(empty, nothing, connections, options.seconds)
        row.figures[connections] = shoot(server, file, connections, options.seconds)
        after = shoot(empty, nothing, connections, options.seconds)
        row.empty[connections] = (before.per_second + after.per_second) / 2
    row.warm = shoot(server, file, options.connections[-1], options.seconds)
    return row


def _line(row: Row) -> str:
    parts = []
    for connections, one in row.figures.items():
        ratio = one.per_second / row.empty[connections]
        parts.append(f"{connections}: {one.per_second:,.0f}/s ({ratio:.0%}, {one.cpu:.0f} µs)")
    return "; ".join(parts)


def _machine(options: argparse.Namespace) -> dict[str, str]:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    world = json.loads((options.world / "world.json").read_text())
    return {
        "processor": model,
        "Python": platform.python_version(),
        "system": platform.system(),
        "date": time.strftime("%Y-%m-%d"),
        "workers": str(options.workers),
        "seconds a run": str(options.seconds),
        "world": f"{world['counts']['snomed']['concepts']:,} SNOMED CT concepts",
    }


if __name__ == "__main__":
    sys.exit(main())

"""The field's operations with wrk against a running server; writes docs/performance.md.

`python -m tests.synth --size full --out WORLD`, then `python -m tests.bench --world WORLD --home
HOME`. What is not loaded in HOME is loaded first, and its time and memory kept there, as are the
figures of each section, so a section can be measured again alone. wrk must be there (Debian:
apt-get install wrk).
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tests.bench import sections
from tests.bench.loads import load_world
from tests.bench.pools import GROWING, OPERATIONS
from tests.bench.report import JUDGED, write_report

KEPT = "bench-figures.json"
SECTIONS = ("operations", "workers", "growth", "start", "whole", "bulk")


def main() -> int:
    """Return the exit code: 0 done, 1 an answer is wrong, 2 something is missing."""
    options = _options()
    if shutil.which("wrk") is None:
        print("wrk is not there; Debian: apt-get install wrk", file=sys.stderr)
        return 2
    for world, home in options.smaller:
        load_world(world, home)
    loads = [asdict(one) for one in load_world(options.world, options.home)]
    kept = options.home / KEPT
    figures: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    for section in options.sections:
        try:
            found = _run(section, options)
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        if section == "operations" and "operations" in figures:
            found["rows"] = _merged(figures[section]["rows"], found["rows"])
        figures[section] = found
        kept.write_text(json.dumps(figures))
    write_report(options.out, figures, loads, _machine(options))
    return 0


def _run(section: str, options: argparse.Namespace) -> Any:
    plan = sections.Plan(
        operations=options.operations,
        points=options.points,
        expansions=options.expansions,
        connections=options.connections,
        seconds=options.seconds,
    )
    growing = replace(plan, operations=[one for one in GROWING if one in options.operations])
    homes = [home for _, home in options.smaller]
    match section:
        case "operations":
            return sections.operations(options.home, plan, JUDGED)
        case "workers":
            return sections.together(options.home, plan, 2)
        case "growth":
            return sections.growth([*homes, options.home], growing, JUDGED)
        case "start":
            return sections.first_answer(options.home)
        case "whole":
            return sections.whole_expansion(options.home)
        case _:
            with tempfile.TemporaryDirectory() as folder:
                return sections.bulk(options.home, Path(folder), options.rows)


def _merged(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of both, for an operation that was measured again those of now."""
    again = {one["operation"] for one in new}
    rows = [*(one for one in old if one["operation"] not in again), *new]
    order = list(OPERATIONS)
    return sorted(rows, key=lambda one: order.index(one["operation"]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", type=Path, required=True, help="folder that tests.synth wrote")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument(
        "--smaller",
        type=Path,
        nargs=2,
        action="append",
        default=[],
        metavar=("WORLD", "HOME"),
        help="a smaller world for the table of growth; may be repeated, the smallest first",
    )
    parser.add_argument("--sections", nargs="*", default=list(SECTIONS), choices=SECTIONS)
    parser.add_argument("--operations", nargs="*", default=list(OPERATIONS), choices=OPERATIONS)
    parser.add_argument("--connections", type=int, nargs="*", default=[1, JUDGED, 50])
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--points", type=int, default=40_000, help="distinct point requests a run")
    parser.add_argument("--expansions", type=int, default=2_000, help="distinct expansions a run")
    parser.add_argument("--rows", type=int, default=40_000_000, help="rows of bulk validation")
    parser.add_argument("--out", type=Path, default=Path("docs/performance.md"))
    return parser.parse_args()


def _machine(options: argparse.Namespace) -> dict[str, str]:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    world = json.loads((options.world / "world.json").read_text())
    return {
        "processor": next(models, platform.machine()),
        "Python": platform.python_version(),
        "system": platform.system(),
        "date": time.strftime("%Y-%m-%d"),
        "seconds a run": str(options.seconds),
        "distinct requests a run": f"{options.points:,}, of expansions {options.expansions:,}",
        "world": f"{world['counts']['snomed']['concepts']:,} SNOMED CT concepts",
    }


if __name__ == "__main__":
    sys.exit(main())

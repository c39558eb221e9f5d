"""The tables of a run as Markdown (docs/performance.md)."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

JUDGED = 10
"""Connections at which budgets hold."""
BUDGETS = {
    **dict.fromkeys(("VC01", "VC02", "VC03", "SS01", "CM01"), 1.0),
    **dict.fromkeys(("VC01 POST", "VC02 POST", "VC03 POST", "SS01 POST", "CM01 POST"), 1.0),
    **dict.fromkeys(("LK01", "LK02", "LK03", "LK04", "LK05"), 0.7),
    "CM02": 1.0,
    **dict.fromkeys(("EX01", "EX02", "EX04"), 0.8),
    **dict.fromkeys(("EX01 100", "EX04 100"), 0.4),
    **dict.fromkeys(("EX01 1000", "EX04 1000"), 0.05),
    **dict.fromkeys(("EX03", "EX05", "EX06", "EX08"), 0.05),
    **dict.fromkeys(("EX03 short", "EX07"), 0.02),
    "FS01": 0.25,
}
"""Least share of the empty route's requests a second."""
_HEAD = (
    "# Performance",
    "",
    "Made by `make bench` (`python -m tests.bench`; wrk: `apt-get install wrk`); do not edit. The "
    "ratio is to the empty route (`tests/bench/empty.py`), measured before and after each run; one "
    "worker on the first core, wrk on the second, 20 seconds after its start. Each answer's "
    "meaning is checked on a sample before load is put on.",
    "",
)


def write_report(
    path: Path,
    figures: Mapping[str, Any],
    loads: Sequence[Mapping[str, Any]],
    machine: Mapping[str, str],
) -> None:
    """Write the page: a part for each section that has figures."""
    parts = [*_HEAD, *(f"- {name}: {value}" for name, value in machine.items())]
    writers: dict[str, Callable[[Any], Iterator[str]]] = {
        "operations": _operations,
        "workers": _workers,
        "growth": _growth,
        "start": _start,
        "whole": _whole,
        "bulk": _bulk,
    }
    for name, write in writers.items():
        if name in figures:
            parts += ["", *write(figures[name])]
    parts += ["", *_loads(loads), ""]
    path.write_text("\n".join(parts), encoding="utf-8")


def _operations(found: Mapping[str, Any]) -> Iterator[str]:
    yield from (
        "## The operations, one worker",
        "",
        f"At {JUDGED} connections the median of three runs, each over requests of its own; warm is "
        "the last run's requests again. Failed counts every answer that is no success: LK05 asks "
        "for unknown codes (404). The last column is the p99 as a multiple of the empty route's.",
        "",
        "| operation | connections | requests/s | CPU µs | p50 µs | p99 µs | failed | ratio "
        "| budget | p99 × |",
        "|---|---|---|---|---|---|---|---|---|---|",
    )
    yield from map(_row, found["rows"])
    yield ""
    yield f"Memory of the worker after all runs: {_memory(found['memory'])}."


def _memory(used: Mapping[str, Any]) -> str:
    if used["own"] is None:
        return f"resident {used['resident']:.0f} MB"
    return (
        f"its own {used['own']:.0f} MB, mapped by no other process {used['private']:.0f} MB (with "
        f"the packs' files that it alone reads), resident {used['resident']:.0f} MB"
    )


def _row(one: Mapping[str, Any]) -> str:
    budget = BUDGETS.get(one["operation"])
    judged = budget is not None and one["connections"] == JUDGED and not one["warm"]
    wanted = f"{budget:.0%}{'' if one['ratio'] >= budget else ', missed'}" if judged else ""
    told = f"{one['connections']}, warm" if one["warm"] else one["connections"]
    return (
        f"| {one['operation']} | {told} | {one['per_second']:,.0f} | {one['cpu']:.0f} "
        f"| {one['p50']:,.0f} | {one['p99']:,.0f} | {one['failed']} | {one['ratio']:.0%} "
        f"| {wanted} | {one['tail']:.1f} |"
    )


def _workers(found: Mapping[str, Any]) -> Iterator[str]:
    yield from (
        "## Two workers",
        "",
        "Both cores for the workers and wrk beside them, so the figures say how workers share a "
        "machine, not what one client can get.",
        "",
        "| operation | connections | requests/s | CPU µs | p50 µs | p99 µs | failed |",
        "|---|---|---|---|---|---|---|",
    )
    for one in found["rows"]:
        yield (
            f"| {one['operation']} | {one['connections']} | {one['per_second']:,.0f} "
            f"| {one['cpu']:.0f} | {one['p50']:,.0f} | {one['p99']:,.0f} | {one['failed']} |"
        )
    yield ""
    yield f"Memory of a worker after all runs (budget 250 MB): {_memory(found['memory'])}."


def _growth(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from (
        "## Growth",
        "",
        "CPU time of a request as a multiple of the empty route's in the same minute, worlds from "
        f"the smallest to the largest, {JUDGED} connections; the median of three runs. Budget: the "
        "last at most 1.3 times the first.",
        "",
        "| operation | of the empty route | last to first |",
        "|---|---|---|",
    )
    for one in rows:
        costs = one["costs"]
        told = " → ".join(f"{it:.2f}" for it in costs)
        grown = costs[-1] / costs[0]
        yield f"| {one['operation']} | {told} | {grown:.2f}{'' if grown <= 1.3 else ', missed'} |"


def _start(seconds: Sequence[float]) -> Iterator[str]:
    yield "## First answer"
    yield ""
    yield (
        f"From the command `serve` to the first right `$validate-code`, all packs there: "
        f"{statistics.median(seconds):.2f} s (median of {len(seconds)}; budget 2 s)."
    )


def _whole(found: Mapping[str, Any]) -> Iterator[str]:
    runs = sorted(found["runs"], key=lambda one: one["seconds"])
    middle = runs[len(runs) // 2]
    most = max(one["more_mb"] for one in runs)
    yield "## A whole expansion"
    yield ""
    yield (
        f"{found['members']:,} concepts, {middle['mb']:.1f} MB: {middle['seconds']:.2f} s, the "
        f"first byte after {middle['first_s']:.2f} s (median of {len(runs)}; budget 0.5 s for "
        f"100,000); at most {most:.0f} MB more resident than before."
    )


def _bulk(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from (
        "## Bulk validation",
        "",
        "`termserver validate-codes` against an isa value set, file to file, the program's start "
        "included. Budget: 5,000,000 rows a second from Parquet, 1,500,000 from CSV.",
        "",
        "| format | rows | seconds | rows/s |",
        "|---|---|---|---|",
    )
    for one in rows:
        rate = one["rows"] / one["seconds"]
        yield f"| {one['format']} | {one['rows']:,} | {one['seconds']:.2f} | {rate:,.0f} |"


def _loads(loads: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from (
        "## Loading",
        "",
        "Budget: SNOMED CT in 75 s, LOINC in 20 s, at most 1,500 MB in a process; a SNOMED CT pack "
        "of 700 MB without OWL axioms.",
        "",
        "| pack | load s | CPU s | peak MB | size MB |",
        "|---|---|---|---|---|",
    )
    for one in loads:
        yield (
            f"| {one['pack']} | {one['seconds']:.0f} | {one['cpu']:.0f} | {one['peak_mb']:.0f} "
            f"| {one['size_mb']:.0f} |"
        )

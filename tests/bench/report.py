"""The table of a run as Markdown (docs/performance.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.bench.__main__ import Row

BUDGETS = {
    **dict.fromkeys(("VC01", "VC02", "VC03", "SS01", "CM01"), 1.0),
    **dict.fromkeys(("LK01", "LK02", "LK04", "LK05"), 0.7),
    **dict.fromkeys(("EX01", "EX02"), 0.8),
    **dict.fromkeys(("EX03", "EX08", "EX06"), 0.05),
    **dict.fromkeys(("EX03s", "EX07"), 0.02),
    "FS01": 0.25,
    "EX05": 0.05,
}
"""Least share of the empty route's requests a second, at 10 connections."""
_JUDGED = 10


def write_report(
    path: Path,
    rows: Mapping[str, Row],
    loads: Sequence[Mapping[str, Any]],
    memory: tuple[float | None, float],
    machine: Mapping[str, str],
) -> None:
    """Write the page."""
    parts = [
        "# Performance",
        "",
        "Made by `make bench` (`python -m tests.bench`; wrk: `apt-get install wrk`); do not edit. "
        "Each figure is the first pass over distinct inputs; the ratio is to the empty route "
        "(`tests/bench/empty.py`) measured before and after, one worker on the first core, wrk on "
        "the second.",
        "",
        *(f"- {name}: {value}" for name, value in machine.items()),
        "",
        "| operation | connections | requests/s | CPU µs | p50 µs | p99 µs | failed | ratio "
        "| budget |",
        "|---|---|---|---|---|---|---|---|---|",
        *(line for name, row in rows.items() for line in _lines(name, row)),
        "",
        "Failed counts every answer that is no success; LK05 asks for unknown codes (404).",
        "",
        _memory(memory),
        "",
        "| pack | load s | peak MB | size MB |",
        "|---|---|---|---|",
        *(_load(one) for one in loads),
        "",
    ]
    path.write_text("\n".join(parts), encoding="utf-8")


def _load(one: Mapping[str, Any]) -> str:
    return f"| {one['pack']} | {one['seconds']:.0f} | {one['peak_mb']:.0f} | {one['size_mb']:.0f} |"


def _lines(name: str, row: Row) -> list[str]:
    budget = BUDGETS.get(name)
    lines = []
    for connections, one in row.figures.items():
        ratio = one.per_second / row.empty[connections]
        wanted = f"{budget:.0%}" if budget is not None and connections == _JUDGED else ""
        lines.append(
            f"| {name} | {connections} | {one.per_second:,.0f} | {one.cpu:.0f} | {one.p50:,.0f} | "
            f"{one.p99:,.0f} | {one.failed} | {ratio:.0%} | {wanted} |"
        )
    if row.warm is not None:
        one = row.warm
        lines.append(
            f"| {name}, warm | {max(row.figures)} | {one.per_second:,.0f} | {one.cpu:.0f} | "
            f"{one.p50:,.0f} | {one.p99:,.0f} | {one.failed} | | |"
        )
    return lines


def _memory(memory: tuple[float | None, float]) -> str:
    private, resident = memory
    told = "not told by this system" if private is None else f"{private:.0f} MB"
    return f"Memory of the worker after all runs: private {told}, resident {resident:.0f} MB."

"""baseline.json: the names of the cases that pass, by FHIR release."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conformance.suite import Case

BASELINE = Path(__file__).with_name("baseline.json")

Results = Mapping[str, Sequence[Case]]
"""FHIR release ("4.0", "5.0") -> its cases."""


def read_baseline(path: Path = BASELINE) -> dict[str, set[str]]:
    """Return the passing names by release; empty where there is no file yet."""
    if not path.is_file():
        return {}
    return {
        release: set(names)
        for release, names in json.loads(path.read_text(encoding="utf-8")).items()
    }


def write_baseline(results: Results, path: Path = BASELINE) -> None:
    """Write the names of the cases that pass now, sorted, one a line."""
    passing = {
        release: sorted(one.name for one in cases if one.passed)
        for release, cases in results.items()
    }
    path.write_text(json.dumps(passing, indent=1) + "\n", encoding="utf-8")


def stopped_passing(results: Results, baseline: Mapping[str, set[str]]) -> list[tuple[str, Case]]:
    """Return (release, case) of each case that the baseline has and that does not pass now."""
    return [
        (release, one)
        for release, cases in results.items()
        for one in cases
        if not one.passed and one.name in baseline.get(release, ())
    ]


def new_passing(results: Results, baseline: Mapping[str, set[str]]) -> int:
    """Return how many cases pass that the baseline does not have."""
    return sum(
        one.passed and one.name not in baseline.get(release, ())
        for release, cases in results.items()
        for one in cases
    )


def not_run(results: Results, baseline: Mapping[str, set[str]]) -> list[str]:
    """Return the names that the baseline has and the suite no longer."""
    there = {one.name for cases in results.values() for one in cases}
    return sorted({name for names in baseline.values() for name in names} - there)

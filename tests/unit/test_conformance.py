"""Tests of the conformance check's own parts: reading results, comparing, writing the page."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.baseline import (
    new_passing,
    not_run,
    read_baseline,
    stopped_passing,
    write_baseline,
)
from tests.conformance.page import write_page
from tests.conformance.suite import Case, cases_of

GOOD = Case(suite="simple", name="simple/good", passed=True)
BAD = Case(suite="simple", name="simple/bad", passed=False, reason="a | b < c")
RESULTS = {"4.0": [GOOD, BAD], "5.0": [GOOD]}


def test_a_name_that_occurs_twice_passes_only_if_both_do() -> None:
    def run(status: str, message: str | None = None) -> dict[str, object]:
        return {"suite": "s", "name": "s/t", "status": status, "message": message}

    assert cases_of({"tests": [run("pass"), run("fail", "no\n good")]}) == [
        Case(suite="s", name="s/t", passed=False, reason="no good")
    ]
    assert cases_of({"tests": [run("pass"), run("pass")]}) == [
        Case(suite="s", name="s/t", passed=True)
    ]


def test_the_baseline_keeps_the_names_that_pass(tmp_path: Path) -> None:
    write_baseline(RESULTS, tmp_path / "baseline.json")

    assert read_baseline(tmp_path / "baseline.json") == {
        "4.0": {"simple/good"},
        "5.0": {"simple/good"},
    }


def test_without_a_baseline_nothing_has_passed_before(tmp_path: Path) -> None:
    assert read_baseline(tmp_path / "none.json") == {}
    assert new_passing(RESULTS, {}) == 2


def test_a_case_that_passed_and_fails_now_has_stopped_passing() -> None:
    known = {"4.0": {"simple/good", "simple/bad"}, "5.0": {"simple/good", "simple/gone"}}

    assert stopped_passing(RESULTS, known) == [("4.0", BAD)]
    assert not_run(RESULTS, known) == ["simple/gone"]
    assert new_passing(RESULTS, known) == 0


def test_the_page_has_counts_suites_and_the_cases_that_fail(tmp_path: Path) -> None:
    page = tmp_path / "conformance.md"

    write_page(RESULTS, page)

    text = page.read_text(encoding="utf-8")
    assert "- FHIR 4.0 (`/r4`): **1 of 2** cases pass" in text
    assert "| simple | 1 of 2 | 1 of 1 |" in text
    assert "| simple/bad | a \\| b &lt; c |" in text

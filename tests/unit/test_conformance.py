"""Tests of the conformance check's own parts: reading results, comparing, writing the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conformance.baseline import (
    new_passing,
    not_run,
    read_baseline,
    stopped_passing,
    write_baseline,
)
from tests.conformance.content import (
    MissingContent,
    no_longer_failing,
    read_missing_content,
    unexplained,
)
from tests.conformance.page import write_page
from tests.conformance.suite import MODES, Case, cases_of, find_shared

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
    assert "| simple/bad | not explained | a \\| b &lt; c |" in text


def test_the_page_says_what_content_a_failing_case_needs(tmp_path: Path) -> None:
    page = tmp_path / "conformance.md"
    case = Case(suite="bugs", name="bugs/cpt", passed=False, reason="no")

    write_page({"4.0": [case]}, page)

    text = page.read_text(encoding="utf-8")
    assert "| bugs/cpt | CPT (http://www.ama-assn.org/go/cpt), proprietary: more codes" in text


def test_a_failing_case_is_explained_or_named() -> None:
    missing = MissingContent(content={"x": "X"}, cases={"simple/old": ("x", "a row")})

    assert unexplained(RESULTS, missing) == [("4.0", BAD)]
    assert no_longer_failing(RESULTS, missing) == ["simple/old"]
    assert missing.of("simple/old") == "X: a row"
    assert missing.of("simple/bad") is None


def test_content_is_named_for_exactly_the_cases_that_the_baseline_lacks() -> None:
    shared = find_shared()
    if shared is None:
        pytest.skip("TERMSERVER_SHARED names no folder with the conformance suite")
    suite = json.loads((shared / "tx-ecosystem" / "test-cases.json").read_text(encoding="utf-8"))
    modes = {None, *MODES.split(",")}
    passing = read_baseline()
    lacking = {
        f"{part['name']}/{test['name']}"
        for part in suite["suites"]
        if part.get("mode") in modes
        for test in part["tests"]
        for release, known in passing.items()
        if release.startswith((test.get("version") or release)[:1])
        and f"{part['name']}/{test['name']}" not in known
    }

    assert lacking == set(read_missing_content().cases)

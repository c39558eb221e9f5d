"""Every $compare case of the public suite, asked without HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from valuesets.compare import CompareRequest, Comparison, compare

SUITES = {"compare", "related2"}

# Needs the members of a full SNOMED CT; a server without it says so in other words.
NEEDS_SNOMED = {"related-unk-snomed-filter-vs-enum"}


def read(path: Path) -> Any:
    """Return the JSON of a file of the suite."""
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def suites(shared: Path) -> list[dict[str, Any]]:
    """Return the suites of $compare; skip where the suite is not there."""
    cases = shared / "tx-ecosystem" / "test-cases.json"
    if not cases.is_file():
        pytest.skip(f"no suite at {cases}")
    return [one for one in read(cases)["suites"] if one["name"] in SUITES]


def values(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters by name."""
    return {
        one["name"]: next(value for key, value in one.items() if key != "name")
        for one in parameters["parameter"]
    }


def request_of(parameters: dict[str, Any]) -> CompareRequest:
    """Return the request of a Parameters resource."""
    given = values(parameters)
    return CompareRequest(
        this_url=given.get("thisUrl"),
        this_value_set=given.get("thisValueSet"),
        other_url=given.get("otherUrl"),
        other_value_set=given.get("otherValueSet"),
        diagnostics=given.get("diagnostics", False),
    )


def answer_of(found: Comparison) -> dict[str, Any]:
    """Return the answer as the suite's responses write it."""
    lists = {
        "common-codes": ",".join(found.common_codes),
        "missing-codes": ",".join(found.missing_codes),
        "extra-codes": ",".join(found.extra_codes),
    }
    return {
        "result": str(found.result),
        "message": found.message,
        "performed-expansion": found.performed_expansion,
    } | {name: codes for name, codes in lists.items() if codes}


def test_every_case_of_the_suite_is_answered_as_it_asks(
    shared: Path, suites: list[dict[str, Any]]
) -> None:
    folder = shared / "tx-ecosystem"
    wrong = {}
    for suite in suites:
        setup = [read(folder / name) for name in suite["setup"]]
        terminology = Terminology(Registry(())).with_overlay(setup)
        for case in suite["tests"]:
            if case["name"] in NEEDS_SNOMED:
                continue
            expected = values(read(folder / case["response"]))
            # one response has two spaces, which the runner forgives
            expected["message"] = " ".join(expected["message"].split())
            actual = answer_of(compare(terminology, request_of(read(folder / case["request"]))))
            if actual != expected:
                wrong[case["name"]] = (expected, actual)

    assert wrong == {}

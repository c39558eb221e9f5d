"""The 179 examples of mCODE 4.0.0 checked: every coded element found, every finding explained."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.base import LoadOptions
from loaders.run import load
from termserver.library import Home
from termserver.terminology import Terminology
from valuesets.checking import Checker, Report
from valuesets.coded import Walker
from valuesets.coded_element import CodedElement
from valuesets.profiles import Definitions

PACKAGES = (
    "fhir/hl7.fhir.r4.core-4.0.1-definitions.tgz",
    "fhir/hl7.fhir.r4.core-4.0.1-terminology.tgz",
    "fhir/hl7.fhir.us.core-6.1.0-terminology.tgz",
    "fhir/hl7.fhir.uv.genomics-reporting-2.0.0-terminology.tgz",
    "mcode/hl7.fhir.us.mcode-4.0.0.tgz",
    "mcode/hl7.fhir.us.mcode-4.0.0-profiles.tgz",
)
ICD_O_3 = ("icd-o-3/who-icd-o-3-2000/Topoenglish.txt", "icd-o-3/iacr-icd-o-3.2/ICD-O-3.2_iacr.tsv")

BOUND_CODES = frozenset({"status", "gender", "use", "intent", "comparator"})
"""Elements of type code that FHIR R4 binds as required, wherever one of that name stands."""

CONTENT_GONE = frozenset(
    {
        "http://snomed.info/sct",
        "http://loinc.org",
        "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
        "http://www.nlm.nih.gov/research/umls/rxnorm",
    }
)


@pytest.fixture(scope="module")
def terminology(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Terminology:
    home = tmp_path_factory.mktemp("home")
    data = shared / "data"
    for one in PACKAGES:
        load(home, [str(data / one)], options=LoadOptions())
    load(
        home,
        [str(data / one) for one in ICD_O_3],
        options=LoadOptions(version="3.2"),
        together=True,
    )
    return Home(home).terminology("4.0")


@pytest.fixture(scope="module")
def examples(shared: Path) -> list[dict[str, Any]]:
    found = []
    with tarfile.open(shared / "data" / "mcode" / "examples-4.0.0.tgz") as archive:
        for member in archive:
            if "/example/" in member.name and not member.name.endswith(".index.json"):
                stream = archive.extractfile(member)
                assert stream is not None
                found.append(json.load(stream))
    assert len(found) == 179
    return found


@pytest.fixture(scope="module")
def report(terminology: Terminology, examples: list[dict[str, Any]]) -> Report:
    checker = Checker(terminology)
    for one in examples:
        checker.check(one)
    return checker.report


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON value, the outermost first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from objects(inner)


def elements(terminology: Terminology, examples: list[dict[str, Any]]) -> list[CodedElement]:
    walker = Walker(Definitions(terminology))
    return [element for one in examples for element in walker.walk(one).elements]


def test_every_coding_and_unit_of_a_plain_walk_is_found(
    terminology: Terminology, examples: list[dict[str, Any]]
) -> None:
    plain = Counter(
        (one["system"], one["code"])
        for example in examples
        for one in objects(example)
        if isinstance(one.get("code"), str) and isinstance(one.get("system"), str)
    )
    found = Counter(
        (coding.system, coding.code)
        for element in elements(terminology, examples)
        if not element.is_part and element.kind != "code"
        for coding in element.codings
    )
    assert found == plain


def test_every_required_code_of_a_plain_walk_is_found(
    terminology: Terminology, examples: list[dict[str, Any]]
) -> None:
    plain = Counter(
        (key, value)
        for example in examples
        for one in objects(example)
        for key, value in one.items()
        if key in BOUND_CODES and isinstance(value, str)
    )
    found = Counter(
        (name, coding.code)
        for element in elements(terminology, examples)
        if element.kind == "code" and (name := element.path.rpartition(".")[2]) in BOUND_CODES
        for coding in element.codings
    )
    assert found == plain


def test_the_examples_miss_thirteen_extensible_bindings_outside_slices_as_analysed(
    report: Report,
) -> None:
    missed = Counter(
        str(one.code).rpartition("|")[2]
        for one in report.findings
        if one.finding == "not-in-value-set"
        and one.strength == "extensible"
        and not one.path.startswith(("Bundle.", "BodyStructure.", "Specimen."))
        and ".component[" not in one.path
    )
    assert missed == {
        "C38144": 2,  # Lansky, 708895006 Deauville, C18000 grade, 8277-6: fixed by the profile
        "708895006": 1,
        "C18000": 1,
        "8277-6": 2,
        "10828004": 3,  # interpretation from SNOMED CT
        "509910": 1,  # Genetic Testing Registry, deliberate
        "PT": 1,
        "80463/3": 1,
        "m^2": 1,
    }


def test_six_of_the_thirteen_are_said_to_be_fixed_by_the_profile_itself(report: Report) -> None:
    fixed = Counter(
        str(one.code).rpartition("|")[2]
        for one in report.findings
        if "itself fixes" in one.text
        and one.strength == "extensible"
        and one.path == "Observation.code"
    )
    assert fixed == {"C38144": 2, "708895006": 1, "C18000": 1, "8277-6": 2}


def test_no_required_binding_fails_and_one_maximum_value_set_does(report: Report) -> None:
    errors = {(one.finding, one.resource, one.code) for one in report.findings
              if one.severity == "error"}  # fmt: skip
    assert errors == {
        (
            "not-in-maximum-value-set",
            "Observation/tnm-pathologic-distant-metastases-category-jenny-m",
            "http://terminology.hl7.org/CodeSystem/data-absent-reason|not-applicable",
        )
    }


def test_codes_that_do_not_exist_are_reported_with_their_system(report: Report) -> None:
    unknown = {one.code: one.resource for one in report.findings if one.finding == "unknown-code"}
    assert unknown == {
        "http://terminology.hl7.org/CodeSystem/icd-o-3|80463/3": (
            "Observation/histologic-behavior-and-type-non-small-cell"
        ),
        "http://unitsofmeasure.org|m^2": "Observation/body-surface-area-example",
    }


def test_content_that_is_not_loaded_is_only_said_to_be_undecided(report: Report) -> None:
    codes = [
        one
        for one in report.findings
        if one.code and one.value_set is None and one.code.rpartition("|")[0] in CONTENT_GONE
    ]
    assert {one.finding for one in codes} == {"cannot-be-decided"}
    assert {one.severity for one in codes} == {"information"}
    assert report.bindings["undecided"] > 200


def test_profiles_that_are_not_loaded_are_named_once_each(report: Report) -> None:
    named = [
        one.profile
        for one in report.findings
        if one.finding == "definition-not-available" and "The profile" in one.text
    ]
    assert len(named) == len(set(named)) == 11
    assert all(one and ("/us/core/" in one or "/genomics-reporting/" in one) for one in named)

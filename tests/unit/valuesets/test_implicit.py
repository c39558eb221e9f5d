"""Implicit value sets of UCUM and ICD-O-3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.base import LoadOptions
from loaders.run import load
from termserver.errors import InvalidValueSet, TerminologyError, UnknownValueSet
from termserver.library import Home
from termserver.providers.registry import Registry
from termserver.systems import ICD_O_3, UCUM
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.implicit import is_implicit
from valuesets.model import ExpandRequest, ValidateRequest
from valuesets.validate_code import validate_code

MORPHOLOGY = (
    "Code\tStruct\tLabel\r\n"
    "8500/3\ttitle\tWidget carcinoma, NOS\r\n"
    "8500/2\ttitle\tWidget in situ\r\n"
)
TOPOGRAPHY = "Kode\tLvl\tTitle\r\nC50\t3\tWIDGET\r\nC50.9\t4\tWidget, NOS\r\n"


COLOURS: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "url": "http://x.org/colours",
    "version": "1.0.0",
    "content": "complete",
    "valueSet": "http://x.org/all-colours",
    "concept": [{"code": "red"}],
}


def test_the_value_set_of_a_code_system_has_its_versions_alone() -> None:
    terminology = Terminology(Registry(())).with_overlay([COLOURS])
    url = "http://x.org/all-colours"

    assert expand(terminology, ExpandRequest(url=url, value_set_version="1.0.0")).total == 1
    with pytest.raises(UnknownValueSet, match=r"all-colours\|9"):
        expand(terminology, ExpandRequest(url=url, value_set_version="9"))


def test_an_implicit_value_set_of_snomed_ct_has_the_versions_of_its_edition() -> None:
    edition = "http://snomed.info/sct/900000000000207008/version/20250801"
    snomed = {**COLOURS, "url": "http://snomed.info/sct", "version": edition}
    terminology = Terminology(Registry(())).with_overlay([snomed])
    url = "http://snomed.info/sct?fhir_vs"

    found = expand(terminology, ExpandRequest(url=url, value_set_version=edition))
    assert found.total == 1
    assert "copyright © 2002+ International Health" in str(found.value_set.resource["copyright"])
    with pytest.raises(UnknownValueSet, match=r"fhir_vs\|9"):
        expand(terminology, ExpandRequest(url=url, value_set_version="9"))


@pytest.fixture
def terminology(tmp_path: Path) -> Iterator[Terminology]:
    source = tmp_path / "icdo3"
    source.mkdir()
    (source / "Morphenglish.txt").write_text(MORPHOLOGY, newline="")
    (source / "Topoenglish.txt").write_text(TOPOGRAPHY, newline="")
    load(tmp_path / "home", [str(source)], options=LoadOptions())
    home = Home(tmp_path / "home")
    yield home.terminology()
    home.close()


def _codes(terminology: Terminology, url: str) -> list[str]:
    request = ExpandRequest(url=url, exclude_nested=True)
    return [one.code for one in expand(terminology, request).contains]


def _is_in(terminology: Terminology, url: str, code: str) -> bool:
    asked: dict[str, Any] = {"url": url, "system": UCUM, "code": code}
    return validate_code(terminology, ValidateRequest(**asked)).result


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("topography", ["C50", "C50.9"]),
        ("morphology", ["8500/2", "8500/3"]),
    ],
)
def test_icd_o_3_has_a_value_set_for_each_axis(
    terminology: Terminology, path: str, codes: list[str]
) -> None:
    assert sorted(_codes(terminology, f"{ICD_O_3}/vs/{path}")) == codes
    assert sorted(_codes(terminology, f"http://hl7.org/fhir/sid/icd-o-3/vs/{path}")) == codes


def test_icd_o_3_has_a_value_set_of_all_its_codes(terminology: Terminology) -> None:
    assert len(_codes(terminology, f"{ICD_O_3}/vs")) == 4


def test_an_axis_that_is_none_is_no_value_set(terminology: Terminology) -> None:
    with pytest.raises(TerminologyError):
        _codes(terminology, f"{ICD_O_3}/vs/grade")


@pytest.mark.parametrize(
    ("unit", "code", "inside"),
    [
        ("mg", "kg", True),
        ("mg", "mL", False),
        ("mg%2FdL", "g/L", True),
        ("mg/dL", "g", False),
    ],
)
def test_units_comparable_to_one_are_a_value_set(
    terminology: Terminology, unit: str, code: str, inside: bool
) -> None:
    assert _is_in(terminology, f"{UCUM}/vs/{unit}", code) is inside


def test_all_units_are_a_value_set(terminology: Terminology) -> None:
    assert _is_in(terminology, f"{UCUM}/vs", "mg")
    assert not _is_in(terminology, f"{UCUM}/vs", "milligram")


def test_a_unit_that_is_none_is_refused(terminology: Terminology) -> None:
    with pytest.raises(InvalidValueSet, match="'furlong' is none"):
        _is_in(terminology, f"{UCUM}/vs/furlong", "mg")


def test_the_forms_are_told() -> None:
    assert is_implicit(f"{UCUM}/vs/mg")
    assert is_implicit(f"{ICD_O_3}/vs/topography|3.2")
    assert not is_implicit(ICD_O_3)

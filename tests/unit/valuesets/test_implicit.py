"""Implicit value sets of UCUM and ICD-O-3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.base import LoadOptions
from loaders.run import load
from termserver.errors import InvalidValueSet, TerminologyError
from termserver.library import Home
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

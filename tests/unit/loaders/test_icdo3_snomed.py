"""Pairs of SNOMED CT and ICD-O-3 morphologies as a map, and translation both ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.base import LoadOptions, Reading
from loaders.detect import detect
from loaders.icdo3_snomed import LOADER, PAIRS_MAP
from loaders.run import load
from termserver.errors import InvalidSource
from termserver.library import Home
from termserver.model import Coding
from termserver.operations.translate import translate
from termserver.operations.translation import TranslateRequest
from termserver.records import DocumentRecord
from termserver.systems import ICD_O_3, SNOMED_CT
from termserver.terminology import Terminology

HEADER = "icdo3_code,srt_code,sct_code,icdo3_title_2000,icdo32_preferred\n"
ROWS = (
    '8500/3,M-85003,82711006,"Old duct carcinoma","Duct carcinoma"\n'
    '9540/1,M-95401,81669005,"Neurofibromatosis, NOS",\n'
    "8010/3,,82711006,,\n"
)


def _write(folder: Path, text: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text(text)
    return path


def _read(path: Path) -> Reading:
    return LOADER.read([path], LoadOptions(), lambda *_: None)


def _elements(path: Path) -> list[dict[str, Any]]:
    (record,) = _read(path).records
    assert isinstance(record, DocumentRecord)
    found: list[dict[str, Any]] = record.resource["group"][0]["element"]
    return found


@pytest.fixture
def terminology(tmp_path: Path) -> Iterator[Terminology]:
    load(tmp_path / "home", [str(_write(tmp_path, HEADER + ROWS))])
    home = Home(tmp_path / "home")
    yield home.terminology()
    home.close()


def test_pairs_are_a_map_from_snomed_ct(tmp_path: Path) -> None:
    path = _write(tmp_path, HEADER + ROWS)
    assert detect(path).name == "icdo3-snomed"
    comment = "the concept was M-{} in SNOMED RT, whose digits are ICD-O's"
    assert _elements(path) == [
        {
            "code": "82711006",
            "target": [
                {
                    "code": "8500/3",
                    "equivalence": "relatedto",
                    "display": "Duct carcinoma",
                    "comment": comment.format("85003"),
                },
                {"code": "8010/3", "equivalence": "relatedto"},
            ],
        },
        {
            "code": "81669005",
            "target": [
                {
                    "code": "9540/1",
                    "equivalence": "relatedto",
                    "display": "Neurofibromatosis, NOS",
                    "comment": comment.format("95401"),
                }
            ],
        },
    ]


@pytest.mark.parametrize("system", [ICD_O_3, "http://hl7.org/fhir/sid/icd-o"])
def test_a_concept_is_translated_and_back(terminology: Terminology, system: str) -> None:
    asked = (Coding(system=SNOMED_CT, code="81669005"),)
    forward = translate(
        terminology, TranslateRequest(codings=asked, target_system=system, url=PAIRS_MAP)
    )
    assert [one.concept.code for one in forward.matches] == ["9540/1"]
    wanted = (Coding(system=system, code="8500/3"),)
    back = translate(terminology, TranslateRequest(target_codings=wanted, url=PAIRS_MAP))
    assert [one.source.code for one in back.matches if one.source] == ["82711006"]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ("8500/3,M-85003,82711007,,\n", "'82711007' is no identifier of a SNOMED CT concept"),
        ("8500,M-85003,82711006,,\n", "'8500' is no morphology with behaviour"),
        ("8500/3,M-85002,82711006,,\n", "the SNOMED RT code 'M-85002' is not that of '8500/3'"),
        ("8500/3,,,,\n", "the column 'sct_code' is empty"),
        ("8500/3,,82711006,,\n8500/3,,82711006,,\n", "'82711006' and '8500/3' occurs twice"),
        ("8500/3,82711006\n", "2 fields where the header has 5 columns"),
    ],
)
def test_a_bad_row_is_refused_with_file_and_line(tmp_path: Path, rows: str, text: str) -> None:
    with pytest.raises(InvalidSource) as caught:
        _elements(_write(tmp_path, HEADER + rows))
    assert text in caught.value.text
    assert (caught.value.file, caught.value.line) == ("pairs.csv", 1 + rows.count("\n"))


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="the table has no rows"):
        _elements(_write(tmp_path, HEADER))


def test_dicoms_82_pairs_load(shared: Path) -> None:
    folder = shared / "data" / "icd-o-3" / "snomed-links"
    path = folder / "dicom-srt-morphology-to-sct.csv"
    assert detect(path).name == "icdo3-snomed"
    pairs = {one["code"]: one["target"][0]["code"] for one in _elements(path)}
    assert len(pairs) == 82
    assert pairs["86049000"] == "8000/3"

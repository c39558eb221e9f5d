"""ICD-10-GM: DIMDI's metadata in its layouts and encodings, and crosswalks between years."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from loaders.base import LoadOptions, Reading
from loaders.detect import detect
from loaders.icd10gm import LOADER
from termserver.errors import InvalidSource
from termserver.records import (
    ConceptRecord,
    DocumentRecord,
    EdgeRecord,
    PropertyRecord,
)

CHAPTERS = "01;Dinge\n"
GROUPS = "A00;A09;01;Erste Dinge\n"


def _code(level: int, code: str, title: str, place: str = "T") -> str:
    """Return a row in the layout of 23 columns."""
    start = f"{level};{place};X;01;A00;{code}*;{code};{code.replace('.', '')};{title}"
    return f"{start};P;P;1-002;UNDEF;3-003;4-002;001;9;9;999;999;9;J;J\n"


CODES = _code(3, "A00", "Ding", "N") + _code(4, "A00.0", "Linkes Ding") + _code(5, "A00.01", "Öse")


def _write(folder: Path, **files: str) -> Path:
    whole = {"codes": CODES, "gruppen": GROUPS, "kapitel": CHAPTERS}
    for name, content in {**whole, **files}.items():
        (folder / f"icd10gm2004_{name}.txt").write_text(content, encoding="cp850")
    return folder


def _read(source: Path) -> Reading:
    return LOADER.read([source], LoadOptions(), lambda *_: None)


def test_chapters_groups_and_codes_are_concepts(tmp_path: Path) -> None:
    source = _write(tmp_path)
    assert detect(source).name == "icd10gm"
    reading = _read(source)
    records = list(reading.records)
    assert (reading.header.version, reading.header.warnings) == ("2004", ())
    assert [
        (one.code, one.display, one.abstract) for one in records if isinstance(one, ConceptRecord)
    ] == [
        ("01", "Dinge", True),
        ("A00-A09", "Erste Dinge", True),
        ("A00", "Ding", False),
        ("A00.0", "Linkes Ding", False),
        ("A00.01", "Öse", False),
    ]
    assert [(one.child, one.parent) for one in records if isinstance(one, EdgeRecord)] == [
        ("A00-A09", "01"),
        ("A00", "A00-A09"),
        ("A00.0", "A00"),
        ("A00.01", "A00.0"),
    ]
    assert [
        (one.property, one.value)
        for one in records
        if isinstance(one, PropertyRecord) and one.code == "A00" and one.property != "sex"
    ][:5] == [
        ("terminal", False),
        ("p295", "P"),
        ("p301", "P"),
        ("mortl1", "1-002"),
        ("mortl3", "3-003"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("codes", CODES + "3;N\n", "icd10gm2004_codes.txt, line 4: 2 fields where this file has"),
        ("codes", CODES * 2, "icd10gm2004_codes.txt, line 4: the code 'A00' occurs twice"),
        (
            "codes",
            CODES + _code(4, "B00.0", "x"),
            "icd10gm2004_codes.txt, line 4: the code 'B00' above 'B00.0' is not in the file",
        ),
        ("codes", _code(7, "A00", "x"), "icd10gm2004_codes.txt, line 1: '7' in the first column"),
        ("codes", _code(3, "A00", ""), "icd10gm2004_codes.txt, line 1: the column 'title' is"),
        ("gruppen", "B00;B09;01;x\n", "icd10gm2004_codes.txt, line 1: the group 'A00' is not in"),
        ("gruppen", "A00;A09;09;x\n", "icd10gm2004_gruppen.txt, line 1: the chapter '09' is not"),
    ],
)
def test_bad_rows_are_refused_with_file_and_line(
    tmp_path: Path, name: str, content: str, text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        _read(_write(tmp_path, **{name: content}))
    assert caught.value.text.startswith(text)


def _map(folder: Path, content: str) -> dict[str, Any]:
    path = folder / "icd10gm2017syst_umsteiger_2016_2017.txt"
    path.write_text(content)
    assert detect(path).name == "icd10gm"
    (record,) = _read(path).records
    assert isinstance(record, DocumentRecord)
    return dict(record.resource)


def test_a_crosswalk_is_a_map_whose_flags_give_the_direction(tmp_path: Path) -> None:
    rows = "A;A;A;A\nB;C;A;\nD;E;;A\nD;F;;A\nG;H;;\nU;UNDEF;A;\nUNDEF;N;;A\n"
    resource = _map(tmp_path, rows)
    (group,) = resource["group"]
    assert (group["sourceVersion"], group["targetVersion"]) == ("2016", "2017")
    assert {
        (element["code"], target.get("code"), target["equivalence"])
        for element in group["element"]
        for target in element["target"]
    } == {
        ("A", "A", "equivalent"),
        ("B", "C", "wider"),
        ("D", "E", "narrower"),
        ("D", "F", "narrower"),
        ("G", "H", "relatedto"),
        ("U", None, "unmatched"),
    }
    assert resource["description"] == "New in 2017, without an older code: N"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("A;A;A;A\nA;A;A;A\n", "line 2: the pair 'A' and 'A' occurs twice"),
        ("A;A;A;A\nB;C\n", "line 2: 2 fields where a crosswalk has 4"),
        ("A;A;B;A\n", "line 1: the flags 'B' and 'A' are neither A nor empty"),
        (";A;A;A\n", "line 1: a code is empty"),
    ],
)
def test_a_bad_crosswalk_is_refused_with_file_and_line(
    tmp_path: Path, content: str, text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        _map(tmp_path, content)
    assert caught.value.text.startswith(f"icd10gm2017syst_umsteiger_2016_2017.txt, {text}")


def _sample(shared: Path, folder: Path, *names: str) -> Path:
    for name in names:
        shutil.copyfile(shared / "data" / "samples" / "icd-10-gm-metadata" / name, folder / name)
    return folder


def test_real_metadata_of_2017_loads(shared: Path, tmp_path: Path) -> None:
    names = [f"icd10gm2017syst_{one}.txt" for one in ("kodes.cut", "gruppen", "kapitel")]
    reading = _read(_sample(shared, tmp_path, *names))
    found = {one.code: one.display for one in reading.records if isinstance(one, ConceptRecord)}
    assert reading.header.version == "2017"
    assert found["A00.0"] == "Cholera durch Vibrio cholerae O:1, Biovar cholerae"
    assert len(found) == 646 + 241 + 22


def test_real_metadata_of_2004_loads_in_their_encoding(shared: Path, tmp_path: Path) -> None:
    source = _sample(shared, tmp_path, "icd10gm2004_codes.cut.txt", "icd10gm2004_Kapitel.txt")
    reading = _read(source)
    found = {one.code: one.display for one in reading.records if isinstance(one, ConceptRecord)}
    assert found["A00.9"] == "Cholera, nicht näher bezeichnet"
    assert reading.header.warnings == (
        "there is no file of groups (gruppen): the hierarchy begins below",
    )


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("icd10gm2017syst_umsteiger_2016_2017.cut.txt", 1580),
        ("icd10gm_umsteiger_2004_2005.cut.txt", 910),
    ],
)
def test_real_crosswalks_load(shared: Path, tmp_path: Path, name: str, rows: int) -> None:
    (record,) = _read(_sample(shared, tmp_path, name)).records
    assert isinstance(record, DocumentRecord)
    elements = record.resource["group"][0]["element"]
    new = record.resource["description"].count(",")
    assert sum(len(one["target"]) for one in elements) <= rows
    assert sum(len(one["target"]) for one in elements) + new >= rows - 1

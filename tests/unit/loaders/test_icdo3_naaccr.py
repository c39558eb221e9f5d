"""NAACCR's yearly update tables of ICD-O-3, made here in the layout that NAACCR documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from loaders.base import LoadOptions, Reading
from loaders.detect import detect
from loaders.icdo3_naaccr import LOADER, kind_of
from loaders.run import load
from termserver.errors import InvalidSource
from termserver.library import Home
from termserver.model import Coding
from termserver.operations.translate import translate
from termserver.operations.translation import TranslateRequest
from termserver.records import DocumentRecord
from termserver.systems import ICD_O_3

TITLE = ["2022 ICD-O-3.2 Update: Table 1, numerical order"]
HEADER = [
    *("Status", "ICD-O code", "Term"),
    *("Required SEER", "Required NPCR", "Required CoC", "Required CCCR", "Remarks"),
]
REQUIRED = ["Y", "Y", "Y", "Y"]
ROWS = [
    ["New term", "8140/3", "Adenocarcinoma of a made-up kind", *REQUIRED, ""],
    ["New term", "8140/3", "Second made-up adenocarcinoma", *REQUIRED, ""],
    ["New code/term", "8085/3", "Made-up carcinoma", *REQUIRED, "Prior to 1/1/2022 use 8070/3"],
    ["New code/term", "9749/3", "Another made-up tumour", *REQUIRED, ""],
    ["Behavior code change", "9421/1", "Made-up glioma", *REQUIRED, "Formerly 9421/3"],
    ["Preferred term change", "8311/3", "Renamed carcinoma", *REQUIRED, ""],
    ["Deleted code", "8157/1", "Gone", "N", "N", "N", "N", "Use code 8150/3"],
    ["Deleted code", "8158/1", "Gone too", "N", "N", "N", "N", ""],
]


def _sheet(folder: Path, rows: list[list[str]], name: str = "2022 ICD-O-3.2 Update.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    path = folder / name
    book.save(path)
    return path


def _read(path: Path, version: str | None = None) -> Reading:
    return LOADER.read([path], LoadOptions(version=version), lambda *_: None)


def _resource(path: Path) -> dict[str, Any]:
    (record,) = _read(path).records
    assert isinstance(record, DocumentRecord)
    return dict(record.resource)


def _targets(resource: dict[str, Any]) -> dict[str, list[tuple[str | None, str]]]:
    return {
        one["code"]: [(it.get("code"), it["equivalence"]) for it in one["target"]]
        for one in resource["group"][0]["element"]
    }


def test_a_table_is_a_map_from_before_to_after(tmp_path: Path) -> None:
    path = _sheet(tmp_path, [TITLE, HEADER, *ROWS])
    assert detect(path).name == "icdo3-naaccr"
    assert _read(path).header.version == "2022"
    resource = _resource(path)
    assert _targets(resource) == {
        "8140/3": [("8140/3", "equivalent")],
        "8070/3": [("8085/3", "relatedto")],
        "9421/3": [("9421/1", "relatedto")],
        "8311/3": [("8311/3", "relatedto")],
        "8157/1": [("8150/3", "relatedto")],
        "8158/1": [(None, "unmatched")],
    }
    first = resource["group"][0]["element"][0]["target"][0]
    assert first["comment"] == (
        "New term: Adenocarcinoma of a made-up kind; New term: Second made-up adenocarcinoma"
    )
    assert resource["description"].endswith(
        "Rows that state no former code: 9749/3 Another made-up tumour (New code/term)"
    )


def test_a_table_saved_as_text_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "naaccr-2021.tsv"
    lines = ["\t".join(one) for one in ([*TITLE, *[""] * 7], HEADER, *ROWS)]
    path.write_text("\n".join(lines) + "\n")
    assert detect(path).name == "icdo3-naaccr"
    assert len(_targets(_resource(path))) == 6


def test_a_column_of_former_codes_goes_before_the_remarks(tmp_path: Path) -> None:
    header = ["Status", "Former code", "ICD-O-3.2", "Term", "Comments"]
    row = ["New behavior", "8077/0", "8077/2", "Made-up neoplasia", "formerly 9999/9"]
    resource = _resource(_sheet(tmp_path, [header, row], "ICD-O-3 2018.xlsx"))
    assert _targets(resource) == {"8077/0": [("8077/2", "relatedto")]}


def test_the_loaded_map_translates(tmp_path: Path) -> None:
    load(tmp_path / "home", [str(_sheet(tmp_path, [TITLE, HEADER, *ROWS]))])
    home = Home(tmp_path / "home")
    request = TranslateRequest(
        url=f"{ICD_O_3}/ConceptMap/naaccr-update",
        version="2022",
        codings=(Coding(system=ICD_O_3, code="8070/3"),),
    )
    answer = translate(home.terminology(), request)
    home.close()
    assert answer.result
    assert [one.concept.code for one in answer.matches] == ["8085/3"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("New code & term", "new-code"),
        ("New Code/Term", "new-code"),
        ("New term", "term"),
        ("New synonym", "term"),
        ("New preferred term", "renamed"),
        ("Terminology change", "renamed"),
        ("New behavior", "behaviour"),
        ("Behavior code change", "behaviour"),
        ("Change in reportability", "reportability"),
        ("Deleted code", "deleted"),
        ("Code deleted; term moved", "deleted"),
        ("see below", None),
    ],
)
def test_a_status_is_told_by_its_words(status: str, kind: str | None) -> None:
    assert kind_of(status) == kind


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (["Moved", "8140/3", "x", *REQUIRED, ""], "the status 'Moved' is unknown"),
        (["", "8140/3", "x", *REQUIRED, ""], "the column 'status' is empty"),
        (["New term", "8140/3", "", *REQUIRED, ""], "the column 'term' is empty"),
        (["New term", "8140", "x", *REQUIRED, ""], "'8140' is no morphology with behaviour"),
        (["New term", "8140/4", "x", *REQUIRED, ""], "'8140/4' is no morphology with behaviour"),
        (ROWS[0], "the change of '8140/3' (Adenocarcinoma of a made-up kind) occurs twice"),
    ],
)
def test_a_bad_row_is_refused_with_file_and_line(tmp_path: Path, row: list[str], text: str) -> None:
    path = _sheet(tmp_path, [TITLE, HEADER, ROWS[0], row])
    with pytest.raises(InvalidSource) as caught:
        _read(path)
    assert caught.value.text.startswith(f"{path.name}, line 4: {text}")
    assert (caught.value.file, caught.value.line) == (path.name, 4)


def test_a_former_code_that_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    header = ["Status", "Former code", "ICD-O code", "Term"]
    for former, text in (
        ("80770", "the former code '80770' is no morphology with behaviour (8500/3)"),
        ("8077/2", "'8077/2' is said to be new and to be its own former code"),
    ):
        path = _sheet(tmp_path, [header, ["New code", former, "8077/2", "x"]])
        with pytest.raises(InvalidSource) as caught:
            _read(path)
        assert caught.value.text == f"{path.name}, line 2: {text}"


def test_a_table_without_year_header_or_rows_is_refused(tmp_path: Path) -> None:
    for name, rows, text in (
        ("update.xlsx", [HEADER, ROWS[0]], "the file's name has no year"),
        ("2022.xlsx", [["Status", "Term"], ["New term", "x"]], "no header with a status"),
        ("2023.xlsx", [TITLE, HEADER], "the table has no rows"),
    ):
        with pytest.raises(InvalidSource) as caught:
            _read(_sheet(tmp_path, rows, name))
        assert caught.value.text.startswith(f"{name}: {text}")
    assert _read(tmp_path / "update.xlsx", version="2024").header.version == "2024"


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    whole = _sheet(tmp_path, [TITLE, HEADER, *ROWS]).read_bytes()
    cut = tmp_path / "2022 cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidSource, match="cannot be read"):
        _read(cut)
    text = tmp_path / "2022.csv"
    text.write_bytes(
        b"Status,ICD-O code,Term\nNew term,8140/3,Adenocarcinoma\nNew term,8140/3,\xe9\n"
    )
    with pytest.raises(InvalidSource) as caught:
        _read(text)
    assert (caught.value.file, caught.value.line) == ("2022.csv", 3)

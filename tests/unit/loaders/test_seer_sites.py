"""SEER's site/histology list, and whether a pair of codes is plausible by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from api.cli import termserver
from loaders.base import LoadOptions, Reading
from loaders.detect import detect
from loaders.run import load
from loaders.seer_sites import LOADER
from termserver.errors import InvalidSource, UnknownCode, UnknownConceptMap
from termserver.library import Home
from termserver.operations.plausibility import plausibility
from termserver.records import DocumentRecord
from termserver.terminology import Terminology

HEADER = [
    *("Site recode", "Site Description", "Histology", "Histology Description"),
    *("Histology/Behavior", "Histology/Behavior Description"),
]
ROWS = [
    ["C000-C001, C009", "LIP", "800", "NEOPLASM", "8000/3", "Neoplasm, malignant"],
    ["C509", "BREAST", "800", "NEOPLASM", "8000/3", "Neoplasm, malignant"],
    ["C509", "BREAST", "850", "DUCT", "8500/3", "Duct carcinoma"],
]


def _write(folder: Path, rows: list[list[str]], name: str = "sitetype.icdo3.20180323.xlsx") -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    path = folder / name
    book.save(path)
    return path


def _read(path: Path) -> Reading:
    return LOADER.read([path], LoadOptions(), lambda *_: None)


def _map(path: Path) -> dict[str, list[str]]:
    (record,) = _read(path).records
    assert isinstance(record, DocumentRecord)
    elements: list[Any] = record.resource["group"][0]["element"]
    return {one["code"]: [it["code"] for it in one["target"]] for one in elements}


@pytest.fixture
def terminology(tmp_path: Path) -> Iterator[Terminology]:
    load(tmp_path / "home", [str(_write(tmp_path, [HEADER, *ROWS]))])
    home = Home(tmp_path / "home")
    yield home.terminology()
    home.close()


def test_the_list_is_a_map_from_morphology_to_sites(tmp_path: Path) -> None:
    path = _write(tmp_path, [HEADER, *ROWS])
    assert detect(path).name == "seer-sites"
    assert _read(path).header.version == "20180323"
    assert _map(path) == {"8000/3": ["C00.0", "C00.1", "C00.9", "C50.9"], "8500/3": ["C50.9"]}


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([[*ROWS[0][:4], "8000", "x"]], "row 2"),
        ([["C5", *ROWS[0][1:]]], "'C5' is no site or range of sites"),
        ([["C009-C001", *ROWS[0][1:]]], "'C009-C001' is no site or range of sites"),
        ([ROWS[1], ROWS[1]], "the pair 'C509' and '8000/3' occurs twice"),
    ],
)
def test_bad_rows_are_refused_with_file_and_line(
    tmp_path: Path, rows: list[list[str]], text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        _map(_write(tmp_path, [HEADER, *rows]))
    assert caught.value.line == len(rows) + 1
    if text != "row 2":
        assert text in caught.value.text


def test_a_list_without_date_needs_a_version(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="name it with --version"):
        _read(_write(tmp_path, [HEADER, *ROWS], name="sites.xlsx"))


@pytest.mark.parametrize(
    ("site", "morphology", "outcome"),
    [
        ("C50.9", "8500/3", "listed"),
        ("C509", "85003", "listed"),
        ("C00.0", "8500/3", "not-listed"),
        ("C50.9", "9999/3", "unknown-morphology"),
    ],
)
def test_a_pair_is_plausible_where_it_is_listed(
    terminology: Terminology, site: str, morphology: str, outcome: str
) -> None:
    found = plausibility(terminology, site, morphology)
    assert (found.outcome, found.version) == (outcome, "20180323")
    assert (found.issue is None) is (outcome == "listed")


def test_what_is_not_listed_is_a_warning_and_what_is_unknown_a_note(
    terminology: Terminology,
) -> None:
    warning = plausibility(terminology, "C00.0", "8500/3").issue
    note = plausibility(terminology, "C00.0", "9999/3").issue
    assert warning is not None
    assert note is not None
    assert (warning.severity, note.severity) == ("warning", "information")
    assert warning.text == (
        "The morphology '8500/3' is not listed at the site 'C00.0' in SEER's site/histology list "
        "(20180323): check both codes"
    )


@pytest.mark.parametrize(("site", "morphology"), [("C50", "8500/3"), ("C50.9", "8500"), ("", "")])
def test_what_is_no_code_is_refused(terminology: Terminology, site: str, morphology: str) -> None:
    with pytest.raises(UnknownCode):
        plausibility(terminology, site, morphology)


def test_without_the_list_nothing_is_told(terminology: Terminology) -> None:
    with pytest.raises(UnknownConceptMap, match="is not loaded"):
        plausibility(terminology, "C50.9", "8500/3", version="1999")


@pytest.mark.parametrize(
    ("name", "count"),
    [("sitetype.icdo3.20180323.xls", 766), ("sitetype.icdo3.d20150918.xls", None)],
)
def test_the_real_lists_load(shared: Path, name: str, count: int | None) -> None:
    path = shared / "data" / "icd-o-3" / "seer" / name
    found = _map(path)
    assert count is None or len(found) == count
    assert "C50.9" in found["8500/3"]
    assert "C61.9" not in found["8520/3"]


def test_the_command_answers_by_its_exit_code(tmp_path: Path) -> None:
    load(tmp_path / "home", [str(_write(tmp_path, [HEADER, *ROWS]))])

    def run(*arguments: str) -> Result:
        whole = ["--home", str(tmp_path / "home"), "plausible", *arguments]
        return CliRunner().invoke(termserver, whole, standalone_mode=False)

    assert run("C50.9", "8500/3").return_value == 0
    refused = run("C00.0", "85003", "--json")
    assert refused.return_value == 1
    assert json.loads(refused.stdout)["outcome"] == "not-listed"

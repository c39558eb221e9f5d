"""HGNC's complete set: lists in quotes, rows that end early, rows that are too long."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.detect import detect
from loaders.hgnc import LOADER
from termserver.errors import InvalidSource
from termserver.records import ConceptRecord, DesignationRecord, PropertyRecord

TABLE = (
    "hgnc_id\tsymbol\tname\tstatus\talias_symbol\tdate_modified\tomim_id\n"
    'HGNC:1\tBLORB1\tblorb 1\tApproved\t"B1|B2"\t2020-01-02\t600000\n'
    "HGNC:2\tBLORB2\tblorb 2\tSymbol Withdrawn\n"
)


def _read(folder: Path, content: str = TABLE) -> Reading:
    path = folder / "hgnc_complete_set.txt"
    path.write_text(content, encoding="utf-8")
    assert detect(path).name == "hgnc"
    return LOADER.read([path], LoadOptions(), lambda *_: None)


def test_genes_are_displayed_by_their_symbol(tmp_path: Path) -> None:
    reading = _read(tmp_path)
    records = list(reading.records)
    assert (reading.header.version, reading.header.warnings) == ("2020-01-02", ())
    assert [
        (one.code, one.display, one.inactive, one.status)
        for one in records
        if isinstance(one, ConceptRecord)
    ] == [
        ("HGNC:1", "BLORB1", False, None),
        ("HGNC:2", "BLORB2", True, "symbol withdrawn"),
    ]
    assert [
        (one.code, one.value, one.use and one.use.code)
        for one in records
        if isinstance(one, DesignationRecord)
    ] == [
        ("HGNC:1", "blorb 1", "name"),
        ("HGNC:1", "B1", "alias_symbol"),
        ("HGNC:1", "B2", "alias_symbol"),
        ("HGNC:2", "blorb 2", "name"),
    ]
    assert [(one.property, one.value) for one in records if isinstance(one, PropertyRecord)] == [
        ("status", "Approved"),
        ("date_modified", "2020-01-02"),
        ("omim_id", "600000"),
        ("status", "Symbol Withdrawn"),
    ]


def test_fields_behind_the_last_column_are_left_out_and_said(tmp_path: Path) -> None:
    row = "HGNC:3\tB3\tblorb 3\tApproved\t\t2020-01-01\t1\tx\ty\n"
    assert _read(tmp_path, TABLE + row).header.warnings == (
        "1 rows have more fields than the header; those have no name, left out",
    )


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("1100\tB\tb\tApproved\n", "line 4: '1100' is no HGNC id"),
        ("HGNC:1\tB\tb\tApproved\n", "line 4: the code 'HGNC:1' occurs twice"),
        ("HGNC:3\t\tb\tApproved\n", "line 4: the column 'symbol' is empty"),
        ("HGNC:3\tB\tb\n", "line 4: the column 'status' is empty"),
        ("HGNC:3\tB\tb\tApproved\t\t2/3/20\n", "line 4: '2/3/20' in the column 'date_modified'"),
        ('HGNC:3\tB\tb\tApproved\t"x\n', "line 4: the row cannot be read"),
    ],
)
def test_bad_rows_are_refused_with_file_and_line(tmp_path: Path, row: str, text: str) -> None:
    with pytest.raises(InvalidSource) as caught:
        _read(tmp_path, TABLE + row)
    assert caught.value.text.startswith(f"hgnc_complete_set.txt, {text}")


def test_a_cut_of_the_real_set_loads(shared: Path) -> None:
    path = shared / "data" / "samples" / "hgnc" / "hgnc_reduced_set.txt"
    reading = LOADER.read([path], LoadOptions(), lambda *_: None)
    records = list(reading.records)
    found = {one.code: one.display for one in records if isinstance(one, ConceptRecord)}
    assert len(found) == 266
    assert found["HGNC:11998"] == "TP53"
    assert reading.header.warnings == (
        "3 rows have more fields than the header; those have no name, left out",
    )
    assert ("HGNC:11998", "p53") in {
        (one.code, one.value) for one in records if isinstance(one, DesignationRecord)
    }

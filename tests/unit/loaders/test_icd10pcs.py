"""ICD-10-PCS: tables whose rows give the codes, and the order file's titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.detect import detect
from loaders.icd10pcs import LOADER
from termserver.errors import InvalidSource
from termserver.records import ConceptRecord, DesignationRecord, EdgeRecord, PropertyRecord

TABLES = """<?xml version="1.0" encoding="utf-8"?>
<ICD10PCS.tabular><version>2026</version>
<pcsTable>
<axis pos="1"><title>Section</title><label code="0">Widget Shop</label></axis>
<axis pos="2"><title>Body System</title><label code="0">Left</label></axis>
<axis pos="3"><title>Operation</title><label code="1">Bending</label>
<definition>Making crooked</definition></axis>
<pcsRow codes="2">
<axis pos="4"><title>Body Part</title><label code="6">Rim</label></axis>
<axis pos="5"><title>Approach</title><label code="0">Open</label><label code="3">Shut</label></axis>
<axis pos="6"><title>Device</title><label code="Z">No Device</label></axis>
<axis pos="7"><title>Qualifier</title><label code="Z">No Qualifier</label></axis>
</pcsRow>
</pcsTable></ICD10PCS.tabular>
"""


def _order(code: str, flag: int, short: str, long: str, number: int = 1) -> str:
    return f"{number:05} {code:<7} {flag} {short:<60} {long}\r\n"


ORDER = (
    _order("001", 0, "Widget Shop, Left, Bending", "Widget Shop, Left, Bending")
    + _order("00160ZZ", 1, "Bend rim, open", "Bending of Rim, Open Approach", 2)
    + _order("00163ZZ", 1, "Bend rim, shut", "Bending of Rim, Shut Approach", 3)
)


def _write(folder: Path, tables: str = TABLES, order: str | None = ORDER) -> Path:
    (folder / "icd10pcs_tables_2026.xml").write_text(tables)
    if order is not None:
        (folder / "icd10pcs_order_2026.txt").write_text(order, newline="")
    return folder


def _read(source: Path) -> Reading:
    return LOADER.read([source], LoadOptions(), lambda *_: None)


def test_tables_and_order_file_are_recognised_before_icd_10_cm(tmp_path: Path) -> None:
    _write(tmp_path)
    assert detect(tmp_path).name == "icd10pcs"
    assert detect(tmp_path / "icd10pcs_order_2026.txt").name == "icd10pcs"


def test_codes_are_the_product_of_the_axes_with_official_titles(tmp_path: Path) -> None:
    reading = _read(_write(tmp_path))
    records = list(reading.records)
    assert (reading.header.version, reading.header.warnings) == ("2026", ())
    assert [
        (one.code, one.display, one.abstract) for one in records if isinstance(one, ConceptRecord)
    ] == [
        ("0", "Widget Shop", True),
        ("00", "Left", True),
        ("001", "Bending", True),
        ("00160ZZ", "Bending of Rim, Open Approach", False),
        ("00163ZZ", "Bending of Rim, Shut Approach", False),
    ]
    assert [(one.child, one.parent) for one in records if isinstance(one, EdgeRecord)] == [
        ("00", "0"),
        ("001", "00"),
        ("00160ZZ", "001"),
        ("00163ZZ", "001"),
    ]
    assert [one.value for one in records if isinstance(one, DesignationRecord)] == [
        "Bend rim, open",
        "Bend rim, shut",
    ]
    assert [
        (one.property, one.value)
        for one in records
        if isinstance(one, PropertyRecord) and one.code == "00163ZZ"
    ] == [
        ("body-part", "Rim"),
        ("approach", "Shut"),
        ("device", "No Device"),
        ("qualifier", "No Qualifier"),
    ]


def test_without_the_order_file_codes_are_displayed_by_their_axes(tmp_path: Path) -> None:
    reading = _read(_write(tmp_path, order=None))
    assert "there is no order file" in reading.header.warnings[0]
    displays = {one.code: one.display for one in reading.records if isinstance(one, ConceptRecord)}
    assert displays["00160ZZ"] == "Bending, Rim, Open, No Device, No Qualifier"


@pytest.mark.parametrize(
    ("tables", "order", "text"),
    [
        (
            TABLES.replace('codes="2"', 'codes="3"'),
            None,
            "icd10pcs_tables_2026.xml, line 8: the row says it has 3 codes; its axes give 2",
        ),
        (
            TABLES.replace('code="3"', 'code="0"'),
            None,
            "icd10pcs_tables_2026.xml, line 8: the code '00160ZZ' occurs twice",
        ),
        (
            TABLES.replace('<axis pos="2">', '<axis pos="3">'),
            None,
            "icd10pcs_tables_2026.xml, line 3: a table has to begin with the axes 1, 2 and 3",
        ),
        (TABLES[:-30], None, "icd10pcs_tables_2026.xml, line "),
        (
            TABLES,
            ORDER + _order("00169ZZ", 1, "x", "y"),
            "icd10pcs_order_2026.txt, line 4: the code '00169ZZ' is in no table",
        ),
        (TABLES, ORDER + "x\r\n", "icd10pcs_order_2026.txt, line 4: the row is not of CMS's"),
    ],
)
def test_bad_files_are_refused_with_file_and_line(
    tmp_path: Path, tables: str, order: str | None, text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        _read(_write(tmp_path, tables, order))
    assert caught.value.text.startswith(text)


def test_a_cut_of_real_tables_loads(shared: Path) -> None:
    reading = _read(shared / "data" / "samples" / "icd-10-pcs" / "icd10pcs_tables_2020.cut.xml")
    codes = [one.code for one in reading.records if isinstance(one, ConceptRecord)]
    assert reading.header.version == "2020"
    assert {"0", "00", "001", "00160J0"} <= set(codes)
    assert len(codes) == reading.expected["concepts"]

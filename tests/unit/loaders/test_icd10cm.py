"""ICD-10-CM: tabular list and code lists, made up and real; bad files."""

from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.icd10cm import LOADER, bundled_source
from termserver.errors import InvalidSource
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PropertyRecord,
    Record,
    single,
)

TABULAR = """<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2026</version>
<chapter><name>1</name><desc>Things (A00-A09)</desc><includes><note>all things</note></includes>
<section id="A00"><desc>First things (A00)</desc>
<diag><name>A00</name><desc>Widget</desc><excludes1><note>gadget (B00)</note></excludes1>
<sevenChrDef><extension char="A">initial</extension>
<extension char="S">sequela</extension></sevenChrDef>
<diag><name>A00.1</name><desc>Left widget</desc>
<inclusionTerm><note>Sinistral</note></inclusionTerm>
</diag></diag></section></chapter></ICD10CM.tabular>
"""
BARE = "1\r\nA00\r\nA00\r\nA001\r\nA001XXA\r\nA001XXS\r\n"
ORDER = (
    f"00001 A00     0 {'Widget':<60} Widget\r\n"
    f"00002 A001    0 {'Lft widget':<60} Left widget\r\n"
    f"00003 A001XXA 1 {'Lft widget, init':<60} Left widget, initial encounter\r\n"
)


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def _read(*sources: Path, version: str | None = None) -> Reading:
    return LOADER.read(list(sources), LoadOptions(version=version), lambda *_: None)


def _records(*sources: Path) -> list[Record]:
    return list(_read(*sources, version="2026").records)


def _displays(records: list[Record]) -> dict[str, str | None]:
    return {one.code: one.display for one in records if isinstance(one, ConceptRecord)}


def _parents(records: list[Record]) -> dict[str, str]:
    return {one.child: one.parent for one in records if isinstance(one, EdgeRecord)}


def test_the_tabular_list_gives_chapters_sections_codes_and_dots(tmp_path: Path) -> None:
    _write(tmp_path, "t.xml", TABULAR)
    _write(tmp_path, "c.txt", BARE)
    records = _records(tmp_path)
    assert _displays(records) == {
        "1": "Things (A00-A09)",
        "A00-A00": "First things (A00)",
        "A00": "Widget",
        "A00.1": "Left widget",
        "A00.1XXA": "Left widget, initial",
        "A00.1XXS": "Left widget, sequela",
    }
    assert _parents(records) == {
        "A00-A00": "1",
        "A00": "A00-A00",
        "A00.1": "A00",
        "A00.1XXA": "A00.1",
        "A00.1XXS": "A00.1",
    }
    assert [one.code for one in records if isinstance(one, ConceptRecord) and one.abstract] == [
        "1",
        "A00-A00",
    ]


def test_notes_are_properties_and_inclusion_terms_designations(tmp_path: Path) -> None:
    _write(tmp_path, "t.xml", TABULAR)
    _write(tmp_path, "c.txt", BARE)
    records = list(single(_records(tmp_path)))
    found = [
        (one.code, one.property, one.value)
        for one in records
        if isinstance(one, PropertyRecord) and one.property not in {"kind"}
    ]
    assert found == [
        ("1", "includes", "all things"),
        ("A00", "billable", False),
        ("A00", "excludes1", "gadget (B00)"),
        ("A00.1", "billable", False),
        ("A00.1XXA", "billable", True),
        ("A00.1XXS", "billable", True),
    ]
    assert [(one.code, one.value) for one in records if isinstance(one, DesignationRecord)] == [
        ("A00.1", "Sinistral")
    ]


def test_the_order_file_alone_gives_titles_and_a_hierarchy_by_prefix(tmp_path: Path) -> None:
    reading = _read(_write(tmp_path, "icd10cm-order-Jan-2021.txt", ORDER))
    records = list(reading.records)
    assert reading.header.version == "2021"
    assert reading.header.warnings[0].startswith("there is no tabular list")
    assert _displays(records)["A00.1XXA"] == "Left widget, initial encounter"
    assert _parents(records) == {"A00.1": "A00", "A00.1XXA": "A00.1"}


def test_the_tabular_list_alone_is_a_fragment(tmp_path: Path) -> None:
    reading = _read(_write(tmp_path, "t.xml", TABULAR))
    first = next(reading.records)
    assert isinstance(first, CodeSystemRecord)
    assert (first.system.content, first.system.case_sensitive) == ("fragment", True)
    assert first.system.version == "2026"
    assert reading.header.warnings != ()


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("c.txt", "A00\r\nA00\r\nA001\r\nA001\r\n", "c.txt, line 4: the code 'A001' occurs twice"),
        ("c.txt", "A00\r\nA001\r\n" * 3 + "??\r\n", "c.txt, line 3: the code 'A00' occurs twice"),
        ("c.txt", ORDER * 2, "c.txt, line 4: the code 'A00' occurs twice"),
        ("c.txt", ORDER + "x\r\n", "c.txt, line 4: the row is neither of CMS's order file"),
        ("c.txt", "A00\r\n", "c.txt, line 1: the code 'A00' has no title"),
        ("t.xml", TABULAR[:-30], "t.xml, line "),
        (
            "t.xml",
            TABULAR.replace("A00.1", "A00"),
            "t.xml, line 8: the code 'A00' occurs twice",
        ),
        (
            "t.xml",
            TABULAR.replace("<desc>Widget</desc>", ""),
            "t.xml, line 5: <diag> 'A00' has no <desc>",
        ),
        (
            "t.xml",
            TABULAR.replace("?>\n", '?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n', 1),
            "t.xml: the XML declares entities, which are not read",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_place(
    tmp_path: Path, name: str, content: str, text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        _records(_write(tmp_path, name, content))
    assert str(caught.value).startswith(text)


def test_a_listed_code_without_a_meaning_of_its_7th_character_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, "t.xml", TABULAR)
    _write(tmp_path, "c.txt", BARE + "A001XXD\r\n")
    with pytest.raises(InvalidSource, match=r"^c\.txt, line 7: the code 'A001XXD' has no title"):
        _records(tmp_path)


def test_a_release_that_no_one_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="name it with --version"):
        _read(_write(tmp_path, "order.txt", ORDER))


def test_the_installed_distribution_gives_every_code_with_its_hierarchy() -> None:
    records = _records(*bundled_source())
    displays = _displays(records)
    parents = _parents(records)
    assert len(displays) == 98505
    assert displays["C50.911"] == "Malignant neoplasm of unspecified site of right female breast"
    assert displays["S72.001A"] == (
        "Fracture of unspecified part of neck of right femur, initial encounter for closed fracture"
    )
    assert [parents["C50.911"], parents["C50"], parents["C50-C50"]] == ["C50.91", "C50-C50", "2"]


def test_cmss_own_layouts_load(shared: Path) -> None:
    folder = shared / "data" / "samples" / "icd-10-cm"
    order = _displays(_records(folder / "icd10cm-order-Jan-2021.cut.txt"))
    tabular = _displays(_records(folder / "icd10cm_tabular_2021.cut.xml"))
    assert len(order) == 2292
    assert order["H40.40X0"] == (
        "Glaucoma secondary to eye inflammation, unspecified eye, stage unspecified"
    )
    assert sum(code[0].isalpha() and "-" not in code for code in tabular) == 610

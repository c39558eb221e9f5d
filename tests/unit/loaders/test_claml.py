"""ClaML 2.0: a small classification written here, and the samples of real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.claml import LOADER
from loaders.detect import detect
from termserver.errors import InvalidSource
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PropertyRecord,
)

URL = "http://example.org/widgets"
CLAML = """<?xml version="1.0"?>
<!DOCTYPE ClaML SYSTEM "ClaML.dtd">
<ClaML version="2.0.0">
<Meta name="lang" value="en"/>
<Title name="widgets" date="2026-01-01" version="2026">Widgets and what ails them</Title>
<Modifier code="M_4"><SubClass code=".0"/><SubClass code=".1"/></Modifier>
<ModifierClass code=".0" modifier="M_4" usage="dagger">
  <Rubric kind="preferred"><Label xml:lang="en">bent</Label></Rubric>
  <Rubric kind="inclusion"><Label>crooked<Reference usage="aster">Z9</Reference></Label></Rubric>
</ModifierClass>
<ModifierClass code=".1" modifier="M_4">
  <Rubric kind="preferred"><Label xml:lang="en">broken</Label></Rubric>
</ModifierClass>
<Class code="I" kind="chapter"><SubClass code="A"/><SubClass code="Z"/>
  <Rubric kind="preferred"><Label xml:lang="en">Widgets</Label></Rubric>
</Class>
<Class code="A" kind="category"><SuperClass code="I"/><ModifiedBy code="M_4"/>
  <Meta name="rank" value="1"/>
  <Rubric kind="preferred"><Label xml:lang="en">Left widget</Label></Rubric>
  <Rubric kind="preferredLong"><Label xml:lang="en">Left widget, all of it</Label></Rubric>
  <Rubric kind="definition"><Label><Para>A widget</Para><Para>on the left.</Para></Label></Rubric>
  <Rubric kind="exclusion"><Label><Fragment>right</Fragment><Fragment>widget</Fragment></Label>
  </Rubric>
</Class>
</ClaML>
"""


def _read(path: Path, version: str | None = None) -> Reading:
    options = LoadOptions(system=URL, version=version)
    return LOADER.read([path], options, lambda *_: None)


def _write(folder: Path, content: str = CLAML) -> Path:
    path = folder / "widgets.xml"
    path.write_text(content, encoding="utf-8")
    return path


def _codes(reading: Reading) -> dict[str, str | None]:
    return {one.code: one.display for one in reading.records if isinstance(one, ConceptRecord)}


def test_a_file_is_recognised_by_its_root_element(tmp_path: Path) -> None:
    assert detect(_write(tmp_path)).name == "claml"


def test_classes_and_what_modifiers_make_are_concepts(tmp_path: Path) -> None:
    reading = _read(_write(tmp_path))
    records = list(reading.records)
    assert [
        (one.code, one.display, one.abstract) for one in records if isinstance(one, ConceptRecord)
    ] == [
        ("I", "Widgets", True),
        ("A", "Left widget", False),
        ("A.0", "Left widget: bent", False),
        ("A.1", "Left widget: broken", False),
    ]
    assert [(one.child, one.parent) for one in records if isinstance(one, EdgeRecord)] == [
        ("A", "I"),
        ("A.0", "A"),
        ("A.1", "A"),
    ]
    assert (reading.header.name, reading.header.version) == ("widgets", "2026")
    assert reading.header.warnings == (
        "1 sub-classes are named that are not in the file: the code system is a fragment",
        "2 codes were made by applying modifiers (property 'modifier')",
    )


def test_rubrics_are_names_definitions_and_properties(tmp_path: Path) -> None:
    records = list(_read(_write(tmp_path)).records)
    first = records[0]
    assert isinstance(first, CodeSystemRecord)
    assert (first.system.content, first.system.language) == ("fragment", "en")
    assert [
        (one.code, one.value, one.use and one.use.code)
        for one in records
        if isinstance(one, DesignationRecord)
    ] == [("A", "Left widget, all of it", "preferredLong"), ("A.0", "crooked (Z9)", "inclusion")]
    assert [one.definition for one in records if isinstance(one, ConceptRecord)] == [
        None,
        "A widget on the left.",
        None,
        None,
    ]
    assert [
        (one.code, one.property, one.value) for one in records if isinstance(one, PropertyRecord)
    ] == [
        ("I", "kind", "chapter"),
        ("A", "exclusion", "right widget"),
        ("A", "kind", "category"),
        ("A", "rank", "1"),
        ("A.0", "kind", "category"),
        ("A.0", "usage", "dagger"),
        ("A.0", "modifier", "M_4 .0"),
        ("A.1", "kind", "category"),
        ("A.1", "modifier", "M_4 .1"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ('<Class code="A"', '<Class code="I"', "widgets.xml, line 17: the code 'I' occurs twice"),
        ('<Class code="A"', "<Class", "widgets.xml, line 17: the Class has no code"),
        (
            '<SuperClass code="I"',
            '<SuperClass code="X"',
            "widgets.xml, line 17: the super-class 'X' of 'A' is not defined",
        ),
        (
            '<ModifiedBy code="M_4"',
            '<ModifiedBy code="N"',
            "widgets.xml, line 17: the modifier 'N' is not defined",
        ),
        ('modifier="M_4">', 'modifier="N">', "widgets.xml, line 11: the modifier 'N' is not"),
        (
            '<Label xml:lang="en">Left widget</Label>',
            "<Label/>",
            "widgets.xml, line 17: the Class 'A' has no preferred label",
        ),
        ("</ClaML>", "", "widgets.xml, line 26: the XML is not well formed"),
        (' version="2026"', "", "widgets.xml: the Title has no version"),
        (
            '<!DOCTYPE ClaML SYSTEM "ClaML.dtd">',
            '<!DOCTYPE ClaML [<!ENTITY a "b">]>',
            "widgets.xml: the XML",
        ),
    ],
)
def test_bad_files_are_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        list(_read(_write(tmp_path, CLAML.replace(old, new))).records)
    assert caught.value.text.startswith(text)


def test_a_file_in_another_encoding_than_it_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "widgets.xml"
    path.write_bytes(CLAML.replace("bent", "gekrümmt").encode("latin-1"))
    with pytest.raises(InvalidSource, match=r"widgets\.xml, line 8: the XML is not well formed"):
        _read(path)


def test_without_its_canonical_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="name its canonical with --system"):
        LOADER.read([_write(tmp_path)], LoadOptions(), lambda *_: None)


def test_several_modifiers_are_put_on_one_after_the_other(shared: Path) -> None:
    codes = _codes(_read(shared / "data" / "samples" / "claml" / "modifiers-test.xml"))
    assert [one for one in codes if one[0] in "BCD"] == [
        *("B", "C", "D"),
        *("BM1", "BM2"),
        "CM1",
        *("DM1", "DM1N1", "DM2", "DM2N1", "DM2N2"),
    ]
    assert codes["DM2N2"] == "chapter D: Modification 2: Nodification 2"


def test_a_cut_of_icd_10_loads_with_its_modified_codes(shared: Path) -> None:
    reading = _read(shared / "data" / "samples" / "claml" / "icd102019en.cut.xml")
    codes = _codes(reading)
    assert reading.header.version == "2019-covid-expanded"
    assert "fragment" in reading.header.warnings[0]
    assert len(codes) >= 13


def test_either_end_may_name_the_other(shared: Path) -> None:
    records = list(_read(shared / "data" / "samples" / "claml" / "python-claml-test.xml").records)
    edges = [(one.child, one.parent) for one in records if isinstance(one, EdgeRecord)]
    assert ("ID", "A") in edges
    assert ("ID", "B") in edges
    assert len(list(_read(shared / "data/samples/claml/simple-claml.xml").records)) > 6

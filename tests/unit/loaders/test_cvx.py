"""CVX: the CDC's XML list, and cvx.txt by its documented layout (no real file was tried)."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.cvx import LOADER
from loaders.detect import detect
from termserver.errors import InvalidSource
from termserver.records import ConceptRecord, DesignationRecord, PropertyRecord

XML = """<?xml version='1.0' encoding='ISO-8859-1'?><CVXCodes>
<CVXInfo><ShortDescription>Blorb, live</ShortDescription>
<FullVaccinename>Blorb vaccine, live, oral</FullVaccinename><CVXCode>143       </CVXCode>
<Notes>Two tablets.</Notes><Status>Active</Status><LastUpdated>3/20/2011</LastUpdated></CVXInfo>
<CVXInfo><ShortDescription>Glorb &amp; co</ShortDescription>
<FullVaccinename>Glorb &amp; co</FullVaccinename><CVXCode>01</CVXCode>
<Notes/><Status>Never Active</Status><LastUpdated>12/1/2020</LastUpdated></CVXInfo>
</CVXCodes>
"""
TEXT = (
    "143|Blorb, live|Blorb vaccine, live, oral|Two tablets.|Active|False|2011/03/20\r\n"
    "01 |Glorb & co|Glorb & co||Never Active|True|2020/12/01\r\n"
)


def _read(folder: Path, name: str, content: str) -> Reading:
    path = folder / name
    path.write_text(content, encoding="iso-8859-1", newline="")
    assert detect(path).name == "cvx"
    return LOADER.read([path], LoadOptions(), lambda *_: None)


@pytest.mark.parametrize(("name", "content"), [("cvx.xml", XML), ("cvx.txt", TEXT)])
def test_both_files_give_the_same_vaccines(tmp_path: Path, name: str, content: str) -> None:
    reading = _read(tmp_path, name, content)
    records = list(reading.records)
    assert reading.header.version == "20201201"
    assert [
        (one.code, one.display, one.inactive) for one in records if isinstance(one, ConceptRecord)
    ] == [("143", "Blorb, live", False), ("01", "Glorb & co", False)]
    assert [(one.code, one.value) for one in records if isinstance(one, DesignationRecord)] == [
        ("143", "Blorb vaccine, live, oral")
    ]
    assert [
        (one.property, one.value)
        for one in records
        if isinstance(one, PropertyRecord) and one.code == "143" and one.property != "nonvaccine"
    ] == [
        ("vaccine-status", "Active"),
        ("notes", "Two tablets."),
        ("last-updated", "2011-03-20"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("cvx.xml", XML.replace("&amp;", "&", 1), "cvx.xml, line 5: the XML is not well formed"),
        ("cvx.xml", XML.replace("01<", "143<"), "cvx.xml, line 5: the code '143' occurs twice"),
        ("cvx.xml", XML.replace("Active", "Odd", 1), "cvx.xml, line 2: unknown status 'Odd'"),
        ("cvx.xml", XML.replace("143 ", "x ", 1), "cvx.xml, line 2: 'x' is no CVX code"),
        ("cvx.txt", TEXT + "02|x\r\n", "cvx.txt, line 3: 2 fields where cvx.txt has 7"),
        ("cvx.txt", TEXT + TEXT, "cvx.txt, line 3: the code '143' occurs twice"),
        ("cvx.txt", TEXT + "02|||x|Active|False|2020/01/01\r\n", "cvx.txt, line 3: the vaccine"),
        ("cvx.txt", TEXT + "02|x||x|Active|False|\r\n", "cvx.txt, line 3: the vaccine '02' has no"),
    ],
)
def test_bad_files_are_refused_with_file_and_line(
    tmp_path: Path, name: str, content: str, text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        list(_read(tmp_path, name, content).records)
    assert caught.value.text.startswith(text)


def test_the_sample_with_an_unescaped_ampersand_is_refused_with_its_line(shared: Path) -> None:
    path = shared / "data" / "samples" / "cvx" / "cvx-one-record.xml"
    assert detect(path).name == "cvx"
    with pytest.raises(InvalidSource, match=r"cvx-one-record\.xml, line 2: the XML is not well"):
        LOADER.read([path], LoadOptions(), lambda *_: None)

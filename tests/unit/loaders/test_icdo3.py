"""ICD-O-3 in the layouts of its three publishers: made-up rows, bad rows, and the real editions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.icdo3 import LOADER
from loaders.run import load
from termserver.errors import InvalidSource
from termserver.library import Home
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PropertyRecord,
    Record,
)
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.model import ExpandRequest, ValidateRequest
from valuesets.validate_code import validate_code

TOPOGRAPHY = (
    "Kode\tLvl\tTitle\r\n"
    "C77\t3\tWIDGET\r\n"
    "C77.1\tb\tnose\r\n"
    'C77.1\tincl\t"Gadget, NOS"\r\n'
    "C77.1\tk\tSkin of:\r\n"
    "C77.1\t4\tOuter widget\r\n"
)
MORPHOLOGY = "Code\tStruct\tLabel\r\n8000/3\tsub\tBad thing\r\n8000/3\ttitle\tThing, malignant\r\n"
NCI = "icdo3_histology_code,icdo3_histology_code_name\n8000/3,Thing\n"
NCI_SYNONYMS = "icdo3_histology_code,icdo3_histology_synonym_name\n8000/3,Bad thing\n"
IACR = (
    "ICDO3.2\tLevel\tTerm\tobs\tIncludes\n"
    "959-972\t2\tLymphomas\t\t\n"
    "959\t3\tLymphomas, NOS\t\t\n"
    "9590/3\tPreferred\tLymphoma\t\tall of it\n"
    "9590/3\tSynonym\tReticulosis\t[obs]\t\n"
    "967-972\t3\tNon-Hodgkin\t\t\n"
    "967-969\t3\tB-cell\t\t\n"
    "9670/3\tPreferred\tSmall B\t\t\n"
    "9670/3\tRelated\tSmaller B\t\t\n"
    "9999/3\tPreferred\tElsewhere\t\t\n"
)


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def _read(*sources: Path, version: str | None = None) -> Reading:
    return LOADER.read(list(sources), LoadOptions(version=version), lambda *_: None)


def _records(*sources: Path) -> list[Record]:
    return list(_read(*sources).records)


def _parents(records: list[Record]) -> dict[str, str]:
    return {one.child: one.parent for one in records if isinstance(one, EdgeRecord)}


def _properties(records: list[Record], code: str) -> dict[str, object]:
    return {
        one.property: one.value
        for one in records
        if isinstance(one, PropertyRecord) and one.code == code and one.property != "group"
    }


def _groups(records: list[Record]) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for one in records:
        if isinstance(one, PropertyRecord) and one.property == "group":
            found.setdefault(one.code, []).append(one.value)
    return found


def _names(records: list[Record]) -> list[tuple[str, str, str | None]]:
    return [
        (one.code, one.value, one.status) for one in records if isinstance(one, DesignationRecord)
    ]


def test_whos_topography_joins_list_items_to_their_heading_in_any_order(tmp_path: Path) -> None:
    records = _records(_write(tmp_path, "Topoenglish.txt", TOPOGRAPHY))
    concepts = [one for one in records if isinstance(one, ConceptRecord)]
    assert [(one.code, one.display, one.abstract) for one in concepts] == [
        ("C77", "WIDGET", True),
        ("C77.1", "Outer widget", False),
    ]
    assert _parents(records) == {"C77.1": "C77"}
    assert _names(records) == [
        ("C77.1", "Gadget, NOS", None),
        ("C77.1", "Skin of nose", None),
    ]
    assert _properties(records, "C77.1") == {"axis": "topography"}


def test_a_code_has_every_heading_that_it_is_under_as_its_group(tmp_path: Path) -> None:
    assert _groups(_records(_write(tmp_path, "Topoenglish.txt", TOPOGRAPHY))) == {"C77.1": ["C77"]}
    assert _groups(_records(_write(tmp_path, "3.2.tsv", IACR))) == {
        "9590/3": ["959", "959-972"],
        "9670/3": ["967-969", "967-972", "959-972"],
    }
    assert _groups(_records(_write(tmp_path, "m.txt", MORPHOLOGY))) == {}


def test_an_edition_of_one_axis_is_a_fragment_and_says_so(tmp_path: Path) -> None:
    reading = _read(_write(tmp_path, "m.txt", MORPHOLOGY))
    first = next(reading.records)
    assert isinstance(first, CodeSystemRecord)
    assert first.system.content == "fragment"
    assert reading.header.warnings[0].startswith("the topography axis is missing")


def test_both_axes_of_different_publishers_make_one_edition(tmp_path: Path) -> None:
    topography = _write(tmp_path, "Topoenglish.txt", TOPOGRAPHY)
    reading = _read(topography, _write(tmp_path, "3.2.tsv", IACR))
    first = next(reading.records)
    assert isinstance(first, CodeSystemRecord)
    assert (first.system.version, first.system.content) == ("3.2", "complete")
    assert reading.header.warnings == ()


def test_the_caller_may_name_the_edition(tmp_path: Path) -> None:
    assert _read(_write(tmp_path, "m.txt", MORPHOLOGY), version="2000").header.version == "2000"


def test_iacrs_groups_nest_and_the_narrowest_is_the_parent(tmp_path: Path) -> None:
    records = _records(_write(tmp_path, "3.2.tsv", IACR))
    assert _parents(records) == {
        "959": "959-972",
        "9590/3": "959",
        "967-972": "959-972",
        "967-969": "967-972",
        "9670/3": "967-969",
    }
    assert _properties(records, "9590/3") == {
        "axis": "morphology",
        "histology": "9590",
        "behaviour": "3",
        "includes": "all of it",
    }
    assert _properties(records, "959") == {"axis": "morphology"}
    assert _names(records) == [
        ("9590/3", "Reticulosis", "deprecated"),
        ("9670/3", "Smaller B", None),
    ]


def test_iacrs_spreadsheet_is_read_below_its_row_of_version_text(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["ICD-O-3.2 of some day"])
    for line in IACR.splitlines():
        code, *rest = line.split("\t")
        sheet.append([int(code) if code.isdigit() else code, *rest])
    path = tmp_path / "ICD-O-3.2.xlsx"
    book.save(path)
    assert LOADER.recognises(path)
    assert _records(path)[1:] == _records(_write(tmp_path, "3.2.tsv", IACR))[1:]


def test_ncis_two_files_are_read_together_from_a_folder(tmp_path: Path) -> None:
    _write(tmp_path, "a.csv", NCI_SYNONYMS)
    _write(tmp_path, "b.csv", NCI)
    reading = _read(tmp_path)
    assert reading.header.version == "3.1"
    assert _names(list(reading.records)) == [("8000/3", "Bad thing", None)]


def test_an_axis_given_twice_is_refused(tmp_path: Path) -> None:
    sources = (_write(tmp_path, "m.txt", MORPHOLOGY), _write(tmp_path, "n.tsv", IACR))
    with pytest.raises(InvalidSource, match=r"morphology axis is given more than once \(m"):
        _read(*sources)


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        (
            "t.txt",
            TOPOGRAPHY + "C7.7\t4\tx\r\n",
            "t.txt, line 7: 'C7.7' is no topography code; they are written like C50 or C50.9",
        ),
        ("t.txt", TOPOGRAPHY + "C77.1\t4\tx\r\n", "t.txt, line 7: the code 'C77.1' has a second"),
        ("t.txt", TOPOGRAPHY + "C78.1\t4\tx\r\n", "t.txt, line 7: the parent 'C78' of 'C78.1'"),
        ("t.txt", TOPOGRAPHY + "C77\tb\tx\r\n", "t.txt, line 7: the list item 'x' of 'C77' has"),
        ("t.txt", TOPOGRAPHY + "C77\t9\tx\r\n", "t.txt, line 7: the level '9' is unknown"),
        ("t.txt", TOPOGRAPHY + "C77\t3\r\n", "t.txt, line 7: 2 fields where the header has 3"),
        ("m.txt", MORPHOLOGY + "8001/3\tsub\tx\r\n", "m.txt, line 4: the code '8001/3' has terms"),
        ("m.txt", MORPHOLOGY + "80463/3\ttitle\tx\r\n", "m.txt, line 4: '80463/3' is no morphol"),
        ("i.tsv", IACR + "959\t2\tx\t\t\n", "i.tsv, line 11: the group '959' occurs twice"),
        ("i.tsv", IACR + "9990/3\tOther\tx\t\t\n", "i.tsv, line 11: the level 'Other' is unknown"),
    ],
)
def test_a_bad_row_is_refused_with_file_and_line(
    tmp_path: Path, name: str, content: str, text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        _records(_write(tmp_path, name, content))
    assert str(caught.value).startswith(text)


def test_a_synonym_of_an_unknown_code_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, "a.csv", NCI)
    _write(tmp_path, "b.csv", NCI_SYNONYMS + "8001/3,x\n")
    with pytest.raises(InvalidSource, match=r"^b\.csv, line 3: the code '8001/3' is not among"):
        _records(tmp_path)


def test_other_tables_are_not_recognised(tmp_path: Path) -> None:
    assert not LOADER.recognises(_write(tmp_path, "x.csv", "code,display\na,b\n"))
    assert not LOADER.recognises(_write(tmp_path, "x.md", MORPHOLOGY))
    assert not LOADER.recognises(_write(tmp_path, "x.xls", "no spreadsheet"))


@pytest.mark.parametrize(
    ("sources", "version", "morphology", "headings"),
    [
        (("who-icd-o-3-2000",), "3.0", 1032, 70),
        (("who-icd-o-3-2000/Topoenglish.txt", "nci-icd-o-3.1"), "3.1", 1065, 70),
        (("who-icd-o-3-2000/Topoenglish.txt", "iacr-icd-o-3.2"), "3.2", 1143, 129),
    ],
)
def test_the_three_real_editions_load_whole(
    shared: Path, sources: tuple[str, ...], version: str, morphology: int, headings: int
) -> None:
    reading = _read(*(shared / "data" / "icd-o-3" / one for one in sources))
    concepts = [one for one in reading.records if isinstance(one, ConceptRecord)]
    assert reading.header.version == version
    assert sum("/" in one.code for one in concepts) == morphology
    assert sum(one.abstract for one in concepts) == headings
    assert sum("." in one.code for one in concepts) == 330


def test_no_other_file_beside_the_editions_is_recognised(shared: Path) -> None:
    folder = shared / "data" / "icd-o-3"
    assert not LOADER.recognises(folder / "seer")
    assert not LOADER.recognises(folder / "snomed-links")
    assert not LOADER.recognises(folder / "grade-6th-digit.tsv")


# -- filters of a value set -----------------------------------------------------------------


@pytest.fixture(scope="module")
def terminology(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminology]:
    folder = tmp_path_factory.mktemp("icdo3")
    sources = [
        _write(folder, "Topoenglish.txt", TOPOGRAPHY),
        _write(folder, "3.2.tsv", IACR + "9670/2\tPreferred\tSmall B in situ\t\t\n"),
    ]
    load(folder / "home", [str(one) for one in sources], together=True)
    home = Home(folder / "home")
    yield home.terminology()
    home.close()


@pytest.mark.parametrize(
    ("clauses", "codes"),
    [
        ([("axis", "=", "topography")], ["C77", "C77.1"]),
        (
            [("axis", "=", "morphology"), ("behaviour", "exists", "true")],
            ["9590/3", "9670/2", "9670/3", "9999/3"],
        ),
        ([("behaviour", "=", "2")], ["9670/2"]),
        ([("behaviour", "in", "2,6")], ["9670/2"]),
        ([("histology", "=", "9670")], ["9670/2", "9670/3"]),
        ([("group", "=", "967-972")], ["9670/2", "9670/3"]),
        ([("group", "in", "959,C77")], ["9590/3", "C77.1"]),
        ([("group", "=", "959-972"), ("behaviour", "=", "3")], ["9590/3", "9670/3"]),
        ([("concept", "is-a", "967-972")], ["967-969", "967-972", "9670/2", "9670/3"]),
        ([("concept", "descendent-of", "C77")], ["C77.1"]),
        ([("concept", "regex", r"C77\..")], ["C77.1"]),
        ([("code", "regex", r"967\d/[23]")], ["9670/2", "9670/3"]),
        ([("code", "regex", r"967\d")], []),
    ],
)
def test_filters_choose_codes_and_validate_as_they_expand(
    terminology: Terminology, clauses: list[tuple[str, str, str]], codes: list[str]
) -> None:
    filters = [{"property": name, "op": op, "value": value} for name, op, value in clauses]
    value_set = {
        "resourceType": "ValueSet",
        "url": "http://x.org/vs",
        "status": "active",
        "compose": {"include": [{"system": ICD_O_3, "filter": filters}]},
    }
    listed = expand(terminology, ExpandRequest(value_set=value_set, exclude_nested=True))
    assert sorted(one.code for one in listed.contains) == codes
    for code in ("C77", "C77.1", "9590/3", "967-972", "967-969", "9670/2", "9670/3"):
        asked = ValidateRequest(value_set=value_set, system=ICD_O_3, code=code)
        assert validate_code(terminology, asked).result is (code in codes)

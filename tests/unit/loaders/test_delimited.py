"""Local tables: code systems, maps, and rows that are refused."""

from pathlib import Path

import pytest

from loaders.base import LoadOptions
from loaders.delimited import LOADER
from termserver.conceptmap_json import concept_map_of
from termserver.errors import InvalidSource
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    DocumentRecord,
    EdgeRecord,
    PropertyRecord,
    Record,
)

SYSTEM = "http://acme.example/lab"
TABLE = (
    "Code,Display,parent,definition,inactive,display:de,rank:integer,unit\n"
    "b,Bee,a,,false,Biene,7,g\n"
    "a,Aye,,First,,,,\n"
    "c,See,a|b,,true,,,\n"
)
MAP = (
    "source_code;Source Display;target system;target code;relationship;comment\n"
    "K1;Kalium;http://loinc.org;2823-3;equivalent;\n"
    "K1;Kalium;http://loinc.org;6298-4;wider;whole blood\n"
    "X9;;http://loinc.org;;;\n"
)


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def _records(path: Path, system: str | None = SYSTEM, version: str | None = "1") -> list[Record]:
    options = LoadOptions(system=system, version=version)
    return list(LOADER.read([path], options, lambda *_: None).records)


def test_a_table_becomes_a_code_system(tmp_path: Path) -> None:
    records = _records(_write(tmp_path, "lab.csv", TABLE))
    first = records[0]
    assert isinstance(first, CodeSystemRecord)
    assert (first.system.canonical, first.system.hierarchy_meaning) == (f"{SYSTEM}|1", "is-a")
    assert [
        (one.code, one.display, one.definition, one.inactive)
        for one in records
        if isinstance(one, ConceptRecord)
    ] == [("b", "Bee", None, False), ("a", "Aye", "First", False), ("c", "See", None, True)]
    assert [(one.child, one.parent) for one in records if isinstance(one, EdgeRecord)] == [
        ("b", "a"),
        ("c", "a"),
        ("c", "b"),
    ]


def test_further_columns_are_designations_and_typed_properties(tmp_path: Path) -> None:
    records = _records(_write(tmp_path, "lab.csv", TABLE))
    assert [
        (one.code, one.language, one.value) for one in records if isinstance(one, DesignationRecord)
    ] == [("b", "de", "Biene")]
    assert [
        (one.code, one.property, one.type, one.value)
        for one in records
        if isinstance(one, PropertyRecord)
    ] == [("b", "rank", "integer", 7), ("b", "unit", "string", "g")]


def test_a_code_system_needs_its_canonical(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="--system"):
        _records(_write(tmp_path, "lab.csv", TABLE), system=None)


def test_a_map_becomes_a_concept_map_that_reads_back(tmp_path: Path) -> None:
    (record,) = _records(_write(tmp_path, "to-loinc.csv", MAP))
    assert isinstance(record, DocumentRecord)
    assert record.resource["url"] == f"{SYSTEM}/ConceptMap/to-loinc"
    (group,) = record.resource["group"]
    assert group["element"] == [
        {
            "code": "K1",
            "display": "Kalium",
            "target": [
                {"code": "2823-3", "relationship": "equivalent"},
                {
                    "code": "6298-4",
                    "relationship": "source-is-narrower-than-target",
                    "comment": "whole blood",
                },
            ],
        },
        {"code": "X9", "noMap": True},
    ]
    assert len(concept_map_of(record.resource).groups) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TABLE + "a,Again,,,,,,\n", "t.csv, line 5: the code 'a' occurs twice"),
        (TABLE + "d,Dee,z,,,,,\n", "t.csv, line 5: the parent 'z' of 'd' is no code"),
        (TABLE + "d,Dee,,,,,many,\n", "t.csv, line 5: 'many' in the column 'rank:integer' is no"),
        (TABLE + "d,Dee,,,maybe,,,\n", "t.csv, line 5: 'maybe' in the column 'inactive'"),
        (TABLE + ",Dee,,,,,,\n", "t.csv, line 5: the column 'Code' is empty"),
        (TABLE + "d,Dee\n", "t.csv, line 5: 2 fields where the header has 8"),
        ("code,display\n", "t.csv: the table has a header and no row"),
        ("code,display,x:thing\na,b,c\n", "t.csv, line 1: the column 'x:thing' has the unknown"),
        ("name,text\na,b\n", "t.csv: the header needs the columns code and display"),
        (MAP + "K2;;http://loinc.org;1-8;sort of;\n", "t.csv, line 5: the relationship 'sort of'"),
        (MAP + "K1;;http://loinc.org;2823-3;equal;\n", "t.csv, line 5: the code 'K1' is mapped to"),
        (MAP + "K2;;;1-8;equal;\n", "t.csv, line 5: the row has no target system"),
        (MAP + "X9;;http://loinc.org;1-8;equal;\n", "t.csv, line 5: the code 'X9' has no target"),
        (MAP + "K2;;http://loinc.org;;equal;\n", "t.csv, line 5: the row has the relationship"),
    ],
)
def test_a_bad_table_is_refused_with_file_and_line(
    tmp_path: Path, text: str, expected: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        _records(_write(tmp_path, "t.csv", text))
    assert str(caught.value).startswith(expected)


def test_tables_are_recognised_by_their_header(tmp_path: Path) -> None:
    assert LOADER.recognises(_write(tmp_path, "a.csv", TABLE))
    assert LOADER.recognises(_write(tmp_path, "b.csv", MAP))
    assert LOADER.recognises(_write(tmp_path, "c.tsv", "display\tcode\na\tb\n"))
    assert not LOADER.recognises(_write(tmp_path, "d.csv", "name,text\na,b\n"))
    assert not LOADER.recognises(_write(tmp_path, "e.json", TABLE))

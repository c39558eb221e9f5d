"""The NCI Thesaurus: its flat file (by one real row and its read-me), and its OWL, old and new."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.detect import detect
from loaders.ncit import LOADER
from termserver.errors import InvalidSource
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PropertyRecord,
    Record,
)

BASE = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"


def row(code: str, parents: str, names: str, rest: str = "\t\t\tThing") -> str:
    return f"{code}\t<{BASE}#{code}>\t{parents}\t{names}\t{rest}\n"


FLAT = (
    row("C1", "", "Widget|Gadget", 'A "thing".\tWidget shown\t\tThing|Object')
    + row("C2", "C1", "Left widget")
    + row("C3", "C1|C2", "Old widget", "\t\tRetired_Concept\tThing")
)
OWL = f"""<?xml version="1.0"?>
<rdf:RDF xmlns="{BASE}#" xml:base="{BASE}"
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"
  xmlns:owl="http://www.w3.org/2002/07/owl#">
<owl:Ontology rdf:about="{BASE}"><owl:versionInfo>25.06e</owl:versionInfo></owl:Ontology>
<owl:Class rdf:about="{BASE}#C1"><NHC0>C1</NHC0><P108>Widget</P108><P90>Gadget</P90>
<P97>A "thing".</P97><P106>Thing</P106><P106>Object</P106><P107>Widget shown</P107>
<rdfs:label>Widget</rdfs:label></owl:Class>
<owl:Class rdf:about="{BASE}#C2"><rdfs:subClassOf rdf:resource="{BASE}#C1"/>
<rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="{BASE}#R100"/>
<owl:someValuesFrom rdf:resource="{BASE}#C1"/></owl:Restriction></rdfs:subClassOf>
<NHC0>C2</NHC0><P108>Left widget</P108><P106>Thing</P106><P207>CL1</P207></owl:Class>
<owl:Class rdf:about="{BASE}#C3"><rdfs:subClassOf rdf:resource="{BASE}#C1"/>
<rdfs:subClassOf rdf:resource="{BASE}#C2"/><NHC0>C3</NHC0><P108>Old widget</P108>
<P310>Retired_Concept</P310><P106>Thing</P106></owl:Class>
</rdf:RDF>
"""


def _read(path: Path, version: str | None = None) -> Reading:
    return LOADER.read([path], LoadOptions(version=version), lambda *_: None)


def _write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def _concepts(records: list[Record]) -> list[tuple[str, str | None, str | None, bool]]:
    return [
        (one.code, one.display, one.definition, one.inactive)
        for one in records
        if isinstance(one, ConceptRecord)
    ]


@pytest.mark.parametrize(
    ("name", "content"), [("Thesaurus_25.06e.txt", FLAT), ("Thesaurus.owl", OWL)]
)
def test_both_files_give_the_same_concepts(tmp_path: Path, name: str, content: str) -> None:
    path = _write(tmp_path, name, content)
    assert detect(path).name == "ncit"
    reading = _read(path)
    records = list(reading.records)
    assert (reading.header.version, reading.header.warnings) == ("25.06e", ())
    assert _concepts(records) == [
        ("C1", "Widget", 'A "thing".', False),
        ("C2", "Left widget", None, False),
        ("C3", "Old widget", None, True),
    ]
    assert [(one.child, one.parent) for one in records if isinstance(one, EdgeRecord)] == [
        ("C2", "C1"),
        ("C3", "C1"),
        ("C3", "C2"),
    ]
    assert {
        (one.code, one.value, one.use and one.use.code)
        for one in records
        if isinstance(one, DesignationRecord)
    } == {("C1", "Gadget", "SY"), ("C1", "Widget shown", "DN")}
    assert [
        one.value
        for one in records
        if isinstance(one, PropertyRecord) and one.property == "semantic-type"
    ] == ["Thing", "Object", "Thing", "Thing"]


def test_roles_of_the_owl_are_properties_with_a_target(tmp_path: Path) -> None:
    records = list(_read(_write(tmp_path, "Thesaurus.owl", OWL)).records)
    assert [
        (one.property, one.value, one.target)
        for one in records
        if isinstance(one, PropertyRecord) and one.code == "C2"
    ] == [("semantic-type", "Thing", None), ("R100", "C1", "C1"), ("P207", "CL1", None)]


def _axiom(property_: str, target: str, **said: str) -> str:
    marks = "".join(f"<{name}>{value}</{name}>" for name, value in said.items())
    return (
        f'<owl:Axiom><owl:annotatedSource rdf:resource="{BASE}#C1"/>'
        f'<owl:annotatedProperty rdf:resource="{BASE}#{property_}"/>'
        f"<owl:annotatedTarget>{target}</owl:annotatedTarget>{marks}</owl:Axiom>\n"
    )


def _with(extra: str) -> str:
    return OWL.replace("</rdf:RDF>", extra + "</rdf:RDF>")


def test_axioms_give_a_name_its_kind_and_its_source(tmp_path: Path) -> None:
    content = _with(
        _axiom("P90", "Gadget", P383="SY", P384="NCI")
        + _axiom("P90", "Gadget", P383="PT", P384="CDISC", P385="12", P386="SDTM")
        + _axiom("P90", "Widget", P383="PT", P384="NCI")
        + _axiom("P90", "Widget", P383="PT", P384="FDA")
    )
    records = list(_read(_write(tmp_path, "Thesaurus.owl", content)).records)
    assert [
        (
            one.value,
            one.use and (one.use.code, one.use.display),
            [(use.system, use.code) for use in one.additional_use],
        )
        for one in records
        if isinstance(one, DesignationRecord)
    ] == [
        ("Widget shown", ("DN", "Display name"), []),
        ("Gadget", ("SY", "Synonym"), [(f"{BASE}#P384", "NCI")]),
        (
            "Gadget",
            ("PT", "Preferred term"),
            [(f"{BASE}#P384", "CDISC"), (f"{BASE}#P385", "12"), (f"{BASE}#P386", "SDTM")],
        ),
        ("Widget", ("PT", "Preferred term"), [(f"{BASE}#P384", "FDA")]),
    ]


def test_the_definition_is_ncis_own_and_others_keep_their_source(tmp_path: Path) -> None:
    plain = '<P97>A "thing".</P97>'
    content = _with(
        _axiom("P97", 'A "thing".', P378="CDISC")
        + _axiom("P97", "A part.", P378="NCI")
        + _axiom("P325", "Else.", P378="FDA", P381="x")
    ).replace(plain, f"{plain}<P97>A part.</P97><P325>Else.</P325>")
    records = list(_read(_write(tmp_path, "Thesaurus.owl", content)).records)
    assert _concepts(records)[0] == ("C1", "Widget", "A part.", False)
    assert [
        (one.property, one.value)
        for one in records
        if isinstance(one, PropertyRecord) and one.code == "C1" and one.property[:1] == "P"
    ] == [("P97", 'A "thing". [CDISC]'), ("P325", "Else. [P378=FDA; P381=x]")]


def test_what_an_axiom_says_of_another_property_stands_behind_its_value(tmp_path: Path) -> None:
    content = _with(_axiom("P375", "Thing", P396="GDC", P395="g1")).replace(
        "<P106>Object</P106>", "<P106>Object</P106><P375>Thing</P375>"
    )
    records = list(_read(_write(tmp_path, "Thesaurus.owl", content)).records)
    assert ("P375", "Thing [P396=GDC; P395=g1]") in {
        (one.property, one.value) for one in records if isinstance(one, PropertyRecord)
    }


def test_a_defined_class_has_the_parents_and_roles_of_its_definition(tmp_path: Path) -> None:
    restriction = (
        f'<owl:Restriction><owl:onProperty rdf:resource="{BASE}#R9"/>'
        f'<owl:someValuesFrom rdf:resource="{BASE}#C3"/></owl:Restriction>'
    )
    content = _with(
        f'<owl:Class rdf:about="{BASE}#C4"><owl:equivalentClass><owl:Class>'
        f'<owl:intersectionOf rdf:parseType="Collection"><rdf:Description rdf:about="{BASE}#C2"/>'
        f'<owl:Class><owl:intersectionOf rdf:parseType="Collection">{restriction}'
        "</owl:intersectionOf></owl:Class>"
        f'<owl:Class><owl:unionOf rdf:parseType="Collection">{restriction}</owl:unionOf>'
        "</owl:Class>"
        "</owl:intersectionOf></owl:Class></owl:equivalentClass>"
        "<NHC0>C4</NHC0><P108>Made widget</P108></owl:Class>"
    )
    reading = _read(_write(tmp_path, "Thesaurus.owl", content))
    records = list(reading.records)
    assert [one.parent for one in records if isinstance(one, EdgeRecord) and one.child == "C4"] == [
        "C2"
    ]
    assert [
        (one.property, one.value)
        for one in records
        if isinstance(one, PropertyRecord) and one.code == "C4"
    ] == [("R9", "C3")]
    assert reading.header.warnings == (
        "1 unions in definitions were not read: of their roles one holds",
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (FLAT + row("C2", "", "x"), "line 4: the code 'C2' occurs twice"),
        (FLAT + row("C4", "C9", "x"), "line 4: the parent 'C9' of 'C4' is not in the file"),
        (FLAT + row("X4", "C1", "x"), "line 4: 'X4' is no NCIt code"),
        (FLAT + row("C4", "C1", ""), "line 4: the concept 'C4' has no name"),
        (FLAT + "C4\tx\n", "line 4: 2 columns where the flat file has 8 or 9"),
    ],
)
def test_bad_rows_are_refused_with_file_and_line(tmp_path: Path, content: str, text: str) -> None:
    with pytest.raises(InvalidSource) as caught:
        _read(_write(tmp_path, "Thesaurus_25.06e.txt", content))
    assert caught.value.text.startswith(f"Thesaurus_25.06e.txt, {text}")


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("<NHC0>C3<", "<NHC0>C2<", "Thesaurus.owl, line 14: the code 'C2' occurs twice"),
        ("<P108>Old widget</P108>", "", "Thesaurus.owl, line 14: the class 'C3' has no name"),
        ("</rdf:RDF>", "", "Thesaurus.owl, line 18: the XML is not well formed"),
    ],
)
def test_a_bad_owl_file_is_refused(tmp_path: Path, old: str, new: str, text: str) -> None:
    with pytest.raises(InvalidSource) as caught:
        _read(_write(tmp_path, "Thesaurus.owl", OWL.replace(old, new)))
    assert caught.value.text.startswith(text)


def test_a_file_that_does_not_say_its_release_needs_a_version(tmp_path: Path) -> None:
    path = _write(tmp_path, "Thesaurus.txt", FLAT)
    with pytest.raises(InvalidSource, match="name it with --version"):
        _read(path)
    assert _read(path, version="25.06e").header.version == "25.06e"


def test_a_real_row_of_the_flat_file_loads_with_its_parent(shared: Path, tmp_path: Path) -> None:
    sample = shared / "data" / "samples" / "nci-thesaurus" / "Thesaurus.FLAT.one-row.txt"
    assert detect(sample).name == "ncit"
    with pytest.raises(InvalidSource, match="line 1: the parent 'C99521' of 'C100000'"):
        _read(sample, version="1")
    content = sample.read_text(encoding="utf-8").rstrip("\n") + "\n" + row("C99521", "", "Above")
    records = list(_read(_write(tmp_path, "Thesaurus.txt", content), version="1").records)
    code, display, definition, inactive = _concepts(records)[0]
    assert (code, inactive) == ("C100000", False)
    assert display is not None
    assert display.startswith("Percutaneous Coronary Intervention for ST Elevation")
    assert definition is not None
    assert definition.endswith("(ACC)")


def test_a_cut_of_the_owl_of_2005_loads_as_a_fragment(shared: Path) -> None:
    path = shared / "data" / "samples" / "nci-thesaurus" / "Thesaurus-05.09.bvt.cut.owl"
    assert detect(path).name == "ncit"
    reading = _read(path)
    records = list(reading.records)
    first = records[0]
    assert isinstance(first, CodeSystemRecord)
    assert (first.system.version, first.system.content) == ("05.09.bvt", "fragment")
    assert reading.header.warnings[1] == "1 classes without a name of their own were left out"
    found = {code: display for code, display, _, _ in _concepts(records)}
    assert found["C12998"] == "Vertebral Column"
    said = [one for one in records if isinstance(one, DesignationRecord)]
    names = {one.value for one in said}
    assert "Spinal Column" in names
    assert not [one for one in names if "<" in one]
    assert {
        (one.value, one.use and one.use.code, tuple(use.code for use in one.additional_use))
        for one in said
        if one.code == "C12223"
    } == {
        ("External Lip, NOS", "PT", ("CTRM",)),
        ("External Lip, NOS", "DN", ("CTRM",)),
    }
    assert ("C12220", "Either of the two fleshy, full-blooded margins of the mouth. (MeSH)") in {
        (code, definition) for code, _, definition, _ in _concepts(records)
    }
    assert ("dDEFINITION", "excludes sacrum and coccyx C41.4 [ICDO3]") in {
        (one.property, one.value) for one in records if isinstance(one, PropertyRecord)
    }
    assert ("C12933", "Anatomic_Structure_is_Physical_Part_of", "C12998") in {
        (one.code, one.property, one.value) for one in records if isinstance(one, PropertyRecord)
    }

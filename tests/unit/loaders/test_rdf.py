"""SKOS, OWL and other RDF in four syntaxes, and what real files hold that they should not."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.detect import detect
from loaders.rdf import LOADER
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

URL = "http://example.org/things"
SKOS = f"""@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <{URL}#> .
<{URL}> a skos:ConceptScheme ; owl:versionInfo "3" ; dcterms:title "Things" .
ex:a a skos:Concept ; skos:inScheme <{URL}> ; skos:notation "A" ;
  skos:prefLabel "Thing"@en, "Ding"@de ; skos:definition "What is."@en ; skos:narrower ex:a10 .
ex:a2 a skos:Concept ; skos:inScheme <{URL}> ; skos:prefLabel "Second"@en ;
  skos:broader ex:a ; skos:altLabel "2nd"@en ; skos:hiddenLabel "scnd" ; dcterms:source "book" .
ex:a10 a skos:Concept ; skos:inScheme <{URL}> ; skos:prefLabel "Tenth"@en ;
  skos:related ex:a2 ; owl:deprecated true .
"""
OWL = f"""<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [<!ENTITY ex "{URL}#">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xml:base="{URL}"
  xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#">
<owl:Ontology rdf:about="{URL}"><owl:versionInfo>3</owl:versionInfo></owl:Ontology>
<owl:Class rdf:about="&ex;A"><rdfs:label>Thing</rdfs:label>
<rdfs:subClassOf rdf:resource="http://www.w3.org/2002/07/owl#Thing"/></owl:Class>
<owl:Class rdf:about="&ex;B"><rdfs:label>Other</rdfs:label><rdfs:subClassOf rdf:resource="&ex;A"/>
<rdfs:subClassOf rdf:resource="&ex;B"/>
<rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource="&ex;part-of"/>
<owl:someValuesFrom rdf:resource="&ex;A"/></owl:Restriction></rdfs:subClassOf></owl:Class>
</rdf:RDF>
"""


def _read(path: Path, system: str | None = None) -> Reading:
    return LOADER.read([path], LoadOptions(system=system), lambda *_: None)


def _write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def _concepts(records: list[Record]) -> list[tuple[str, str | None, bool]]:
    return [
        (one.code, one.display, one.inactive) for one in records if isinstance(one, ConceptRecord)
    ]


def test_a_scheme_is_a_code_system_in_the_order_of_its_codes(tmp_path: Path) -> None:
    path = _write(tmp_path, "things.ttl", SKOS)
    assert detect(path).name == "rdf"
    reading = _read(path)
    records = list(reading.records)
    first = records[0]
    assert isinstance(first, CodeSystemRecord)
    assert (first.system.url, first.system.version, first.system.language) == (URL, "3", "en")
    assert (reading.header.title, reading.header.warnings) == ("Things", ())
    assert _concepts(records) == [
        ("A", "Thing", False),
        ("a2", "Second", False),
        ("a10", "Tenth", True),
    ]
    assert [(one.child, one.parent) for one in records if isinstance(one, EdgeRecord)] == [
        ("a2", "A"),
        ("a10", "A"),
    ]


def test_labels_are_designations_and_the_rest_properties(tmp_path: Path) -> None:
    records = list(_read(_write(tmp_path, "things.ttl", SKOS)).records)
    assert {
        (one.code, one.language, one.value, one.use and one.use.code)
        for one in records
        if isinstance(one, DesignationRecord)
    } == {
        ("A", "de", "Ding", None),
        ("a2", "en", "2nd", None),
        ("a2", None, "scnd", "hiddenLabel"),
    }
    assert [
        (one.code, one.property, one.value, one.target)
        for one in records
        if isinstance(one, PropertyRecord)
    ] == [("a2", "source", "book", None), ("a10", "related", "a2", "a2")]
    assert next(one.definition for one in records if isinstance(one, ConceptRecord)) == "What is."


def test_classes_of_an_ontology_are_concepts(tmp_path: Path) -> None:
    reading = _read(_write(tmp_path, "things.owl", OWL))
    records = list(reading.records)
    assert _concepts(records) == [("A", "Thing", False), ("B", "Other", False)]
    assert [(one.child, one.parent) for one in records if isinstance(one, EdgeRecord)] == [
        ("B", "A")
    ]
    assert [(one.property, one.target) for one in records if isinstance(one, PropertyRecord)] == [
        ("part-of", "A")
    ]
    assert reading.header.warnings == ("1 concepts are below themselves: not taken",)


def test_a_collection_is_a_value_set(tmp_path: Path) -> None:
    more = f"<{URL}/vs> a skos:Collection ; skos:member ex:a2, ex:a .\n"
    records = list(_read(_write(tmp_path, "things.ttl", SKOS + more)).records)
    (document,) = [one for one in records if isinstance(one, DocumentRecord)]
    assert document.resource["url"] == f"{URL}/vs"
    assert document.resource["compose"]["include"] == [
        {"system": URL, "version": "3", "concept": [{"code": "A"}, {"code": "a2"}]}
    ]


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("t.ttl", SKOS + "ex:x skos:broader\n.", "t.ttl, line "),
        (
            "t.ttl",
            SKOS + 'ex:x a skos:Concept ; skos:notation "A" .',
            "t.ttl: the code 'A' occurs twice: <",
        ),
        (
            "t.ttl",
            SKOS.replace(f"<{URL}> a skos:ConceptScheme", f"<{URL}> a owl:Thing"),
            "t.ttl: the graph names no skos:ConceptScheme",
        ),
        (
            "t.ttl",
            SKOS + f"<{URL}/vs> a skos:Collection ; skos:member ex:gone .",
            "t.ttl: the collection <",
        ),
        ("t.nt", "<http://a> <http://b> <http://c> .\n", "t.nt: the graph has no skos:Concept"),
        ("t.nt", "<http://a> <http://b> .\n", "t.nt, line 1: the RDF is not well formed"),
        ("t.owl", OWL[:-12], "t.owl, line 11: the XML is not well formed"),
        (
            "t.owl",
            OWL.replace('ENTITY ex "', 'ENTITY ex SYSTEM "'),
            "t.owl, line 2: the XML declares the entity 'ex'",
        ),
        (
            "t.owl",
            OWL.replace("[<!", '[<!ENTITY a "b"><!ENTITY c "&a;&a;"><!'),
            "t.owl, line 2: the XML declares the entity 'c'",
        ),
        (
            "t.jsonld",
            '{"@context": "http://example.org/context", "@id": "http://a"}',
            "t.jsonld: the context 'http://example.org/context' would have to be fetched",
        ),
        ("t.jsonld", '{"@context": ', "t.jsonld, line 1: the file is no JSON"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, name: str, content: str, text: str) -> None:
    with pytest.raises(InvalidSource) as caught:
        list(_read(_write(tmp_path, name, content)).records)
    assert caught.value.text.startswith(text)


def test_json_ld_with_its_context_in_the_file_is_read(tmp_path: Path) -> None:
    content = """{"@context": {"skos": "http://www.w3.org/2004/02/skos/core#"},
      "@id": "http://example.org/things#a", "@type": "skos:Concept",
      "skos:notation": "A", "skos:prefLabel": {"@value": "Thing", "@language": "en"}}"""
    path = _write(tmp_path, "things.jsonld", content)
    assert detect(path).name == "rdf"
    assert _concepts(list(_read(path, system=URL).records)) == [("A", "Thing", False)]


def test_a_real_ontology_with_mistakes_loads(shared: Path) -> None:
    path = shared / "data" / "samples" / "rdf" / "nando.cut.ttl"
    assert detect(path).name == "rdf"
    reading = _read(path, system="http://nanbyodata.jp/ontology/nando")
    records = list(reading.records)
    found = {code: display for code, display, _ in _concepts(records)}
    assert len(found) == reading.expected["concepts"] > 200
    assert found["NANDO_1000001"] in {"Designated intractable disease", "指定難病"}
    languages = {one.language for one in records if isinstance(one, DesignationRecord)}
    assert "ja-Hira" in languages


def test_triples_without_classes_load_by_their_labels(shared: Path) -> None:
    path = shared / "data" / "samples" / "rdf" / "mesh-samples.cut.nt"
    reading = _read(path, system="http://id.nlm.nih.gov/mesh")
    assert reading.header.warnings[-1].startswith("there is no skos:Concept and no class")
    assert reading.expected["concepts"] == 248


def test_an_owl_2_file_with_entities_loads(shared: Path) -> None:
    folder = shared / "data" / "samples" / "nci-thesaurus"
    path = folder / "owl2-test-cases-Primitive-Annotated.owl"
    codes = [code for code, _, _ in _concepts(list(_read(path).records))]
    assert {"BRaf", "C123", "Disease"} <= set(codes)


def test_a_folder_and_a_file_of_another_suffix_are_refused(tmp_path: Path) -> None:
    for source in (tmp_path, _write(tmp_path, "things.txt", SKOS)):
        with pytest.raises(InvalidSource, match=r"RDF is read from a file whose name ends in"):
            _read(source)

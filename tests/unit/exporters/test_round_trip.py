"""Exported and loaded back: the same expansions, and what a format cannot hold is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from exporters.content import Content, SystemContent, find_content
from exporters.csv import write_csv
from exporters.ecl import write_ecl
from exporters.fhir_package import write_fhir_package
from exporters.skos import write_skos
from loaders.base import LoadOptions
from loaders.run import load
from termserver.ecl.parse import parse_ecl
from termserver.errors import InvalidRequest, Unenumerable, UnknownValueSet
from termserver.library import Home
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.model import Contains, ExpandRequest

URL, SET = "http://example.org/animals", "http://example.org/vs/pets"
SYSTEM: dict[str, Any] = {
    "resourceType": "CodeSystem",
    "id": "animals",
    "url": URL,
    "version": "2",
    "name": "Animals",
    "title": "Animals, some of them",
    "status": "active",
    "content": "complete",
    "caseSensitive": True,
    "hierarchyMeaning": "is-a",
    "language": "en",
    "property": [
        {"code": "legs", "type": "integer"},
        {"code": "kin", "type": "Coding"},
        {"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"},
        {
            "code": "inactive",
            "uri": "http://hl7.org/fhir/concept-properties#inactive",
            "type": "boolean",
        },
    ],
    "concept": [
        {
            "code": "animal",
            "display": "Animal",
            "definition": "What moves.",
            "concept": [
                {
                    "code": "pet",
                    "display": "Pet",
                    "concept": [
                        {
                            "code": "dog",
                            "display": "Dog",
                            "designation": [
                                {"language": "de", "value": "Hund"},
                                {"language": "de", "value": "Köter"},
                                {"value": "C. familiaris", "use": {"code": "latin"}},
                            ],
                            "property": [{"code": "legs", "valueInteger": 4}],
                        },
                        {
                            "code": "cat & mouse",
                            "display": "Cat",
                            "property": [
                                {"code": "parent", "valueCode": "hunter"},
                                {"code": "kin", "valueCoding": {"system": URL, "code": "dog"}},
                            ],
                        },
                    ],
                },
                {"code": "hunter", "display": "Hunter"},
                {
                    "code": "dodo",
                    "display": "Dodo",
                    "property": [{"code": "inactive", "valueBoolean": True}],
                },
            ],
        }
    ],
}
VALUE_SET: dict[str, Any] = {
    "resourceType": "ValueSet",
    "id": "pets",
    "url": SET,
    "version": "1",
    "name": "Pets",
    "status": "active",
    "compose": {
        "include": [
            {
                "system": URL,
                "version": "2",
                "filter": [{"property": "concept", "op": "is-a", "value": "pet"}],
            }
        ]
    },
}
Writer = Callable[[Content, Path], tuple[str, ...]]


@contextmanager
def _home(folder: Path, *sources: Path, system: str | None = None) -> Iterator[Terminology]:
    for source in sources:
        load(folder, [str(source)], options=LoadOptions(system=system))
    home = Home(folder)
    try:
        yield home.terminology()
    finally:
        home.close()


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "animals.json", tmp_path / "pets.json"]
    for path, resource in zip(paths, (SYSTEM, VALUE_SET), strict=True):
        path.write_text(json.dumps(resource))
    return paths


def _export(tmp_path: Path, sources: list[Path], canonical: str, write: Writer, out: str) -> Path:
    path = tmp_path / out
    with _home(tmp_path / "first", *sources) as terminology:
        write(find_content(terminology, canonical), path)
    return path


def _flat(contains: tuple[Contains, ...]) -> Iterator[Contains]:
    for one in contains:
        yield one
        yield from _flat(one.contains)


def _expansion(terminology: Terminology, **asked: Any) -> list[tuple[Any, ...]]:
    request = ExpandRequest(include_designations=True, exclude_nested=True, **asked)
    return [
        (
            one.code,
            one.display,
            one.inactive,
            sorted((it.language or "", it.value) for it in one.designations if not it.use),
        )
        for one in _flat(expand(terminology, request).contains)
    ]


def _is_a(code: str) -> dict[str, Any]:
    clause = {"property": "concept", "op": "is-a", "value": code}
    return {
        "resourceType": "ValueSet",
        "compose": {"include": [{"system": URL, "filter": [clause]}]},
    }


WHOLE = [
    ("animal", "Animal", False),
    ("pet", "Pet", False),
    ("dog", "Dog", False),
    ("cat & mouse", "Cat", False),
    ("hunter", "Hunter", False),
    ("dodo", "Dodo", True),
]


@pytest.mark.parametrize(
    ("write", "out"),
    [
        (write_fhir_package, "animals.tgz"),
        (write_skos, "animals.ttl"),
        (write_skos, "animals.nt"),
        (write_skos, "animals.rdf"),
        (write_skos, "animals.jsonld"),
    ],
)
def test_a_code_system_comes_back_with_the_same_expansions(
    tmp_path: Path, sources: list[Path], write: Writer, out: str
) -> None:
    with _home(tmp_path / "first", *sources) as terminology:
        write(find_content(terminology, f"{URL}|2"), tmp_path / out)
        asked = ({"url": URL}, {"value_set": _is_a("hunter")}, {"value_set": _is_a("pet")})
        before = [_expansion(terminology, **one) for one in asked]
    assert [one[:3] for one in before[0]] == WHOLE
    assert [one[0] for one in before[1]] == ["cat & mouse", "hunter"]
    with _home(tmp_path / "second", tmp_path / out) as terminology:
        provider = terminology.find_system(URL, "2")
        assert provider is not None
        after = [_expansion(terminology, **one) for one in asked]
    if write is write_skos:
        # SKOS keeps the designation whose use it has no place for.
        for expansion in after:
            for one in expansion:
                one[3][:] = [pair for pair in one[3] if pair != ("", "C. familiaris")]
    assert after == before


def test_a_table_comes_back_with_its_hierarchy_and_properties(
    tmp_path: Path, sources: list[Path]
) -> None:
    path = tmp_path / "animals.csv"
    with _home(tmp_path / "first", *sources) as terminology:
        lost = write_csv(find_content(terminology, URL), path)
    assert path.read_text().splitlines()[:4] == [
        "code,display,parent,definition,inactive,abstract,kin,legs:integer,display:de",
        "animal,Animal,,What moves.,false,false,,,",
        "pet,Pet,animal,,false,false,,,",
        "dog,Dog,pet,,false,false,,4,Hund",
    ]
    assert lost == (
        "values of type Coding, written as system#code: 1",
        "further designations in a language, or designations without one: 2",
        "uses of designations: 1",
    )
    with _home(tmp_path / "second", path, system=URL) as terminology:
        assert [one[:3] for one in _expansion(terminology, url=URL)] == WHOLE


def test_skos_says_what_it_cannot_hold(tmp_path: Path, sources: list[Path]) -> None:
    with _home(tmp_path / "first", *sources) as terminology:
        lost = write_skos(find_content(terminology, URL), tmp_path / "animals.ttl")
    assert lost == (
        "values of the property 'kin': 1",
        "values of the property 'legs': 1",
        "uses of designations: 1",
    )


def test_fhir_keeps_properties_uses_and_definitions(tmp_path: Path, sources: list[Path]) -> None:
    path = _export(tmp_path, sources, URL, write_fhir_package, "animals.tgz")
    with _home(tmp_path / "second", path) as terminology:
        provider = terminology.find_system(URL, "2")
        assert provider is not None
        dog = provider.find("dog")
        assert dog is not None
        concept = provider.concept(dog)
        assert [(one.code, one.value) for one in concept.properties] == [("legs", 4)]
        assert [one.use.code for one in concept.designations if one.use] == ["latin"]


@pytest.mark.parametrize("out", ["pets.ttl", "pets.jsonld"])
def test_a_value_set_comes_back_from_skos_with_its_members(
    tmp_path: Path, sources: list[Path], out: str
) -> None:
    path = _export(tmp_path, sources, SET, write_skos, out)
    with _home(tmp_path / "second", path) as terminology:
        assert [one[:2] for one in _expansion(terminology, url=SET)] == [
            ("pet", "Pet"),
            ("dog", "Dog"),
            ("cat & mouse", "Cat"),
        ]


def test_a_value_set_comes_back_from_a_package_beside_its_code_system(
    tmp_path: Path, sources: list[Path]
) -> None:
    path = _export(tmp_path, sources, SET, write_fhir_package, "pets.tgz")
    with _home(tmp_path / "second", sources[0], path) as terminology:
        assert [one[0] for one in _expansion(terminology, url=SET)] == ["pet", "dog", "cat & mouse"]


def test_members_of_a_value_set_are_rows(tmp_path: Path, sources: list[Path]) -> None:
    path = _export(tmp_path, sources, SET, write_csv, "pets.csv")
    assert path.read_text().splitlines() == [
        "system,version,code,display,inactive,abstract",
        f"{URL},2,pet,Pet,false,false",
        f"{URL},2,dog,Dog,false,false",
        f"{URL},2,cat & mouse,Cat,false,false",
    ]


def test_the_same_content_gives_the_same_package(tmp_path: Path, sources: list[Path]) -> None:
    with _home(tmp_path / "first", *sources) as terminology:
        content = find_content(terminology, URL)
        write_fhir_package(content, tmp_path / "one.tgz")
        write_fhir_package(content, tmp_path / "two.tgz")
    assert (tmp_path / "one.tgz").read_bytes() == (tmp_path / "two.tgz").read_bytes()


def test_ecl_lists_snomed_ct_and_refuses_others(tmp_path: Path, sources: list[Path]) -> None:
    sct = {
        **SYSTEM,
        "url": "http://snomed.info/sct",
        "concept": [
            {"code": "73211009", "display": "Diabetes | mellitus"},
            {"code": "44054006", "display": "Type 2"},
        ],
    }
    source = tmp_path / "sct.json"
    source.write_text(json.dumps(sct))
    out = tmp_path / "list.ecl"
    with _home(tmp_path / "first", source, *sources) as terminology:
        content = find_content(terminology, "http://snomed.info/sct")
        assert isinstance(content, SystemContent)
        write_ecl(content, out)
        with pytest.raises(InvalidRequest, match=f"there are codes of {URL}"):
            write_ecl(find_content(terminology, SET), tmp_path / "pets.ecl")
    assert out.read_text() == "73211009 |Diabetes mellitus| OR\n44054006 |Type 2|\n"
    parse_ecl(out.read_text())


def test_a_suffix_of_no_rdf_format_is_refused(tmp_path: Path, sources: list[Path]) -> None:
    with (
        _home(tmp_path / "first", *sources) as terminology,
        pytest.raises(InvalidRequest, match=r"known: \.ttl, \.nt, \.rdf, \.jsonld"),
    ):
        write_skos(find_content(terminology, URL), tmp_path / "animals.txt")


def test_what_is_not_there_or_has_no_list_is_refused(tmp_path: Path, sources: list[Path]) -> None:
    with _home(tmp_path / "first", *sources) as terminology:
        with pytest.raises(UnknownValueSet, match="No code system and no value set 'http://x'"):
            find_content(terminology, "http://x")
        with pytest.raises(Unenumerable, match="is a grammar and has no list"):
            find_content(terminology, "http://unitsofmeasure.org")

"""ConceptMap JSON of both releases read into one model, and written again."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from termserver.conceptmap import EQUIVALENCES, RELATIONSHIPS, to_r4_equivalence, to_r5_relationship
from termserver.conceptmap_index import IndexedMap
from termserver.conceptmap_json import concept_map_of
from termserver.conceptmap_write import concept_map_json
from termserver.errors import InvalidRequest
from termserver.model import Coding

A, B = "http://example.org/a", "http://example.org/b"


def resource(group: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "ConceptMap", "url": "http://example.org/map", "group": [group], **more}


R4 = resource(
    {
        "source": A,
        "sourceVersion": "1",
        "target": B,
        "element": [
            {
                "code": "1",
                "target": [
                    {
                        "code": "x",
                        "equivalence": "wider",
                        "comment": "why",
                        "dependsOn": [{"property": "http://p", "value": "c"}],
                        "product": [{"property": "http://q", "system": "http://z", "value": "d"}],
                    }
                ],
            },
            {"code": "2", "target": [{"equivalence": "unmatched"}]},
        ],
        "unmapped": {"mode": "provided"},
    },
    sourceUri="http://vs",
    targetCanonical="http://vt",
    status="active",
)
R5 = resource(
    {
        "source": f"{A}|1",
        "target": B,
        "element": [
            {
                "code": "1",
                "target": [
                    {
                        "code": "x",
                        "relationship": "source-is-narrower-than-target",
                        "comment": "why",
                        "dependsOn": [{"attribute": "p", "valueCode": "c"}],
                        "product": [
                            {"attribute": "q", "valueCoding": {"system": "http://z", "code": "d"}}
                        ],
                    }
                ],
            },
            {"code": "2", "noMap": True},
        ],
        "unmapped": {"mode": "use-source-code", "relationship": "related-to"},
    },
    sourceScopeUri="http://vs",
    targetScopeCanonical="http://vt",
    additionalAttribute=[
        {"code": "p", "uri": "http://p", "type": "code"},
        {"code": "q", "uri": "http://q", "type": "Coding"},
    ],
    status="active",
)


def test_both_releases_read_to_the_same_facts() -> None:
    for read in (concept_map_of(R4), concept_map_of(R5)):
        assert (read.source_scope, read.target_scope) == ("http://vs", "http://vt")
        [group] = read.groups
        assert (group.source, group.source_version, group.target) == (A, "1", B)
        [target] = group.elements[0].targets
        assert target.equivalence == "wider"
        assert target.relationship == "source-is-narrower-than-target"
        assert target.comment == "why"
        assert target.depends_on[0].attribute == "http://p"
        assert target.depends_on[0].value == Coding(system=A, code="c")
        assert target.products[0].attribute == "http://q"
        assert target.products[0].value == Coding(system="http://z", code="d")
        assert group.elements[1].no_map
        assert group.elements[1].targets == ()
        assert group.unmapped is not None
        assert group.unmapped.mode == "use-source-code"


def test_an_r5_property_has_its_uri_and_its_declared_system() -> None:
    target = {
        "code": "x",
        "relationship": "equivalent",
        "property": [{"code": "k", "valueCode": "v"}],
    }
    declared = [{"code": "k", "uri": "http://k", "type": "code", "system": "http://s"}]
    group = {"source": A, "target": B, "element": [{"code": "1", "target": [target]}]}
    [found] = concept_map_of(resource(group, property=declared)).groups[0].elements[0].targets

    assert found.properties[0].uri == "http://k"
    assert found.properties[0].value == Coding(system="http://s", code="v")


def test_relationships_translate_by_the_table_of_the_releases() -> None:
    assert {one: to_r5_relationship(one) for one in EQUIVALENCES} == {
        "relatedto": "related-to",
        "equivalent": "equivalent",
        "equal": "equivalent",
        "wider": "source-is-narrower-than-target",
        "subsumes": "source-is-narrower-than-target",
        "narrower": "source-is-broader-than-target",
        "specializes": "source-is-broader-than-target",
        "inexact": "related-to",
        "unmatched": "not-related-to",
        "disjoint": "not-related-to",
    }
    assert {one: to_r4_equivalence(one) for one in RELATIONSHIPS} == {
        "related-to": "relatedto",
        "equivalent": "equivalent",
        "source-is-narrower-than-target": "wider",
        "source-is-broader-than-target": "narrower",
        "not-related-to": "disjoint",
    }


@pytest.mark.parametrize("word", [*EQUIVALENCES, *RELATIONSHIPS])
def test_a_word_of_its_own_release_stays_as_it_is(word: str) -> None:
    same = to_r5_relationship(word) if word in RELATIONSHIPS else to_r4_equivalence(word)

    assert same == word


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ({"code": "x", "equivalence": "alike"}, "unknown equivalence 'alike'; known: relatedto"),
        ({"code": "x"}, "'x' needs an equivalence"),
        ({"code": 7, "equivalence": "equal"}, "'code' must be a string, not 7"),
    ],
)
def test_a_faulty_target_is_named(target: dict[str, Any], text: str) -> None:
    group = {"source": A, "target": B, "element": [{"code": "1", "target": [target]}]}

    with pytest.raises(InvalidRequest, match=text):
        concept_map_of(resource(group))


def test_another_resource_or_mode_is_named() -> None:
    with pytest.raises(InvalidRequest, match="not a 'ValueSet'"):
        concept_map_of({"resourceType": "ValueSet"})
    with pytest.raises(InvalidRequest, match="mode 'guess'; known: provided"):
        concept_map_of(resource({"unmapped": {"mode": "guess"}}))
    with pytest.raises(InvalidRequest, match="'element' must be a list of objects"):
        concept_map_of(resource({"element": "x"}))


@pytest.mark.parametrize("release", ["4.0", "5.0"])
def test_a_map_written_and_read_again_is_the_same(release: str) -> None:
    read = concept_map_of(R4 if release == "4.0" else R5)

    assert concept_map_of(concept_map_json(read, release)) == read


def test_the_maps_of_the_base_packages_are_all_readable(shared: Path) -> None:
    sizes = {}
    for package in sorted(shared.glob("data/*/*.tgz")):
        with tarfile.open(package) as archive:
            for member in archive:
                content = archive.extractfile(member) if "/ConceptMap-" in member.name else None
                if content is not None:
                    indexed = IndexedMap(concept_map_of(json.load(content)))
                    sizes[package.name, Path(member.name).name] = indexed
    tg263 = sizes["hl7.fhir.us.mcode-4.0.0.tgz", "ConceptMap-TG263CM.json"]
    source = "http://hl7.org/fhir/us/mcode/CodeSystem/tg263-cs"

    assert len(sizes) == 177
    assert tg263.size == 673
    assert len(tg263.find(source, "VB_T12")) == 2

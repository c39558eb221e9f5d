"""A text filter orders what it finds by rank: the best names first, whatever the page."""

from pathlib import Path

import pytest

from termserver.model import CodeSystem
from termserver.providers.packs import pack_content, wrappers
from termserver.providers.registry import Registry
from termserver.records import CodeSystemRecord, ConceptRecord, DesignationRecord, Record
from termserver.store.pack import Pack
from termserver.terminology import Terminology
from tests.small_packs import build
from valuesets.expand import expand
from valuesets.model import ExpandRequest

SYSTEM = "http://example.org/parts"
RANKED = ["arm", "armpit", "left", "sleeve", "old"]
"""Short displays before long ones, other names behind, inactive concepts last."""


@pytest.fixture
def terminology(tmp_path: Path) -> Terminology:
    records: list[Record] = [
        CodeSystemRecord(system=CodeSystem(url=SYSTEM, version="1", case_sensitive=True)),
        ConceptRecord(code="left", display="Left arm"),
        ConceptRecord(code="old", display="Arm", inactive=True),
        ConceptRecord(code="leg", display="Leg"),
        ConceptRecord(code="sleeve", display="Sleeve"),
        ConceptRecord(code="armpit", display="Armpit"),
        ConceptRecord(code="arm", display="Arm"),
        DesignationRecord(code="sleeve", value="Arm cover"),
    ]
    installed = build(tmp_path, records)
    return Terminology(Registry((pack_content(installed, Pack.open(installed.path), wrappers()),)))


def codes(terminology: Terminology, request: ExpandRequest) -> list[str]:
    return [one.code or "" for one in expand(terminology, request).contains]


def test_pages_of_a_text_follow_its_rank(terminology: Terminology) -> None:
    pages = [
        codes(terminology, ExpandRequest(url=SYSTEM, filter="arm", count=2, offset=offset))
        for offset in (0, 2, 4, 6)
    ]
    assert pages == [RANKED[:2], RANKED[2:4], RANKED[4:], []]


def test_a_whole_expansion_has_the_order_of_its_pages(terminology: Terminology) -> None:
    assert codes(terminology, ExpandRequest(url=SYSTEM, filter="arm")) == RANKED


def test_an_enumeration_keeps_its_own_order(terminology: Terminology) -> None:
    listed = [{"code": code} for code in ("sleeve", "leg", "old", "arm")]
    sent = {
        "resourceType": "ValueSet",
        "status": "active",
        "compose": {"include": [{"system": SYSTEM, "concept": listed}]},
    }
    request = ExpandRequest(value_set=sent, filter="arm", count=5)
    assert codes(terminology, request) == ["sleeve", "old", "arm"]


def test_the_names_of_the_value_set_itself_are_searched_too(terminology: Terminology) -> None:
    listed = [{"code": "leg", "display": "Lower arm"}, {"code": "arm"}]
    sent = {
        "resourceType": "ValueSet",
        "status": "active",
        "compose": {"include": [{"system": SYSTEM, "concept": listed}]},
    }
    request = ExpandRequest(value_set=sent, filter="arm lower", count=5)
    assert codes(terminology, request) == ["leg"]

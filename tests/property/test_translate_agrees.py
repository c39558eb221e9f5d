"""$translate by a prepared map is, to the byte, what the full way answers, or is left to it."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.members import Members
from api.points.translation import translate as plain
from api.wire.answers import translation_json
from termserver.errors import TerminologyError, UnknownConceptMap
from termserver.fhirjson import code_system_records
from termserver.library import Home
from termserver.model import Coding
from termserver.operations import map_plan
from termserver.operations.translate import translate
from termserver.operations.translation import TranslateRequest
from termserver.providers.registry import Registry
from termserver.records import DocumentRecord, Record
from termserver.systems import SNOMED_CT
from termserver.terminology import Terminology
from tests.property.small_world import open_records, open_world

RELEASES = ("4.0", "5.0")
REPLACED_BY = 900000000000526001


def full(terminology: Terminology, texts: dict[str, str]) -> bytes:
    request = TranslateRequest(
        url=texts["url"],
        codings=(Coding(system=texts["system"], code=texts["code"]),),
        target_scope=texts.get("target"),
        target_system=texts.get("targetsystem"),
    )
    answer = translate(terminology, request, value_sets=Members(terminology))
    return orjson.dumps(translation_json(answer, terminology.release), default=dict)


def outcome(way: Any, terminology: Terminology, texts: dict[str, str]) -> Any:
    """Return the answer, or class and words of the refusal."""
    try:
        return way(terminology, texts)
    except TerminologyError as error:
        return type(error), error.text


# -- over a generated world ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with open_world(tmp_path_factory.mktemp("translate")) as opened:
        yield opened


@pytest.mark.parametrize("release", RELEASES)
def test_every_row_of_a_map_reference_set_is_translated_alike(home: Home, release: str) -> None:
    terminology = home.terminology(release)
    provider: Any = terminology.find_system(SNOMED_CT)
    written = 0
    for refset in provider.refsets():
        components = {one.component for one in provider.refset_rows(refset.id)}
        url = f"{SNOMED_CT}?fhir_cm={refset.id}"
        for component in sorted(components)[:300]:
            texts = {"url": url, "system": SNOMED_CT, "code": str(component)}
            for more in ({}, {"target": f"{SNOMED_CT}?fhir_vs"}, {"targetsystem": SNOMED_CT}):
                answer = outcome(plain, terminology, {**texts, **more})
                written += isinstance(answer, bytes)
                if answer is not None:
                    assert answer == outcome(full, terminology, {**texts, **more})
    assert written > 100


def test_a_large_reference_set_is_asked_of_the_pack(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_plan, "_KEPT_ROWS", 1)
    # a registry of its own has prepared nothing yet
    terminology = Terminology(Registry(home.registry.contents, home.registry.aliases))
    provider: Any = terminology.find_system(SNOMED_CT)
    rows = [one for one in provider.refset_rows(REPLACED_BY) if one.active]
    assert len(rows) > 1
    for row in rows[:20]:
        url = f"{SNOMED_CT}?fhir_cm={REPLACED_BY}"
        texts = {"url": url, "system": SNOMED_CT, "code": str(row.component)}
        assert plain(terminology, texts) == full(terminology, texts)


@pytest.mark.parametrize("release", RELEASES)
def test_every_element_of_a_packaged_map_is_translated_alike(home: Home, release: str) -> None:
    terminology = home.terminology(release)
    maps = terminology.documents("ConceptMap")
    assert maps
    for one in maps:
        for group in one["group"]:
            for element in group["element"][:50]:
                texts = {"url": one["url"], "system": group["source"], "code": element["code"]}
                for more in ({}, {"target": f"{SNOMED_CT}?fhir_vs"}):
                    answer = plain(terminology, {**texts, **more})
                    assert answer == full(terminology, {**texts, **more})


def test_a_coding_is_answered_like_code_and_system(home: Home) -> None:
    one = home.terminology().documents("ConceptMap")[0]
    code, system = one["group"][0]["element"][0]["code"], one["group"][0]["source"]
    asked = {"url": one["url"], "coding.system": system, "coding.code": code}
    expected = full(home.terminology(), {"url": one["url"], "system": system, "code": code})
    assert plain(home.terminology(), asked) == expected
    named = {"url": one["url"], "sourceCode": code, "system": system}
    assert plain(home.terminology(), named) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"system": SNOMED_CT, "code": "1"},
        {"url": f"{SNOMED_CT}?fhir_cm=1", "code": "1"},
        {"url": "http://x", "system": "a", "code": "1", "sourceCode": "1"},
        {"url": "http://x", "system": "a", "code": "1", "coding.code": "1"},
        {"url": "http://x", "coding.code": "1", "coding.system": "a", "coding.version": "1"},
        {"url": "http://x", "coding.code": "1"},
        {"url": "http://x", "system": "a", "code": "1", "target": "b", "targetScope": "b"},
    ],
)
def test_what_is_not_plain_is_left_to_the_full_way(home: Home, given: dict[str, str]) -> None:
    assert plain(home.terminology(), given) is None


def test_an_unknown_map_is_refused_with_the_same_words(home: Home) -> None:
    for url in ("http://example.org/none", f"{SNOMED_CT}?fhir_cm=1"):
        texts = {"url": url, "system": SNOMED_CT, "code": "1"}
        refused = outcome(plain, home.terminology(), texts)
        assert refused[0] is UnknownConceptMap
        assert refused == outcome(full, home.terminology(), texts)


# -- over made-up maps -----------------------------------------------------------------------------

MAP, FROM, TO = "http://example.org/map", "http://example.org/from", "http://example.org/to"
CODES = st.sampled_from(["a", "b", "c", "A", "gone", 'quoted "\\ä'])
TARGETS = st.fixed_dictionaries(
    {"equivalence": st.sampled_from(["equivalent", "wider", "unmatched", "disjoint", "inexact"])},
    optional={
        "code": CODES,
        "display": st.sampled_from(["Some", 'So "me" \\']),
        "comment": st.just("Of note"),
        "dependsOn": st.just([{"property": "http://x", "value": "1"}]),
        "product": st.just([{"property": "http://x", "system": TO, "value": "1"}]),
    },
)
GROUPS = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from([FROM, TO]),
            "element": st.lists(
                st.fixed_dictionaries(
                    {"code": CODES}, optional={"target": st.lists(TARGETS, min_size=1, max_size=3)}
                ),
                min_size=1,
                max_size=3,
            ),
        },
        optional={
            "target": st.sampled_from([TO, FROM]),
            "targetVersion": st.sampled_from(["1", "2"]),
            "sourceVersion": st.just("1"),
            "unmapped": st.just({"mode": "fixed", "code": "c", "display": "See"}),
        },
    ),
    min_size=1,
    max_size=2,
)


@given(
    groups=GROUPS,
    facts=st.fixed_dictionaries(
        {},
        optional={
            "version": st.just("3"),
            "targetCanonical": st.sampled_from(["http://example.org/all", "http://example.org/b"]),
        },
    ),
)
def test_maps_of_any_shape_are_answered_alike(
    tmp_path_factory: pytest.TempPathFactory, groups: list[dict[str, Any]], facts: dict[str, Any]
) -> None:
    records: list[Record] = []
    for url in (FROM, TO):
        system = {
            "resourceType": "CodeSystem",
            "url": url,
            "version": "1",
            "status": "active",
            "content": "complete",
            "concept": [
                {"code": "a", "display": "A"},
                {"code": "b", "display": "B"},
                {"code": "c", "property": [{"code": "inactive", "valueBoolean": True}]},
            ],
        }
        records.extend(code_system_records(system))
    for name, include in (
        ("all", {"system": TO}),
        ("b", {"system": TO, "concept": [{"code": "b"}]}),
    ):
        value_set = {
            "resourceType": "ValueSet",
            "url": f"http://example.org/{name}",
            "status": "active",
            "compose": {"include": [include]},
        }
        records.append(DocumentRecord(type="ValueSet", resource=value_set))
    concept_map = {
        "resourceType": "ConceptMap",
        "url": MAP,
        "status": "active",
        "group": groups,
        **facts,
    }
    records.append(DocumentRecord(type="ConceptMap", resource=concept_map))
    folder = tmp_path_factory.mktemp("made")
    with open_records(folder, records) as registry:
        for release in RELEASES:
            terminology = Terminology(registry, release)
            for code in ("a", "b", "A", "none", 'quoted "\\ä'):
                for more in (
                    {},
                    {"target": "http://example.org/all"},
                    {"target": "http://example.org/b"},
                    {"target": "http://example.org/unknown"},
                    {"targetsystem": TO},
                ):
                    texts = {"url": MAP, "system": FROM, "code": code, **more}
                    answer = outcome(plain, terminology, texts)
                    if answer is not None:
                        assert answer == outcome(full, terminology, texts)

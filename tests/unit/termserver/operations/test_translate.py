"""$translate over a terminology made in the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from termserver.conceptmap import RELATIONSHIPS, ConceptMap, Element, Group, Target, invert
from termserver.conceptmap_index import IndexedMap, MapIndexes, MapRows
from termserver.errors import InvalidRequest, NotSupported, UnknownConceptMap
from termserver.model import Coding, Json
from termserver.operations.translate import (
    NO_TRANSLATIONS,
    Dependency,
    TranslateRequest,
    Translation,
    translate,
)
from termserver.providers.base import CodeSystemProvider
from termserver.providers.overlay import overlay_provider

LOCAL, LOINC, OTHER = "http://example.org/local", "http://loinc.org", "http://example.org/other"
MAP = "http://example.org/map"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A terminology of a few resources."""

    resources: tuple[Json, ...] = ()
    release: str = "4.0"
    snapshot: object | None = None

    def find_system(self, url: str, version: str | None = None, /) -> CodeSystemProvider | None:
        for one in self.documents("CodeSystem"):
            if one["url"] == url:
                return overlay_provider(one)
        return None

    def find_document(self, type_: str, url: str, version: str | None = None, /) -> Json | None:
        for one in self.documents(type_):
            if one["url"] == url and version in {None, one.get("version")}:
                return one
        return None

    def documents(self, type_: str, /) -> Sequence[Json]:
        return [one for one in self.resources if one["resourceType"] == type_]


@dataclass(frozen=True, slots=True)
class Sets:
    """Value sets as lists of codes."""

    codes: dict[str, list[Coding]]

    def contains(self, canonical: str, coding: Coding) -> bool:
        return any(
            (one.system, one.code) == (coding.system, coding.code) for one in self.codes[canonical]
        )

    def members(self, canonical: str) -> Sequence[Coding]:
        return self.codes[canonical]


def concept_map(*groups: dict[str, Any], url: str = MAP, **more: Any) -> Json:
    return {"resourceType": "ConceptMap", "url": url, "version": "1", "group": [*groups], **more}


def group(*elements: tuple[Any, ...], **more: Any) -> dict[str, Any]:
    return {
        "source": LOCAL,
        "target": LOINC,
        "element": [
            {"code": code, "target": [dict(one) for one in targets]} for code, *targets in elements
        ],
        **more,
    }


def to(code: str, word: str = "equivalent", **more: Any) -> dict[str, Any]:
    return {"code": code, "equivalence": word, **more}


def ask(
    resources: Sequence[Json], code: str = "gluc", *, release: str = "4.0", **more: Any
) -> Translation:
    request = {"codings": (Coding(system=LOCAL, code=code),)} | more
    source = Loaded(resources=tuple(resources), release=release)
    return translate(source, TranslateRequest(**request))


def codes(answer: Translation) -> list[str | None]:
    return [one.concept.code for one in answer.matches]


def test_a_code_is_translated_with_its_relationship_and_the_map_it_came_from() -> None:
    answer = ask([concept_map(group(("gluc", to("2345-7", display="Glucose"))))])

    assert answer.result
    assert answer.message is None
    [match] = answer.matches
    assert match.concept == Coding(system=LOINC, code="2345-7", display="Glucose")
    assert (match.relationship, match.equivalence) == ("equivalent", "equivalent")
    assert match.origin_map == f"{MAP}|1"
    assert match.source is None


def test_an_original_equivalence_survives() -> None:
    answer = ask([concept_map(group(("gluc", to("2345-7", "subsumes"))))])

    assert answer.matches[0].equivalence == "subsumes"
    assert answer.matches[0].relationship == "source-is-narrower-than-target"


def test_nothing_found_is_an_answer_with_a_message() -> None:
    answer = ask([concept_map(group(("gluc", to("2345-7"))))], "none")

    assert answer == Translation(result=False, message=NO_TRANSLATIONS)


@pytest.mark.parametrize("word", ["disjoint", "unmatched"])
def test_a_match_that_is_no_relation_is_returned_and_gives_no_result(word: str) -> None:
    answer = ask([concept_map(group(("gluc", to("2345-7", word))))])

    assert codes(answer) == ["2345-7"]
    assert not answer.result
    assert answer.message == "The maps say only that the concepts are not related"


def test_elements_with_the_same_code_are_merged() -> None:
    answer = ask([concept_map(group(("gluc", to("2345-7")), ("gluc", to("2339-0"))))])

    assert codes(answer) == ["2345-7", "2339-0"]


def test_products_are_returned() -> None:
    product = {"property": "http://example.org/side", "system": OTHER, "value": "left"}
    answer = ask([concept_map(group(("gluc", to("2345-7", product=[product]))))])

    [found] = answer.matches[0].products
    assert found.attribute == "http://example.org/side"
    assert found.value == Coding(system=OTHER, code="left")


def test_a_target_system_limits_the_answer() -> None:
    maps = [
        concept_map(group(("gluc", to("2345-7")))),
        concept_map(group(("gluc", to("G")), target=OTHER), url=MAP + "2"),
    ]

    assert codes(ask(maps)) == ["2345-7", "G"]
    assert codes(ask(maps, target_system=OTHER)) == ["G"]
    assert codes(ask(maps, target_system="urn:oid:2.16.840.1.113883.6.1")) == ["2345-7"]


def test_a_map_is_found_by_url_and_version() -> None:
    maps = [concept_map(group(("gluc", to("2345-7"))))]

    assert codes(ask(maps, url=MAP)) == ["2345-7"]
    assert codes(ask(maps, url=f"{MAP}|1")) == ["2345-7"]
    with pytest.raises(UnknownConceptMap, match=r"map\|2' is not known"):
        ask(maps, url=MAP, version="2")


def test_a_map_sent_with_the_request_is_used_alone() -> None:
    stored = concept_map(group(("gluc", to("2345-7"))))
    sent = concept_map(group(("gluc", to("2339-0"))))

    assert codes(ask([stored], concept_map=sent)) == ["2339-0"]


def test_only_one_version_of_a_map_answers_when_none_is_named() -> None:
    older = concept_map(group(("gluc", to("old"))), version="0")

    assert codes(ask([concept_map(group(("gluc", to("2345-7")))), older])) == ["2345-7"]


def test_a_retired_map_answers_only_when_it_is_named() -> None:
    maps = [concept_map(group(("gluc", to("2345-7"))), status="retired")]

    assert codes(ask(maps)) == []
    assert codes(ask(maps, url=MAP)) == ["2345-7"]


def test_a_faulty_map_is_named_and_the_others_answer() -> None:
    bad = concept_map(group(("gluc", to("x", "alike"))), url=MAP + "2")
    maps = [bad, concept_map(group(("gluc", to("2345-7"))))]

    assert codes(ask(maps)) == ["2345-7"]
    assert ask(maps).message is None
    assert "map2' was left out" in (ask(maps, "none").message or "")


def test_a_map_for_another_source_value_set_is_not_chosen() -> None:
    maps = [concept_map(group(("gluc", to("2345-7"))), sourceUri="http://example.org/vs")]

    assert codes(ask(maps, source_scope="http://example.org/vs|2")) == ["2345-7"]
    assert codes(ask(maps, source_scope="http://example.org/other-vs")) == []


def test_a_target_scope_is_decided_by_the_map_or_by_the_value_set() -> None:
    source = Loaded(resources=(concept_map(group(("gluc", to("2345-7"), to("2339-0")))),))
    sets = Sets({"http://example.org/vs": [Coding(system=LOINC, code="2339-0")]})
    request = TranslateRequest(
        codings=(Coding(system=LOCAL, code="gluc"),), target_scope="http://example.org/vs"
    )

    assert codes(translate(source, request, value_sets=sets)) == ["2339-0"]


def test_a_code_without_system_is_taken_by_a_map_of_one_system_and_refused_otherwise() -> None:
    maps = [concept_map(group(("gluc", to("2345-7"))))]
    bare = (Coding(code="gluc"),)

    assert codes(ask(maps, url=MAP, codings=bare)) == ["2345-7"]
    with pytest.raises(InvalidRequest, match="needs its system"):
        ask(maps, codings=bare)


def test_a_request_names_a_code_or_a_target_code_and_not_both() -> None:
    with pytest.raises(InvalidRequest, match="either a code"):
        ask([], codings=())
    with pytest.raises(InvalidRequest, match="not both"):
        ask([], target_codings=(Coding(system=LOINC, code="2345-7"),))


def test_a_code_is_found_in_the_case_its_system_defines() -> None:
    system = {
        "resourceType": "CodeSystem",
        "url": LOCAL,
        "content": "complete",
        "caseSensitive": False,
        "concept": [{"code": "gluc"}],
    }

    assert codes(ask([system, concept_map(group(("gluc", to("2345-7"))))], "GLUC")) == ["2345-7"]


def test_a_version_that_the_group_does_not_speak_of_is_not_translated() -> None:
    maps = [concept_map(group(("gluc", to("2345-7")), sourceVersion="2.1", targetVersion="2.82"))]
    coding = Coding(system=LOCAL, code="gluc", version="2.1")

    assert ask(maps, codings=(coding,)).matches[0].concept.version == "2.82"
    other = Coding(system=LOCAL, code="gluc", version="3.0")
    assert codes(ask(maps, codings=(other,))) == []


# -- unmapped --------------------------------------------------------------------------------


def test_unmapped_fixed_gives_its_code() -> None:
    maps = [concept_map(group(("a", to("1")), unmapped={"mode": "fixed", "code": "temp"}))]
    answer = ask(maps)

    assert answer.matches[0].concept == Coding(system=LOINC, code="temp")
    assert answer.matches[0].equivalence == "relatedto"
    assert answer.result


@pytest.mark.parametrize("mode", ["provided", "use-source-code"])
def test_unmapped_takes_the_source_code_in_both_spellings(mode: str) -> None:
    answer = ask([concept_map(group(("a", to("1")), unmapped={"mode": mode}))])

    assert answer.matches[0].concept == Coding(system=LOINC, code="gluc")


def test_unmapped_is_not_for_a_code_that_has_no_target_on_purpose() -> None:
    rule = {"mode": "fixed", "code": "temp"}
    r4 = group(("gluc", {"equivalence": "unmatched"}), unmapped=rule)
    r5 = {**group(unmapped=rule), "element": [{"code": "gluc", "noMap": True}]}

    assert codes(ask([concept_map(r4)])) == []
    assert codes(ask([concept_map(r5)], release="5.0")) == []


def test_unmapped_is_not_for_a_code_of_another_system() -> None:
    maps = [concept_map(group(("a", to("1")), unmapped={"mode": "fixed", "code": "temp"}))]

    assert codes(ask(maps, codings=(Coding(system=OTHER, code="gluc"),))) == []


def test_what_stands_in_one_map_comes_before_the_unmapped_rule_of_another() -> None:
    rule = group(("a", to("1")), unmapped={"mode": "fixed", "code": "temp"})
    maps = [concept_map(rule), concept_map(group(("gluc", to("2345-7"))), url=MAP + "2")]

    assert codes(ask(maps)) == ["2345-7"]


def test_unmapped_goes_on_with_another_map() -> None:
    first = concept_map(group(("a", to("1")), unmapped={"mode": "other-map", "url": MAP + "2"}))
    second = concept_map(group(("gluc", to("2345-7"))), url=MAP + "2")
    answer = ask([first, second], url=MAP)

    assert codes(answer) == ["2345-7"]
    assert answer.matches[0].origin_map == f"{MAP}2|1"


def test_maps_that_go_on_with_each_other_end() -> None:
    first = concept_map(group(("a", to("1")), unmapped={"mode": "other-map", "url": MAP + "2"}))
    second = concept_map(
        group(("b", to("2")), unmapped={"mode": "other-map", "otherMap": MAP}), url=MAP + "2"
    )
    answer = ask([first, second], url=MAP)

    assert codes(answer) == []
    assert "continue with each other" in (answer.message or "")


def test_an_unknown_other_map_is_an_error_for_the_map_named() -> None:
    first = concept_map(group(("a", to("1")), unmapped={"mode": "other-map", "url": MAP + "9"}))

    with pytest.raises(UnknownConceptMap, match="map9' is not known"):
        ask([first], url=MAP)
    assert "map9'" in (ask([first]).message or "")


# -- dependencies ----------------------------------------------------------------------------

SPECIMEN = "http://example.org/specimen"
BLOOD = {"property": SPECIMEN, "system": OTHER, "value": "blood"}


def conditional() -> Json:
    return concept_map(group(("gluc", to("2339-0", dependsOn=[BLOOD]), to("2345-7"))))


def test_a_dependency_that_is_met_gives_its_target() -> None:
    met = Dependency(attribute=SPECIMEN, values=(Coding(system=OTHER, code="blood"),))

    assert codes(ask([conditional()], dependencies=(met,))) == ["2339-0", "2345-7"]


def test_a_dependency_that_is_contradicted_rules_its_target_out() -> None:
    other = Dependency(attribute=SPECIMEN, values=("urine",))

    assert codes(ask([conditional()], dependencies=(other,), release="5.0")) == ["2345-7"]


def test_an_open_dependency_is_left_to_the_client_at_r5_and_named_at_r4() -> None:
    r5, r4 = ask([conditional()], release="5.0"), ask([conditional()])

    assert codes(r5) == ["2339-0", "2345-7"]
    assert r5.matches[0].depends_on[0].attribute == SPECIMEN
    assert codes(r4) == ["2345-7"]
    assert f"depends on '{SPECIMEN}'" in (r4.message or "")


# -- value sets inside R5 maps ---------------------------------------------------------------


def test_an_element_that_is_a_value_set_maps_its_members() -> None:
    element = {
        "valueSet": "http://example.org/vs",
        "target": [{"code": "2345-7", "relationship": "related-to"}],
    }
    source = Loaded(resources=(concept_map({**group(), "element": [element]}),), release="5.0")
    sets = Sets({"http://example.org/vs": [Coding(system=LOCAL, code="gluc")]})
    request = TranslateRequest(codings=(Coding(system=LOCAL, code="gluc"),))

    assert codes(translate(source, request, value_sets=sets)) == ["2345-7"]
    with pytest.raises(NotSupported, match=r"example\.org/vs"):
        translate(source, request)


def test_a_target_value_set_without_members_leaves_the_code_unmapped() -> None:
    target = {"valueSet": "http://example.org/vs", "relationship": "related-to"}
    rule = {"mode": "fixed", "code": "temp", "relationship": "related-to"}
    source = Loaded(resources=(concept_map(group(("gluc", target), unmapped=rule)),))
    request = TranslateRequest(codings=(Coding(system=LOCAL, code="gluc"),))
    full = Sets({"http://example.org/vs": [Coding(system=LOINC, code="1")]})

    assert codes(translate(source, request, value_sets=full)) == ["1"]
    empty = Sets({"http://example.org/vs": []})
    assert codes(translate(source, request, value_sets=empty)) == ["temp"]


# -- reverse ---------------------------------------------------------------------------------


def test_by_target_code_the_target_stays_concept_and_the_source_is_found() -> None:
    maps = [concept_map(group(("gluc", to("2345-7", "wider"))))]
    answer = ask(maps, codings=(), target_codings=(Coding(system=LOINC, code="2345-7"),))

    [match] = answer.matches
    assert match.concept == Coding(system=LOINC, code="2345-7")
    assert match.source == Coding(system=LOCAL, code="gluc")
    assert match.equivalence == "narrower"
    assert match.relationship == "source-is-broader-than-target"


def test_reverse_gives_the_source_as_concept() -> None:
    maps = [concept_map(group(("gluc", to("2345-7"))))]
    coding = Coding(system=LOINC, code="2345-7")
    answer = ask(maps, codings=(coding,), reverse=True, target_system=LOCAL)

    assert answer.matches[0].concept == Coding(system=LOCAL, code="gluc")
    assert answer.matches[0].source is None
    assert codes(ask(maps, codings=(coding,), reverse=True, target_system=OTHER)) == []


def test_a_source_system_limits_a_reverse_translation() -> None:
    maps = [
        concept_map(group(("gluc", to("2345-7")))),
        concept_map(group(("G", to("2345-7")), source=OTHER), url=MAP + "2"),
    ]
    asked = (Coding(system=LOINC, code="2345-7"),)
    answer = ask(maps, codings=(), target_codings=asked, source_system=OTHER)

    assert [one.source for one in answer.matches] == [Coding(system=OTHER, code="G")]


LETTERS = st.sampled_from("abcd")
ROWS = st.lists(
    st.tuples(LETTERS, LETTERS, st.sampled_from(RELATIONSHIPS)), min_size=1, unique=True
)


@given(ROWS)
def test_forward_and_reverse_agree(rows: list[tuple[str, str, str]]) -> None:
    elements = [(one, {"code": other, "relationship": word}) for one, other, word in rows]
    maps = [concept_map(group(*elements))]

    forward = {
        (code, match.concept.code, match.relationship)
        for code in "abcd"
        for match in ask(maps, code).matches
    }
    backward = {
        (match.source.code, code, invert(match.relationship))
        for code in "abcd"
        for match in ask(
            maps, codings=(), target_codings=(Coding(system=LOINC, code=code),)
        ).matches
        if match.source
    }
    assert forward == backward == set(rows)


# -- implicit maps and indexes ---------------------------------------------------------------


def replaced_by(url: str, version: str | None) -> MapRows | None:
    """Return a map of the form that SNOMED CT's association reference sets give."""
    sct = "http://snomed.info/sct"
    if url != f"{sct}?fhir_cm=900000000000526001":
        return None
    edition = f"{sct}/900000000000207008/version/20250201"
    elements = (Element(code="1", targets=(Target(code="2", display="Two", word="equivalent"),)),)
    return IndexedMap(
        ConceptMap(
            url=url,
            version=edition,
            groups=(
                Group(
                    source=sct,
                    source_version=edition,
                    target=sct,
                    target_version=edition,
                    elements=elements,
                ),
            ),
        )
    )


def test_an_implicit_map_names_the_versions_used() -> None:
    request = TranslateRequest(
        url="http://snomed.info/sct?fhir_cm=900000000000526001",
        codings=(Coding(system="http://snomed.info/sct", code="1"),),
        target_system="http://snomed.info/sct",
    )
    answer = translate(Loaded(), request, implicit=replaced_by)

    edition = "http://snomed.info/sct/900000000000207008/version/20250201"
    canonical = f"http://snomed.info/sct?fhir_cm=900000000000526001|{edition}"
    assert answer.matches[0].concept.version == edition
    assert answer.matches[0].origin_map == canonical
    assert answer.used_maps == (canonical,)
    assert answer.used_systems == (f"http://snomed.info/sct|{edition}",)


def test_indexes_are_kept_for_equal_content_and_bounded() -> None:
    indexes = MapIndexes(capacity=202)
    one = concept_map(group(("gluc", to("2345-7"))))

    kept = indexes.indexed(one)
    assert indexes.indexed(dict(one)) is kept
    changed = indexes.indexed(concept_map(group(("gluc", to("2339-0")))))
    assert changed is not kept
    indexes.indexed(concept_map(group(("a", to("1")), ("b", to("2"))), url=MAP + "2"))
    assert indexes.indexed(concept_map(group(("gluc", to("2339-0"))))) is not changed


def test_maps_are_chosen_once_until_the_packs_change() -> None:
    indexes, first, second = MapIndexes(), object(), object()
    request = TranslateRequest(codings=(Coding(system=LOCAL, code="gluc"),))
    old = (concept_map(group(("gluc", to("2345-7")))),)
    new = (concept_map(group(("gluc", to("2339-0")))),)

    def answer(resources: tuple[Json, ...], snapshot: object | None) -> list[str | None]:
        source = Loaded(resources=resources, snapshot=snapshot)
        return codes(translate(source, request, indexes=indexes))

    assert answer(old, first) == ["2345-7"]
    assert answer((), first) == ["2345-7"]
    assert answer(new, second) == ["2339-0"]
    assert answer(old, None) == ["2345-7"]

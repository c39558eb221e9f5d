"""Plain pages are, to the byte, what the full way answers, or are left to it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.wire.pages import Asked, page_json, page_parts
from api.wire.valueset import expansion_json
from termserver.deadline import within
from termserver.errors import TooCostly
from termserver.fhirjson import code_system_records
from termserver.library import Home
from termserver.records import DocumentRecord, Record
from termserver.systems import LOINC, RXNORM, SNOMED_CT
from termserver.terminology import Terminology
from tests.bench.world import World, filtered
from tests.property.small_world import open_records, open_world
from valuesets.expand import Clock, expand
from valuesets.model import ExpandRequest, ValueSet
from valuesets.page_lists import list_plan
from valuesets.page_plans import named_plan, sent_plan, warm
from valuesets.pages import PagePlan, cut_page, prepare
from valuesets.resolve import requested_value_set

CLOCK = Clock(now=datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC), identifier="urn:uuid:fixed")
RELEASES = ("4.0", "5.0")
PLAIN = ExpandRequest()


def plain(terminology: Terminology, value_set: ValueSet, asked: Asked) -> bytes | None:
    return written(terminology, prepare(terminology, value_set), asked)


def written(terminology: Terminology, plan: PagePlan | None, asked: Asked) -> bytes | None:
    if plan is None or (plan.frame.nests and asked == Asked()):
        return None
    page = cut_page(plan, offset=asked.offset or 0, count=asked.size, text=asked.text)
    return page_json(plan, page, asked, terminology.release, CLOCK)


def in_parts(terminology: Terminology, value_set: ValueSet, asked: Asked) -> bytes:
    plan = prepare(terminology, value_set)
    assert plan is not None
    page = cut_page(plan, offset=asked.offset or 0, count=asked.size, text=asked.text)
    parts = page_parts(plan, page, asked, terminology.release, CLOCK)
    assert parts is not None
    return b"".join(parts)


def full(terminology: Terminology, value_set: ValueSet, asked: Asked, *, sent_with: bool) -> bytes:
    request = ExpandRequest(
        release=terminology.release,
        url=None if sent_with else value_set.url,
        value_set=value_set.resource if sent_with else None,
        offset=asked.offset,
        count=asked.size,
        filter=asked.text,
    )
    json = expansion_json(expand(terminology, request, clock=CLOCK), terminology.release)
    return orjson.dumps(json, default=dict)


def named(terminology: Terminology, url: str) -> ValueSet:
    return requested_value_set(terminology, url, None, None, PLAIN.versions)


def sent(terminology: Terminology, *includes: dict[str, Any], **more: Any) -> ValueSet:
    compose = {"include": list(includes), **more}
    resource = {"resourceType": "ValueSet", "status": "draft", "compose": compose}
    return requested_value_set(terminology, None, resource, None, PLAIN.versions)


# -- over a generated world ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with open_world(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


PLACES = st.none() | st.sampled_from([0, 1, 5, 30, 1_000, 5_000])
TEXTS = st.none() | st.sampled_from(
    ["a", "di", "chr", "of", "chronic dis", "x y z", "  ", "-", "1"]
)
ASKED = st.builds(Asked, offset=PLACES, size=PLACES, text=TEXTS)


def value_sets(world: World) -> list[tuple[str | None, list[dict[str, Any]], dict[str, Any]]]:
    """Return (url, includes, more of the compose) of every kind of value set."""
    snomed = world.snomed
    top, other = (world.code(one) for one in (world.large[0], world.parents[-1]))
    attributes = snomed.attribute_index
    kind, target = world.code(int(attributes.type[0])), world.code(int(attributes.target[0]))
    isa = filtered(SNOMED_CT, ("concept", "is-a", top))
    retired = [{"code": world.code(one)} for one in snomed.inactive().page(0, 20)]
    listed = [{"code": world.code(one)} for one in reversed(snomed.all().page(0, 40))]
    urls = [
        f"{SNOMED_CT}?fhir_vs",
        f"{SNOMED_CT}?fhir_vs=isa/{top}",
        f"{SNOMED_CT}?fhir_vs=ecl/<{top}",
        "http://loinc.org/vs",
        *[str(one["url"]) for one in world.value_sets[:6]],
    ]
    composes: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
        ([isa], {}),
        ([isa], {"inactive": False}),
        ([filtered(SNOMED_CT, ("concept", "descendent-of", top))], {}),
        ([filtered(SNOMED_CT, ("concept", "is-a", other), (kind, "=", target))], {}),
        ([isa, filtered(SNOMED_CT, ("concept", "is-a", other))], {}),
        ([{"system": SNOMED_CT}], {"exclude": [isa]}),
        ([{"system": SNOMED_CT, "concept": listed + retired}], {}),
        ([{"system": SNOMED_CT, "concept": [*listed, {**listed[0], "display": "Own"}]}], {}),
        ([filtered(RXNORM, ("TTY", "=", "IN"))], {}),
        ([{"system": one} for one in (SNOMED_CT, LOINC, RXNORM)], {}),
        (
            [{"system": RXNORM}, {"system": "http://example.org/none", "concept": [{"code": "x"}]}],
            {},
        ),
    ]
    return [*[(url, [], {}) for url in urls], *[(None, inc, more) for inc, more in composes]]


@settings(max_examples=25, deadline=None)
@given(asked=st.lists(ASKED, min_size=1, max_size=3))
def test_pages_of_a_generated_world_are_those_of_the_full_way(
    home: Home, asked: list[Asked]
) -> None:
    answered = 0
    for release in RELEASES:
        terminology = home.terminology(release)
        for url, includes, more in value_sets(World(terminology=terminology)):
            value_set = named(terminology, url) if url else sent(terminology, *includes, **more)
            for one in asked:
                found = plain(terminology, value_set, one)
                if found is not None:
                    answered += 1
                    expected = full(terminology, value_set, one, sent_with=url is None)
                    assert found == expected, (url, includes, one)
                    plan = (
                        named_plan(terminology, url)
                        if url
                        else sent_plan(terminology, value_set.resource)
                    )
                    assert in_parts(terminology, value_set, one) == expected
                    # from what is alike for many, the same
                    assert written(terminology, plan, one) in {None, expected}
    assert answered


# -- what made-up code systems may have ------------------------------------------------------------

SYSTEM = "http://example.org/animals"
EXTENDED = {"url": "http://hl7.org/fhir/StructureDefinition/codesystem-label", "valueString": "1."}
CONCEPTS: list[dict[str, Any]] = [
    {"code": "animal", "display": "Animal\n\"all\"", "concept": [
        {"code": "cat", "display": "Cat", "designation": [{"language": "de", "value": "Katze"}]},
        {"code": "dodo", "display": "Dodo", "property": [
            {"code": "status", "valueCode": "retired"}]},
        {"code": "group", "display": "Gruppe für", "property": [
            {"code": "notSelectable", "valueBoolean": True}]},
        {"code": "draft", "display": "Draft", "property": [
            {"code": "status", "valueCode": "draft"}]},
        {"code": "old", "display": "Old", "property": [
            {"code": "status", "valueCode": "deprecated"}]},
        {"code": "nameless"},
    ]},
    {"code": "labelled", "display": "Labelled", "extension": [EXTENDED]},
]  # fmt: skip
ALL: dict[str, Any] = {"system": SYSTEM}
BELOW = filtered(SYSTEM, ("concept", "descendent-of", "animal"))


@pytest.fixture(params=RELEASES)
def animals(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminology]:
    system = {
        "resourceType": "CodeSystem",
        "url": SYSTEM,
        "version": "1",
        "status": "draft",
        "content": "complete",
        "experimental": True,
        "concept": CONCEPTS,
    }
    records: list[Record] = [
        *code_system_records(system),
        DocumentRecord(
            type="ValueSet",
            resource={
                "resourceType": "ValueSet",
                "url": "http://example.org/vs/imported",
                "status": "retired",
                "compose": {"include": [BELOW]},
            },
        ),
    ]
    with open_records(tmp_path, records) as registry:
        yield Terminology(registry, release=request.param)


@pytest.mark.parametrize(
    "includes",
    [
        [ALL],
        [BELOW],
        [{**ALL, "version": "1"}],
        [{"system": SYSTEM, "concept": [{"code": one} for one in ("old", "cat", "nameless")]}],
        [{"system": SYSTEM, "concept": [{"code": "cat", "display": "Tom"}, {"code": "dodo"}]}],
        [{"system": SYSTEM, "concept": [{"code": "draft"}]}],
        [{"valueSet": ["http://example.org/vs/imported"]}],
    ],
)
def test_pages_of_marked_concepts_are_those_of_the_full_way(
    animals: Terminology, includes: list[dict[str, Any]]
) -> None:
    value_set = sent(animals, *includes)
    for offset, count, text in product(
        (None, *range(9)), (None, *range(9)), (None, "a", "dr", "o d")
    ):
        asked = Asked(offset=offset, size=count, text=text)
        found = plain(animals, value_set, asked)
        assert found in {None, full(animals, value_set, asked, sent_with=True)}


def test_a_status_alone_leaves_a_page_plain(animals: Terminology) -> None:
    value_set = sent(animals, BELOW)
    assert plain(animals, value_set, Asked(size=10)) is not None
    assert plain(animals, sent(animals, ALL), Asked(size=10)) is None
    assert plain(animals, sent(animals, ALL), Asked(size=7)) is not None


def test_a_tree_and_a_display_of_the_value_set_are_left_to_the_full_way(
    animals: Terminology,
) -> None:
    named_so = {"system": SYSTEM, "concept": [{"code": "cat", "display": "Tom"}]}
    assert plain(animals, sent(animals, named_so), Asked(size=1)) is None
    assert plain(animals, sent(animals, BELOW), Asked()) is None
    assert plain(animals, sent(animals, {"system": "http://example.org/no"}), Asked()) is None


def test_definitions_of_one_form_share_what_is_alike(animals: Terminology) -> None:
    first, second = (sent_plan(animals, sent(animals, one).resource) for one in (ALL, BELOW))
    third = sent_plan(
        animals, sent(animals, filtered(SYSTEM, ("concept", "is-a", "animal"))).resource
    )
    assert first is not None
    assert second is not None
    assert third is not None
    assert third.frame is second.frame is not first.frame


@pytest.mark.parametrize(
    "change",
    [
        {"experimental": True},
        {"status": "retired"},
        {"language": "de"},
        {"extension": []},
        {"contained": []},
        {"url": 1},
        {"compose": {"include": [BELOW], "exclude": [BELOW]}},
        {"compose": {"include": [BELOW], "inactive": False}},
        {"compose": {"include": [{**BELOW, "valueSet": ["http://example.org/vs/imported"]}]}},
        {"compose": {"include": [{"system": SYSTEM, "filter": [{"property": "x", "op": "="}]}]}},
        {"compose": {"include": [{"system": SYSTEM, "concept": [{"code": "cat"}]}]}},
        {"compose": {"include": [{"filter": []}]}},
        {"compose": {"include": ["x"]}},
        {"compose": []},
    ],
)
def test_a_sent_definition_that_says_more_is_left_to_the_full_way(
    animals: Terminology, change: dict[str, Any]
) -> None:
    resource = {"resourceType": "ValueSet", "status": "active", "compose": {"include": [BELOW]}}
    assert sent_plan(animals, resource) is not None
    assert sent_plan(animals, resource | change) is None


def test_a_sent_definition_is_given_up_after_its_time(animals: Terminology) -> None:
    resource = {"resourceType": "ValueSet", "status": "active", "compose": {"include": [BELOW]}}
    with pytest.raises(TooCostly):
        sent_plan(animals, resource, deadline=within(-1))


def test_stored_enumerations_are_made_ready_beforehand(home: Home) -> None:
    terminology = home.terminology("4.0")
    rests: list[float] = []

    def rest(seconds: float) -> bool:
        rests.append(seconds)
        return True

    made = warm(terminology, rest)
    listed = World(terminology=terminology).listed
    assert made >= len(listed) > 0
    assert len(rests) == len(terminology.registry.document_urls("ValueSet"))
    plans = [named_plan(terminology, url) for url in listed]
    assert [named_plan(terminology, url) for url in listed] == plans
    assert all(one is not None and "compose" not in one.value_set.resource for one in plans)
    assert warm(terminology, lambda _: False) <= 1


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"experimental": True},
        {"status": "retired"},
        {"language": "de"},
        {"extension": [{"url": "http://example.org/x", "valueString": "x"}]},
        {"compose": {"include": [{**ALL, "version": "1", "concept": [{"code": "cat"}]}]}},
        {"compose": {"include": [{**ALL, "version": "2", "concept": [{"code": "cat"}]}]}},
        {"compose": {"include": [{**ALL, "concept": [{"code": "cat"}]}], "inactive": False}},
        {"compose": {"include": [{**ALL, "concept": [{"code": "cat", "display": "Tom"}]}]}},
        {"compose": {"include": [{**ALL, "concept": [{"code": "none"}, {"code": "none"}]}]}},
        {"compose": {"include": [ALL, {**ALL, "concept": [{"code": "cat"}]}]}},
        {"compose": {"include": [{"system": "http://x", "concept": [{"code": "cat"}]}]}},
        {"compose": {"include": [{"concept": [{"code": "cat"}]}]}},
        {"compose": {"include": ["cat"]}},
    ],
)
def test_the_plan_of_an_enumeration_is_that_of_the_full_way(
    animals: Terminology, change: dict[str, Any]
) -> None:
    codes = ("dodo", "cat", "none", "cat", "CAT", "nameless", "old")
    resource: dict[str, Any] = {
        "resourceType": "ValueSet",
        "url": "http://example.org/vs/listed",
        "version": "3",
        "name": "Listed",
        "status": "active",
        "compose": {"include": [{**ALL, "concept": [{"code": one} for one in codes]}]},
    } | change
    plan = list_plan(animals, resource)
    assert plan is not None or change
    if plan is not None:
        value_set = requested_value_set(animals, None, resource, None, PLAIN.versions)
        for offset, count, text in product((None, 0, 2), (None, 0, 2, 9), (None, "c", "o")):
            asked = Asked(offset=offset, size=count, text=text)
            found = written(animals, plan, asked)
            assert found == full(animals, value_set, asked, sent_with=True)

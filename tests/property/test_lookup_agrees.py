"""$lookup from rows is, to the byte, what the full way answers, or is left to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.points.lookup import lookup as plain
from api.wire.answers import lookup_json
from termserver.errors import UnknownCode, UnknownCodeSystem
from termserver.fhirjson import code_system_records
from termserver.library import Home
from termserver.operations.lookup import LookupRequest, lookup
from termserver.systems import LOINC, RXNORM, SNOMED_CT
from termserver.terminology import Terminology
from tests.property.small_world import open_records, open_world

RELEASES = ("4.0", "5.0")
SYSTEM = "http://example.org/animals"


def full(terminology: Terminology, system: str, code: str, version: str | None = None) -> bytes:
    answer = lookup(terminology, LookupRequest(system=system, code=code, version=version))
    return orjson.dumps(lookup_json(answer, terminology.release), default=dict)


def texts(system: str, code: str, version: str | None = None) -> dict[str, str]:
    return {"system": system, "code": code} | ({} if version is None else {"version": version})


# -- over a generated world ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with open_world(tmp_path_factory.mktemp("lookup")) as opened:
        yield opened


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("system", [SNOMED_CT, LOINC, RXNORM])
def test_every_concept_of_a_release_is_written_alike(home: Home, system: str, release: str) -> None:
    terminology = home.terminology(release)
    provider = terminology.find_system(system)
    assert provider is not None
    codes = [provider.code_of(one) for one in provider.stored.all()]  # type: ignore[attr-defined]
    assert len(codes) > 100
    written = {code: plain(terminology, texts(system, code)) for code in codes}
    left = [code for code, answer in written.items() if answer is None]
    # concepts with decimals are left to the full way
    assert len(left) < len(codes) / 50
    for code in set(codes) - set(left):
        assert written[code] == full(terminology, system, code)


@pytest.mark.parametrize("release", RELEASES)
def test_every_concept_of_a_package_is_written_alike(home: Home, release: str) -> None:
    terminology = home.terminology(release)
    systems = [one for one in terminology.code_systems() if one.url.startswith("http://example")]
    assert systems
    for system in systems:
        provider = terminology.find_system(system.url, system.version)
        assert provider is not None
        for one in provider.all():
            asked = (system.url, provider.code_of(one), system.version)
            assert plain(terminology, texts(*asked)) == full(terminology, *asked)


def test_a_coding_is_answered_like_code_and_system(home: Home) -> None:
    provider = home.terminology().find_system(SNOMED_CT)
    assert provider is not None
    code = provider.code_of(next(iter(provider.all())))
    given = {"coding.system": SNOMED_CT, "coding.code": code, "coding.display": "any"}
    assert plain(home.terminology(), given) == plain(home.terminology(), texts(SNOMED_CT, code))


@pytest.mark.parametrize(
    "given",
    [
        {"code": "1"},
        {"system": SNOMED_CT},
        {"coding.code": "1"},
        {"coding.system": SNOMED_CT, "coding.code": "1", "code": "1"},
        {"coding.system": SNOMED_CT, "coding.code": "1", "system": SNOMED_CT},
        {"system": "http://unitsofmeasure.org", "code": "mg"},
    ],
)
def test_what_is_not_plain_is_left_to_the_full_way(home: Home, given: dict[str, str]) -> None:
    assert plain(home.terminology(), given) is None


def test_an_expression_is_left_to_the_full_way(home: Home) -> None:
    provider = home.terminology().find_system(SNOMED_CT)
    assert provider is not None
    first, second = [provider.code_of(one) for one in list(provider.all())[:2]]
    assert plain(home.terminology(), texts(SNOMED_CT, f"{first} + {second}")) is None


def test_what_is_unknown_is_refused_with_the_same_words(home: Home) -> None:
    for error, asked in (
        (UnknownCode, (SNOMED_CT, "1")),
        (UnknownCodeSystem, ("http://example.org/none", "1")),
        (UnknownCodeSystem, (LOINC, "1", "0.1")),
    ):
        with pytest.raises(error) as fast:
            plain(home.terminology(), texts(*asked))
        with pytest.raises(error) as slow:
            full(home.terminology(), *asked)
        assert str(fast.value) == str(slow.value)


# -- over made-up code systems ---------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
USES = st.none() | st.sampled_from(
    [{"system": "http://x", "code": "a"}, {"code": "b", "display": 'B "b"'}]
)
DESIGNATIONS = st.fixed_dictionaries(
    {"value": TEXT},
    optional={
        "language": st.sampled_from(["en", "en-GB", "de"]),
        "use": USES.filter(bool),
        "additionalUse": st.just([{"system": "http://x", "code": "more"}]),
    },
)
PROPERTIES = st.one_of(
    st.fixed_dictionaries({"code": st.just("text"), "valueString": TEXT}),
    st.fixed_dictionaries({"code": st.just("number"), "valueInteger": st.integers(-9, 2**31 - 1)}),
    st.fixed_dictionaries({"code": st.just("real"), "valueDecimal": st.floats(-5, 5)}),
    st.fixed_dictionaries({"code": st.just("yes"), "valueBoolean": st.booleans()}),
    st.fixed_dictionaries(
        {"code": st.just("of"), "valueCoding": st.just({"system": "http://x", "code": "y"})}
    ),
    st.fixed_dictionaries({"code": st.just("inactive"), "valueBoolean": st.booleans()}),
    st.fixed_dictionaries({"code": st.just("notSelectable"), "valueBoolean": st.booleans()}),
    st.fixed_dictionaries({"code": st.just("child"), "valueCode": st.just("last")}),
    st.fixed_dictionaries({"code": st.just("see"), "valueCode": st.just("last")}),
)
CONCEPTS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "display": TEXT,
            "definition": TEXT,
            "designation": st.lists(DESIGNATIONS, min_size=1, max_size=3),
            "property": st.lists(PROPERTIES, min_size=1, max_size=4),
        },
    ),
    min_size=1,
    max_size=5,
)


@given(
    concepts=CONCEPTS,
    facts=st.fixed_dictionaries(
        {},
        optional={
            "version": st.just("1"),
            "name": st.just("Animals"),
            "language": st.sampled_from(["en", "de"]),
            "caseSensitive": st.booleans(),
        },
    ),
)
def test_code_systems_of_any_shape_are_written_alike(
    tmp_path_factory: pytest.TempPathFactory,
    concepts: list[dict[str, Any]],
    facts: dict[str, Any],
) -> None:
    coded: list[dict[str, Any]] = [{"code": f"Code {at}", **one} for at, one in enumerate(concepts)]
    coded[0]["concept"] = [{"code": 'quoted "\\ä', "display": "Below"}]
    resource = {
        "resourceType": "CodeSystem",
        "url": SYSTEM,
        "status": "active",
        "content": "complete",
        "concept": [*coded, {"code": "last", "display": "Last"}],
        **facts,
    }
    folder = tmp_path_factory.mktemp("made")
    with open_records(folder, code_system_records(resource)) as registry:
        for release in RELEASES:
            terminology = Terminology(registry, release)
            for code in [one["code"] for one in coded] + ["last", "LAST", 'quoted "\\ä']:
                try:
                    answer: bytes | None = full(terminology, SYSTEM, code)
                except UnknownCode:
                    continue
                written = plain(terminology, texts(SYSTEM, code))
                assert written in {None, answer}
                assert written is not None or any(map(_is_odd, coded))


def _is_odd(concept: dict[str, Any]) -> bool:
    """Tell whether rows do not tell all of a concept: decimals, Codings, marks within texts."""
    of = {one["code"] for one in concept.get("property", ())}
    return not of.isdisjoint({"real", "of"}) or "\ue000" in str(concept)


def test_a_language_pack_is_left_to_the_full_way(tmp_path: Path) -> None:
    marked = "http://hl7.org/fhir/StructureDefinition/codesystem-supplement-type"
    resources: list[dict[str, Any]] = [
        {"url": SYSTEM, "version": "1", "content": "complete", "concept": [{"code": "cat"}]},
        {
            "url": "http://example.org/german",
            "content": "supplement",
            "supplements": SYSTEM,
            "extension": [{"url": marked, "valueCode": "lang-pack"}],
            "concept": [{"code": "cat", "designation": [{"language": "de", "value": "Katze"}]}],
        },
    ]
    records = [
        record
        for one in resources
        for record in code_system_records({"resourceType": "CodeSystem", "status": "active", **one})
    ]
    with open_records(tmp_path, records) as registry:
        assert plain(Terminology(registry), texts(SYSTEM, "cat")) is None

from collections.abc import Iterator
from pathlib import Path

import pytest

from termserver.conceptset import ConceptSet
from termserver.errors import InvalidExpression, InvalidValueSet, NotSupported, UnknownCode
from termserver.language import choose_display, parse_languages
from termserver.model import FilterClause, Ordinal
from termserver.providers.snomed import SnomedProvider
from tests.rf2_release import GB, PREFERRED, ROOT, US, international
from tests.snomed_edition import Clinic, clinic, provider_of


@pytest.fixture(scope="module")
def made() -> Clinic:
    return clinic()


@pytest.fixture(scope="module")
def provider(made: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnomedProvider]:
    found = provider_of(made.release, tmp_path_factory.mktemp("clinic"))
    yield found
    found.stored.pack.close()


def ordinal(provider: SnomedProvider, code: str) -> Ordinal:
    found = provider.find(code)
    assert isinstance(found, int)
    return found


def names(provider: SnomedProvider, found: ConceptSet) -> list[str]:
    return sorted(str(provider.display_of(one)) for one in found)


def select(provider: SnomedProvider, prop: str, op: str, value: str) -> list[str]:
    """Return the names of the concepts, after checking that `contains` agrees on every concept."""
    clause = FilterClause(property=prop, op=op, value=value)
    found = provider.select(clause)
    assert found == ConceptSet.of(one for one in provider.all() if provider.contains(clause, one))
    return names(provider, found)


def test_the_edition_has_a_name(provider: SnomedProvider) -> None:
    assert provider.edition_name == "International Edition"


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [
        ("is-a", "limb", ["Arm", "Left arm", "Limb"]),
        ("descendent-of", "limb", ["Arm", "Left arm"]),
        ("descendant-of", "limb", ["Arm", "Left arm"]),
        ("child-of", "limb", ["Arm"]),
        ("descendent-leaf", "limb", ["Left arm"]),
        ("generalizes", "limb", ["Body", "Limb", "SNOMED CT Concept"]),
    ],
)
def test_hierarchical_filters(
    provider: SnomedProvider, made: Clinic, op: str, value: str, expected: list[str]
) -> None:
    assert select(provider, "concept", op, made[value]) == expected


def test_in_gives_the_active_members_of_a_reference_set(
    provider: SnomedProvider, made: Clinic
) -> None:
    assert select(provider, "concept", "in", made["set"]) == ["Fracture"]


def test_in_star_gives_the_reference_sets_themselves(provider: SnomedProvider) -> None:
    assert "Fracture set" in select(provider, "concept", "in", "*")


def test_an_unknown_reference_set_is_named(provider: SnomedProvider) -> None:
    with pytest.raises(UnknownCode, match="447562003"):
        provider.select(FilterClause(property="concept", op="in", value="447562003"))


def test_an_attribute_filter_takes_the_very_value(provider: SnomedProvider, made: Clinic) -> None:
    assert select(provider, made["site"], "=", made["arm"]) == ["Fracture of arm"]
    assert select(provider, made["site"], "=", made["limb"]) == []


def test_an_attribute_may_be_named_by_its_uri(provider: SnomedProvider, made: Clinic) -> None:
    uri = f"http://snomed.info/id/{made['morphology']}"

    assert select(provider, uri, "=", made["break"]) == ["Fracture", "Fracture of arm"]


def test_attributes_in_a_list_and_attributes_that_exist(
    provider: SnomedProvider, made: Clinic
) -> None:
    both = f"{made['limb']},{made['arm']}"

    assert select(provider, made["site"], "in", both) == ["Fracture of arm"]
    assert select(provider, made["site"], "exists", "true") == ["Fracture of arm"]
    assert "Fracture of arm" not in select(provider, made["site"], "exists", "false")


@pytest.mark.parametrize("value", ["#1", "1", "#1.0"])
def test_a_concrete_value_is_compared_as_a_number(
    provider: SnomedProvider, made: Clinic, value: str
) -> None:
    clause = FilterClause(property=made["count"], op="=", value=value)

    assert names(provider, provider.select(clause)) == ["Fracture of arm"]
    assert provider.contains(clause, ordinal(provider, made["fracture of arm"]))


@pytest.mark.parametrize(
    ("prop", "value", "expected"),
    [
        ("sufficientlyDefined", "true", ["Fracture of arm"]),
        ("inactive", "true", ["Old fracture"]),
        (
            "moduleId",
            "900000000000012004",
            ["SNOMED CT Model Component", "SNOMED CT model component"],
        ),
        ("semanticTag", "morphologic abnormality", ["Break", "Shape"]),
    ],
)
def test_properties_of_the_row_and_the_name_can_be_filtered_by(
    provider: SnomedProvider, prop: str, value: str, expected: list[str]
) -> None:
    assert select(provider, prop, "=", value) == expected


def test_parents_can_be_filtered_by(provider: SnomedProvider, made: Clinic) -> None:
    assert select(provider, "parent", "=", made["limb"]) == ["Arm"]


def test_a_normal_form_cannot_be_filtered_by(provider: SnomedProvider) -> None:
    with pytest.raises(NotSupported, match="normalForm"):
        provider.select(FilterClause(property="normalForm", op="=", value="x"))


def test_expressions_takes_true_or_false(provider: SnomedProvider) -> None:
    clause = FilterClause(property="expressions", op="=", value="false")

    assert provider.select(clause) == provider.all()
    with pytest.raises(InvalidValueSet, match="expressions = maybe"):
        provider.select(FilterClause(property="expressions", op="=", value="maybe"))


def test_a_constraint_is_ecl(provider: SnomedProvider, made: Clinic) -> None:
    text = f"< {made['disease']} : {made['site']} = << {made['limb']}"

    assert select(provider, "constraint", "=", text) == ["Fracture of arm"]


def test_star_leaves_inactive_concepts_out(provider: SnomedProvider, made: Clinic) -> None:
    found = select(provider, "constraint", "=", "*")

    assert "Old fracture" not in found
    assert len(found) == len(provider.all()) - 1


def test_a_constraint_that_does_not_parse_is_quoted(provider: SnomedProvider) -> None:
    with pytest.raises(InvalidExpression, match="'<< abc'") as caught:
        provider.select(FilterClause(property="constraint", op="=", value="<< abc"))

    assert caught.value.issues[0].message_id == "INVALID_ECL"


def test_a_concept_shows_attributes_with_terms_time_and_module(
    provider: SnomedProvider, made: Clinic
) -> None:
    concept = provider.concept(ordinal(provider, made["fracture"]))

    shown = [(one.code, one.value, one.description, one.code_display) for one in concept.properties]
    assert shown == [
        (made["morphology"], made["break"], "Break", "Morphology"),
        ("effectiveTime", "2025-08-01", None, None),
        ("module", "900000000000207008", "SNOMED CT core", None),
    ]


def test_normal_forms_are_made_on_demand(provider: SnomedProvider, made: Clinic) -> None:
    member = ordinal(provider, made["fracture of arm"])

    assert provider.property_values(member, "normalForm") == [
        f"=== {made['fracture']}|Fracture|:{made['count']}|Count|=#1,"
        f"{{{made['site']}|Site|={made['arm']}|Arm|,"
        f"{made['morphology']}|Morphology|={made['break']}|Break|}}"
    ]
    assert provider.property_values(ordinal(provider, made["break"]), "normalFormTerse") == [
        f"<<< {made['shape']}"
    ]


def test_the_display_follows_the_dialect_asked_for(tmp_path: Path) -> None:
    release = international()
    code = release.concept(None, ROOT)
    release.description(code, "Hemorrhage", accept={US: PREFERRED})
    release.description(code, "Haemorrhage", accept={GB: PREFERRED})
    release.description(code, "Blutung", language="de")
    provider = provider_of(release, tmp_path)
    concept = provider.concept(ordinal(provider, code))

    chosen = {
        tag: choose_display(concept, provider.system.language, parse_languages(tag))
        for tag in ["en", "en-US", "en-GB", "en-x-sctlang-90000000-00005080-04", "de-AT", "fr"]
    }

    assert chosen == {
        "en": "Hemorrhage",
        "en-US": "Hemorrhage",
        "en-GB": "Haemorrhage",
        "en-x-sctlang-90000000-00005080-04": "Haemorrhage",
        "de-AT": "Blutung",
        "fr": "Hemorrhage",
    }
    british = SnomedProvider(provider.stored, dialects=(int(GB),))
    assert british.concept(ordinal(provider, code)).display == "Haemorrhage"
    provider.stored.pack.close()


def test_the_shared_release_has_2251_2254_and_2258_concepts(shared: Path, tmp_path: Path) -> None:
    from loaders.base import LoadOptions
    from loaders.rf2 import LOADER
    from termserver.store.build import build_pack
    from termserver.store.pack import Pack

    version = "http://snomed.info/xsct/31000003106/version/20250909"
    reading = LOADER.read(
        [shared / "tx-ecosystem" / "tx-source" / "snomed"],
        LoadOptions(version=version),
        lambda what, done, total: None,
    )
    pack = Pack.open(build_pack(tmp_path, reading.header, reading.records).path)
    provider = SnomedProvider(pack.provider(pack.systems()[0]))

    everything = FilterClause(property="constraint", op="=", value="*")
    below = FilterClause(property="concept", op="descendent-of", value="123037004")
    assert len(provider.all()) == 2258
    assert len(provider.all() - provider.inactive()) == 2254
    assert len(provider.select(everything)) == 2251
    assert len(provider.select(below)) == 688
    assert provider.edition_name == "International Edition"
    pack.close()

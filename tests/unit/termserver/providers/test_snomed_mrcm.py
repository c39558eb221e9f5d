"""Cardinalities, groups, strengths and the scope of the concept model's rules."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.base import LoadOptions
from loaders.rf2 import LOADER
from termserver.providers.snomed import SnomedProvider
from termserver.providers.snomed_grammar import Plain
from termserver.providers.snomed_slots import fits_slot, is_slot
from termserver.store.build import build_pack
from termserver.store.pack import Pack
from tests.rf2_release import CORE, MODEL, ROOT
from tests.snomed_edition import Clinic, clinic, provider_of
from tests.unit.termserver.providers.test_snomed_model import (
    MANDATORY,
    OPTIONAL,
    domain_row,
    notes,
    range_row,
)

REFERENCE_SETS = "900000000000455006"
SCOPE = "723563008"


@pytest.fixture(scope="module")
def made() -> Clinic:
    made = clinic()
    for name in ("unit", "intent", "stage"):
        made.codes[name] = made.release.concept(name.capitalize(), "106237007", tag="attribute")
    made.codes["drug"] = made.release.concept("Drug", ROOT, tag="product")
    made.codes["pill"] = made.release.concept("Pill", made["drug"], tag="product")
    made.codes["tablet"] = made.release.concept("Tablet", made["shape"])
    made.release.relationship(made["pill"], made["unit"], made["break"])
    made.codes["sided"] = made.release.concept("Sided structures", REFERENCE_SETS)
    domain_row(made, "site", "disease", MANDATORY)
    domain_row(made, "morphology", "disease", MANDATORY, use=("1", "0..2", "0..1"))
    domain_row(made, "count", "body", MANDATORY, use=("0", "0..1", "0..0"))
    domain_row(made, "count", "sided", OPTIONAL, use=("0", "0..1", "0..0"))
    domain_row(made, "count", "disease", MANDATORY, use=("0", "0..1", "0..0"))
    domain_row(made, "unit", "drug", MANDATORY, use=("0", "1..1", "0..0"))
    domain_row(made, "intent", "drug", OPTIONAL, use=("1", "1..*", "0..2"))
    domain_row(made, "stage", "disease", MANDATORY, use=("1", "0..*", "2..3"))
    range_row(made, "site", f"<< {made['body']}")
    range_row(made, "site", f"<< {made['limb']}", strength=OPTIONAL)
    range_row(made, "unit", f"<< {made['shape']}")
    return made


@pytest.fixture(scope="module")
def provider(made: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnomedProvider]:
    found = provider_of(made.release, tmp_path_factory.mktemp("mrcm"))
    yield found
    found.stored.pack.close()


def said(provider: SnomedProvider, made: Clinic, text: str) -> list[tuple[str, str]]:
    """Return severities and texts, the common beginning of the texts left out."""
    start = "The concept model does not allow the "
    found = notes(provider, text.format_map(made.codes))
    return [
        (severity, part.removeprefix(start))
        for severity, kind, part in found
        if kind == "code-rule"
    ]


def test_an_attribute_that_is_never_grouped_stands_outside_of_braces(
    provider: SnomedProvider, made: Clinic
) -> None:
    assert said(provider, made, "{arm}:{count}=#2") == []
    assert said(provider, made, "{arm}:{{{count}=#2}}") == [
        (
            "error",
            f"attribute {made['count']} |Count| in a role group: it stands outside of the braces "
            f"(domain {made['body']} |Body|)",
        )
    ]


def test_an_attribute_without_braces_is_a_group_of_its_own(
    provider: SnomedProvider, made: Clinic
) -> None:
    assert said(provider, made, "{disease}:{site}={arm},{morphology}={break}") == []


def test_how_often_an_attribute_stands_in_one_group_is_limited(
    provider: SnomedProvider, made: Clinic
) -> None:
    assert said(provider, made, "{disease}:{{{site}={arm}}},{{{site}={limb},{site}={arm}}}") == []
    two = "{disease}:{{{morphology}={break}}},{{{morphology}={break},{morphology}={tablet}}}"
    assert said(provider, made, two) == [
        (
            "error",
            f"attribute {made['morphology']} |Morphology| 2 times in the role group 2: 0..1 "
            f"(domain {made['disease']} |Disease|)",
        )
    ]
    assert said(provider, made, "{disease}:{{{stage}={arm}}}") == [
        (
            "error",
            f"attribute {made['stage']} |Stage| once in the role group 1: 2..3 "
            f"(domain {made['disease']} |Disease|)",
        )
    ]


def test_a_value_that_another_one_implies_is_counted_once(
    provider: SnomedProvider, made: Clinic
) -> None:
    assert said(provider, made, "{disease}:{{{site}={arm},{site}={limb},{site}={left arm}}}") == []


def test_how_often_an_attribute_stands_in_all_counts_what_the_focus_brings(
    provider: SnomedProvider, made: Clinic
) -> None:
    three = "{fracture}:{{{morphology}={tablet}}},{{{morphology}={arm}}}"

    assert said(provider, made, "{pill}:{unit}={break},{intent}={arm}") == []
    assert said(provider, made, "{pill}:{unit}={tablet},{intent}={arm}") == [
        (
            "error",
            f"attribute {made['unit']} |Unit| 2 times in all: 1..1 (domain {made['drug']} |Drug|)",
        )
    ]
    assert said(provider, made, three) == [
        (
            "error",
            f"attribute {made['morphology']} |Morphology| 3 times in all: 0..2 "
            f"(domain {made['disease']} |Disease|)",
        )
    ]


def test_an_attribute_that_a_domain_requires_must_be_there_or_be_inherited(
    provider: SnomedProvider, made: Clinic
) -> None:
    where = f"(domain {made['drug']} |Drug|)"

    assert said(provider, made, "{drug}+{drug}") == [
        ("error", f"attribute {made['unit']} |Unit| 0 times in all: 1..1 {where}"),
        ("warning", f"attribute {made['intent']} |Intent| 0 times in all: 1..* {where}"),
    ]
    assert [severity for severity, _ in said(provider, made, "{pill}+{pill}")] == ["warning"]


def test_a_mandatory_and_an_optional_range_are_kept_each_by_itself(
    provider: SnomedProvider, made: Clinic
) -> None:
    assert said(provider, made, "{disease}:{site}={arm}") == []
    [(severity, text)] = said(provider, made, "{disease}:{site}={body}")
    assert (severity, text.rpartition(": ")[2]) == ("warning", f"its range is << {made['limb']}")
    [(severity, text)] = said(provider, made, "{disease}:{site}={break}")
    assert (severity, text.rpartition(": ")[2]) == ("error", f"its range is << {made['body']}")


def test_a_domain_that_is_a_reference_set_decides_nothing_without_its_constraint(
    provider: SnomedProvider, made: Clinic
) -> None:
    # the optional rule of `count`; its members are not told by a row of the domains
    assert said(provider, made, "{limb}:{count}=#1") == []


def test_a_refined_value_is_in_a_range_that_asks_for_the_refinement(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = clinic()
    domain_row(made, "site", "disease", MANDATORY)
    domain_row(made, "count", "body", MANDATORY)
    range_row(made, "site", f"<< {made['limb']} : {made['count']} = #2")
    provider = provider_of(made.release, tmp_path_factory.mktemp("refined"))

    assert said(provider, made, "{disease}:{site}=({arm}:{count}=#2)") == []
    assert len(said(provider, made, "{disease}:{site}=({arm}:{count}=#3)")) == 1
    assert len(said(provider, made, "{disease}:{site}={arm}")) == 1
    provider.stored.pack.close()


@pytest.mark.parametrize(("module", "found"), [(CORE, 1), (MODEL, 0)])
def test_the_scope_says_which_rules_are_for_the_module_of_the_edition(
    tmp_path_factory: pytest.TempPathFactory, module: str, found: int
) -> None:
    made = clinic()
    made.codes["own"] = made.release.concept("Own attribute domains", REFERENCE_SETS)
    domain_row(made, "site", "disease", MANDATORY)
    domain_row(made, "site", "body", MANDATORY, refset=made["own"])
    made.release.member(
        SCOPE,
        module,
        [made["own"]],
        name="MRCMModuleScope",
        pattern="c",
        columns=("mrcmRuleRefsetId",),
    )
    provider = provider_of(made.release, tmp_path_factory.mktemp("scope"))

    assert len(said(provider, made, "{disease}:{site}={arm}")) == found
    assert len(said(provider, made, "{body}:{site}={arm}")) == 1 - found
    provider.stored.pack.close()


@pytest.mark.parametrize(
    ("slot", "number", "expected"),
    [
        ("int(>#0..)", "1", True),
        ("int(>#0..)", "0", False),
        ("int(>#0..)", "1.5", False),
        ("int(#0..)", "0", True),
        ("dec(>#0..)", "0.5", True),
        ("dec(#0..<#5)", "5", False),
        ("dec(#0..#5)", "5", True),
        ("dec(..#-1)", "-1.5", True),
        ("int(#1 #3 #7..#9)", "3", True),
        ("int(#1 #3 #7..#9)", "4", False),
        ("int(#1 #3 #7..#9)", "8", True),
        ("int()", "12", True),
        ("int(about 3)", "3", None),
        ("str()", "3", False),
        ("bool(true)", "1", False),
    ],
)
def test_numbers_fit_slots(slot: str, number: str, expected: bool | None) -> None:
    assert fits_slot(slot, Plain(text=number, kind="number")) is expected


def test_texts_and_truth_values_fit_slots() -> None:
    assert fits_slot('str("a b" "c")', Plain(text="a b", kind="string")) is True
    assert fits_slot('str("a b" "c")', Plain(text="b", kind="string")) is False
    assert fits_slot('str("say \\"a\\"")', Plain(text='say "a"', kind="string")) is True
    assert fits_slot("bool(TRUE)", Plain(text="true", kind="boolean")) is True
    assert fits_slot("bool(TRUE)", Plain(text="false", kind="boolean")) is False
    assert not is_slot("<< 73211009 |int(5)|")
    assert fits_slot("<< 73211009", Plain(text="a", kind="string")) is None


def test_the_rules_of_an_edition_are_read_once(
    provider: SnomedProvider, made: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(provider, made, "{arm}:{count}=#2")
    monkeypatch.setattr(provider.stored, "refset_rows", lambda refset: pytest.fail(str(refset)))

    assert said(provider, made, "{arm}:{count}=#2") == []


def terse(provider: SnomedProvider, made: Clinic, text: str) -> str:
    member = provider.find(text.format_map(made.codes))
    assert isinstance(member, str)
    (found,) = provider.property_values(member, "normalFormTerse")
    return str(found)


def test_a_normal_form_leaves_attributes_that_are_never_grouped_outside_of_braces(
    provider: SnomedProvider, made: Clinic
) -> None:
    found = terse(provider, made, "{fracture of arm}:{count}=#2,{site}={left arm}")

    assert found == (
        "=== {fracture of arm}:{count}=#1,{count}=#2,"
        "{{{site}={arm},{morphology}={break}}},{{{site}={left arm}}}"
    ).format_map(made.codes)


def test_without_rules_the_rows_of_the_release_say_what_is_never_grouped(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = clinic()
    provider = provider_of(made.release, tmp_path_factory.mktemp("rows"))

    found = terse(provider, made, "{fracture}:{site}=({arm}:{count}=#2)")
    assert found == (
        "=== {fracture}:{{{site}=({arm}:{count}=#2)}},{{{morphology}={break}}}"
    ).format_map(made.codes)
    provider.stored.pack.close()


def test_the_definitions_of_the_shared_release_break_none_of_its_rules(
    shared: Path, tmp_path: Path
) -> None:
    version = "http://snomed.info/xsct/31000003106/version/20250909"
    source = shared / "tx-ecosystem" / "tx-source" / "snomed"
    reading = LOADER.read([source], LoadOptions(version=version), lambda what, done, total: None)
    pack = Pack.open(build_pack(tmp_path, reading.header, reading.records).path)
    provider = SnomedProvider(pack.provider(pack.systems()[0]))

    checked, wrong = 0, []
    for one in provider.all() - provider.inactive():
        (text,) = provider.property_values(one, "normalFormTerse")
        if provider.properties(one):
            checked += 1
            wrong += [one.text for one in provider.notes(str(text)) if one.tx_type == "code-rule"]
    assert wrong == []
    assert checked == 1080
    # laterality is no attribute of procedures, and never in a group
    [issue] = provider.notes("367430006:{272741003=24028007}")
    assert issue.severity == "error"
    [grouped] = provider.notes("10200004:{272741003=24028007}")
    assert "stands outside of the braces" in grouped.text
    pack.close()

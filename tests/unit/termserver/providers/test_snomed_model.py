"""Expressions against the concept model of a made-up edition."""

from collections.abc import Iterator

import pytest

from termserver.providers.snomed import SnomedProvider
from tests.snomed_edition import Clinic, clinic, provider_of

DOMAIN, ATTRIBUTE_DOMAIN, ATTRIBUTE_RANGE = "723560006", "723561005", "723562003"
MANDATORY, OPTIONAL = "723597001", "723598006"
ALL, PRECOORDINATED, POSTCOORDINATED = "723596005", "723594008", "723595009"


def domain_row(
    made: Clinic,
    name: str,
    domain: str,
    strength: str,
    content: str = ALL,
    *,
    use: tuple[str, str, str] = ("1", "0..*", "0..1"),
    refset: str = ATTRIBUTE_DOMAIN,
) -> None:
    """Add a rule; `use`: grouped, cardinality in all, cardinality in a group."""
    made.release.member(
        refset,
        made[name],
        [made.codes.get(domain, domain), *use, strength, content],
        name="MRCMAttributeDomain",
        pattern="cisscc",
        columns=(
            *("domainId", "grouped", "attributeCardinality", "attributeInGroupCardinality"),
            *("ruleStrengthId", "contentTypeId"),
        ),
    )


def range_row(
    made: Clinic, name: str, constraint: str, content: str = ALL, strength: str = MANDATORY
) -> None:
    made.release.member(
        ATTRIBUTE_RANGE,
        made[name],
        [constraint, "", strength, content],
        name="MRCMAttributeRange",
        pattern="sscc",
        columns=("rangeConstraint", "attributeRule", "ruleStrengthId", "contentTypeId"),
    )


def constraint_row(made: Clinic, domain: str, constraint: str) -> None:
    names = ("domainConstraint", "parentDomain", "proximalPrimitiveConstraint")
    made.release.member(
        DOMAIN, made[domain], [constraint, "", ""], name="MRCMDomain", pattern="sss", columns=names
    )


@pytest.fixture(scope="module")
def made() -> Clinic:
    made = clinic()
    domain_row(made, "site", "disease", MANDATORY)
    domain_row(made, "count", "limb", OPTIONAL, POSTCOORDINATED)
    domain_row(made, "count", "disease", MANDATORY, PRECOORDINATED)
    constraint_row(made, "limb", f"< {made['limb']}")
    range_row(made, "site", f"<< {made['limb']} |Limb|")
    range_row(made, "count", "int(>#0..)")
    range_row(made, "morphology", "<< 73211009 |Not in this edition|")
    return made


@pytest.fixture(scope="module")
def provider(made: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnomedProvider]:
    found = provider_of(made.release, tmp_path_factory.mktemp("model"))
    yield found
    found.stored.pack.close()


def notes(provider: SnomedProvider, text: str) -> list[tuple[str, str | None, str]]:
    member = provider.find(text)
    assert isinstance(member, str), provider.why_unknown(text)
    return [(one.severity, one.tx_type, one.text) for one in provider.notes(member)]


def test_what_the_model_allows_has_the_note_alone(provider: SnomedProvider, made: Clinic) -> None:
    fracture, site, arm = made["fracture"], made["site"], made["arm"]

    for text in (f"{fracture}:{site}={arm}", f"{fracture}:{{{site}=({arm}:{made['count']}=#1)}}"):
        [(severity, kind, _)] = notes(provider, text)
        assert (severity, kind) == ("information", "process-note")


def test_what_a_mandatory_domain_leaves_out_is_an_error(
    provider: SnomedProvider, made: Clinic
) -> None:
    body, site = made["body"], made["site"]

    assert notes(provider, f"{body}:{site}={made['arm']}") == [
        (
            "error",
            "code-rule",
            f"The concept model does not allow the attribute {site} |Site| with {body} |Body|: it "
            f"is for {made['disease']} |Disease|",
        )
    ]
    assert provider.find(f"{body}:{site}={made['arm']}") is not None


def test_one_focus_concept_in_the_domain_is_enough(provider: SnomedProvider, made: Clinic) -> None:
    text = f"{made['body']}+{made['fracture']}:{made['site']}={made['arm']}"

    assert [kind for _, kind, _ in notes(provider, text)] == ["process-note"]


def test_a_domain_is_what_its_constraint_selects(provider: SnomedProvider, made: Clinic) -> None:
    count = made["count"]

    [(severity, _, text)] = notes(provider, f"{made['limb']}:{count}=#1")
    assert severity == "warning"  # an optional rule
    assert text.endswith(f"it is for {made['limb']} |Limb|")
    assert [kind for _, kind, _ in notes(provider, f"{made['arm']}:{count}=#1")] == ["process-note"]


def test_a_value_out_of_range_is_an_error(provider: SnomedProvider, made: Clinic) -> None:
    fracture, site = made["fracture"], made["site"]

    found = notes(provider, f"{fracture}:{site}={made['break']}")
    assert [(severity, text) for severity, _, text in found] == [
        (
            "error",
            f"The concept model does not allow the value {made['break']} |Break| of the attribute "
            f"{site} |Site|: its range is << {made['limb']} |Limb|",
        )
    ]
    [(_, _, text)] = notes(provider, f'{made["arm"]}:{made["count"]}="two"')
    assert "does not allow the value two" in text


def test_nested_expressions_are_checked_by_their_own_focus(
    provider: SnomedProvider, made: Clinic
) -> None:
    inner = f"({made['arm']}:{made['site']}={made['arm']})"

    [(_, _, text)] = notes(provider, f"{made['fracture']}:{made['site']}={inner}")
    assert f"with {made['arm']} |Arm|" in text


def test_an_attribute_without_rule_is_named_and_a_range_that_cannot_be_told_is_passed_over(
    provider: SnomedProvider, made: Clinic
) -> None:
    text = f"{made['fracture']}:{made['morphology']}={made['break']}"

    assert [(severity, said.partition(": ")[2]) for severity, _, said in notes(provider, text)] == [
        ("information", "the edition has no rule for it")
    ]


def test_an_edition_without_rules_finds_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    made = clinic()
    provider = provider_of(made.release, tmp_path_factory.mktemp("none"))

    text = f"{made['body']}:{made['site']}={made['break']}"
    assert [kind for _, kind, _ in notes(provider, text)] == ["process-note"]
    provider.stored.pack.close()

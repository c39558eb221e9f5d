from collections.abc import Iterator

import pytest

from termserver.errors import InvalidExpression
from termserver.model import FilterClause, Ordinal
from termserver.providers.snomed import SnomedProvider
from termserver.providers.snomed_grammar import parse_expression
from tests.rf2_release import CORE
from tests.snomed_edition import Clinic, clinic, provider_of


@pytest.fixture(scope="module")
def made() -> Clinic:
    return clinic()


@pytest.fixture(scope="module")
def provider(made: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnomedProvider]:
    found = provider_of(made.release, tmp_path_factory.mktemp("clinic"))
    yield found
    found.stored.pack.close()


def of_arm(made: Clinic, site: str = "arm") -> str:
    """Return `fracture: {site = …, morphology = break}`, which is what `fracture of arm` is."""
    return (
        f"{made['fracture']}:{{{made['site']}={made[site]},{made['morphology']}={made['break']}}}"
    )


def ordinal(provider: SnomedProvider, code: str) -> Ordinal:
    found = provider.find(code)
    assert isinstance(found, int)
    return found


def holds(provider: SnomedProvider, prop: str, op: str, value: str, text: str) -> bool:
    member = provider.find(text)
    assert isinstance(member, str)
    return provider.contains(FilterClause(property=prop, op=op, value=value), member)


def test_a_valid_expression_is_a_member_as_it_is_written(
    provider: SnomedProvider, made: Clinic
) -> None:
    text = f"{made['fracture']} |Fracture| : {made['site']} = {made['arm']}"

    assert provider.find(text) == text
    assert provider.code_of(text) == text


def test_one_concept_with_its_term_is_that_concept(provider: SnomedProvider, made: Clinic) -> None:
    assert provider.find(f"{made['arm']} |Arm|") == provider.find(made["arm"])


def test_the_display_has_the_terms_of_the_edition(provider: SnomedProvider, made: Clinic) -> None:
    text = (
        f"{made['disease']} + {made['fracture']} |whatever| :\n"
        f"{made['count']} = #2 , {{ {made['site']} = ( {made['arm']} : {made['count']} = #3.50 ) }}"
    )

    assert provider.display_of(text) == (
        f"{made['disease']}|Disease|+{made['fracture']}|Fracture|:{made['count']}|Count|=#2,"
        f"{{{made['site']}|Site|=({made['arm']}|Arm|:{made['count']}|Count|=#3.50)}}"
    )


def test_an_unknown_concept_is_named(provider: SnomedProvider, made: Clinic) -> None:
    text = f"{made['fracture']}:{made['site']}=73211009"

    why = provider.why_unknown(text)

    assert provider.find(text) is None
    assert why is not None
    assert why.text == "Not a valid expression: Concept 73211009 is not known"


def test_an_attribute_must_be_one(provider: SnomedProvider, made: Clinic) -> None:
    why = provider.why_unknown(f"{made['fracture']}:{made['arm']}={made['site']}")

    assert why is not None
    assert why.text == (
        f"Not a valid expression: Concept {made['arm']} is not valid in this context (must be a "
        "descendent of one of 410662002,106237007)"
    )


def test_a_code_that_is_no_try_at_an_expression_gets_no_explanation(
    provider: SnomedProvider,
) -> None:
    assert provider.find("nonsense") is None
    assert provider.why_unknown("nonsense") is None


def test_a_valid_expression_is_said_to_be_unchecked_by_the_concept_model(
    provider: SnomedProvider, made: Clinic
) -> None:
    (note,) = provider.notes(of_arm(made))

    assert "has not been checked against the SNOMED CT concept model (MRCM)" in note.text
    assert provider.notes(ordinal(provider, made["arm"])) == ()


@pytest.mark.parametrize(
    ("op", "root", "expected"),
    [
        ("is-a", "fracture", True),
        ("is-a", "disease", True),
        ("is-a", "fracture of arm", False),
        ("is-not-a", "body", True),
        ("descendent-of", "fracture", True),
        ("child-of", "fracture", False),
        ("descendent-leaf", "fracture", False),
        ("generalizes", "fracture of arm", True),
        ("generalizes", "fracture", False),
    ],
)
def test_hierarchical_filters_hold_by_subsumption(
    provider: SnomedProvider, made: Clinic, op: str, root: str, expected: bool
) -> None:
    assert holds(provider, "concept", op, made[root], of_arm(made, "limb")) is expected


def test_what_has_the_whole_definition_is_below_a_defined_concept(
    provider: SnomedProvider, made: Clinic
) -> None:
    whole = f"{of_arm(made, 'left arm')[:-1]}}},{{{made['count']}=#1}}"
    without_count = of_arm(made, "left arm")

    assert holds(provider, "concept", "is-a", made["fracture of arm"], whole)
    assert not holds(provider, "concept", "is-a", made["fracture of arm"], without_count)


def test_expressions_subsume_each_other(provider: SnomedProvider, made: Clinic) -> None:
    wide, narrow = of_arm(made), of_arm(made, "left arm")

    assert provider.subsumes(wide, narrow)
    assert not provider.subsumes(narrow, wide)
    assert provider.subsumes(wide, ordinal(provider, made["fracture of arm"]))
    assert provider.same(wide, of_arm(made).replace(":", " : "))


def test_a_primitive_expression_subsumes_nothing_but_itself(
    provider: SnomedProvider, made: Clinic
) -> None:
    assert not provider.subsumes(f"<<< {of_arm(made)}", of_arm(made, "left arm"))
    assert provider.subsumes(of_arm(made), f"<<< {of_arm(made, 'left arm')}")


@pytest.mark.parametrize(
    ("prop", "op", "value", "expected"),
    [
        ("site", "=", "limb", True),
        ("site", "=", "arm", False),
        ("site", "in", "arm, limb", True),
        ("site", "exists", "true", True),
        ("site", "exists", "false", False),
        ("count", "exists", "true", False),
        ("morphology", "=", "break", True),
        ("inactive", "=", "false", True),
        ("inactive", "=", "true", False),
        ("moduleId", "=", CORE, True),
        ("semanticTag", "in", "disorder,finding", True),
        ("semanticTag", "regex", "body.*", False),
        ("sufficientlyDefined", "=", "true", True),
        ("parent", "=", "disease", True),
        ("concept", "not-in", "disease", True),
    ],
)
def test_property_filters_hold_by_the_refinement_and_the_focus(
    provider: SnomedProvider, made: Clinic, prop: str, op: str, value: str, expected: bool
) -> None:
    wanted = ",".join(made.codes.get(one.strip(), one) for one in value.split(","))

    found = holds(provider, made.codes.get(prop, prop), op, wanted, of_arm(made, "limb"))

    assert found is expected


def test_an_expression_is_in_no_reference_set(provider: SnomedProvider, made: Clinic) -> None:
    assert not holds(provider, "concept", "in", made["set"], of_arm(made))


def test_expressions_may_be_ruled_out(provider: SnomedProvider, made: Clinic) -> None:
    assert holds(provider, "expressions", "=", "true", of_arm(made))
    assert not holds(provider, "expressions", "=", "false", of_arm(made))


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("*", True),
        ("<< {fracture}", True),
        ("< {fracture}", True),
        ("<! {fracture}", False),
        ("> {fracture}", False),
        ("> {fracture of arm}", False),
        ("^ {set}", False),
        ("< {disease} : {site} = << {limb}", True),
        ("< {disease} : {site} = {limb}", False),
        ("< {disease} : {{ {site} = << {limb}, {morphology} = * }}", True),
        ("< {disease} : [2..*] {site} = *", False),
        ("< {disease} : [0..0] {site} = *", False),
        ("< {disease} : {count} = #1", False),
        ("<< {disease} MINUS << {fracture}", False),
        ("<< {body} OR << {disease}", True),
        ("<< {disease} {{{{ C definitionStatus = defined }}}}", True),
        ('<< {disease} {{{{ term = "fracture" }}}}', False),
    ],
)
def test_constraints_hold_for_expressions(
    provider: SnomedProvider, made: Clinic, constraint: str, expected: bool
) -> None:
    text = constraint.format(**made.codes)

    assert holds(provider, "constraint", "=", text, of_arm(made, "left arm")) is expected


def test_a_nested_expression_is_a_value_of_its_own(provider: SnomedProvider, made: Clinic) -> None:
    text = f"{made['fracture']}:{made['site']}=({made['arm']}:{made['count']}=#2)"
    wanted = f"{made['disease']} : {made['site']} = (<< {made['limb']} : {made['count']} > #1)"

    assert holds(provider, "constraint", "=", f"<< {wanted}", text)


def test_a_lookup_shows_the_refinement_then_what_the_focus_has(
    provider: SnomedProvider, made: Clinic
) -> None:
    concept = provider.concept(of_arm(made))

    shown = [(one.code, one.value) for one in concept.properties]
    assert shown == [
        (made["site"], made["arm"]),
        (made["morphology"], made["break"]),
        ("effectiveTime", "2025-08-01"),
        ("module", "900000000000207008"),
        ("parent", made["disease"]),
        ("child", made["fracture of arm"]),
    ]
    (name,) = concept.designations
    assert (name.language, name.value) == ("en-US", concept.display)


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("", 0, "a concept identifier"),
        ("123", 0, "a concept identifier"),
        ("73211009:", 9, "a concept identifier"),
        ("73211009 |x", 9, "a term between two '|'"),
        ("73211009:363698007", 18, "'='"),
        ("73211009:{363698007=73211009", 28, "',' or '}'"),
        ("73211009:363698007=(73211009", 28, "')'"),
        ("73211009:363698007=#01", 19, "a concept identifier"),
        ("73211009:{363698007=73211009},363698007=73211009", 30, "'{' (attributes without a group"),
        ("73211009 73211009", 9, "':', '+', ','"),
    ],
)
def test_a_fault_of_grammar_has_its_position(text: str, position: int, expected: str) -> None:
    with pytest.raises(InvalidExpression) as caught:
        parse_expression(text)

    assert caught.value.position == position
    assert caught.value.expected.startswith(expected)


def test_deep_nesting_is_refused() -> None:
    text = "73211009:363698007=(" * 40 + "73211009" + ")" * 40

    with pytest.raises(InvalidExpression, match="no more than 32"):
        parse_expression(text)

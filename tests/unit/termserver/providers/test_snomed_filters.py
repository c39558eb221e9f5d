"""Every filter of FHIR's page on SNOMED CT and FHIR's general operators, each by its exact answer.

Whatever `select` gives, `contains` says of every concept.
"""

from collections.abc import Iterator

import pytest

from termserver.conceptset import ConceptSet
from termserver.errors import InvalidValueSet, NotSupported, TerminologyError, UnknownCode
from termserver.model import FilterClause
from termserver.providers.snomed import SnomedProvider
from tests.rf2_release import CORE, MODEL, PREFERRED, ROOT, US, international
from tests.snomed_edition import Clinic, clinic, provider_of

DISORDERS = ("Disease", "Fracture", "Fracture of arm")
BODY = ("Arm", "Body", "Left arm", "Limb")


@pytest.fixture(scope="module")
def made() -> Clinic:
    made = clinic()
    made.codes["burn"] = made.release.concept(
        "Burn", made["disease"], tag="disorder", time="20240101"
    )
    made.release.relationship(made["burn"], made["site"], made["limb"])
    made.release.member(made["set"], made["burn"])
    return made


@pytest.fixture(scope="module")
def provider(made: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnomedProvider]:
    found = provider_of(made.release, tmp_path_factory.mktemp("filters"))
    yield found
    found.stored.pack.close()


def clause_of(made: Clinic, text: str) -> FilterClause:
    """Return `property op value`; names of the clinic in braces."""
    name, op, value = text.split(" ", 2)
    codes = {key.replace(" ", "_"): code for key, code in made.codes.items()}
    return FilterClause(property=name.format(**codes), op=op, value=value.format(**codes))


def selected(provider: SnomedProvider, made: Clinic, text: str) -> tuple[str, ...]:
    clause = clause_of(made, text)
    found = provider.select(clause)
    assert found == ConceptSet.of(one for one in provider.all() if provider.contains(clause, one))
    return tuple(sorted(str(provider.display_of(one)) for one in found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("concept is-a {limb}", ("Arm", "Left arm", "Limb")),
        ("code is-a {limb}", ("Arm", "Left arm", "Limb")),
        ("concept descendent-of {limb}", ("Arm", "Left arm")),
        ("concept descendant-of {limb}", ("Arm", "Left arm")),
        ("concept generalizes {arm}", ("Arm", "Body", "Limb", "SNOMED CT Concept")),
        ("concept child-of {disease}", ("Burn", "Fracture")),
        ("concept descendent-leaf {disease}", ("Burn", "Fracture of arm")),
        ("concept = {arm}", ("Arm",)),
        ("concept in {set}", ("Burn", "Fracture")),
        ("concept in {arm},{burn}", ("Arm", "Burn")),
        ("concept regex {arm}", ("Arm",)),
        ("constraint = << {limb} OR {break}", ("Arm", "Break", "Left arm", "Limb")),
        ("constraint = ^ {set}", ("Burn", "Fracture")),
        ("{site} = {limb}", ("Burn",)),
        ("{site} in {limb}, {arm}", ("Burn", "Fracture of arm")),
        ("{site} exists true", ("Burn", "Fracture of arm")),
        ("{count} = 1", ("Fracture of arm",)),
        ("{count} in 1,2", ("Fracture of arm",)),
        ("{count} exists true", ("Fracture of arm",)),
        ("http://snomed.info/id/{site} = {limb}", ("Burn",)),
        ("inactive = true", ("Old fracture",)),
        ("inactive in true", ("Old fracture",)),
        ("effectiveTime = 2024-01-01", ("Burn",)),
        ("effectiveTime in 2024-01-01,2023-01-01", ("Burn",)),
        ("effectiveTime regex 2024-.*", ("Burn",)),
        ("semanticTag = body structure", BODY),
        ("semanticTag in disorder,body structure", (*BODY, "Burn", *DISORDERS[:2])),
        ("semanticTag regex morph.*", ("Break", "Shape")),
        ("sufficientlyDefined = true", ("Fracture of arm",)),
        ("sufficientlyDefined not-in false", ("Fracture of arm",)),
        ("parent = {disease}", ("Burn", "Fracture")),
        ("parent in {limb},{shape}", ("Arm", "Break")),
        ("child = {arm}", ("Limb",)),
        ("child exists true", ()),
        ("display = Arm", ("Arm",)),
        ("display regex .*arm", ("Fracture of arm", "Left arm")),
    ],
)
def test_filters_select(
    provider: SnomedProvider, made: Clinic, text: str, expected: tuple[str, ...]
) -> None:
    found = selected(provider, made, text)

    if text == "child exists true":
        assert {"Arm", "Body", "Limb", "Disease"} <= set(found)
        assert not {"Left arm", "Burn"} & set(found)
    else:
        assert found == tuple(sorted(expected))


@pytest.mark.parametrize(
    ("text", "complement"),
    [
        ("concept is-not-a {limb}", "concept is-a {limb}"),
        ("concept not-in {set}", "concept in {set}"),
        ("concept not-in {arm},{burn}", "concept in {arm},{burn}"),
        ("concept not-in *", "concept in *"),
        ("{site} not-in {limb}", "{site} = {limb}"),
        ("{site} not-in {limb},{arm}", "{site} exists true"),
        ("{site} exists false", "{site} exists true"),
        ("{count} not-in 1", "{count} exists true"),
        ("inactive = false", "inactive = true"),
        ("moduleId not-in " + MODEL, "moduleId = " + MODEL),
        ("moduleId = " + CORE, "module in " + MODEL),
        ("semanticTag not-in disorder", "semanticTag = disorder"),
        ("effectiveTime not-in 2024-01-01", "effectiveTime = 2024-01-01"),
        ("parent exists false", "parent exists true"),
    ],
)
def test_filters_that_are_the_complement_of_others(
    provider: SnomedProvider, made: Clinic, text: str, complement: str
) -> None:
    everything = {str(provider.display_of(one)) for one in provider.all()}
    found, rest = selected(provider, made, text), selected(provider, made, complement)

    assert rest
    assert len(found) + len(rest) == len(provider.all())
    assert set(found) | set(rest) == everything


@pytest.mark.parametrize(
    ("text", "error", "named"),
    [
        ("colour = red", InvalidValueSet, "'colour'"),
        ("concept is-b {arm}", NotSupported, "'is-b'"),
        ("concept is-a 73211009", UnknownCode, "73211009"),
        ("concept in 73211009", UnknownCode, "73211009"),
        ("inactive is-a {arm}", InvalidValueSet, "'inactive'"),
        ("inactive exists maybe", InvalidValueSet, "maybe"),
        ("73211009 = {arm}", UnknownCode, "73211009"),
        ("{arm} = {limb}", InvalidValueSet, "no attribute"),
        ("{arm} exists false", InvalidValueSet, "no attribute"),
        ("{site} = 73211009", UnknownCode, "73211009"),
        ("{site} is-a {arm}", NotSupported, "constraint"),
        ("{site} regex .*", NotSupported, "'regex'"),
        ("{site} exists maybe", InvalidValueSet, "true or false"),
        ("constraint in << {arm}", NotSupported, "'in'"),
        ("constraint = << 73211009", UnknownCode, "73211009"),
        ("expressions in true", InvalidValueSet, "expressions in true"),
        ("expressions = maybe", InvalidValueSet, "expressions = maybe"),
        ("normalForm = x", NotSupported, "normalForm"),
        ("normalFormTerse exists true", NotSupported, "normalFormTerse"),
    ],
)
def test_what_is_not_known_is_refused_by_name(
    provider: SnomedProvider, made: Clinic, text: str, error: type[TerminologyError], named: str
) -> None:
    clause = clause_of(made, text)
    arm = provider.find(made["arm"])
    assert arm is not None

    for ask in (lambda: provider.select(clause), lambda: provider.contains(clause, arm)):
        with pytest.raises(error) as caught:
            ask()
        assert named in caught.value.text


def test_expressions_are_in_what_no_reference_set_holds(
    provider: SnomedProvider, made: Clinic
) -> None:
    text = f"{made['fracture']}:{made['site']}={made['arm']}"

    for clause, expected in {
        "concept in {set}": False,
        "concept not-in {set}": True,
        "concept in *": False,
        "concept in {arm},{fracture}": False,
        "{site} not-in {arm}": False,
        "{site} not-in {limb}": True,
    }.items():
        assert provider.contains(clause_of(made, clause), text) is expected, clause


def test_a_semantic_tag_is_that_of_the_active_full_name(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    release = international()
    codes = [release.concept(None, ROOT) for _ in range(3)]
    for code, names in zip(
        codes,
        (
            (("Was (finding)", False), ("Is (disorder)", True)),
            (("Gone (finding)", False),),
            (("No tag at all", True),),
        ),
        strict=True,
    ):
        for term, active in names:
            release.description(
                code, term, kind="900000000000003001", active=active, accept={US: PREFERRED}
            )
    provider = provider_of(release, tmp_path_factory.mktemp("tags"))

    tags = {
        tag: [
            code
            for code in codes
            if provider.find(code)
            in provider.select(FilterClause(property="semanticTag", op="=", value=tag))
        ]
        for tag in ("disorder", "finding")
    }
    assert tags == {"disorder": [codes[0]], "finding": [codes[1]]}
    none = provider.select(FilterClause(property="semanticTag", op="exists", value="false"))
    assert provider.find(codes[2]) in none
    for one in (FilterClause(property="semanticTag", op="=", value=tag) for tag in tags):
        found = provider.select(one)
        assert found == ConceptSet.of(it for it in provider.all() if provider.contains(one, it))
    provider.stored.pack.close()

"""Extended maps over a made-up release: rules, groups, and what dependencies decide."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from termserver.conceptmap import MapValue
from termserver.library import Home
from termserver.model import Coding
from termserver.operations.map_rules import patient_of
from termserver.operations.translate import Dependency, TranslateRequest, Translation, translate
from termserver.providers.snomed_rules import FEMALE, MALE, Patient
from termserver.systems import SNOMED_CT
from tests.rf2_release import EXTENDED_MAP, ROOT, international
from tests.snomed_edition import home_of

AGE = "445518008"
ID = "http://snomed.info/id/"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, dict[str, str]]]:
    release = international()
    codes: dict[str, str] = {}
    for code, term in ((EXTENDED_MAP, "ICD-10 map"), ("447637006", "Properly classified")):
        release.concept(term, ROOT, id=code, tag="foundation")
    for code, term in ((FEMALE, "Female"), (MALE, "Male"), (AGE, "Age at onset")):
        release.concept(term, ROOT, id=code)
    codes["infertile"] = release.concept("Infertile", ROOT)
    codes["cramp"] = release.concept("Cramp", ROOT)
    codes["pregnant"] = release.concept("Pregnant", ROOT)
    codes["third month"] = release.concept("Third month of pregnancy", codes["pregnant"])
    codes["nowhere"] = release.concept("Nowhere", ROOT)
    row = release.extended_map
    # not in order, and two groups
    row(codes["infertile"], 2, 1, "TRUE", "ALWAYS Z31.6", "Z31.6")
    row(codes["infertile"], 1, 3, "OTHERWISE TRUE", "ALWAYS N46.9", "N46.9")
    row(codes["infertile"], 1, 1, f"IFA {FEMALE} | Female |", "IF FEMALE CHOOSE N97.9", "N97.9")
    row(codes["infertile"], 1, 2, f"IFA {MALE} | Male |", "IF MALE CHOOSE N46", "N46")
    row(codes["cramp"], 1, 1, f"IFA {AGE} | Age at onset | < 28.0 days", "IF NEWBORN", "P90")
    row(codes["cramp"], 1, 2, f"IFA {codes['pregnant']} | Pregnant |", "IF PREGNANT", "O99.8")
    row(codes["cramp"], 1, 3, "OTHERWISE TRUE", "ALWAYS R25.2", "R25.2")
    row(codes["nowhere"], 1, 1, "TRUE", "CANNOT BE CLASSIFIED", "")
    home = home_of(release, tmp_path_factory.mktemp("maps"))
    yield home, codes
    home.close()


def ask(
    home: Home, code: str, *dependencies: tuple[str, MapValue], release: str = "5.0"
) -> Translation:
    request = TranslateRequest(
        url=f"{SNOMED_CT}?fhir_cm={EXTENDED_MAP}",
        codings=(Coding(system=SNOMED_CT, code=code),),
        dependencies=tuple(Dependency(attribute=name, values=(one,)) for name, one in dependencies),
    )
    return translate(home.terminology(release), request)


def targets(answer: Translation) -> list[str | None]:
    return [one.concept.code for one in answer.matches]


def sex(code: str) -> tuple[str, MapValue]:
    return f"{ID}263495000", Coding(system=SNOMED_CT, code=code)


def test_each_group_gives_one_target_by_group_and_priority(
    made: tuple[Home, dict[str, str]],
) -> None:
    home, codes = made

    female = ask(home, codes["infertile"], sex(FEMALE))
    assert targets(female) == ["N97.9", "Z31.6"]
    assert [one.depends_on for one in female.matches] == [(), ()]
    assert female.message is None
    assert targets(ask(home, codes["infertile"], sex(MALE))) == ["N46", "Z31.6"]


@pytest.mark.parametrize("release", ["4.0", "5.0"])
def test_what_is_not_decided_is_answered_as_alternatives_with_their_rules(
    made: tuple[Home, dict[str, str]], release: str
) -> None:
    home, codes = made
    answer = ask(home, codes["infertile"], release=release)

    assert targets(answer) == ["N97.9", "N46", "N46.9", "Z31.6"]
    assert [[it.value for it in one.depends_on] for one in answer.matches] == [
        [f"IFA {FEMALE} | Female |"],
        [f"IFA {MALE} | Male |"],
        ["OTHERWISE TRUE"],
        [],
    ]
    assert answer.message == (
        f"the target of map group 1 depends on rules: tell {FEMALE}, {MALE} by 'dependency'"
    )


def test_a_rule_that_is_known_not_to_hold_is_no_alternative(
    made: tuple[Home, dict[str, str]],
) -> None:
    home, codes = made

    grown = ask(home, codes["cramp"], (AGE, "30 years"))
    assert targets(grown) == ["O99.8", "R25.2"]
    decided = ask(home, codes["cramp"], (AGE, "30 years"), (codes["pregnant"], False))
    assert targets(decided) == ["R25.2"]
    assert decided.matches[0].depends_on == ()


def test_a_concept_below_the_one_that_a_rule_asks_for_satisfies_it(
    made: tuple[Home, dict[str, str]],
) -> None:
    home, codes = made
    month = Coding(system=SNOMED_CT, code=codes["third month"])

    assert targets(ask(home, codes["cramp"], (AGE, "30 years"), ("finding", month))) == ["O99.8"]
    assert targets(ask(home, codes["cramp"], (AGE, "3 weeks"), ("finding", month))) == ["P90"]


def test_a_rule_can_be_chosen_by_itself(made: tuple[Home, dict[str, str]]) -> None:
    home, codes = made
    open_match = ask(home, codes["infertile"]).matches[1]
    [condition] = open_match.depends_on
    assert isinstance(condition.value, str)

    chosen = ask(home, codes["infertile"], (condition.attribute, condition.value))
    assert targets(chosen) == ["N46", "Z31.6"]


def test_category_and_advice_are_kept(made: tuple[Home, dict[str, str]]) -> None:
    home, codes = made
    match = ask(home, codes["infertile"], sex(MALE)).matches[0]

    assert match.comment == "IF MALE CHOOSE N46"
    values = {one.uri: one.value for one in match.properties}
    field = "http://snomed.info/field/ExtendedMap."
    assert values[f"{field}mapRule"] == f"IFA {MALE} | Male |"
    assert values[f"{field}mapGroup"] == "1"
    assert values[f"{field}mapCategoryId"] == Coding(
        system=SNOMED_CT, code="447637006", display="Properly classified"
    )


def test_a_group_without_target_says_so_with_its_advice(
    made: tuple[Home, dict[str, str]],
) -> None:
    home, codes = made
    answer = ask(home, codes["nowhere"])

    assert (answer.result, answer.matches) == (False, ())
    assert answer.message == (
        "No translations found; map group 1 has no target: CANNOT BE CLASSIFIED"
    )


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        (AGE, "3 months", Patient(observables={AGE: 3 * 30.4375})),
        (f"{ID}{AGE}", {"value": 2, "code": "wk"}, Patient(observables={AGE: 14.0})),
        (AGE, {"value": 2, "code": "wk", "comparator": "<"}, Patient()),
        (AGE, {"value": "x", "code": "wk"}, Patient()),
        ("gender", "female", Patient(concepts=frozenset({FEMALE}))),
        (
            "gender",
            Coding(system="http://hl7.org/fhir/administrative-gender", code="male"),
            Patient(concepts=frozenset({MALE})),
        ),
        ("finding", "73211009", Patient(concepts=frozenset({"73211009"}))),
        ("finding", Coding(system="http://loinc.org", code="73211009"), Patient()),
        ("73211009", "true", Patient(concepts=frozenset({"73211009"}))),
        ("73211009", False, Patient(absent=frozenset({"73211009"}))),
    ],
)
def test_a_dependency_tells_of_the_patient(
    attribute: str, value: MapValue, expected: Patient
) -> None:
    assert patient_of([Dependency(attribute=attribute, values=(value,))]) == expected

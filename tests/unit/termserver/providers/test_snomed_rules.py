from dataclasses import dataclass

import pytest

from termserver.errors import InvalidExpression
from termserver.providers.snomed_rules import (
    Condition,
    MapRule,
    Patient,
    asked_by,
    choose_targets,
    decide,
    parse_rule,
)

FEMALE, MALE = "248152002", "248153007"
AGE = "445518008"


@dataclass(frozen=True)
class Row:
    group: int
    priority: int
    rule: str | None
    target: str


def is_a(concept: str, ancestor: str) -> bool:
    return concept == ancestor or (concept, ancestor) == ("22298006", "64572001")


def targets(rows: list[Row], patient: Patient) -> list[list[str]]:
    return [[row.target for row in one.rows] for one in choose_targets(rows, patient, is_a)]


def test_rules_without_a_condition() -> None:
    assert parse_rule("TRUE") == parse_rule("") == MapRule()
    assert parse_rule("OTHERWISE TRUE") == MapRule(otherwise=True)


def test_conditions_of_concepts_and_ages_are_joined() -> None:
    text = f"IFA {AGE} | Age at onset | >= 28.0 days AND IFA {AGE} | Age | < 1 year OR IFA {MALE}"

    assert parse_rule(text) == MapRule(
        alternatives=(
            (
                Condition(concept=AGE, order=">=", days=28.0),
                Condition(concept=AGE, order="<", days=365.25),
            ),
            (Condition(concept=MALE),),
        )
    )


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("IFA", 0),
        (f"IFA {MALE} XOR IFA {FEMALE}", 14),
        (f"IFA {AGE} < 3 fortnights", 18),
        ("PERHAPS", 0),
    ],
)
def test_a_fault_has_its_position(text: str, position: int) -> None:
    with pytest.raises(InvalidExpression) as caught:
        parse_rule(text)

    assert caught.value.position == position


@pytest.mark.parametrize(
    ("rule", "patient", "expected"),
    [
        (f"IFA {MALE}", Patient(concepts=frozenset({MALE})), True),
        (f"IFA {MALE}", Patient(concepts=frozenset({FEMALE})), False),
        (f"IFA {MALE}", Patient(), None),
        ("IFA 64572001 |Disease|", Patient(concepts=frozenset({"22298006"})), True),
        ("IFA 22298006", Patient(concepts=frozenset({"64572001"})), None),
        ("IFA 22298006", Patient(absent=frozenset({"64572001"})), False),
        ("IFA 64572001", Patient(absent=frozenset({"22298006"})), None),
        (f"IFA {AGE} < 28 days", Patient(observables={AGE: 3.0}), True),
        (f"IFA {AGE} < 28 days", Patient(observables={AGE: 28.0}), False),
        (f"IFA {AGE} < 28 days AND IFA {MALE}", Patient(observables={AGE: 28.0}), False),
        (f"IFA {AGE} < 28 days AND IFA {MALE}", Patient(observables={AGE: 3.0}), None),
        (f"IFA {AGE} < 28 days OR IFA {MALE}", Patient(observables={AGE: 3.0}), True),
    ],
)
def test_a_rule_holds_fails_or_stays_open(
    rule: str, patient: Patient, expected: bool | None
) -> None:
    assert decide(parse_rule(rule), patient, is_a) is expected


ROWS = [
    Row(1, 3, "OTHERWISE TRUE", "N46.9"),
    Row(1, 1, f"IFA {FEMALE} | Female |", "N97.9"),
    Row(1, 2, f"IFA {MALE} | Male |", "N46"),
    Row(2, 1, None, "Z99"),
]


def test_each_group_gives_the_first_target_whose_rule_holds() -> None:
    assert targets(ROWS, Patient(concepts=frozenset({MALE}))) == [["N46"], ["Z99"]]


def test_what_cannot_be_decided_is_left_as_alternatives_in_order() -> None:
    assert targets(ROWS, Patient()) == [["N97.9", "N46", "N46.9"], ["Z99"]]


def test_a_group_none_of_whose_rules_holds_gives_nothing() -> None:
    rows = [Row(1, 1, f"IFA {FEMALE}", "N97.9")]

    assert targets(rows, Patient(concepts=frozenset({MALE}))) == [[]]


def test_a_rule_that_does_not_parse_is_left_open() -> None:
    rows = [Row(1, 1, "PERHAPS", "A"), Row(1, 2, "TRUE", "B")]

    [choice] = choose_targets(rows, Patient(), is_a)

    assert ([row.target for row in choice.rows], choice.decided) == (["A", "B"], False)


def test_an_only_alternative_is_not_a_decision() -> None:
    [choice] = choose_targets([Row(1, 1, f"IFA {MALE}", "A")], Patient(), is_a)

    assert not choice.decided


def test_a_rule_names_the_concepts_that_it_asks_for() -> None:
    assert asked_by(f"IFA {AGE} < 28 days AND IFA {MALE} | Male |") == (AGE, MALE)
    assert asked_by("OTHERWISE TRUE") == asked_by("PERHAPS") == ()


def test_otherwise_is_asked_last_whatever_its_priority() -> None:
    rows = [
        Row(1, 1, "otherwise  true", "N46.9"),
        Row(1, 2, f"IFA {FEMALE} | Female |", "N97.9"),
        Row(1, 3, f"IFA {MALE} | Male |", "N46"),
    ]

    assert targets(rows, Patient(concepts=frozenset({MALE}))) == [["N46"]]
    assert targets(rows, Patient()) == [["N97.9", "N46", "N46.9"]]
    neither = Patient(absent=frozenset({MALE, FEMALE}))
    assert targets(rows, neither) == [["N46.9"]]


@pytest.mark.parametrize(
    ("days", "absent", "expected"),
    [
        (10.0, frozenset[str](), "P90"),
        (28.0, frozenset[str](), "R56"),
        (364.0, frozenset[str](), "R56"),
        (366.0, frozenset({"77386006"}), "G40"),
    ],
)
def test_ages_and_findings_decide_together(
    days: float, absent: frozenset[str], expected: str
) -> None:
    rows = [
        Row(1, 1, f"IFA {AGE} | Age at onset | < 28.0 days", "P90"),
        Row(1, 2, f"IFA {AGE} | Age | >= 28 days AND IFA {AGE} | Age | < 1.0 years", "R56"),
        Row(1, 3, "IFA 77386006 | Pregnant (finding) |", "O15"),
        Row(1, 4, "OTHERWISE TRUE", "G40"),
    ]

    assert targets(rows, Patient(observables={AGE: days}, absent=absent)) == [[expected]]


def test_a_rule_that_is_true_ends_its_group() -> None:
    rows = [
        Row(1, 1, f"IFA {MALE}", "A"),
        Row(1, 2, "TRUE", "B"),
        Row(1, 3, f"IFA {FEMALE}", "C"),
        Row(1, 4, "OTHERWISE TRUE", "D"),
    ]

    assert targets(rows, Patient()) == [["A", "B"]]
    assert targets(rows, Patient(concepts=frozenset({FEMALE}))) == [["B"]]

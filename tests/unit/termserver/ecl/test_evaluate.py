"""What expression constraints select; the rules in full are compared in tests/property."""

from collections.abc import Iterator

import pytest

from termserver.ecl import members
from termserver.ecl.evaluate import Evaluator, Rows, evaluate
from termserver.ecl.parse import parse_ecl
from termserver.errors import (
    InvalidExpression,
    NotSupported,
    TerminologyError,
    TooCostly,
    UnknownCode,
)
from termserver.providers.snomed_source import SnomedSource
from tests.property.test_ecl_agrees import opened, source_of
from tests.rf2_release import ATTRIBUTE, ROOT, Rf2Release, international

SITE, DISEASE, COLD, FLU, REFSET = "363698007", "64572001", "82272006", "6142004", "700043003"
CAUSE, GRIP, VIRUS, GERM, STRENGTH = (
    "246075003",
    "95891005",
    "49872002",
    "409822003",
    "1142135004",
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnomedSource]:
    folder = tmp_path_factory.mktemp("ecl")
    release = international()
    release.concept("Disease", ROOT, id=DISEASE)
    release.concept("Cold", DISEASE, id=COLD)
    release.concept("Flu", DISEASE, id=FLU)
    release.concept("Finding site", ATTRIBUTE, id=SITE)
    release.concept("Reference set", ROOT, id=REFSET)
    _grip(release)
    for group, value in enumerate([DISEASE, FLU]):
        release.relationship(COLD, SITE, value, group=group)
    release.simple_map(REFSET, COLD, "J00")
    release.simple_map(REFSET, FLU, "J00.1")
    release.simple_map(REFSET, FLU, COLD)
    pack = opened(folder / "home", release.write(folder / "release"))
    yield source_of(pack)
    pack.close()


def _grip(release: Rf2Release) -> None:
    """Add a concept of two groups, a value of each in the other, and one with a number."""
    for code, parent in {CAUSE: ATTRIBUTE, STRENGTH: ATTRIBUTE}.items():
        release.concept(f"Attribute {code}", parent, id=code)
    for code in (GRIP, VIRUS, GERM):
        release.concept(f"Concept {code}", ROOT, id=code)
    for kind, value, group in (
        (CAUSE, VIRUS, 1),
        (SITE, VIRUS, 1),
        (CAUSE, GERM, 1),
        (SITE, GERM, 2),
    ):
        release.relationship(GRIP, kind, value, group=group)
    release.relationship(VIRUS, CAUSE, GERM, group=1)
    release.concrete(GRIP, STRENGTH, "#5", group=1)


def codes(source: SnomedSource, text: str) -> set[str]:
    return {source.code_of(one) for one in evaluate(parse_ecl(text), source)}


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        (f"<! {DISEASE}", {COLD, FLU}),
        (f"<< {DISEASE} : [0..0] {SITE} = *", {DISEASE, FLU}),
        (f"<< {DISEASE} : [0..*] {SITE} = *", {DISEASE, COLD, FLU}),
        (f"<< {DISEASE} : [2..2] {SITE} = *", {COLD}),
        (f"<< {DISEASE} : {{ [2..2] {SITE} = * }}", set()),
        (f"<< {DISEASE} : [2..2] {{ {SITE} = * }}", {COLD}),
        (f"<< {DISEASE} : {SITE} != {FLU}", {COLD}),
        (f"* : R {SITE} = {COLD}", {DISEASE, FLU}),
        (f"{COLD} . {SITE}", {DISEASE, FLU}),
        (f'^ {REFSET} {{{{ M mapTarget = "J00" }}}}', {COLD}),
        (f'^ {REFSET} {{{{ M mapTarget = wild:"J00*" }}}}', {COLD, FLU}),
        (f'^ [mapTarget] {REFSET} {{{{ M mapTarget = "{COLD}" }}}}', {COLD}),
        (f'< (^ [mapTarget] {REFSET} {{{{ M mapTarget = "{COLD}" }}}})', set()),
    ],
)
def test_constraints_select(source: SnomedSource, text: str, selected: set[str]) -> None:
    assert codes(source, text) == selected


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        # outside braces it does not matter in which groups the concept is a value
        (f"* : R {CAUSE} = {GRIP}, R {SITE} = {GRIP}", {VIRUS, GERM}),
        (f"* : {{ R {CAUSE} = {GRIP}, R {SITE} = {GRIP} }}", {VIRUS}),
        (f"* : {{ R {CAUSE} = {GRIP} OR R {SITE} = {GRIP} }}", {VIRUS, GERM}),
        (f"* : [2..*] {{ R {CAUSE} = {GRIP} OR R {SITE} = {GRIP} }}", {GERM}),
        (f"* : [2..*] {{ R {CAUSE} = * }}", {GERM}),
        (f"* : {{ R {CAUSE} = *, [0..0] R {SITE} = * }}", {GERM}),
        # no group is at once of another concept and the concept's own
        (f"* : R {CAUSE} = *, {CAUSE} = *", {VIRUS}),
        (f"* : {{ R {CAUSE} = *, {CAUSE} = * }}", set()),
        (f"{VIRUS} : {{ R {CAUSE} = *, [0..0] {CAUSE} = * }}", {VIRUS}),
    ],
)
def test_reversed_attributes_in_braces_are_of_one_group_of_another_concept(
    source: SnomedSource, text: str, selected: set[str]
) -> None:
    assert codes(source, text) == selected


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        (f"* : {STRENGTH} = *", set()),
        (f"{GRIP} : [0..0] {STRENGTH} = *", {GRIP}),
        (f"{GRIP} : {{ {CAUSE} = {GERM}, {STRENGTH} = * }}", set()),
        (f"* : {STRENGTH} >= #0", {GRIP}),
        (f"{GRIP} . *", {VIRUS, GERM}),
    ],
)
def test_any_value_is_any_concept_and_no_number(
    source: SnomedSource, text: str, selected: set[str]
) -> None:
    assert codes(source, text) == selected


def test_chosen_fields_give_rows(source: SnomedSource) -> None:
    found = Evaluator(source=source).result(
        parse_ecl(f"^ [referencedComponentId, mapTarget] {REFSET}")
    )

    assert isinstance(found, Rows)
    assert found.fields == ("referencedComponentId", "mapTarget")
    assert set(found.rows) == {(COLD, "J00"), (FLU, "J00.1"), (FLU, COLD)}


@pytest.mark.parametrize(
    ("text", "error", "named"),
    [
        ("<< 999999 |gone|", UnknownCode, r"999999 \|gone\| at position 3"),
        (f"* : [0..*] {SITE} = 999999", UnknownCode, "999999 at position 23"),
        ("* MINUS LOINC#1", UnknownCode, "LOINC#1 at position 8"),
        ("NONE#1", UnknownCode, "'NONE' is not known"),
        ("* {{ dialect = en-xx }}", UnknownCode, "dialect 'en-xx'"),
        (
            f"^ {REFSET} {{{{ M target = #1 }}}}",
            InvalidExpression,
            "known: referencedComp.* mapTarget",
        ),
        (f"{REFSET} {{{{ M mapTarget = #1 }}}}", InvalidExpression, r"without '\^'"),
        (f"< (^ [mapTarget] {REFSET})", NotSupported, "no concepts of this edition, such as 'J00"),
        (f'* : R {SITE} = "J00"', NotSupported, "reversed attribute needs a concept"),
    ],
)
def test_what_is_not_there_is_an_error_that_names_it(
    source: SnomedSource, text: str, error: type[TerminologyError], named: str
) -> None:
    with pytest.raises(error, match=named):
        codes(source, text)


def test_more_rows_than_are_answered_are_refused(
    source: SnomedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST_ROWS", 2)

    assert codes(source, f"^ [referencedComponentId] {REFSET}") == {COLD, FLU}
    with pytest.raises(TooCostly, match="more than 2 rows"):
        Evaluator(source=source).result(parse_ecl(f"^ [*] {REFSET}"))


def test_an_evaluation_can_be_stopped_between_steps(source: SnomedSource) -> None:
    def stop() -> None:
        raise TooCostly("late")

    with pytest.raises(TooCostly, match="late"):
        evaluate(parse_ecl("<! *"), source, check=stop)


def test_thousands_of_operands_are_evaluated(source: SnomedSource) -> None:
    assert codes(source, " OR ".join([COLD, f"< {DISEASE}"] * 2_500)) == {COLD, FLU}


def test_sixty_nested_constraints_are_evaluated(source: SnomedSource) -> None:
    text = f"* : {SITE} = (" * 29 + f"* : {SITE} = {DISEASE}" + ")" * 29
    assert codes(source, text) == set()

"""UCUM: syntax, canonical units, filters. The kept parser of ucumvert is the oracle for syntax."""

import csv
from fractions import Fraction

import pytest

from termserver.errors import InvalidValueSet, NotSupported, Unenumerable
from termserver.model import FilterClause
from termserver.providers.grammar import GrammarProvider
from termserver.providers.ucum import UcumGrammar, ucum_provider
from termserver.providers.ucum_essence import essence_path


@pytest.fixture(scope="module")
def ucum() -> GrammarProvider:
    return ucum_provider()


@pytest.fixture(scope="module")
def grammar() -> UcumGrammar:
    return UcumGrammar(essence_path())


VALID = [
    *("kg", "mg/dL", "mm[Hg]", "10*3/uL", "{cells}/uL", "/min", "g/(8.h){shift}", "100/{cells}"),
    *("m2", "m-2", "m+2", "cm3", "dar", "dar2", "B[10.nV]", "[in_i'H2O]", "'", "''", "%", "1"),
    *("[m/s2/Hz^(1/2)]", "10^-3", "((m))", "/(m.s)", "cal_[15]", "m[H2O]", "kat", "{a}{b}"),
]
INVALID = [
    *("kgXX", "mg/", "(mg", "mg)", "m0", "", ".", "m//s", "m.", "mg dL", "k", "kmin", "0", "m--2"),
    *("{a", "a}", "{a{b}}", "[degF", "mG/dl2x", "KG", "pg{a}{b}"),
]


@pytest.mark.parametrize("code", VALID)
def test_a_unit_is_known_as_it_is_written(ucum: GrammarProvider, code: str) -> None:
    assert ucum.find(code) == code


@pytest.mark.parametrize("code", INVALID)
def test_what_is_no_unit_is_unknown_and_says_why(ucum: GrammarProvider, code: str) -> None:
    assert ucum.find(code) is None
    why = ucum.why_unknown(code)
    assert why is not None
    assert why.text.startswith(f"Error processing unit '{code}': ")


@pytest.mark.filterwarnings("ignore")
def test_the_kept_parser_agrees_on_every_unit() -> None:
    from ucumvert.parser import InvalidUcumError, get_ucum_parser, parse_ucum

    parser = get_ucum_parser()

    def accepts(code: str) -> bool:
        try:
            parse_ucum(code, parser)
        except InvalidUcumError:
            return False
        return True

    assert [one for one in VALID if not accepts(one)] == []
    assert [one for one in INVALID if accepts(one)] == []


def test_every_published_example_is_a_unit_but_one_that_the_essence_lacks(
    ucum: GrammarProvider,
) -> None:
    path = essence_path().with_name("ucum_examples.tsv")
    with path.open(encoding="utf-8") as stream:
        codes = [row["UCUM_CODE"] for row in csv.DictReader(stream, delimiter="\t")]
    assert [one for one in codes if ucum.find(one) is None] == ["Torr"]


def test_annotations_may_hold_blanks(ucum: GrammarProvider) -> None:
    assert ucum.find("mg/dL{milligram per deciliter}") == "mg/dL{milligram per deciliter}"


def test_the_reason_names_the_unit_and_its_place(ucum: GrammarProvider) -> None:
    why = ucum.why_unknown("kgXX")
    assert why is not None
    assert why.text == "Error processing unit 'kgXX': The unit 'kgXX' is unknown at character 1"
    assert (why.severity, why.code, why.tx_type) == ("information", "code-invalid", "invalid-code")
    assert ucum.why_unknown("kg") is None


@pytest.mark.parametrize(
    ("code", "units", "factor"),
    [
        ("mg/dL", "g.m-3", Fraction(10)),
        ("mL", "m3", Fraction(1, 1_000_000)),
        ("[lb_av]", "g", Fraction("453.59237")),
        ("N", "g.m.s-2", Fraction(1000)),
        ("%", "1", Fraction(1, 100)),
        ("Cel", "K", None),
        ("[IU]/L", "[iU].m-3", Fraction(1000)),
        ("[CFU]", "[CFU]", Fraction(1)),
        ("10*99999", "1", None),
    ],
)
def test_canonical_units_are_products_of_base_units(
    grammar: UcumGrammar, code: str, units: str, factor: Fraction | None
) -> None:
    found = grammar.canonical(code)
    assert (found.units, found.factor) == (units, factor)


def test_units_of_one_dimension_are_comparable_and_arbitrary_units_only_with_their_like(
    grammar: UcumGrammar,
) -> None:
    assert grammar.comparable("mg/dL", "kg/m3")
    assert grammar.comparable("Cel", "[degF]")
    assert not grammar.comparable("mL", "g")
    assert grammar.comparable("[IU]", "[iU]")
    assert not grammar.comparable("[IU]", "[CFU]")


@pytest.mark.parametrize(
    ("name", "op", "value", "code", "inside"),
    [
        ("canonical", "=", "g", "kg", True),
        ("canonical", "=", "g", "mL", False),
        ("canonical", "in", "g,m3", "mL", True),
        ("comparable", "=", "L", "mL", True),
        ("property", "=", "mass", "ug", True),
        ("property", "=", "mass", "m", False),
        ("property", "=", "length", "m2", False),
    ],
)
def test_a_filter_tells_what_is_comparable(
    ucum: GrammarProvider, name: str, op: str, value: str, code: str, inside: bool
) -> None:
    clause = FilterClause(property=name, op=op, value=value)
    assert ucum.contains(clause, code) is inside


def test_why_outside_names_both_canonical_units(ucum: GrammarProvider) -> None:
    clause = FilterClause(property="canonical", op="=", value="g")
    assert ucum.why_outside(clause, "mL") == "Code mL has canonical form m3, not g as required"
    assert ucum.why_outside(clause, "kg") is None


@pytest.mark.parametrize(
    ("name", "op", "value", "text"),
    [
        ("colour", "=", "red", "UCUM has no filter 'colour ='"),
        ("canonical", "regex", "g", "UCUM has no filter 'canonical regex'"),
        ("canonical", "=", "gg", "needs a unit; 'gg' is none: The unit 'gg' is unknown"),
        ("property", "=", "colour", "No base unit of UCUM has the property 'colour'"),
    ],
)
def test_a_filter_that_ucum_does_not_have_is_refused_by_name(
    ucum: GrammarProvider, name: str, op: str, value: str, text: str
) -> None:
    with pytest.raises(InvalidValueSet, match=text):
        ucum.contains(FilterClause(property=name, op=op, value=value), "kg")


def test_units_cannot_be_listed_and_have_no_hierarchy(ucum: GrammarProvider) -> None:
    reason = "has a grammar and so has infinite members"
    with pytest.raises(Unenumerable, match=reason):
        ucum.all()
    with pytest.raises(Unenumerable, match=reason):
        ucum.select(FilterClause(property="canonical", op="=", value="g"))
    with pytest.raises(NotSupported):
        ucum.subsumes("kg", "g")


def test_the_names_of_a_unit_are_those_of_the_suite(ucum: GrammarProvider) -> None:
    plain = [one.value for one in ucum.concept("mg/dL").designations]
    annotated = [one.value for one in ucum.concept("mg/dL{per deciliter}").designations]
    assert plain == ["(milligram) / (deciliter)", "milligram per deciliter"]
    assert annotated == ["(milligram) / (deciliter) * 1"]
    assert ucum.display_of("mg/dL") == "mg/dL"
    assert ucum.system.version == "2.2"

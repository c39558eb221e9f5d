"""Every rule of the grammar of ECL 2.2 at least once, brief and long syntax (docs/ecl.md)."""

from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest

from termserver.ecl.format import format_ecl
from termserver.ecl.parse import parse_ecl
from termserver.ecl.syntax import (
    ActiveFilter,
    AlternateIdentifier,
    Attribute,
    AttributeGroup,
    AttributeSet,
    BooleanComparison,
    Cardinality,
    Comparison,
    Compound,
    ConceptComparison,
    ConceptFilters,
    ConceptReference,
    ConceptReferences,
    DefinitionStatusFilter,
    DefinitionStatusIdFilter,
    DescriptionFilters,
    DescriptionIdFilter,
    Dialect,
    DialectFilter,
    Dotted,
    EffectiveTimeFilter,
    FieldFilter,
    History,
    LanguageFilter,
    MemberFilters,
    MemberOf,
    ModuleFilter,
    Nested,
    NumberComparison,
    Operator,
    Refined,
    RefinementSet,
    SearchTerm,
    StringComparison,
    SubExpression,
    TermFilter,
    TimeComparison,
    TypeFilter,
    TypeIdFilter,
    Wildcard,
)

A, B, C = "404684003", "363698007", "39057004"
ANY = SubExpression(focus=Wildcard())


def ref(code: str, term: str | None = None) -> ConceptReference:
    return ConceptReference(id=code, term=term)


def sub(code: str, operator: Operator | None = None) -> SubExpression:
    return SubExpression(focus=ref(code), operator=operator)


def equals(code: str = B, value: SubExpression = ANY, **more: Any) -> Attribute:
    comparison = ConceptComparison(negated=False, value=value)
    return Attribute(name=sub(code), comparison=comparison, **more)


def together(
    *items: Attribute | AttributeSet,
    junction: Literal["AND", "OR"] = "AND",
    bracketed: bool = False,
) -> AttributeSet:
    return AttributeSet(junction=junction, items=items, bracketed=bracketed)


def refined(*items: Any, junction: Literal["AND", "OR"] = "AND") -> Refined:
    return Refined(focus=ANY, refinement=RefinementSet(junction=junction, items=items))


def comparison_of(text: str) -> Comparison:
    found = parse_ecl(f"* : {B} {text}")
    assert isinstance(found, Refined)
    (attributes,) = found.refinement.items
    assert isinstance(attributes, AttributeSet)
    (attribute,) = attributes.items
    assert isinstance(attribute, Attribute)
    return attribute.comparison


def description_filter(text: str) -> Any:
    found = parse_ecl(f"* {{{{ {text} }}}}")
    assert isinstance(found, SubExpression)
    (group,) = found.filters
    assert isinstance(group, DescriptionFilters)
    (one,) = group.filters
    return one


def concept_filter(text: str) -> Any:
    found = parse_ecl(f"* {{{{ C {text} }}}}")
    assert isinstance(found, SubExpression)
    (group,) = found.filters
    assert isinstance(group, ConceptFilters)
    (one,) = group.filters
    return one


def member_filter(text: str) -> Any:
    found = parse_ecl(f"^ {A} {{{{ M {text} }}}}")
    assert isinstance(found, SubExpression)
    (group,) = found.member_filters
    (one,) = group.filters
    return one


def text_of(*words: str, negated: bool = False) -> StringComparison:
    terms = tuple(SearchTerm(kind="match", text=one) for one in words)
    return StringComparison(negated=negated, terms=terms)


# -- expressions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        *((one.value, one) for one in Operator),
        ("descendantOf ", Operator.DESCENDANT_OF),
        ("DESCENDANTORSELFOF ", Operator.DESCENDANT_OR_SELF_OF),
        ("childOf\t", Operator.CHILD_OF),
        ("childOrSelfOf/**/", Operator.CHILD_OR_SELF_OF),
        ("ancestorOf\n", Operator.ANCESTOR_OF),
        ("ancestorOrSelfOf ", Operator.ANCESTOR_OR_SELF_OF),
        ("parentOf ", Operator.PARENT_OF),
        ("parentOrSelfOf ", Operator.PARENT_OR_SELF_OF),
        ("top ", Operator.TOP),
        ("bottom ", Operator.BOTTOM),
    ],
)
def test_constraint_operators(text: str, operator: Operator) -> None:
    assert parse_ecl(f"{text}{A}") == sub(A, operator)


@pytest.mark.parametrize("text", ["*", "any", "ANY", " * ", "/* all */ * /* of it */"])
def test_wild_card(text: str) -> None:
    assert parse_ecl(text) == ANY


@pytest.mark.parametrize(
    ("text", "term"),
    [
        (A, None),
        (f"{A} | Clinical finding |", "Clinical finding"),
        (f'{A}|a (b) AND \\ "c" /* d */ é 𝄞|', 'a (b) AND \\ "c" /* d */ é 𝄞'),
    ],
)
def test_concept_reference_with_its_term(text: str, term: str | None) -> None:
    assert parse_ecl(text) == SubExpression(focus=ref(A, term))


@pytest.mark.parametrize("digits", ["123456", "123456789012345678"])
def test_identifiers_have_six_to_eighteen_digits(digits: str) -> None:
    assert parse_ecl(digits) == sub(digits)


@pytest.mark.parametrize(
    ("text", "scheme", "code", "term"),
    [
        ("LOINC#54486-6", "LOINC", "54486-6", None),
        ("LOINC#54486-6 |a test|", "LOINC", "54486-6", "a test"),
        ('"LOINC#54486-6"', "LOINC", "54486-6", None),
        ('"x-1#a b/c"', "x-1", "a b/c", None),
        ("R#1", "R", "1", None),
        ("any#_.", "any", "_.", None),
        ("top#1", "top", "1", None),
    ],
)
def test_alternate_identifiers(text: str, scheme: str, code: str, term: str | None) -> None:
    focus = AlternateIdentifier(scheme=scheme, code=code, term=term)
    assert parse_ecl(text) == SubExpression(focus=focus)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("^", ()),
        ("memberOf ", ()),
        ("MEMBEROF", ()),
        ("^ [mapTarget]", ("mapTarget",)),
        ("^[ a , b ]", ("a", "b")),
        ("^ [*]", ("*",)),
        ("memberOf [any]", ("*",)),
        ("^ [anyField]", ("anyField",)),
    ],
)
def test_member_of_with_chosen_fields(text: str, fields: tuple[str, ...]) -> None:
    found = parse_ecl(f"{text} {A}")
    assert found == SubExpression(focus=ref(A), member_of=MemberOf(fields=fields))


@pytest.mark.parametrize(
    ("text", "junction"),
    [
        (f"{A} AND {B}", "AND"),
        (f"{A} and/**/{B}", "AND"),
        (f"{A},{B}", "AND"),
        (f"{A} or {B}", "OR"),
        (f"{A} Minus {B}", "MINUS"),
    ],
)
def test_junctions(text: str, junction: Literal["AND", "OR", "MINUS"]) -> None:
    assert parse_ecl(text) == Compound(junction=junction, operands=(sub(A), sub(B)))


def test_one_junction_joins_more_than_two() -> None:
    assert parse_ecl(f"{A}, {B} AND {C}") == Compound(
        junction="AND", operands=(sub(A), sub(B), sub(C))
    )


def test_brackets_mix_junctions() -> None:
    inner = Compound(junction="OR", operands=(sub(A), sub(B)))
    assert parse_ecl(f"({A} OR {B}) MINUS {C}") == Compound(
        junction="MINUS", operands=(SubExpression(focus=Nested(expression=inner)), sub(C))
    )


def test_dotted_attributes() -> None:
    assert parse_ecl(f"{A} . {B}.<< {C}") == Dotted(
        focus=sub(A), attributes=(sub(B), sub(C, Operator.DESCENDANT_OR_SELF_OF))
    )


def test_positions_are_kept_but_do_not_count() -> None:
    found = parse_ecl(f"  << {A}")
    assert isinstance(found, SubExpression)
    assert (found.at, found.focus.at) == (2, 5)
    assert found == parse_ecl(f"<<{A}")


# -- refinements -----------------------------------------------------------------------------------


def test_an_attribute() -> None:
    assert parse_ecl(f"*:{B}=*") == refined(together(equals()))


@pytest.mark.parametrize(
    ("text", "cardinality"),
    [
        ("[0..1]", Cardinality(least=0, most=1)),
        ("[2..*]", Cardinality(least=2, most=None)),
        ("[0 to 0]", Cardinality(least=0, most=0)),
        ("[1\tTO/**/ many]", Cardinality(least=1, most=None)),
        ("[1..MANY]", Cardinality(least=1, most=None)),
        ("[999999999..999999999]", Cardinality(least=999999999, most=999999999)),
    ],
)
def test_cardinality(text: str, cardinality: Cardinality) -> None:
    attribute = equals(cardinality=cardinality)
    assert parse_ecl(f"* : {text} {B} = *") == refined(together(attribute))
    group = AttributeGroup(attributes=together(equals()), cardinality=cardinality)
    assert parse_ecl(f"* : {text} {{ {B} = * }}") == refined(group)


@pytest.mark.parametrize("text", ["R ", "R", "reverseOf ", "REVERSEOF", "[1..1] R "])
def test_reverse_flag(text: str) -> None:
    cardinality = Cardinality(least=1, most=1) if text.startswith("[") else None
    attribute = equals(reverse=True, cardinality=cardinality)
    assert parse_ecl(f"* : {text}{B} = *") == refined(together(attribute))


def test_a_scheme_that_begins_with_r_is_no_reverse_flag() -> None:
    name = SubExpression(focus=AlternateIdentifier(scheme="R1", code="x"))
    comparison = ConceptComparison(negated=False, value=ANY)
    attribute = Attribute(name=name, comparison=comparison)
    assert parse_ecl("* : R1#x = *") == refined(together(attribute))


@pytest.mark.parametrize(
    ("text", "junction"), [(",", "AND"), (" AND ", "AND"), (" or ", "OR"), (" , ", "AND")]
)
def test_attribute_sets(text: str, junction: Literal["AND", "OR"]) -> None:
    found = parse_ecl(f"* : {B} = *{text}{C} = *")
    assert found == refined(together(equals(B), equals(C), junction=junction))


def test_attribute_sets_in_brackets() -> None:
    inner = together(equals(B), equals(C), junction="OR", bracketed=True)
    assert parse_ecl(f"* : ({B} = * OR {C} = *), {A} = *") == refined(together(inner, equals(A)))


def test_an_attribute_name_in_brackets() -> None:
    name = Nested(expression=Compound(junction="OR", operands=(sub(A), sub(B))))
    comparison = ConceptComparison(negated=True, value=ANY)
    attribute = Attribute(name=SubExpression(focus=name), comparison=comparison)
    assert parse_ecl(f"* : ({A} OR {B}) != *") == refined(together(attribute))


def test_groups_join_with_attributes() -> None:
    group = AttributeGroup(attributes=together(equals(B), equals(C)))
    assert parse_ecl(f"* : {A} = *, {{ {B} = *, {C} = * }}") == refined(together(equals(A)), group)
    found = parse_ecl(f"* : {{ {B} = *, {C} = * }} OR {{ {B} = *, {C} = * }}")
    assert found == refined(group, group, junction="OR")


def test_refinements_in_brackets() -> None:
    group = AttributeGroup(attributes=together(equals(B)))
    inner = RefinementSet(junction="OR", items=(together(equals(A)), group), bracketed=True)
    found = parse_ecl(f"* : {C} = * AND ({A} = * OR {{ {B} = * }}) AND {C} = *")
    assert found == refined(together(equals(C)), inner, together(equals(C)))


def test_attributes_bind_closer_than_the_refinement_around_them() -> None:
    both = together(equals(A), equals(B))
    found = parse_ecl(f"* : {A} = *, {B} = * OR {C} = *")
    assert found == refined(both, together(equals(C)), junction="OR")
    found = parse_ecl(f"* : {C} = * OR {A} = *, {{ {B} = * }}")
    either = together(equals(C), equals(A), junction="OR")
    assert found == refined(either, AttributeGroup(attributes=together(equals(B))))


# -- comparisons -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["!=", "<>", "not =", "NOT=", "not/**/="])
def test_not_equal_has_several_spellings(text: str) -> None:
    assert comparison_of(f"{text} *") == ConceptComparison(negated=True, value=ANY)


@pytest.mark.parametrize("order", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("number", ["0", "5", "-2.50", "+10", "0.001"])
def test_numbers(order: Any, number: str) -> None:
    wanted = NumberComparison(order=order, value=Decimal(number))
    assert comparison_of(f"{order} #{number}") == wanted


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ('= "PANADOL"', text_of("PANADOL")),
        ('= " two \n words "', text_of("two words")),
        ('= match : "x"', text_of("x")),
        (r'!= "a \" b \\ c"', text_of('a " b \\ c', negated=True)),
        ('= ("a" MATCH:"b c")', text_of("a", "b c")),
        ('= match:"LOINC#1"', text_of("LOINC#1")),
        (
            r'= wild:"a\*b* \" "',
            StringComparison(negated=False, terms=(SearchTerm(kind="wild", text=r"a\*b* \" "),)),
        ),
    ],
)
def test_texts(text: str, comparison: Comparison) -> None:
    assert comparison_of(text) == comparison


def test_a_quoted_identifier_is_a_concept() -> None:
    focus = AlternateIdentifier(scheme="LOINC", code="1")
    wanted = ConceptComparison(negated=False, value=SubExpression(focus=focus))
    assert comparison_of('= "LOINC#1"') == wanted


@pytest.mark.parametrize(("text", "value"), [("= true", True), ("= FALSE", False)])
def test_truth_values(text: str, value: bool) -> None:
    assert comparison_of(text) == BooleanComparison(negated=False, value=value)


# -- description filters ---------------------------------------------------------------------------


@pytest.mark.parametrize("letter", ["", "D", "d ", "D /* descriptions */"])
def test_the_letter_of_description_filters_may_be_left_out(letter: str) -> None:
    term = TermFilter(negated=False, terms=(SearchTerm(kind="match", text="x"),))
    wanted = SubExpression(focus=Wildcard(), filters=(DescriptionFilters(filters=(term,)),))
    assert parse_ecl(f'* {{{{{letter} term = "x"}}}}') == wanted


def test_term_filters() -> None:
    terms = (SearchTerm(kind="match", text="gas"), SearchTerm(kind="wild", text="*itis"))
    found = description_filter('TERM != (match:"gas" wild:"*itis")')
    assert found == TermFilter(negated=True, terms=terms)


@pytest.mark.parametrize(("text", "codes"), [("SV", ("sv",)), ("(en de)", ("en", "de"))])
def test_language_filters(text: str, codes: tuple[str, ...]) -> None:
    assert description_filter(f"language = {text}") == LanguageFilter(negated=False, codes=codes)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("syn", ("synonym",)),
        ("Synonym", ("synonym",)),
        ("(fsn def)", ("fullyspecifiedname", "definition")),
        ("(fullySpecifiedName definition)", ("fullyspecifiedname", "definition")),
    ],
)
def test_type_filters(text: str, tokens: tuple[str, ...]) -> None:
    assert description_filter(f"type = {text}") == TypeFilter(negated=False, tokens=tokens)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (A, sub(A)),
        (f"<< {A}", sub(A, Operator.DESCENDANT_OR_SELF_OF)),
        (f"({A} |x|\n{B})", ConceptReferences(references=(ref(A, "x"), ref(B)))),
        (f"({A})", SubExpression(focus=Nested(expression=sub(A)))),
    ],
)
def test_filters_by_concepts(text: str, value: Any) -> None:
    assert description_filter(f"typeId = {text}") == TypeIdFilter(negated=False, value=value)
    assert concept_filter(f"definitionStatusId != {text}") == DefinitionStatusIdFilter(
        negated=True, value=value
    )
    wanted = ModuleFilter(negated=False, value=value)
    assert concept_filter(f"moduleId = {text}") == wanted
    assert description_filter(f"moduleId = {text}") == wanted
    assert member_filter(f"moduleId = {text}") == wanted


@pytest.mark.parametrize(
    ("text", "dialects", "acceptability"),
    [
        ("en-GB", (Dialect(name="en-gb"),), ()),
        ("en-gb (prefer)", (Dialect(name="en-gb"),), ("prefer",)),
        (
            "(en-gb (preferred acceptable) en-us) (accept)",
            (Dialect(name="en-gb", acceptability=("prefer", "accept")), Dialect(name="en-us")),
            ("accept",),
        ),
        (f"en-gb ({A} |x|)", (Dialect(name="en-gb"),), (ref(A, "x"),)),
    ],
)
def test_dialects_by_alias(text: str, dialects: Any, acceptability: Any) -> None:
    assert description_filter(f"dialect = {text}") == DialectFilter(
        negated=False, by_id=False, dialects=dialects, acceptability=acceptability
    )


@pytest.mark.parametrize(
    ("text", "dialects", "acceptability"),
    [
        (A, (Dialect(name=sub(A)),), ()),
        (f"< {A} (prefer)", (Dialect(name=sub(A, Operator.DESCENDANT_OF)),), ("prefer",)),
        (
            f"({A} (accept) {B} |x|)",
            (Dialect(name=ref(A), acceptability=("accept",)), Dialect(name=ref(B, "x"))),
            (),
        ),
    ],
)
def test_dialects_by_reference_set(text: str, dialects: Any, acceptability: Any) -> None:
    assert description_filter(f"dialectId != {text}") == DialectFilter(
        negated=True, by_id=True, dialects=dialects, acceptability=acceptability
    )


@pytest.mark.parametrize(("text", "ids"), [("670169018", 1), ("(670169018 670170017)", 2)])
def test_description_ids(text: str, ids: int) -> None:
    wanted = DescriptionIdFilter(negated=False, ids=("670169018", "670170017")[:ids])
    assert description_filter(f"id = {text}") == wanted


# -- concept, member and common filters ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("primitive", ("primitive",)), ("(Defined primitive)", ("defined", "primitive"))],
)
def test_definition_status_filters(text: str, tokens: tuple[str, ...]) -> None:
    wanted = DefinitionStatusFilter(negated=False, tokens=tokens)
    assert concept_filter(f"definitionStatus = {text}") == wanted


@pytest.mark.parametrize("order", ["=", "!=", "<", "<=", ">", ">="])
def test_effective_time_filters(order: Any) -> None:
    wanted = EffectiveTimeFilter(comparison=TimeComparison(order=order, values=("20200131", "")))
    for read in (concept_filter, description_filter, member_filter):
        assert read(f'effectiveTime {order} ("20200131" "")') == wanted


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("true", True), ("0", False), ("false", False)]
)
def test_active_filters(text: str, value: bool) -> None:
    for read in (concept_filter, description_filter, member_filter):
        assert read(f"active != {text}") == ActiveFilter(negated=True, value=value)


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        (f"= << {A}", ConceptComparison(negated=False, value=sub(A, Operator("<<")))),
        ("<= #2", NumberComparison(order="<=", value=Decimal(2))),
        ('!= "x"', text_of("x", negated=True)),
        ("= true", BooleanComparison(negated=False, value=True)),
        ('>= "20200131"', TimeComparison(order=">=", values=("20200131",))),
        ('= ""', TimeComparison(order="=", values=("",))),
    ],
)
def test_member_filters_by_field(text: str, comparison: Comparison) -> None:
    assert member_filter(f"mapTarget {text}") == FieldFilter(
        field="mapTarget", comparison=comparison
    )


def test_named_filters_come_before_field_names() -> None:
    assert member_filter("ACTIVE = 1") == ActiveFilter(negated=False, value=True)
    assert isinstance(member_filter("term = #1"), FieldFilter)


def test_filters_stand_in_order_and_the_history_last() -> None:
    active = ActiveFilter(negated=False, value=True)
    found = parse_ecl(
        f"^ {A} {{{{M active=1}}}} {{{{C active=1, active=1}}}} {{{{active=1}}}} {{{{+history}}}}"
    )
    assert found == SubExpression(
        focus=ref(A),
        member_of=MemberOf(),
        member_filters=(MemberFilters(filters=(active,)),),
        filters=(
            ConceptFilters(filters=(active, active)),
            DescriptionFilters(filters=(active,)),
        ),
        history=History(),
    )


@pytest.mark.parametrize(
    ("text", "history"),
    [
        ("+HISTORY", History()),
        ("+ history-min", History(profile="MIN")),
        ("+HISTORY_MOD", History(profile="MOD")),
        ("+ History-Max", History(profile="MAX")),
        (f"+ HISTORY ( < {A} )", History(subset=sub(A, Operator.DESCENDANT_OF))),
        (f"+HISTORY({A})", History(subset=sub(A))),
    ],
)
def test_history_supplements(text: str, history: History) -> None:
    assert parse_ecl(f"* {{{{ {text} }}}}") == SubExpression(focus=Wildcard(), history=history)


# -- the published examples ------------------------------------------------------------------------


def test_the_published_examples_parse_and_come_back(shared: Path) -> None:
    files = sorted((shared / "data" / "ecl-examples").glob("*/*.txt"))
    for file in files:
        tree = parse_ecl(file.read_text(encoding="utf-8"))
        assert parse_ecl(format_ecl(tree)) == tree, file.name
    assert len(files) == 121

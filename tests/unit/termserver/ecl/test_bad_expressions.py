"""Expressions that are not valid are refused where they go wrong, and costly ones at all."""

from decimal import Decimal

import pytest

from termserver.ecl.parse import parse_ecl
from termserver.ecl.syntax import Compound, Refined
from termserver.errors import InvalidExpression, TooCostly

FOCUS = "a concept identifier (6 to 18 digits), '*', '^', '(' or scheme#identifier"
DESCRIPTION_FILTER = (
    "a description filter: term, language, type, typeId, dialect, dialectId, moduleId, "
    "effectiveTime, active or id"
)
BAD = [
    ("", 0, FOCUS),
    ("404684003 ||", 11, "a term"),
    ("404684003 |a", 12, "'|' to end the term"),
    ("12345", 0, FOCUS),
    ("1234567890123456789", 0, FOCUS),
    ("012345678", 0, FOCUS),
    ("abc", 0, FOCUS),
    ("<", 1, FOCUS),
    ("<< <", 3, FOCUS),
    ("404684003 404684003", 10, "'{{', ':', '.', AND, OR, MINUS or the end"),
    ("404684003 AND", 13, "white space"),
    ("404684003 AND404684003", 13, "white space"),
    (
        "404684003 OR 404684003 AND 404684003",
        23,
        "OR or the end (AND, OR and MINUS are mixed only with brackets)",
    ),
    (
        "404684003 MINUS 404684003 MINUS 404684003",
        26,
        "the end (AND, OR and MINUS are mixed only with brackets)",
    ),
    (
        "404684003, 404684003 OR 404684003",
        21,
        "AND or the end (AND, OR and MINUS are mixed only with brackets)",
    ),
    ("(404684003", 10, "'{{', ':', '.', AND, OR, MINUS or ')'"),
    ("404684003)", 9, "'{{', ':', '.', AND, OR, MINUS or the end"),
    ("()", 1, FOCUS),
    ("((404684003) AND)", 16, "white space"),
    ("^", 1, FOCUS),
    ("^ [] 447562003", 3, "the name of a reference set field, or '*'"),
    ("^ [a b] 447562003", 5, "',' or ']'"),
    ("^ [mapTarget 447562003", 13, "',' or ']'"),
    ("^ [*, a] 447562003", 4, "']'"),
    ("404684003 :", 11, "an attribute, a group or '('"),
    ("404684003 : 363698007", 21, "'=', '!=', '<', '<=', '>' or '>='"),
    (
        "404684003 : 363698007 =",
        23,
        "a constraint, '#' and a number, a text in quotes, true or false",
    ),
    (
        "404684003 : 363698007 = ,",
        24,
        "a constraint, '#' and a number, a text in quotes, true or false",
    ),
    (
        "404684003 : 363698007 == *",
        23,
        "a constraint, '#' and a number, a text in quotes, true or false",
    ),
    ("404684003 : 363698007 < *", 24, "'#' and a number"),
    ('404684003 : 363698007 >= "x"', 25, "'#' and a number"),
    ("404684003 : 363698007 = #", 25, "a number"),
    ("404684003 : 363698007 = #1.", 26, "AND, OR or the end"),
    ("404684003 : 363698007 = # 5", 25, "a number"),
    ("404684003 : 363698007 = #05", 25, "a number"),
    ("404684003 : 363698007 = 5", 24, FOCUS),
    ('404684003 : 363698007 = "', 25, "'\"' to end the text"),
    ('404684003 : 363698007 = ""', 25, "a word"),
    ('404684003 : 363698007 = "a\\b"', 26, "'\\\"' or '\\\\'"),
    ('404684003 : 363698007 = wild:"\\a"', 30, "'\\\"' or '\\\\' or '\\*'"),
    ('404684003 : 363698007 = ("a""b")', 28, "white space or ')'"),
    ('404684003 : 363698007 = ("a" 5)', 29, "a text in quotes, 'match:' or 'wild:'"),
    ("404684003 : 363698007 = TRU", 24, FOCUS),
    ("404684003 : { 363698007 = *", 27, "AND, OR or '}'"),
    ("404684003 : { }", 14, "an attribute"),
    ("404684003 : { { 363698007 = * } }", 14, "an attribute (no group stands within a group)"),
    (
        "404684003 : { 363698007 = * OR 363698007 = *, 363698007 = * }",
        44,
        "OR (AND and OR are mixed only with brackets)",
    ),
    (
        "404684003 : 363698007 = *, 363698007 = * OR 363698007 = *, 363698007 = *, {363698007 = *}",
        72,
        "OR or the end (AND and OR are mixed only with brackets)",
    ),
    ("404684003 : (363698007 = *", 26, "AND, OR or ')'"),
    ("404684003 : [1..] 363698007 = *", 16, "a number from 0 on with at most 9 digits"),
    ("404684003 : [..1] 363698007 = *", 13, "a number from 0 on with at most 9 digits"),
    ("404684003 : [2..1] 363698007 = *", 16, "a number from 2 on, or '*'"),
    ("404684003 : [ 1..2] 363698007 = *", 13, "a number from 0 on with at most 9 digits"),
    ("404684003 : [1 .. 2] 363698007 = *", 14, "'..' or ' to '"),
    ("404684003 : [01..2] 363698007 = *", 13, "a number from 0 on with at most 9 digits"),
    ("404684003 : [1..12345678901] 363698007 = *", 16, "a number from 0 on with at most 9 digits"),
    ("404684003 : [-1..2] 363698007 = *", 13, "a number from 0 on with at most 9 digits"),
    ("404684003 : 363698007 = * MINUS 363698007 = *", 26, "AND, OR or the end"),
    ("404684003 : 363698007 = * : 363698007 = *", 26, "AND, OR or the end"),
    ("404684003 .", 11, FOCUS),
    ("404684003 . 363698007 : 363698007 = *", 22, "'.' or the end"),
    ("404684003 . 363698007 AND *", 22, "'.' or the end"),
    (
        "404684003 AND * : 363698007 = *",
        16,
        "AND or the end (AND, OR and MINUS are mixed only with brackets)",
    ),
    ("404684003 {{ }}", 13, DESCRIPTION_FILTER),
    ("404684003 {{ term }}", 18, "'=' or '!='"),
    ("404684003 {{ term = heart }}", 20, "a text in quotes, 'match:' or 'wild:'"),
    ('404684003 {{ term = "heart" }', 28, "',' or '}}'"),
    ('404684003 {{ term = "heart"', 27, "',' or '}}'"),
    ('404684003 {{ term > "heart" }}', 18, "'=' or '!='"),
    ('404684003 {{ term = "  " }}', 21, "a word"),
    ('404684003 {{ term = wild:"" }}', 26, "a pattern"),
    ('404684003 {{ term = exact:"x" }}', 20, "a text in quotes, 'match:' or 'wild:'"),
    ("404684003 {{ term = () }}", 21, "a text in quotes, 'match:' or 'wild:'"),
    ('404684003 {{ foo = "heart" }}', 13, DESCRIPTION_FILTER),
    ("404684003 {{ language = eng }}", 24, "a language code of two letters"),
    ('404684003 {{ language = "en" }}', 24, "a language code of two letters"),
    ("404684003 {{ type = foo }}", 20, "syn, synonym, fsn, fullyspecifiedname, def or definition"),
    ("404684003 {{ type = (syn,fsn) }}", 24, "white space or ')'"),
    ("404684003 {{ typeId = foo! }}", 22, FOCUS),
    ("404684003 {{ typeId = ! }}", 22, FOCUS),
    (
        "404684003 {{ typeId = (900000000000003001 900000000000013009 x) }}",
        61,
        "a concept identifier or ')'",
    ),
    ("404684003 {{ dialect = 5 }}", 23, "a dialect alias such as en-gb"),
    ("404684003 {{ dialect = en-gb (good) }}", 30, "accept, acceptable, prefer or preferred"),
    (
        "404684003 {{ dialect = (en-gb (prefer 900000000000548007)) }}",
        38,
        "accept, acceptable, prefer or preferred",
    ),
    ("404684003 {{ dialectId = en-gb }}", 25, FOCUS),
    ("404684003 {{ id = 5 }}", 18, "a description identifier (6 to 18 digits)"),
    ("404684003 {{ id = (670169018 x) }}", 29, "a description identifier (6 to 18 digits)"),
    ("404684003 {{ active = yes }}", 22, "1, 0, true or false"),
    ("404684003 {{ active = 2 }}", 22, "1, 0, true or false"),
    ("404684003 {{ effectiveTime = 20200101 }}", 29, 'a date in quotes such as "20240131", or ""'),
    ('404684003 {{ effectiveTime = "2020" }}', 30, "a date as YYYYMMDD"),
    ('404684003 {{ effectiveTime = "20201301" }}', 30, "a date as YYYYMMDD"),
    ('404684003 {{ effectiveTime = "20200132" }}', 30, "a date as YYYYMMDD"),
    (
        '404684003 {{ C term = "x" }}',
        15,
        "a concept filter: definitionStatus, definitionStatusId, moduleId, effectiveTime or active",
    ),
    ("404684003 {{ D definitionStatus = primitive }}", 15, DESCRIPTION_FILTER),
    ("404684003 {{ definitionStatus = primitive }}", 13, DESCRIPTION_FILTER),
    ("404684003 {{ C definitionStatus = half }}", 34, "primitive or defined"),
    ("404684003 {{ C moduleId }}", 24, "'=' or '!='"),
    (
        "404684003 {{ C active = 1 }} {{ M active = 1 }}",
        29,
        "a description or concept filter (member filters come first)",
    ),
    (
        '^ 447562003 {{ D term = "x" }} {{ M mapGroup = #1 }}',
        31,
        "a description or concept filter (member filters come first)",
    ),
    ("^ 447562003 {{ M mapGroup # 1 }}", 26, "'=', '!=', '<', '<=', '>' or '>='"),
    (
        "^ 447562003 {{ M = #1 }}",
        17,
        "moduleId, effectiveTime, active or the name of a reference set field",
    ),
    ('^ 447562003 {{ M mapTarget < "x" }}', 30, "a date as YYYYMMDD"),
    ("404684003 {{ + HIST }}", 15, "HISTORY"),
    ("404684003 {{ + HISTORY-MEAN }}", 22, "'-MIN', '-MOD', '-MAX', '(' or '}}'"),
    ("404684003 {{ + HISTORY MIN }}", 23, "'-MIN', '-MOD', '-MAX', '(' or '}}'"),
    ("404684003 {{ + HISTORY ( }}", 25, FOCUS),
    ('404684003 {{ + HISTORY }} {{ term = "x" }}', 26, "':', '.', AND, OR, MINUS or the end"),
    ("404684003 {{ HISTORY }}", 13, DESCRIPTION_FILTER),
    ("404684003 /* no end", 19, "'*/' to end the comment"),
    ("/* only a comment */", 20, FOCUS),
    ("descendantOf404684003", 12, "white space"),
    ("childOf", 7, "white space"),
    ("memberOf", 8, FOCUS),
    ("LOINC#", 0, FOCUS),
    ('"LOINC#54486-6', 0, FOCUS),
    ("#54486", 0, FOCUS),
    ("!= 404684003", 0, FOCUS),
    ("!!404684003", 0, FOCUS),
    ("404684003; 404684003", 9, "'{{', ':', '.', AND, OR, MINUS or the end"),
    ("404684003 |a| |b|", 14, "'{{', ':', '.', AND, OR, MINUS or the end"),
    ("404684003 & 404684003", 10, "'{{', ':', '.', AND, OR, MINUS or the end"),
    ("404684003 NOT 404684003", 10, "'{{', ':', '.', AND, OR, MINUS or the end"),
    ("404684003 : 363698007 not 404684003", 26, "'='"),
    ("404684003 : R = *", 14, FOCUS),
    ("404684003 |a\tb|", 12, "a term on one line without tabs"),
    ("404684003\x00", 9, "a character that may be printed"),
]


@pytest.mark.parametrize(("text", "position", "expected"), BAD)
def test_a_bad_expression_is_refused_where_it_goes_wrong(
    text: str, position: int, expected: str
) -> None:
    with pytest.raises(InvalidExpression) as caught:
        parse_ecl(text)

    assert (caught.value.position, caught.value.expected) == (position, expected)
    assert f"at position {position}: expected {expected}, found " in caught.value.text


def test_there_are_at_least_sixty_bad_expressions() -> None:
    assert len({text for text, _, _ in BAD}) >= 60


def test_the_text_tells_what_stands_at_the_fault() -> None:
    with pytest.raises(InvalidExpression, match=r"found '; 73211009'$"):
        parse_ecl("404684003; 73211009")


# -- expressions built to blow up ------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "*" + ")" * 5000,
        "(" * 61 + "*",
        "* : " + "(" * 61 + "363698007 = *" + ")" * 61,
        "* : 363698007 = (" * 61 + "*",
        "* {{ C moduleId = " * 61 + "*",
        "* " * 200_000,
        '* {{ term = "' + "a " * 1001 + '" }}',
        '* {{ term = wild:"' + "*a" * 501 + '" }}',
    ],
    ids=range(8),
)
def test_an_expression_that_costs_too_much_is_refused(text: str) -> None:
    with pytest.raises(TooCostly):
        parse_ecl(text)


def test_sixty_brackets_are_read() -> None:
    parse_ecl("(" * 59 + "*" + ")" * 59)
    parse_ecl("* : " + "(" * 58 + "363698007 = *" + ")" * 58)


def test_brackets_within_a_refinement_are_read_once_each() -> None:
    text = "* : " + "(363698007 = * AND " * 50 + "363698007 = *" + ")" * 50
    assert isinstance(parse_ecl(text), Refined)


def test_thousands_of_operands_are_read() -> None:
    found = parse_ecl(" OR ".join(["404684003"] * 15_000))
    assert isinstance(found, Compound)
    assert len(found.operands) == 15_000


def test_thousands_of_attributes_are_read() -> None:
    assert isinstance(parse_ecl("* : " + " OR ".join(["(363698007 = *)"] * 10_000)), Refined)


def test_a_long_number_is_kept_exactly() -> None:
    found = parse_ecl("* : 363698007 = #" + "9" * 500)
    assert repr(Decimal("9" * 500)) in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        '* : (363698007 = "' + '\\"' * 90_000,
        "* : (363698007 = * |" + "|" * 90_001,
        "* " + "/*" * 90_000,
        "* /*" + "*" * 150_000,
        "* : (363698007 |" + "a " * 90_000,
    ],
    ids=range(5),
)
def test_what_is_never_closed_is_refused_without_being_read_again_and_again(text: str) -> None:
    with pytest.raises(InvalidExpression):
        parse_ecl(text)

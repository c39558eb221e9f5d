"""White space and comments stand between any two parts, and cost no more than their length."""

import pytest

from termserver.ecl.format import format_ecl
from termserver.ecl.parse import parse_ecl
from termserver.errors import InvalidExpression

MANY = " " * 20_000


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        (
            '123456 {{ /* a */ D term = "b" }} {{ /* c */ + HISTORY }}',
            '123456 {{ D term = "b" }} {{ +HISTORY }}',
        ),
        (
            '^ 123456 {{ /* a */ M xyz = "b" }} {{ /* c */ C active = 1 }}',
            '^ 123456 {{ M xyz = "b" }} {{ C active = 1 }}',
        ),
        ("^ [ any /* a */ ] 123456", "^ [*] 123456"),
        ("^ [ any /* a */, mapTarget ] 123456", "^ [any, mapTarget] 123456"),
        (
            '123456 : 234567 = ( /* a */ match /* b */ : "c" )',
            '123456 : 234567 = match:"c"',
        ),
        ("123456 : [1/* a */to/* b */2] 234567 = *", "123456 : [1..2] 234567 = *"),
        ("/* a * b ** c */ 123456 /**/", "123456"),
    ],
)
def test_a_comment_ends_where_it_ends(text: str, same_as: str) -> None:
    assert parse_ecl(text) == parse_ecl(same_as)
    assert parse_ecl(format_ecl(parse_ecl(text))) == parse_ecl(text)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("123456 : [1 /* a */ x to /* b */ 2] 234567 = *", 11),
        ("123456 /* a", 11),
        ("123456 /* a * /", 15),
    ],
)
def test_text_between_two_comments_is_no_comment(text: str, position: int) -> None:
    with pytest.raises(InvalidExpression) as caught:
        parse_ecl(text)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "text",
    [
        f"123456 {{{{{MANY}x }}}}",
        f"^ 123456 {{{{{MANY}1 }}}}",
        f"123456 : 234567 = match{MANY}x",
        f"123456 : 234567 = ({MANY}x",
        f"123456 {{{{ D dialectId = ({MANY}x ) }}}}",
        f"^ [any{MANY}x] 123456",
        f"123456 : [1{MANY}x] 234567 = *",
        "123456 {{" + "/**/" * 5_000 + "x }}",
    ],
)
def test_thousands_of_blanks_before_a_fault_are_no_burden(text: str) -> None:
    with pytest.raises(InvalidExpression):
        parse_ecl(text)

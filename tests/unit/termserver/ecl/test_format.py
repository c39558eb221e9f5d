"""Trees as text: what is written, and that it is read as the same tree."""

from random import Random

import pytest

from termserver.ecl.format import format_ecl
from termserver.ecl.parse import parse_ecl
from tests.property.ecl_trees import TreeMaker, Words

A, B = "404684003", "363698007"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (f"descendantOrSelfOf {A}|x|", f"<< {A} |x|"),
        ("any", "*"),
        (f"memberOf[a,b]{A}", f"^ [a, b] {A}"),
        (f"{A},{B}", f"{A} AND {B}"),
        (f"(({A}))", f"(({A}))"),
        (f"{A}.{B}", f"{A} . {B}"),
        ('"x#1"', "x#1"),
        ('"x#ä 1"', '"x#ä 1"'),
        (f"*:[0 to many]reverseOf {B}<>*", f"* : [0..*] R {B} != *"),
        (f"*:{B}=#0.0000001", f"* : {B} = #0.0000001"),
        (f'*:{B}=match:"x"', f'* : {B} = "x"'),
        (f'*:{B}=match:"x#1"', f'* : {B} = match:"x#1"'),
        (f'*:{B}="a\\"\\\\"', f'* : {B} = "a\\"\\\\"'),
        (f'*:{B}=wild:"\\**"', f'* : {B} = wild:"\\**"'),
        (
            f"*:({B}=*,{B}=*)OR{{{B}=TRUE}}".replace("OR", " OR "),
            f"* : ({B} = *, {B} = *) OR {{ {B} = true }}",
        ),
        ("*{{type=(fsn syn)}}", "* {{ D type = (fullyspecifiedname synonym) }}"),
        ("*{{dialect=(en-GB(prefer))(accept)}}", "* {{ D dialect = (en-gb (prefer)) (accept) }}"),
        (f"*{{{{dialectId=({A})}}}}", f"* {{{{ D dialectId = ({A}) }}}}"),
        ('*{{CeffectiveTime>("20200131" "")}}', '* {{ C effectiveTime > ("20200131" "") }}'),
        (f"^{A}{{{{Mactive=0,x=true}}}}", f"^ {A} {{{{ M active = false, x = true }}}}"),
        ("*{{+history_min}}", "* {{ +HISTORY-MIN }}"),
        (f"*{{{{+history({A})}}}}", f"* {{{{ +HISTORY ({A}) }}}}"),
    ],
)
def test_trees_are_written_in_brief_syntax(text: str, written: str) -> None:
    assert format_ecl(parse_ecl(text)) == written


WORDS = Words(
    concepts=["138875005", A, "123456"],
    attributes=[B, "116676008"],
    refsets={
        "447562003": {"mapTarget": ("J45.9", "x#1", 'a"b'), "mapGroup": ("1",)},
        "900000000000527005": {"targetComponentId": (A,)},
    },
    descriptions=["670169018", "670170017"],
    words=["heart", "hjärta", "x#1", 'quo"te', "back\\slash", "a*b"],
    texts=["PANADOL", "LOINC#1", 'a "b" \\c', "match", "*", "x-1#é"],
    numbers=["5", "-2.5", "0", "0.0000001", "99999999999999999999"],
    times=["20190131", "20251231"],
    modules=["900000000000207008"],
    statuses=["900000000000074008"],
    types=["900000000000013009"],
    dialects=["en-us", "en-nhs-clinical"],
    language_refsets=["900000000000509007"],
    acceptabilities=["900000000000548007"],
    associations=["900000000000527005"],
    association_top="900000000000522004",
    language_top="900000000000506000",
    identifiers=[("LOINC", "54486-6"), ("x", "a b/é"), ("R", "1"), ("any", "2")],
    terms=[None, "a (b)", 'q"|'.replace("|", ""), "/* no comment */", "é AND {{"],
)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_written_is_read_as_the_same_tree(seed: int) -> None:
    maker = TreeMaker(Random(seed), WORDS)
    for at in range(100):
        tree = maker.expression(at % 6)
        assert parse_ecl(format_ecl(tree)) == tree

"""Expressions built to blow up: many operands, deep nesting, huge counts, wide dots, wild terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What the expressions name: concepts high in the hierarchy, attributes, reference sets."""

    tops: Sequence[str]
    attributes: Sequence[str]
    refset: str
    map: str
    language: str
    association: str


def costly(edition: Edition) -> dict[str, str]:
    """Return expressions by what is too much in them."""
    return {
        **_compounds(edition),
        **_hierarchies(edition),
        **_refinements(edition),
        **_dots(edition),
        **_descriptions(edition),
        **_members(edition),
        **_concepts(edition),
    }


def _compounds(edition: Edition) -> dict[str, str]:
    top, other = edition.tops[:2]
    return {
        "5,000 large sets joined by OR": " OR ".join(["<< *", f"<< {top}"] * 2_500),
        "5,000 large sets joined by AND": " AND ".join(["<< *", f"<< {top}"] * 2_500),
        "15,000 concepts joined by OR": " OR ".join([top, other, "*"] * 5_000),
        "MINUS within MINUS, 59 deep": _nested(f"(* MINUS (<< {top} MINUS ", "*", "))", 29),
        "brackets, 59 deep, an operator on each": _nested("<< (", f"<< {top}", ")", 59),
        "up and down, 58 deep": _nested("<< (>> (", "*", "))", 29),
        "brackets beyond the limit": _nested("(", "*", ")", 61),
        "a text beyond the limit": "* OR " * 50_000 + "*",
    }


def _nested(before: str, middle: str, after: str, times: int) -> str:
    return before * times + middle + after * times


def _hierarchies(edition: Edition) -> dict[str, str]:
    top = edition.tops[0]
    return {
        f"{symbol} of every concept": f"{symbol} *"
        for symbol in ("<", "<<", "<!", "<<!", ">", ">>", ">!", ">>!", "!!>", "!!<")
    } | {
        "top of the bottom of all": "!!> (!!< *)",
        "ancestors of every leaf": f">> (!!< (<< {top}))",
        "children of children of children": _nested("<! (", "*", ")", 40),
    }


def _refinements(edition: Edition) -> dict[str, str]:
    first, second = edition.attributes[:2]
    wide = ", ".join(f"{one} = *" for one in edition.attributes)
    return {
        "3,000 refinements of every concept": "* : " + ", ".join([f"{first} = *"] * 3_000),
        "3,000 of any attribute": "* : " + " OR ".join(["* = *"] * 3_000),
        "3,000 groups of any attribute": "* : " + ", ".join(["{ * = * }"] * 3_000),
        "3,000 reversed groups": "* : " + ", ".join(["{ R * = * }"] * 3_000),
        "1,000 attributes in one group": "* : { " + ", ".join(["[0..0] * = *"] * 1_000) + " }",
        "1,000 reversed in one group": "* : { " + " OR ".join(["R * = *"] * 1_000) + " }",
        "every attribute at once": f"* : {wide}",
        "every attribute in one group": f"* : {{ {wide} }}",
        "huge least": "* : [999999999..*] * = *",
        "huge most": "* : [0..999999999] * = *",
        "huge counts of groups": "* : [999999998..999999999] { [0..999999999] * = * }",
        "no group without": "* : [0..0] { [0..0] * = * }",
        "values of values, 29 deep": _nested(f"* : {first} = (", f"* : {second} = *", ")", 29),
        "reversed values, 29 deep": _nested("* : R * = (", "* : * = *", ")", 29),
        "a name that is every descendant": "* : << * = << *",
        "not equal to anything": "* : * != *, { * != * }",
        "brackets in brackets": "* : " + _nested("(", f"{first} = *", ")", 58),
        "texts of every concept": '* : * = wild:"' + "*a" * 400 + '"',
    }


def _dots(edition: Edition) -> dict[str, str]:
    top = edition.tops[0]
    return {
        "a chain of 5,000 dots": "*" + " . *" * 5_000,
        "a chain of named dots": f"<< {top}"
        + "".join(f" . (<< {one})" for one in [*edition.attributes] * 20),
        "a chain in brackets, 59 deep": _nested("(", "*", " . *)", 59),
    }


def _descriptions(edition: Edition) -> dict[str, str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    stars = [f'wild:"*{a}*{b}*"' for a in letters for b in letters]
    pairs = [f'"{a}{b}"' for a in letters for b in letters]
    negated = ", ".join(f'term != "{one}"' for one in letters)
    return {
        "wild at both ends": '* {{ term = wild:"*a*" }}',
        "a wild term of 900 signs": '* {{ term = wild:"' + "*a" * 450 + '" }}',
        "150 wild terms": "* {{ term = (" + " ".join(stars[:150]) + ") }}",
        "26 wild filters": "* {{ " + ", ".join(f"term = {one}" for one in stars[:26]) + " }}",
        "676 words": "* {{ term = (" + " ".join(pairs) + ") }}",
        "every letter alone": "* {{ term = (" + " ".join(f'"{one}"' for one in letters) + ") }}",
        "no letter at all": f"* {{{{ {negated} }}}}",
        "500 filters of dialects": "* " + "{{ dialect = en-us (prefer) }} " * 500,
        "500 filters of types": "* {{ " + ", ".join(["type != fsn"] * 500) + " }}",
        "inactive ones too": '* {{ active = 0, term = wild:"*e*" }}',
        "10,000 identifiers": "* {{ id = (" + " ".join(["680946014"] * 10_000) + ") }}",
        "a dialect that is a set": "* {{ dialectId = << * }}",
        "a type that is a set": "* {{ typeId = << * }}",
        "terms beyond the limit": '* {{ term = "' + "a " * 1_001 + '" }}',
    }


def _members(edition: Edition) -> dict[str, str]:
    named = f"^ {edition.map}"
    language = f"^ {edition.language}"
    return {
        "members of every reference set": "^ *",
        "members, filtered, of every one": '^ * {{ M effectiveTime > "20000101" }}',
        "all fields of the largest": f"^ [*] {edition.language}",
        "one field of the largest": f"^ [acceptabilityId] {edition.language}",
        "the largest, filtered": language + " {{ M active = 0 }}",
        "the largest, by a large set": language + " {{ M acceptabilityId = << * }}",
        "500 filters of rows": named + ' {{ M mapTarget = wild:"*1*" }}' * 500,
        "a wild field": named + ' {{ M mapTarget = wild:"' + "*1" * 400 + '" }}',
        "rows of a set of every concept": "^ (<< *)",
        "history of everything": "* {{ + HISTORY-MAX }}",
        "history by every reference set": "* {{ + HISTORY (*) }}",
        "history of history, 29 deep": _nested("(", "*", ") {{ + HISTORY }}", 29),
        "fields as a set": f"<< (^ [targetComponentId] {edition.association})",
    }


def _concepts(edition: Edition) -> dict[str, str]:
    return {
        "1,000 concept filters": "* " + "{{ C active = 1, definitionStatus = primitive }} " * 1_000,
        "modules that are every concept": "* {{ C moduleId = << * }}",
        "statuses that are every concept": "* {{ C definitionStatusId = << * }}",
        "10,000 dates": "* {{ C effectiveTime = (" + ' "20200101"' * 10_000 + ") }}",
        "filters within filters": _nested("* {{ C moduleId = ", "*", " }}", 29),
        "10,000 modules": f"* {{{{ C moduleId = ({' '.join([edition.refset] * 10_000)}) }}}}",
    }

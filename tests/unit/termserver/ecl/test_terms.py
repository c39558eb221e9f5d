"""Search terms against a text: words as prefixes, whole texts, wildcards."""

import pytest

from termserver.ecl.syntax import SearchTerm
from termserver.ecl.terms import any_of, beginning, longest_letters


def match(text: str) -> SearchTerm:
    return SearchTerm(kind="match", text=text)


def wild(text: str) -> SearchTerm:
    return SearchTerm(kind="wild", text=text)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("heart", "Heart", True),
        ("heart", "heart attack", False),
        ("*", "", True),
        ("*", "anything\nat all", True),
        ("**", "x", True),
        ("h*t", "heart", True),
        ("h*t", "heart attack", False),
        ("*art*", "Heart", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("ab*ba", "aba", False),
        ("*a*b*", "ba", False),
        ("*a*b*c", "xaxbxbc", True),
        ("*aa*aa*", "aaa", False),
        ("*aa*aa*", "aaaa", True),
        ("hjarta*", "Hjärta", True),
        ("*É", "café", True),
        (r"5\* *", "5* stars", True),
        (r"5\* *", "55 stars", False),
        (r"\"a\\", '"a\\', True),
        (".*", "heart", False),
    ],
)
def test_a_wild_term_is_the_whole_text(pattern: str, text: str, matches: bool) -> None:
    assert any_of([wild(pattern)])(text) is matches


@pytest.mark.parametrize(
    ("words", "text", "matches"),
    [
        ("hea att", "Attack of the heart", True),
        ("hea xyz", "Attack of the heart", False),
        ("art", "heart", False),
        ("OEDEMA", "œdema oedema", True),
        ("-", "no letter is asked for", True),
    ],
)
def test_every_word_of_a_match_begins_a_word(words: str, text: str, matches: bool) -> None:
    assert any_of([match(words)])(text) is matches


def test_any_one_of_several_terms_is_enough() -> None:
    finds = any_of([match("lung"), match("heart att"), wild("x*"), match("card")])

    assert [finds(text) for text in ("A lung", "heart attack", "Xylitol", "cardiac")] == [True] * 4
    assert [finds(text) for text in ("heart", "a x", "")] == [False] * 3


def test_a_whole_text_is_equal_but_for_blanks() -> None:
    finds = any_of([match("two words"), wild("J45*")], whole=True)

    assert [finds(text) for text in ("two  words", "j45.9")] == [True, True]
    assert [finds(text) for text in ("Two words", "two", "two words more")] == [False] * 3


def test_a_pattern_of_many_wildcards_ends_soon() -> None:
    assert not any_of([wild("*a" * 499 + "*b")])("a" * 100_000)


@pytest.mark.parametrize(
    ("pattern", "start"),
    [("Hjärta at*", "hjarta at"), ("*itis", ""), (r"5\* a*b", "5* a"), ("heart", "heart")],
)
def test_a_pattern_begins_with_what_stands_before_its_first_wildcard(
    pattern: str, start: str
) -> None:
    assert beginning(pattern) == start


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [("*itis", "itis"), (r"ab*\*cde", "cde"), ("Hjärta*", "hjarta"), ("*", ""), ("a-bc", "bc")],
)
def test_the_longest_letters_are_those_between_wildcards(pattern: str, letters: str) -> None:
    assert longest_letters(pattern) == letters

"""Search terms of ECL against a text: words as prefixes, or a pattern with wildcards."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import re2

from termserver.ecl.syntax import SearchTerm
from termserver.search import fold, matches_name, tokens

_LETTERS = re.compile(r"[a-z0-9]+")
_PART = re.compile(r'\\(["\\*])|(\*)|([^\\*]+)')


def any_of(terms: Sequence[SearchTerm], *, whole: bool = False) -> Callable[[str], bool]:
    """Return what tells whether any search term matches a text.

    `match`: every word is the beginning of some word of the text, in any order; with `whole` (a
    concrete string, a field) the text must be equal but for blanks. `wild`: the whole text, `*`
    standing for any part. Case and diacritics do not matter, but for `whole`. Source: ECL 2.2, term
    filters.
    """
    tests = [_test(term, whole=whole) for term in terms]
    return tests[0] if len(tests) == 1 else lambda text: any(test(text) for test in tests)


def _test(term: SearchTerm, *, whole: bool) -> Callable[[str], bool]:
    if term.kind == "wild":
        pattern = wild_pattern(term.text)
        return lambda text: pattern.fullmatch(fold(text)) is not None
    if whole:
        return lambda text: term.text == " ".join(text.split())
    words = tokens(term.text)
    return lambda text: matches_name(words, text)


def longest_letters(pattern: str) -> str:
    """Return the longest run of ASCII letters and digits that a wild pattern asks for, folded."""
    runs = [
        run
        for escaped, star, plain in _PART.findall(pattern)
        for run in _LETTERS.findall("" if star else fold(escaped or plain))
    ]
    return max(runs, key=len, default="")


def wild_pattern(text: str) -> re2._Regexp:
    """Return the pattern of a wild search term, in RE2, so that no pattern can be catastrophic."""
    options = re2.Options()
    options.dot_nl = True
    parts = [
        ".*" if star else re2.escape(fold(escaped or plain))
        for escaped, star, plain in _PART.findall(text)
    ]
    return re2.compile("".join(parts), options)

"""Search terms of ECL against a text: words as prefixes, or a pattern with wildcards."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from termserver.ecl.syntax import SearchTerm
from termserver.search import fold, tokens

_LETTERS = re.compile(r"[a-z0-9]+")
_PART = re.compile(r'\\(["\\*])|(\*)|([^\\*]+)')


def any_of(terms: Sequence[SearchTerm], *, whole: bool = False) -> Callable[[str], bool]:
    """Return what tells whether any search term matches a text.

    `match`: every word is the beginning of some word of the text, in any order; with `whole` (a
    concrete string, a field) the text must be equal but for blanks. `wild`: the whole text, `*`
    standing for any part. Case and diacritics do not matter, but for `whole`. Source: ECL 2.2, term
    filters.
    """
    wild = [_wild(term.text) for term in terms if term.kind == "wild"]
    plain = [term.text for term in terms if term.kind == "match"]
    if whole:
        exact = frozenset(plain)
        return lambda text: " ".join(text.split()) in exact or (bool(wild) and _any(wild, text))
    by_words = _by_words([tokens(text) for text in plain])
    if not wild:
        return lambda text: by_words(tokens(text))
    return lambda text: _any(wild, text) or (bool(plain) and by_words(tokens(text)))


def _any(wild: Sequence[Callable[[str], bool]], text: str) -> bool:
    folded = fold(text)
    return any(matches(folded) for matches in wild)


def _by_words(searches: Sequence[Sequence[str]]) -> Callable[[Sequence[str]], bool]:
    """Return what tells whether all words of any search begin some of the words of a text."""
    single = tuple(words[0] for words in searches if len(words) == 1)
    several = [words for words in searches if len(words) != 1]

    def matches(have: Sequence[str]) -> bool:
        return any(one.startswith(single) for one in have) or any(
            all(any(one.startswith(word) for one in have) for word in words) for words in several
        )

    return matches


def longest_letters(pattern: str) -> str:
    """Return the longest run of ASCII letters and digits that a wild pattern asks for, folded."""
    runs = (run for text in _runs_between_stars(pattern) for run in _LETTERS.findall(text))
    return max(runs, key=len, default="")


def beginning(pattern: str) -> str:
    """Return the text before the first wildcard of a wild pattern, folded."""
    return _runs_between_stars(pattern)[0]


def _wild(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a folded text is as a wild pattern has it.

    Each run of letters is sought behind the one before, so the cost is linear in the text.
    """
    first, *others = _runs_between_stars(pattern)
    if not others:
        return lambda text: text == first
    *inner, last = [one for one in others[:-1] if one] + [others[-1]]

    def matches(text: str) -> bool:
        at, end = len(first), len(text) - len(last)
        if at > end or not (text.startswith(first) and text.endswith(last)):
            return False
        for one in inner:
            at = text.find(one, at, end)
            if at < 0:
                return False
            at += len(one)
        return True

    return matches


def _runs_between_stars(pattern: str) -> list[str]:
    """Return the folded texts between the wildcards of a pattern, empty ones too."""
    runs = [""]
    for escaped, star, plain in _PART.findall(pattern):
        if star:
            runs.append("")
        else:
            runs[-1] += fold(escaped or plain)
    return runs

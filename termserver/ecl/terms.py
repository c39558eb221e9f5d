"""Search terms of ECL against a text: words as prefixes, or a pattern with wildcards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import re2

from termserver.ecl.syntax import SearchTerm
from termserver.search import fold, tokens

_PART = re.compile(r'\\(["\\*])|(\*)|([^\\*]+)')


def any_term_matches(terms: Sequence[SearchTerm], text: str, *, whole: bool = False) -> bool:
    """Tell whether any search term matches `text`.

    `match`: every word is the beginning of some word of the text, in any order; with `whole` (a
    concrete string, a field) the text must be equal but for blanks. `wild`: the whole text, `*`
    standing for any part. Case and diacritics do not matter. Source: ECL 2.2, 6.8 (term filters).
    """
    return any(_matches(term, text, whole=whole) for term in terms)


def _matches(term: SearchTerm, text: str, *, whole: bool) -> bool:
    if term.kind == "wild":
        return wild_pattern(term.text).fullmatch(fold(text)) is not None
    if whole:
        return term.text == " ".join(text.split())
    words = tokens(text)
    return all(any(word.startswith(one) for word in words) for one in tokens(term.text))


@lru_cache(maxsize=256)
def wild_pattern(text: str) -> re2._Regexp:
    """Return the pattern of a wild search term, in RE2, so that no pattern can be catastrophic."""
    options = re2.Options()
    options.dot_nl = True
    parts = [
        ".*" if star else re2.escape(fold(escaped or plain))
        for escaped, star, plain in _PART.findall(text)
    ]
    return re2.compile("".join(parts), options)

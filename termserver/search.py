"""Text filter over the names of concepts: folding, tokens and the rule of what matches.

`matches` is the rule; the index (termserver.index.text) gives the same answers (property test).
Source: ValueSet/$expand parameter `filter`, whose matching FHIR leaves to the server.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Scripts written without blanks: every character is a token, so that any run of them can be found.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")
_ASCII_TOKEN = re.compile("[a-z0-9]+")


def fold(text: str) -> str:
    """Return `text` without case, diacritics and compatibility forms (Unicode NFKD, full case
    folding).

    Idempotent. `ß` becomes `ss`, `é` becomes `e`; letters that are no composition (`ø`) stay.
    """
    if text.isascii():
        return text.lower()
    once = _bare(text).casefold()
    return once if once.isascii() else _bare(once)


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def tokens(text: str) -> list[str]:
    """Return the folded words of `text` in order: runs of letters and digits; empty if none."""
    if text.isascii():
        return _ASCII_TOKEN.findall(text.lower())
    folded = fold(text)
    return (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded)


def matches(text: str, code: str, names: Iterable[str]) -> bool:
    """Tell whether a concept is found by `text`.

    True where every word of `text` is the beginning of a word of one and the same name (display,
    designation) or of the code; word order is free. Blank text finds everything, text without any
    letter or digit nothing.
    """
    words = tokens(text)
    if not words:
        return not text.strip()
    return any(matches_name(words, name) for name in (code, *names))


def matches_name(words: Iterable[str], name: str) -> bool:
    """Tell whether every one of the folded `words` begins a word of `name`."""
    have = tokens(name)
    return all(any(token.startswith(word) for token in have) for word in words)

"""What a point operation offers: the parameters it takes plainly, and its answer from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from termserver.terminology import Terminology

Texts = dict[str, str]
"""Parameter -> its text. A Coding is given as `coding`, with the empty text, and as those that it
has of `coding.system`, `coding.version`, `coding.code` and `coding.display`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point operation in its plain form.

    `path` below the base (`CodeSystem/$lookup`); `texts` the parameters that are texts in a query
    string and in a Parameters body, and `codings` those that are a Coding in a body. Only
    parameters that may be given once belong here.

    `answer` gives the body of a 200, as the ordinary way would write it, or None for what that has
    to answer. Raises: TerminologyError, which is answered as everywhere. `pinned` names the
    parameter with which an answer may be kept for long. `sent` answers bodies that hold more than
    texts and Codings; `weak` tells that two answers alike in meaning may differ in bytes.
    """

    path: str
    texts: frozenset[str]
    codings: frozenset[str] = frozenset()
    answer: Callable[[Terminology, Texts], bytes | None]
    pinned: frozenset[str] = frozenset()
    sent: Callable[[Terminology, bytes], bytes | None] | None = None
    weak: bool = False

"""ICD-O-3 codes as registries write them -> the code itself.

Never applied silently: a caller asks for it by name. Source: ICD-O-3, structure of codes; NAACCR
items 400 (primary site), 522 and 523 (histology and behaviour).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from termserver.errors import InvalidRequest

_SITE = re.compile(r"(?:ICDO?T?[-:])?C(\d\d)(?:\.?(\d))?", re.IGNORECASE)
_MORPHOLOGY = re.compile(r"(?:M-?|ICDO?M[-:])?(\d{4})[/-]?([012369])", re.IGNORECASE)


def normalise_code(text: str) -> str | None:
    """Return the code that `text` writes in some common way, None where it is no such spelling.

    `C509`, `c50.9` -> `C50.9`; `85003`, `M-8500/3`, `M85003`, `icdom-85003` -> `8500/3`. Whether
    the code exists is another question. A sixth digit (grade, `8140/33`) is no part of it: None.
    """
    bare = text.strip()
    site = _SITE.fullmatch(bare)
    if site:
        return f"C{site.group(1)}" + (f".{site.group(2)}" if site.group(2) else "")
    morphology = _MORPHOLOGY.fullmatch(bare)
    if morphology:
        return f"{morphology.group(1)}/{morphology.group(2)}"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFields:
    """A code as registries keep it, apart; None: the field is no part of it.

    NAACCR items 400 (`site`, C509), 522 (`histology`, 8500) and 523 (`behaviour`, 3).
    """

    site: str | None = None
    histology: str | None = None
    behaviour: str | None = None


def from_registry(
    site: str | None = None, histology: str | None = None, behaviour: str | None = None
) -> tuple[str, ...]:
    """Return the codes that the fields make, topography first; white space round them is dropped.

    `C509`, `8500`, `3` -> `C50.9`, `8500/3`. Either axis may be left out. Whether a code exists is
    another question. Raises: InvalidRequest naming the field that is wrong or missing.
    """
    fields = (site, histology, behaviour)
    place, form, digit = (None if one is None else one.strip() for one in fields)
    if form is None and digit is None and place is None:
        raise InvalidRequest("Site, or histology and behaviour, are needed; none is given")
    if form is None and digit is not None:
        raise InvalidRequest(f"The behaviour '{digit}' needs a histology (item 522) beside it")
    if form is not None and digit is None:
        raise InvalidRequest(f"The histology '{form}' needs a behaviour (item 523) beside it")
    codes = []
    if place is not None:
        _check("primary site (item 400)", place, r"C\d{3}", "C and three digits, no dot (C509)")
        codes.append(f"{place[:3]}.{place[3]}")
    if form is not None and digit is not None:
        _check("histology (item 522)", form, r"\d{4}", "four digits (8500)")
        _check("behaviour (item 523)", digit, r"[012369]", "one of 0, 1, 2, 3, 6 and 9")
        codes.append(f"{form}/{digit}")
    return tuple(codes)


def to_registry(code: str) -> RegistryFields:
    """Return the fields of one code; spellings that `normalise_code` knows are understood.

    Raises: InvalidRequest for what is no code, and for a site without its fourth character (C50),
    which item 400 cannot hold.
    """
    known = normalise_code(code)
    if known is None:
        raise InvalidRequest(
            f"'{code}' is no code of ICD-O-3 that has fields: a topography (C50.9) or a morphology "
            "with behaviour and without grade (8500/3) is needed"
        )
    if known.startswith("C"):
        if "." not in known:
            raise InvalidRequest(
                f"The site '{known}' has three characters; the primary site (item 400) has four"
            )
        return RegistryFields(site=known.replace(".", ""))
    histology, _, behaviour = known.partition("/")
    return RegistryFields(histology=histology, behaviour=behaviour)


def _check(name: str, text: str, form: str, words: str) -> None:
    if re.fullmatch(form, text, re.ASCII) is None:
        raise InvalidRequest(f"The {name} must be {words}, but is '{text}'")

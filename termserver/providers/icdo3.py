"""ICD-O-3 codes as registries write them -> the code itself.

Never applied silently: a caller asks for it by name. Source: ICD-O-3, structure of codes; NAACCR
items 400 (primary site), 440 (grade), 522 and 523 (histology and behaviour).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from termserver.errors import InvalidRequest

_SITE = re.compile(r"(?:ICDO?T?[-:])?C(\d\d)(?:\.?(\d))?", re.IGNORECASE)
_MORPHOLOGY = re.compile(
    r"(?:M-?|ICDO?M[-:])?(\d{4})[/-]?([012369])([1-9])?", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A code read from another way to write it. `grade` is the sixth digit of a morphology."""

    code: str
    grade: str | None = None


def read_code(text: str) -> Written | None:
    """Return the code that `text` writes in some common way, None where it is no such spelling.

    `C509`, `c50.9` -> `C50.9`; `85003`, `M-8500/3`, `M85003`, `icdom-85003` -> `8500/3`; `8140/33`,
    `814033` -> `8140/3` with grade 3. Whether the code exists is another question.
    """
    bare = text.strip()
    site = _SITE.fullmatch(bare)
    if site:
        return Written(code=f"C{site.group(1)}" + (f".{site.group(2)}" if site.group(2) else ""))
    morphology = _MORPHOLOGY.fullmatch(bare)
    if morphology:
        histology, behaviour, grade = morphology.groups()
        return Written(code=f"{histology}/{behaviour}", grade=grade)
    return None


def normalise_code(text: str) -> str | None:
    """Return `read_code` without grade: None for what is no spelling, or has a sixth digit."""
    found = read_code(text)
    return None if found is None or found.grade is not None else found.code


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFields:
    """A code as registries keep it, apart; None: the field is no part of it.

    NAACCR items 400 (`site`, C509), 522 (`histology`, 8500), 523 (`behaviour`, 3) and 440 (`grade`,
    1 to 9; for diagnoses until 2017).
    """

    site: str | None = None
    histology: str | None = None
    behaviour: str | None = None
    grade: str | None = None


def from_registry(
    site: str | None = None,
    histology: str | None = None,
    behaviour: str | None = None,
    grade: str | None = None,
) -> tuple[str, ...]:
    """Return the codes that the fields make, topography first; white space round them is dropped.

    `C509`, `8500`, `3` -> `C50.9`, `8500/3`; with grade `1` the second is `8500/31`. Either axis
    may be left out. Whether a code exists is another question. Raises: InvalidRequest naming the
    field that is wrong or missing.
    """
    fields = (site, histology, behaviour, grade)
    place, form, digit, sixth = (None if one is None else one.strip() for one in fields)
    if form is None and digit is None and place is None and sixth is None:
        raise InvalidRequest("Site, or histology and behaviour, are needed; none is given")
    if form is None and (digit is not None or sixth is not None):
        name = f"behaviour '{digit}'" if digit is not None else f"grade '{sixth}'"
        raise InvalidRequest(f"The {name} needs a histology (item 522) beside it")
    if form is not None and digit is None:
        raise InvalidRequest(f"The histology '{form}' needs a behaviour (item 523) beside it")
    codes = []
    if place is not None:
        _check("primary site (item 400)", place, r"C\d{3}", "C and three digits, no dot (C509)")
        codes.append(f"{place[:3]}.{place[3]}")
    if form is not None and digit is not None:
        _check("histology (item 522)", form, r"\d{4}", "four digits (8500)")
        _check("behaviour (item 523)", digit, r"[012369]", "one of 0, 1, 2, 3, 6 and 9")
        if sixth is not None:
            _check("grade (item 440)", sixth, r"[1-9]", "one digit from 1 to 9")
        codes.append(f"{form}/{digit}{sixth or ''}")
    return tuple(codes)


def to_registry(code: str) -> RegistryFields:
    """Return the fields of one code; spellings that `read_code` knows are understood.

    Raises: InvalidRequest for what is no code, and for a site without its fourth character (C50),
    which item 400 cannot hold.
    """
    known = read_code(code)
    if known is None:
        raise InvalidRequest(
            f"'{code}' is no code of ICD-O-3 that has fields: a topography (C50.9) or a morphology "
            "with behaviour, with or without grade (8500/3, 8500/31), is needed"
        )
    if known.code.startswith("C"):
        if "." not in known.code:
            raise InvalidRequest(
                f"The site '{known.code}' has three characters; the primary site (item 400) has "
                "four"
            )
        return RegistryFields(site=known.code.replace(".", ""))
    histology, _, behaviour = known.code.partition("/")
    return RegistryFields(histology=histology, behaviour=behaviour, grade=known.grade)


def _check(name: str, text: str, form: str, words: str) -> None:
    if re.fullmatch(form, text, re.ASCII) is None:
        raise InvalidRequest(f"The {name} must be {words}, but is '{text}'")

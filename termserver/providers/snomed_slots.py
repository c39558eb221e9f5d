"""Ranges of concrete values in the concept model: `int(>#0..)`, `dec(#0..#5.5)`, `str("a" "b")`.

Source: SNOMED CT Template Syntax, concrete value replacement slots, which MRCM's attribute ranges
use for the subtypes of 762706009 (Concept model data attribute).
"""

from __future__ import annotations

import re

from termserver.providers.snomed_grammar import Plain

_SLOT = re.compile(r"\s*(int|dec|str|bool)\s*\((.*)\)\s*", re.DOTALL)
_KINDS = {"int": "number", "dec": "number", "str": "string", "bool": "boolean"}
_NUMBER = r"#([+-]?\d+(?:\.\d+)?)"
_RANGE = re.compile(rf"(?:(>)?{_NUMBER})?\.\.(?:(<)?{_NUMBER})?")
_ONE = re.compile(_NUMBER)
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def is_slot(constraint: str) -> bool:
    """Tell whether a range is of concrete values."""
    return _SLOT.fullmatch(constraint) is not None


def fits_slot(constraint: str, value: Plain) -> bool | None:
    """Tell whether a value is in a range of concrete values, None where the range cannot be
    read.
    """
    match = _SLOT.fullmatch(constraint)
    if match is None:
        return None
    kind, inside = match[1], match[2].strip()
    if value.kind != _KINDS[kind] or (kind == "int" and not float(value.text).is_integer()):
        return False
    if not inside:
        return True
    if kind == "str":
        texts = [re.sub(r"\\(.)", r"\1", one) for one in _TEXT.findall(inside)]
        return value.text in texts if texts else None
    if kind == "bool":
        return value.text.lower() in inside.lower().split()
    answers = [_fits(one, float(value.text)) for one in inside.split()]
    return True if True in answers else None if None in answers else False


def _fits(text: str, number: float) -> bool | None:
    one = _ONE.fullmatch(text)
    if one is not None:
        return number == float(one[1])
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    above, least, below, most = match.groups()
    high_enough = least is None or number > float(least) or (not above and number == float(least))
    low_enough = most is None or number < float(most) or (not below and number == float(most))
    return high_enough and low_enough

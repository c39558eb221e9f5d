"""Whether a value set has a code that ICD-O-3's behaviour matrix makes (no concept is there)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from termserver.operations.behaviour_matrix import satisfies
from valuesets.model import Compose, Include


def matrix_membership(
    compose: Compose, code: str, *, of_system: Callable[[str], bool]
) -> bool | None:
    """Tell whether the definition has an unlisted code of a system; None: it cannot be decided.

    A whole system has it; a list has what it lists; filters as `satisfies` can tell. An import
    leaves it open. `of_system` tells whether an include's system is the code's.
    """
    inside = _any(compose.includes, code, of_system)
    taken = _any(compose.excludes, code, of_system)
    if inside is False or taken is True:
        return False
    return None if taken is None else inside


def _any(clauses: Iterable[Include], code: str, of_system: Callable[[str], bool]) -> bool | None:
    """Return the answer of a union: True by one, None where one is open and none is True."""
    answers = [_has(one, code) for one in clauses if one.system is None or of_system(one.system)]
    if True in answers:
        return True
    return None if None in answers else False


def _has(clause: Include, code: str) -> bool | None:
    parts = [satisfies(one, code) for one in clause.filters]
    if clause.concepts:
        parts.append(any(one.code == code for one in clause.concepts))
    if False in parts:
        return False
    return None if None in parts or clause.value_sets else True

"""Other ways to write a code, taken only where the caller asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from termserver import issues, issues_icdo3
from termserver.model import Coding, Issue
from termserver.providers.icdo3 import Written, read_code
from termserver.providers.icdo3_grade import GRADES, misplaced
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology

SPELLINGS: dict[str, Callable[[str], Written | None]] = {ICD_O_3: read_code}
"""Code system -> what reads its codes as registries write them (C509, 85003, M-8500/3, 8140/31)."""


def respelled(terminology: Terminology, coding: Coding) -> tuple[Coding, Written] | None:
    """Return the coding with its code as the system defines it, and what was read.

    None where it is written so already, where the system has no other spellings, and where what is
    read is no code of it.
    """
    if coding.system is None or not coding.code:
        return None
    read = SPELLINGS.get(terminology.registry.canonical(coding.system))
    provider = terminology.find_system(coding.system, coding.version) if read else None
    if read is None or provider is None or provider.find(coding.code) is not None:
        return None
    found = read(coding.code)
    if found is None or provider.find(found.code) is None:
        return None
    return replace(coding, code=found.code), found


def spelling_issues(written: str, found: Written, *, expression: str | None) -> Iterator[Issue]:
    """Yield what is to be said of a code that was read as another way to write it."""
    yield issues.code_respelled(written, found.code, expression=expression)
    grade = found.grade
    if grade is None:
        return
    yield issues_icdo3.grade_read(written, found.code, grade, GRADES[grade], expression=expression)
    why = misplaced(found.code, grade)
    if why is not None:
        yield issues_icdo3.grade_misplaced(written, found.code, grade, why, expression=expression)

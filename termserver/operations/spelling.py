"""Other ways to write a code, taken only where the caller asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from termserver.model import Coding
from termserver.providers.icdo3 import normalise_code
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology

SPELLINGS: dict[str, Callable[[str], str | None]] = {ICD_O_3: normalise_code}
"""Code system -> what reads its codes as registries write them (C509, 85003, M-8500/3)."""


def respelled(terminology: Terminology, coding: Coding) -> Coding | None:
    """Return the coding with its code as the system defines it, where it is written otherwise.

    None where it is written so already, where the system has no other spellings, and where what is
    read is no code of it.
    """
    if coding.system is None or not coding.code:
        return None
    read = SPELLINGS.get(terminology.registry.canonical(coding.system))
    provider = terminology.find_system(coding.system, coding.version) if read else None
    if read is None or provider is None or provider.find(coding.code) is not None:
        return None
    code = read(coding.code)
    known = code is not None and provider.find(code) is not None
    return replace(coding, code=code) if known else None

"""ECL over a SNOMED CT edition, for concepts and for post-coordinated expressions."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cached_property

from termserver.conceptset import ConceptSet
from termserver.deadline import Check
from termserver.ecl.source import EclSource
from termserver.errors import InvalidExpression, TooCostly
from termserver.memo import Memo
from termserver.model import Member, Ordinal
from termserver.providers.snomed_expression import Expressions
from termserver.providers.snomed_source import SnomedSource
from termserver.providers.snomed_subsumption import Meaning, Subsumption
from termserver.providers.snomed_virtual import VirtualSource
from termserver.providers.stored import StoredProvider

KEPT = 64
"""Constraints whose concepts are kept, each a compressed set."""
MOST_SECONDS = 20
"""An evaluation that takes longer is refused."""


class Constraints:
    """Expression constraints over one edition."""

    def __init__(self, stored: StoredProvider, expressions: Expressions) -> None:
        """Take the edition and what reads its expressions."""
        self._stored = stored
        self._expressions = expressions
        # validators ask for the same few again and again
        self._kept = Memo(KEPT)

    @cached_property
    def source(self) -> SnomedSource:
        """Return the edition as ECL sees it."""
        return SnomedSource(self._stored)

    def select(self, text: str, check: Check | None = None) -> ConceptSet:
        """Return the concepts of a constraint, kept or found by steps between which `check` is
        called.

        Raises: InvalidExpression, UnknownCode, NotSupported, TooCostly after MOST_SECONDS, and what
        `check` does.
        """
        found = self._kept.get(text, lambda: _evaluated(text, self.source, check))
        assert found is not None
        return found

    def contains(self, text: str, member: Member, check: Check | None = None) -> bool:
        """Tell whether a concept or an expression satisfies a constraint. Raises: as `select`."""
        if not isinstance(member, str):
            return member in self.select(text, check)
        return self.holds(text, self._expressions.meaning_of(member), check)

    def holds(self, text: str, meaning: Meaning, check: Check | None = None) -> bool:
        """Tell whether what an expression means satisfies a constraint. Raises: as `select`."""
        source = VirtualSource(
            self.source, meaning, Subsumption(self._stored), Ordinal(self._stored.last)
        )
        return source.member in _evaluated(text, source, check)


def _evaluated(text: str, source: EclSource, check: Check | None) -> ConceptSet:
    # imported where it is used: most processes start without a question in ECL
    from termserver.ecl.evaluate import evaluate
    from termserver.ecl.parse import parse_ecl

    if check is not None:
        check()
    try:
        tree = parse_ecl(text)
    except InvalidExpression as fault:
        raise _named(text, fault) from fault
    end = time.monotonic() + MOST_SECONDS
    return evaluate(tree, source, check=lambda: _stop_after(end, text, check))


def _stop_after(end: float, text: str, check: Check | None) -> None:
    if check is not None:
        check()
    if time.monotonic() > end:
        raise TooCostly(
            f"The ECL expression '{text[:200]}' takes longer than {MOST_SECONDS} seconds; ask for "
            "less at once"
        )


def _named(text: str, fault: InvalidExpression) -> InvalidExpression:
    """Return the fault with the whole constraint in its text (suite `sct-ecl`, INVALID_ECL)."""
    error = InvalidExpression(
        f"Invalid ECL expression: '{text}': {fault.text}",
        expression=text,
        position=fault.position,
        expected=fault.expected,
    )
    error.issues = tuple(replace(one, message_id="INVALID_ECL") for one in error.issues)
    return error

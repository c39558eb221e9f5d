"""ECL over a SNOMED CT edition, for concepts and for expressions."""

from __future__ import annotations

from functools import cached_property, lru_cache

from termserver.conceptset import ConceptSet
from termserver.ecl.evaluate import evaluate
from termserver.ecl.parse import parse_ecl
from termserver.model import Member
from termserver.providers.snomed_expression import Expressions
from termserver.providers.snomed_source import SnomedSource
from termserver.providers.stored import StoredProvider

KEPT = 64
"""Constraints whose sets are kept: validators ask for the same few again and again."""


class Constraints:
    """Expression constraints over one edition."""

    def __init__(self, stored: StoredProvider, expressions: Expressions) -> None:
        """Take the edition and what reads its expressions."""
        self._stored = stored
        self._expressions = expressions
        self._select = lru_cache(maxsize=KEPT)(self._evaluate)

    @cached_property
    def source(self) -> SnomedSource:
        """Return the edition as constraints ask it."""
        return SnomedSource(self._stored)

    def select(self, text: str) -> ConceptSet:
        """Return the concepts of an expression constraint. Raises: InvalidExpression,
        UnknownCode.
        """
        return self._select(text)

    def _evaluate(self, text: str) -> ConceptSet:
        return evaluate(parse_ecl(text), self.source)

    def contains(self, text: str, member: Member) -> bool:
        """Tell whether a concept or an expression satisfies an expression constraint."""
        return member in self.select(text)

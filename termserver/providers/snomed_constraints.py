"""ECL over a SNOMED CT edition, for concepts and for expressions."""

from __future__ import annotations

from termserver.conceptset import ConceptSet
from termserver.errors import NotSupported
from termserver.model import Member
from termserver.providers.snomed_expression import Expressions
from termserver.providers.stored import StoredProvider


class Constraints:
    """Expression constraints over one edition."""

    def __init__(self, stored: StoredProvider, expressions: Expressions) -> None:
        """Take the edition and what reads its expressions."""
        self._stored = stored
        self._expressions = expressions

    def select(self, text: str) -> ConceptSet:
        """Return the concepts of an expression constraint. Raises: InvalidExpression,
        UnknownCode.
        """
        raise NotSupported(f"Expression constraints are not supported yet: '{text}'")

    def contains(self, text: str, member: Member) -> bool:
        """Tell whether a concept or an expression satisfies an expression constraint."""
        return member in self.select(text)

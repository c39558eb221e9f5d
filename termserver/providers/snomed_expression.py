"""Post-coordinated expressions over a SNOMED CT edition (placeholder: none is valid yet)."""

from __future__ import annotations

from collections.abc import Sequence

from termserver.errors import NotSupported
from termserver.model import Concept, Issue, Member, Ordinal, PropertyValue
from termserver.providers.stored import StoredProvider


class Expressions:
    """Expressions over one edition."""

    notes: tuple[Issue, ...] = ()

    def __init__(self, stored: StoredProvider) -> None:
        """Take the edition."""
        self._stored = stored

    def find(self, text: str) -> Member | None:
        """Return the member."""
        return None

    def why_unknown(self, text: str) -> Issue | None:
        """Return why not."""
        return None

    def display(self, text: str) -> str:
        """Return the text with terms."""
        return text

    def concept(self, text: str) -> Concept:
        """Return all that is known."""
        return Concept(code=text, display=self.display(text))

    def is_inactive(self, text: str) -> bool:
        """Tell whether any concept is inactive."""
        return False

    def satisfies(self, operator: str, root: Ordinal, text: str) -> bool:
        """Tell whether a hierarchical filter holds."""
        raise NotSupported("expressions")

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Tell whether `member` is below."""
        raise NotSupported("expressions")

    def equivalent(self, one: Member, other: Member) -> bool:
        """Tell whether both mean the same."""
        raise NotSupported("expressions")

    def property_values(self, text: str, name: str) -> Sequence[PropertyValue]:
        """Return values."""
        return ()

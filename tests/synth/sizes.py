"""How much of everything: the full world, and its fractions."""

from __future__ import annotations

from dataclasses import dataclass

FRACTIONS = {"small": 0.004, "medium": 0.1, "full": 1.0}
"""Name -> part of the full world; the small one has about 2,000 SNOMED CT concepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A part of the full world (1.0), which has about the rows of the real releases of 2025."""

    fraction: float

    def of(self, full: int, *, least: int = 1) -> int:
        """Return the number here of what the full world has `full` of."""
        return max(least, round(full * self.fraction))

    @property
    def concepts(self) -> int:
        """Return the number of SNOMED CT concepts, inactive ones too (full: 530,000)."""
        return self.of(530_000, least=600)

    @property
    def active_concepts(self) -> int:
        """Return the number of active SNOMED CT concepts (full: 370,000)."""
        return self.of(370_000, least=420)

    @property
    def attribute_types(self) -> int:
        """Return the number of attribute types; 100 but in small worlds."""
        return min(100, self.of(1_000, least=20))


def size(name: str, scale: float = 1.0) -> Size:
    """Return a named size, `scale` times. Raises: KeyError for a name that is none."""
    return Size(fraction=FRACTIONS[name] * scale)

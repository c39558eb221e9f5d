"""What SNOMED CT's implicit maps need of an edition: its reference sets, and what their rows mean.

Source: THO page "Using SNOMED CT with FHIR", implicit concept maps; release notes of the maps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from termserver.model import CodeSystem, Member
from termserver.systems import ICD_10_CM, ICD_O_3

RELATIONSHIPS = {
    900000000000523009: "inexact",  # POSSIBLY EQUIVALENT TO
    900000000000526001: "equivalent",  # REPLACED BY
    900000000000527005: "equal",  # SAME AS
    900000000000530003: "inexact",  # ALTERNATIVE
    1186921001: "inexact",  # POSSIBLY REPLACED BY, in the sense of the first
    900000000000528000: "wider",  # WAS A: the target is the former parent
}
"""Reference set -> equivalence; the page gives the first four. Any other says relatedto."""
TARGET_SYSTEMS = {
    446608001: ICD_O_3,
    447562003: "http://hl7.org/fhir/sid/icd-10",
    447563008: "http://hl7.org/fhir/sid/icd-9-cm",
    6011000124106: ICD_10_CM,
    900000000000497000: "http://read.info/ctv3",
}
"""Map reference set -> system of its targets; of any other, the release does not tell it."""
CORRELATIONS = {
    "447557004": "equivalent",  # exact match
    "447558009": "wider",  # narrow to broad: the target is the broad one
    "447559001": "narrower",  # broad to narrow
    "447560006": "inexact",  # partial overlap
}
"""Correlation of a map row -> equivalence; any other (447561005, not specified) says relatedto."""


class RefsetColumns(Protocol):
    """A reference set: its id and the names of its extra columns."""

    @property
    def id(self) -> int:
        """Return the reference set's concept."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the extra columns, in order."""


class RefsetRow(Protocol):
    """A row of a reference set."""

    @property
    def refset(self) -> int:
        """Return the reference set's concept."""

    @property
    def component(self) -> int:
        """Return the referenced component."""

    @property
    def active(self) -> bool:
        """Tell whether the row is in force."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the extra columns."""


@runtime_checkable
class RefsetProvider(Protocol):
    """A code system provider that holds reference sets."""

    @property
    def system(self) -> CodeSystem:
        """Return the code system's own facts."""

    def find(self, code: str) -> Member | None:
        """Return the member of a code."""

    def display_of(self, member: Member) -> str | None:
        """Return the display of a member."""

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Tell whether `member` is properly below `ancestor`."""

    def refsets(self) -> Sequence[RefsetColumns]:
        """Return the reference sets."""

    def refset_rows(self, refset: int) -> Iterable[RefsetRow]:
        """Return the rows of one reference set."""

    def refset_rows_of(self, component: int) -> Iterable[RefsetRow]:
        """Return the rows of one component in all reference sets."""

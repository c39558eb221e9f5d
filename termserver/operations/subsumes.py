"""CodeSystem/$subsumes: how two codes of one code system stand to each other.

Source: FHIR R4 and R5 CodeSystem/$subsumes; value set concept-subsumption-outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from termserver.errors import InvalidRequest
from termserver.model import Coding
from termserver.operations.lookup import get_member, get_system
from termserver.terminology import Terminology


class SubsumptionOutcome(StrEnum):
    """The four answers of $subsumes; `subsumes` says that A subsumes B."""

    EQUIVALENT = "equivalent"
    SUBSUMES = "subsumes"
    SUBSUMED_BY = "subsumed-by"
    NOT_SUBSUMED = "not-subsumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsumesRequest:
    """Two codings; `system` and `version` hold for those that do not name their own."""

    coding_a: Coding
    coding_b: Coding
    system: str | None = None
    version: str | None = None


def subsumes(terminology: Terminology, request: SubsumesRequest) -> SubsumptionOutcome:
    """Return how A stands to B. What cannot be determined is an error, never `not-subsumed`.

    Raises: InvalidRequest (no system, two systems, no code), UnknownCodeSystem, UnknownCode,
    NotSupported where the hierarchy does not mean is-a.
    """
    systems = {request.coding_a.system or request.system, request.coding_b.system or request.system}
    canonical = terminology.registry.canonical
    named = {canonical(one) for one in systems if one is not None}
    if None in systems or not named:
        raise InvalidRequest("$subsumes needs the system of both codes")
    if len(named) > 1:
        raise InvalidRequest(
            f"$subsumes compares codes of one system, not of {' and '.join(sorted(named))}"
        )
    if request.coding_a.code is None or request.coding_b.code is None:
        raise InvalidRequest("$subsumes needs two codes: codeA and codeB, or codingA and codingB")
    versions = {request.coding_a.version, request.coding_b.version, request.version} - {None}
    if len(versions) > 1:
        raise InvalidRequest(
            "$subsumes compares codes of one version, not of "
            f"{' and '.join(sorted(map(str, versions)))}"
        )
    provider = get_system(terminology, named.pop(), next(iter(versions), None))
    left = get_member(provider, request.coding_a.code)
    right = get_member(provider, request.coding_b.code)
    if left == right:
        return SubsumptionOutcome.EQUIVALENT
    above, below = provider.subsumes(left, right), provider.subsumes(right, left)
    if above and below:
        return SubsumptionOutcome.EQUIVALENT
    if above:
        return SubsumptionOutcome.SUBSUMES
    return SubsumptionOutcome.SUBSUMED_BY if below else SubsumptionOutcome.NOT_SUBSUMED

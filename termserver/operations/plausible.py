"""$plausibility: is this ICD-O-3 morphology usual at this site, and are both of an edition?"""

from __future__ import annotations

from dataclasses import dataclass

from termserver.model import Issue
from termserver.operations.plausibility import Plausibility, plausibility
from termserver.operations.validate_code import validate_code
from termserver.operations.validation import ValidateRequest
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology


@dataclass(frozen=True, slots=True, kw_only=True)
class PlausibleRequest:
    """A site and a morphology, written in any common way (C509, 85003).

    `list_version` is the date of SEER's list (None: the newest loaded), `edition` the version of
    the code system in which both codes must be (None: not asked).
    """

    site: str
    morphology: str
    list_version: str | None = None
    edition: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlausibleAnswer:
    """What the list says, and the findings: those about the edition first."""

    found: Plausibility
    edition: str | None
    issues: tuple[Issue, ...]

    @property
    def result(self) -> bool | None:
        """Return True where the pair is listed and of the edition, None where nothing can be said.

        False: a code is not of the edition, or the pair is not listed.
        """
        if any(one.severity == "error" for one in self.issues):
            return False
        outcome = self.found.outcome
        return None if outcome == "unknown-morphology" else outcome == "listed"


def plausible(terminology: Terminology, request: PlausibleRequest) -> PlausibleAnswer:
    """Return whether site and morphology go together.

    Raises: UnknownCode for what is no such code, UnknownConceptMap where the list is not loaded.
    """
    found = plausibility(
        terminology, request.site, request.morphology, version=request.list_version
    )
    issues: list[Issue] = []
    for code in (found.site, found.morphology) if request.edition else ():
        asked = ValidateRequest(
            code_system=True, url=ICD_O_3, code=code, system_version=request.edition
        )
        issues.extend(validate_code(terminology, asked).issues)
    if found.issue is not None:
        issues.append(found.issue)
    return PlausibleAnswer(found=found, edition=request.edition, issues=tuple(issues))

"""ICD-O-3: whether a morphology is plausible at a site, by SEER's site/histology list.

The list holds the usual pairs only: what is not on it is not impossible, it wants a second look
(SEER, "ICD-O-3 SEER Site/Histology Validation List").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from termserver.errors import UnknownCode, UnknownConceptMap
from termserver.model import Issue, Json
from termserver.providers.icdo3 import normalise_code
from termserver.terminology import Terminology

SITES_BY_MORPHOLOGY = "http://terminology.hl7.org/CodeSystem/icd-o-3/ConceptMap/seer-site-histology"
"""Canonical of the map that the loader of SEER's list makes (ours: SEER has none)."""

Outcome = Literal["listed", "not-listed", "unknown-morphology"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plausibility:
    """The answer: both codes as ICD-O-3 writes them, the list's date, and the outcome.

    `unknown-morphology`: the list does not have the morphology, so it says nothing. `sites` are
    those at which the morphology is listed, in order; empty if it is unknown.
    """

    site: str
    morphology: str
    version: str | None
    outcome: Outcome
    sites: tuple[str, ...] = ()

    @property
    def issue(self) -> Issue | None:
        """Return the finding for an answer; None where the pair is listed."""
        if self.outcome == "listed":
            return None
        listed = f"SEER's site/histology list ({self.version})"
        if self.outcome == "not-listed":
            text = f"The morphology '{self.morphology}' is not listed at the site '{self.site}'"
            text += f" in {listed}: check both codes"
        else:
            text = f"The morphology '{self.morphology}' is not in {listed}: nothing can be said"
        severity = "warning" if self.outcome == "not-listed" else "information"
        return Issue(severity=severity, code="business-rule", tx_type="code-comment", text=text)


def plausibility(
    terminology: Terminology, site: str, morphology: str, *, version: str | None = None
) -> Plausibility:
    """Return whether a pair of ICD-O-3 codes is on the list; common spellings are understood.

    Raises: UnknownCode for what is no topography or no morphology with behaviour;
    UnknownConceptMap where no list (of that date) is loaded.
    """
    place, form = normalise_code(site), normalise_code(morphology)
    if place is None or "." not in place:
        raise UnknownCode(f"'{site}' is no topography code of ICD-O-3 (C50.9)")
    if form is None or "/" not in form:
        raise UnknownCode(f"'{morphology}' is no morphology code of ICD-O-3 (8500/3)")
    resource = terminology.find_document("ConceptMap", SITES_BY_MORPHOLOGY, version)
    if resource is None:
        raise UnknownConceptMap(
            "SEER's site/histology list is not loaded, so plausibility cannot be told; load "
            "sitetype.icdo3.*.xls"
        )
    sites = tuple(_sites(resource, form))
    outcome: Outcome = "unknown-morphology"
    if sites:
        outcome = "listed" if place in sites else "not-listed"
    return Plausibility(
        site=place,
        morphology=form,
        version=resource.get("version"),
        outcome=outcome,
        sites=sites,
    )


def _sites(resource: Json, morphology: str) -> Iterator[str]:
    """Yield the targets of one element; the map has one group and no element twice."""
    for group in resource.get("group", ()):
        for element in group.get("element", ()):
            if element.get("code") == morphology:
                yield from (one["code"] for one in element.get("target", ()) if "code" in one)

"""ICD-O-3: whether a morphology is plausible at a site, by SEER's site/histology list.

The list holds the usual pairs only: what is not on it is not impossible, it wants a second look
(SEER, "ICD-O-3 SEER Site/Histology Validation List").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from termserver.errors import UnknownCode, UnknownConceptMap
from termserver.model import Coding, Issue, Json
from termserver.operations.validation import Validation
from termserver.providers.icdo3 import normalise_code
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology

SITES_BY_MORPHOLOGY = "http://terminology.hl7.org/CodeSystem/icd-o-3/ConceptMap/seer-site-histology"
"""Canonical of the map that the loader of SEER's list makes (ours: SEER has none)."""

_SITE = re.compile(r"C\d\d\.\d", re.ASCII)
_MORPHOLOGY = re.compile(r"\d{4}/[012369]", re.ASCII)

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
        doubtful = self.outcome == "not-listed"
        return Issue(
            severity="warning" if doubtful else "information",
            code="business-rule",
            tx_type="code-comment",
            text=text,
            message_id="ICDO3_SITE_NOT_LISTED" if doubtful else "ICDO3_SITE_UNDECIDED",
            in_message=doubtful,
        )


@dataclass(frozen=True, slots=True)
class SiteList:
    """SEER's list: its date, and the sites of each morphology, in order."""

    version: str | None
    sites: Mapping[str, tuple[str, ...]]

    def judge(self, site: str, morphology: str) -> Plausibility:
        """Return what the list says of a pair of codes as ICD-O-3 writes them."""
        sites = self.sites.get(morphology, ())
        outcome: Outcome = "unknown-morphology"
        if sites:
            outcome = "listed" if site in sites else "not-listed"
        return Plausibility(
            site=site, morphology=morphology, version=self.version, outcome=outcome, sites=sites
        )

    def best(self, sites: Sequence[str], morphology: str) -> Plausibility:
        """Return the answer for the first site that is listed, else for the first of all.

        One tumour may have several sites coded, and one that fits is enough. `sites` is not empty.
        """
        answers = [self.judge(one, morphology) for one in sites]
        return next((one for one in answers if one.outcome == "listed"), answers[0])


def find_site_list(terminology: Terminology, version: str | None = None) -> SiteList | None:
    """Return the list (of that date, else the newest), None where it is not loaded."""

    def read() -> SiteList | None:
        resource = terminology.find_document("ConceptMap", SITES_BY_MORPHOLOGY, version)
        return None if resource is None else SiteList(resource.get("version"), _sites(resource))

    return terminology.remembered(("sites", version), read, lambda one: 10 * len(one.sites))


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
    found = find_site_list(terminology, version)
    if found is None:
        dated = f" of {version}" if version else ""
        raise UnknownConceptMap(
            f"SEER's site/histology list{dated} is not loaded, so plausibility cannot be told; "
            "load sitetype.icdo3.*.xls"
        )
    return found.judge(place, form)


def with_plausibility(
    terminology: Terminology, codings: Sequence[Coding], answer: Validation
) -> Validation:
    """Return the answer about a CodeableConcept with a warning where its codings do not fit.

    A topography and a morphology of ICD-O-3 are compared; where there is no pair nothing is added.
    The result stays. Raises: UnknownConceptMap where there is a pair and no list is loaded.
    """
    system = terminology.registry.canonical
    own = [one.code for one in codings if one.system and system(one.system) == ICD_O_3 and one.code]
    sites = [one for one in own if is_site(one)]
    forms = [one for one in own if is_morphology(one)]
    if not sites or not forms:
        return answer
    found = find_site_list(terminology)
    if found is None:
        raise UnknownConceptMap(
            "SEER's site/histology list is not loaded, so plausibility cannot be told; load "
            "sitetype.icdo3.*.xls"
        )
    said = [issue for one in forms if (issue := found.best(sites, one).issue) is not None]
    issues = (*answer.issues, *said)
    texts = [one.text for one in said if one.in_message]
    message = "; ".join([*([answer.message] if answer.message else []), *texts]) or None
    return replace(answer, issues=issues, message=message)


def is_site(code: str) -> bool:
    """Tell whether a code is written as a topography with its fourth character (C50.9)."""
    return _SITE.fullmatch(code) is not None


def is_morphology(code: str) -> bool:
    """Tell whether a code is written as a morphology with behaviour (8500/3)."""
    return _MORPHOLOGY.fullmatch(code) is not None


def _sites(resource: Json) -> dict[str, tuple[str, ...]]:
    """Return morphology -> sites; the map has one group and no element twice."""
    return {
        element["code"]: tuple(one["code"] for one in element.get("target", ()) if "code" in one)
        for group in resource.get("group", ())
        for element in group.get("element", ())
        if "code" in element
    }

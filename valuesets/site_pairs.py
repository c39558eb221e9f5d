"""Whether the ICD-O-3 sites and morphologies of one resource go together, where a check asks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from termserver.model import Coding
from termserver.operations.plausibility import Plausibility, find_site_list, is_morphology, is_site
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology
from valuesets.coded_element import CodedElement
from valuesets.findings import Finding, coded_finding

NO_LIST = "Cannot be decided: SEER's site/histology list is not loaded (sitetype.icdo3.*.xls)"


class SitePairs:
    """Compares by SEER's list. Each morphology is judged once in a resource, at its best site."""

    def __init__(self, terminology: Terminology) -> None:
        """Ask the newest list that `terminology` has."""
        self._canonical = terminology.registry.canonical
        self._list = find_site_list(terminology)

    def findings(self, elements: Sequence[CodedElement], file: str) -> Iterator[Finding]:
        """Yield a finding for each morphology that is not listed at any site of its resource.

        Where the list is not loaded, or lacks the morphology, it cannot be decided. Sites and
        morphologies of different resources (an Observation and its focus) are not compared.
        """
        sites: dict[str, list[str]] = {}
        forms: dict[str, dict[str, tuple[CodedElement, Coding]]] = {}
        for element in elements:
            if element.is_part or element.kind not in {"CodeableConcept", "Coding"}:
                continue
            for coding in element.codings:
                code = coding.code or ""
                if not coding.system or self._canonical(coding.system) != ICD_O_3:
                    continue
                if is_site(code):
                    sites.setdefault(element.root, []).append(code)
                elif is_morphology(code):
                    forms.setdefault(element.root, {}).setdefault(code, (element, coding))
        for root, found in forms.items():
            if root in sites:
                for element, coding in found.values():
                    yield from self._of_pair(element, coding, sites[root], file)

    def _of_pair(
        self, element: CodedElement, coding: Coding, sites: Sequence[str], file: str
    ) -> Iterator[Finding]:
        if self._list is None:
            yield coded_finding(element, coding, file, "information", "cannot-be-decided", NO_LIST)
            return
        answer: Plausibility = self._list.best(sites, coding.code or "")
        issue = answer.issue
        if issue is None:
            return
        if answer.outcome == "not-listed":
            yield coded_finding(element, coding, file, "warning", "site-not-listed", issue.text)
        else:
            text = f"Cannot be decided: {issue.text}"
            yield coded_finding(element, coding, file, "information", "cannot-be-decided", text)

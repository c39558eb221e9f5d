"""Checking resources: every coded element against its bindings and its own code system.

Source: R4 terminologies 4.1.5 (strengths), fhir-rules section "Bindings". A miss is an error in a
required binding and in a maximum value set, a warning in an extensible one, information in a
preferred one; example bindings say nothing. What hangs on content that is not loaded "cannot be
decided": information, and never counted as passed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from termserver.deadline import UNLIMITED, Deadline
from termserver.model import Coding, Json
from termserver.terminology import Terminology
from valuesets.bindings import MAXIMUM
from valuesets.coded import Walker
from valuesets.coded_element import BoundBy, CodedElement, Missing, Walk
from valuesets.findings import (
    SEVERITY,
    Finding,
    FindingKind,
    Severity,
    bound_finding,
    coded_finding,
    fixed_text,
    missing_text,
    none_of,
    plain_finding,
    rule_text,
)
from valuesets.profiles import Definitions
from valuesets.site_pairs import SitePairs
from valuesets.verdicts import CheckOptions, CodeVerdict, Membership, Verdicts


@dataclass(slots=True, kw_only=True)
class Report:
    """What was checked and found. Counts of `bindings` are by outcome: passed, failed, undecided.

    `failed` counts misses of every severity; text alone and example bindings are not counted at
    all.
    """

    findings: list[Finding] = field(default_factory=list)
    resources: int = 0
    elements: int = 0
    codings: int = 0
    bindings: Counter[str] = field(default_factory=Counter)

    @property
    def has_errors(self) -> bool:
        """Tell whether a required binding or a maximum value set failed."""
        return any(one.severity == "error" for one in self.findings)

    def count(self, severity: Severity) -> int:
        """Return the number of findings of a severity."""
        return sum(one.severity == severity for one in self.findings)


class Checker:
    """Checks resources one after the other; what was asked once is not asked again."""

    def __init__(
        self,
        terminology: Terminology,
        *,
        profiles: Sequence[str] = (),
        options: CheckOptions | None = None,
        deadline: Deadline = UNLIMITED,
    ) -> None:
        """Check against `profiles` too, where a resource is of their type, for at most so long."""
        self.definitions = Definitions(terminology)
        self._deadline = deadline
        self.verdicts = Verdicts(terminology, options, self._deadline)
        self._pairs = SitePairs(terminology) if options and options.plausibility else None
        self.report = Report()
        self._walker = Walker(self.definitions, profiles)
        self._said: set[Missing] = set()
        self._unused = dict.fromkeys(profiles)

    def check(self, resource: Json, *, file: str = "") -> None:
        """Check one resource (a Bundle with all its entries); the findings go to `report`.

        Raises: TooCostly when the time is over.
        """
        found = self._walker.walk(resource)
        for used in found.used:
            self._unused.pop(used, None)
        self.report.resources += found.resources
        self.report.findings.extend(self._of_definitions(found, file))
        once: dict[tuple[BoundBy, str], list[tuple[CodedElement, str]]] = {}
        for element in found.elements:
            self._deadline.check()
            self.report.elements += 1
            if not element.is_part:
                self.report.codings += len(element.codings)
            self.report.findings.extend(self._of_element(element, file, once))
        for (bound, _), repeats in once.items():
            self.report.findings.extend(self._of_repeats(bound, repeats, file))
        if self._pairs is not None:
            self.report.findings.extend(self._pairs.findings(found.elements, file))

    def finish(self) -> Report:
        """Return the report, with a warning for each profile asked for that nothing was of."""
        for canonical in self._unused:
            if self.definitions.find(canonical) is not None:
                text = f"No resource is of the type of {canonical}: nothing was checked against it"
                self.report.findings.append(
                    plain_finding(
                        "", "", "", "warning", "profile-of-other-type", text, profile=canonical
                    )
                )
        self._unused.clear()
        return self.report

    # -- definitions -----------------------------------------------------------------------------

    def _of_definitions(self, found: Walk, file: str) -> Iterator[Finding]:
        for missing, resource, path in found.missing:
            if missing not in self._said:
                self._said.add(missing)
                yield plain_finding(
                    file,
                    resource,
                    path,
                    "information",
                    "definition-not-available",
                    missing_text(missing),
                    profile=missing.canonical,
                )
        for resource, path, canonical in found.mismatches:
            yield plain_finding(
                file,
                resource,
                path,
                "warning",
                "profile-of-other-type",
                f"The profile {canonical} is for another type of resource: not checked against it",
                profile=canonical,
            )

    # -- one element -----------------------------------------------------------------------------

    def _of_element(
        self,
        element: CodedElement,
        file: str,
        once: dict[tuple[BoundBy, str], list[tuple[CodedElement, str]]],
    ) -> Iterator[Finding]:
        undecided = False
        for bound in element.bindings:
            if bound.binding.rule not in SEVERITY:
                continue
            outcome, reason = self._outcome(element, bound)
            if bound.binding.any_repeat:
                once.setdefault((bound, element.element), []).append((element, outcome))
                continue
            undecided = undecided or outcome == "undecided"
            yield from self._of_outcome(element, bound, outcome, reason, file)
        if not element.is_part and element.kind != "code":
            for coding in element.codings:
                yield from self._of_code(element, coding, file, said=undecided)

    def _outcome(self, element: CodedElement, bound: BoundBy) -> tuple[str, str | None]:
        """Return (passed, failed, undecided, no-code or nothing, the reason where undecided)."""
        if not element.codings:
            return ("nothing" if element.is_absent else "no-code"), None
        if bound.binding.usage:
            return "undecided", "The binding holds only in a context that is not known here"
        found: list[Membership] = []
        for one in element.codings:
            answer = self.verdicts.membership(
                one, bound.binding.value_set, infer_system=element.kind == "code"
            )
            if answer.place == "inside":
                return "passed", None
            found.append(answer)
        reason = next((one.reason for one in found if one.place == "undecided"), None)
        if reason is not None:
            return "undecided", reason
        return ("nothing" if bound.decides_slice else "failed"), None

    def _of_outcome(
        self, element: CodedElement, bound: BoundBy, outcome: str, reason: str | None, file: str
    ) -> Iterator[Finding]:
        rule, value_set = bound.binding.rule, bound.binding.value_set
        if outcome == "no-code":
            if bound.decides_slice or SEVERITY[rule] != "error":
                return
            text = f"There is no code, and one from the value set {value_set} is required"
            yield bound_finding(element, bound, file, "error", "no-code", text)
            self.report.bindings["failed"] += 1
            return
        if outcome == "nothing":
            return
        self.report.bindings[outcome] += 1
        if outcome == "undecided":
            text = f"Cannot be decided: {reason}"
            yield bound_finding(element, bound, file, "information", "cannot-be-decided", text)
        elif outcome == "failed":
            kind: FindingKind = (
                "not-in-maximum-value-set" if rule == MAXIMUM else "not-in-value-set"
            )
            text = f"{none_of(element)} in the value set {value_set} ({rule_text(rule)})"
            text += fixed_text(element, bound)
            yield bound_finding(element, bound, file, SEVERITY[rule], kind, text)

    def _of_repeats(
        self, bound: BoundBy, repeats: Sequence[tuple[CodedElement, str]], file: str
    ) -> Iterator[Finding]:
        """Judge a binding of which one repeat is enough (R5 additional.any)."""
        outcomes = {outcome for _, outcome in repeats}
        element = repeats[0][0]
        for outcome in ("passed", "undecided", "failed", "no-code"):
            if outcome in outcomes:
                yield from self._of_outcome(element, bound, outcome, "see the other findings", file)
                return

    # -- one code --------------------------------------------------------------------------------

    def _of_code(
        self, element: CodedElement, coding: Coding, file: str, *, said: bool
    ) -> Iterator[Finding]:
        """Yield what the coding's own system says; `said` tells that a binding is undecided
        already.
        """
        verdict: CodeVerdict = self.verdicts.code(coding)
        if coding.system is None:
            text = "The coding has no system, so nothing can be said of its code"
            yield coded_finding(element, coding, file, "warning", "no-system", text)
        elif verdict.exists is None:
            if not said:
                text = f"Cannot be decided: {verdict.reason}"
                yield coded_finding(element, coding, file, "information", "cannot-be-decided", text)
        elif verdict.error is not None:
            # A warning: the version loaded here need not be the one the author had.
            yield coded_finding(element, coding, file, "warning", "unknown-code", verdict.error)
        for note in verdict.notes:
            severity: Severity = "information" if note.severity == "information" else "warning"
            is_display = (note.tx_type or "").endswith(("display", "display-comment"))
            kind: FindingKind = "display" if is_display else "status"
            if (note.message_id or "").startswith("BEHAVIOUR_MATRIX"):
                kind = "behaviour-matrix"
            yield coded_finding(element, coding, file, severity, kind, note.text)

"""What is to be said of one code, by itself and in one value set; each question asked once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from termserver.deadline import UNLIMITED, Deadline
from termserver.errors import TerminologyError, UnknownValueSet
from termserver.model import Coding, Issue
from termserver.operations.validate_code import validate_code as validate_in_system
from termserver.operations.validation import ValidateRequest, Validation
from termserver.systems import ICD_O_3
from termserver.terminology import Terminology
from valuesets.context import Evaluation
from valuesets.membership import systems_of
from valuesets.model import VersionRules
from valuesets.partial import is_partial, without_system
from valuesets.resolve import requested_value_set
from valuesets.validate_code import validate_code

Place = Literal["inside", "outside", "undecided"]

_OUTSIDE = frozenset({"not-in-vs", "this-code-not-in-vs"})
_NOT_SAID = frozenset({"not-in-vs", "this-code-not-in-vs", "invalid-display", "status-check"})
_NO_RULES = VersionRules()
_NOTES = frozenset({"invalid-display", "display-comment", "code-comment", "code-rule"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Whether a code is in a value set, and why that cannot be decided where it cannot."""

    place: Place
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeVerdict:
    """What a code system says of a coding: `exists` is None where that cannot be decided.

    `reason` says why it cannot, `error` what is wrong with the code, `notes` what else there is to
    say (display, status).
    """

    exists: bool | None
    reason: str | None = None
    error: str | None = None
    notes: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What a check may be asked beside: all of it is about ICD-O-3.

    `behaviour_matrix` takes a histology with a behaviour that is not listed (rule F);
    `plausibility` compares site and morphology of a resource by SEER's list; `edition` is the
    version in which codes without a version of their own are checked.
    """

    behaviour_matrix: bool = False
    plausibility: bool = False
    edition: str | None = None


class Verdicts:
    """Answers about codes, kept by system, version, code, display and value set."""

    def __init__(
        self,
        terminology: Terminology,
        options: CheckOptions | None = None,
        deadline: Deadline = UNLIMITED,
    ) -> None:
        """Ask `terminology` until `deadline`. The answers hold as long as it does."""
        self._deadline = deadline
        self._terminology = terminology
        self._options = options or CheckOptions()
        edition = self._options.edition
        self._rules = VersionRules(system_version=(f"{ICD_O_3}|{edition}",) if edition else ())
        self._codes: dict[Coding, CodeVerdict] = {}
        self._members: dict[tuple[str | None, str | None, str | None, str], Membership] = {}
        self._absent: dict[str, str] = {}
        self._systems: dict[str, tuple[str, ...]] = {}
        self._partial: dict[tuple[str, str | None], bool] = {}
        self._without: dict[str, Terminology] = {}

    @property
    def asked(self) -> int:
        """Return how many different questions were asked."""
        return len(self._codes) + len(self._members)

    def code(self, coding: Coding) -> CodeVerdict:
        """Return what the coding's own system says of it."""
        found = self._codes.get(coding)
        if found is None:
            found = self._codes[coding] = self._of_code(self._in_edition(coding))
        return found

    def membership(self, coding: Coding, value_set: str, *, infer_system: bool) -> Membership:
        """Return whether a coding is in a value set; `infer_system` for a `code` without system.

        Such a code is inside if it is in any of the systems that the value set draws from.
        """
        key = (coding.system, coding.version, coding.code, value_set)
        found = self._members.get(key)
        if found is None:
            ask = self._of_text if infer_system else self._of_member
            found = self._members[key] = ask(coding, value_set)
        return found

    def _is_icd_o_3(self, coding: Coding) -> bool:
        system = coding.system
        return bool(system) and self._terminology.registry.canonical(system or "") == ICD_O_3

    def _in_edition(self, coding: Coding) -> Coding:
        """Return a code of ICD-O-3 in the edition asked for; one with a version keeps it."""
        if self._options.edition is None or coding.version or not self._is_icd_o_3(coding):
            return coding
        return replace(coding, version=self._options.edition)

    # -- the code system -------------------------------------------------------------------------

    def _of_code(self, coding: Coding) -> CodeVerdict:
        if coding.system is None:
            return CodeVerdict(exists=None, reason="The coding has no system")
        lacking = self._lacking(coding)
        if lacking is not None:
            return CodeVerdict(exists=None, reason=lacking)
        request = ValidateRequest(
            release=self._terminology.release,
            code_system=True,
            coding=coding,
            lenient_display=True,
            behaviour_matrix=self._options.behaviour_matrix and self._is_icd_o_3(coding),
        )
        try:
            answer = validate_in_system(self._terminology, request, deadline=self._deadline)
        except TerminologyError as error:
            return CodeVerdict(exists=None, reason=error.text)
        if not answer.result and (answer.unknown_systems or answer.missing_systems):
            return CodeVerdict(exists=None, reason=_reason(answer))
        wrong = next((one for one in answer.issues if one.tx_type == "invalid-code"), None)
        if wrong is not None:
            return CodeVerdict(exists=False, error=wrong.text)
        notes = tuple(one for one in answer.issues if one.tx_type in _NOTES)
        return CodeVerdict(exists=True, notes=notes)

    def _lacking(self, coding: Coding) -> str | None:
        """Return a sentence where the loaded content is only a part and lacks the code, or None."""
        system = coding.system or ""
        provider = self._terminology.find_system(system, coding.version)
        if provider is None:
            return None
        key = (system, coding.version)
        if key not in self._partial:
            self._partial[key] = is_partial(provider)
        if not self._partial[key] or provider.find(coding.code or "") is not None:
            return None
        return (
            f"Only a part of the CodeSystem '{provider.system.canonical}' is loaded, and it does "
            f"not have the code '{coding.code}'"
        )

    # -- the value set ---------------------------------------------------------------------------

    def _of_text(self, coding: Coding, value_set: str) -> Membership:
        try:
            systems = self._systems_of(value_set)
        except TerminologyError as error:
            return Membership(place="undecided", reason=error.text)
        answers = [
            self._of_member(Coding(system=one, code=coding.code), value_set) for one in systems
        ]
        for place in ("inside", "undecided"):
            for one in answers:
                if one.place == place:
                    return one
        return Membership(place="outside")

    def _systems_of(self, value_set: str) -> tuple[str, ...]:
        """Return the systems that a value set draws from. Raises: TerminologyError."""
        if value_set not in self._systems:
            rules = VersionRules()
            found = requested_value_set(self._terminology, value_set, None, None, rules)
            evaluation = Evaluation(terminology=self._terminology, rules=rules)
            self._systems[value_set] = tuple(systems_of(evaluation, found))
        return self._systems[value_set]

    def _of_member(self, coding: Coding, value_set: str) -> Membership:
        if value_set in self._absent:
            return Membership(place="undecided", reason=self._absent[value_set])
        coding = self._in_edition(coding)
        of_icd_o_3 = self._is_icd_o_3(coding)
        lacking = self._lacking(coding)
        request = ValidateRequest(
            release=self._terminology.release,
            url=value_set,
            coding=Coding(system=coding.system, version=coding.version, code=coding.code),
            behaviour_matrix=self._options.behaviour_matrix and of_icd_o_3,
            versions=self._rules if of_icd_o_3 else _NO_RULES,
        )
        try:
            answer = validate_code(self._content(coding, lacking), request, deadline=self._deadline)
        except UnknownValueSet as error:
            if lacking is None:
                self._absent[value_set] = error.text
            return Membership(place="undecided", reason=lacking or error.text)
        except TerminologyError as error:
            return Membership(place="undecided", reason=error.text)
        return _placed(answer, lacking)

    def _content(self, coding: Coding, lacking: str | None) -> Terminology:
        """Return what can answer: a part that lacks a code is as good as nothing for that code."""
        system = coding.system or ""
        if lacking is None:
            return self._terminology
        if system not in self._without:
            self._without[system] = without_system(self._terminology, system)
        return self._without[system]


def _placed(answer: Validation, lacking: str | None) -> Membership:
    if answer.result:
        return Membership(place="inside")
    outside = any(one.tx_type in _OUTSIDE for one in answer.issues)
    if outside and not answer.unknown_systems:
        return Membership(place="outside")
    faults = {one.tx_type for one in answer.issues if one.severity == "error"}
    if faults == {"code-rule"}:
        # it is a member; what its own rules do not allow is said of the code
        return Membership(place="inside")
    return Membership(place="undecided", reason=lacking or _reason(answer))


def _reason(answer: Validation) -> str:
    """Return why an answer is none: what it says of systems and value sets that are not there."""
    texts = [one.text for one in answer.issues if one.tx_type not in _NOT_SAID]
    return "; ".join(dict.fromkeys(texts)) or answer.message or "No reason is known"

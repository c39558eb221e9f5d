"""What is to be said of one code, by itself and in one value set; each question asked once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from termserver.errors import TerminologyError, UnknownValueSet
from termserver.model import Coding, Issue
from termserver.operations.validate_code import validate_code as validate_in_system
from termserver.operations.validation import ValidateRequest, Validation
from termserver.terminology import Terminology
from valuesets.context import Evaluation
from valuesets.membership import systems_of
from valuesets.model import VersionRules
from valuesets.resolve import requested_value_set
from valuesets.validate_code import validate_code

Place = Literal["inside", "outside", "undecided"]

_OUTSIDE = frozenset({"not-in-vs", "this-code-not-in-vs"})
_FRAGMENT = "UNKNOWN_CODE_IN_FRAGMENT"
_TEST_EDITION = "/xsct/"
_NOT_SAID = frozenset({"not-in-vs", "this-code-not-in-vs", "invalid-display", "status-check"})


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


class Verdicts:
    """Answers about codes, kept by system, version, code, display and value set."""

    def __init__(self, terminology: Terminology) -> None:
        """Ask `terminology`. The answers hold as long as it does."""
        self._terminology = terminology
        self._codes: dict[Coding, CodeVerdict] = {}
        self._members: dict[tuple[str | None, str | None, str | None, str], Membership] = {}
        self._absent: dict[str, str] = {}
        self._systems: dict[str, tuple[str, ...]] = {}

    @property
    def asked(self) -> int:
        """Return how many different questions were asked."""
        return len(self._codes) + len(self._members)

    def code(self, coding: Coding) -> CodeVerdict:
        """Return what the coding's own system says of it."""
        found = self._codes.get(coding)
        if found is None:
            found = self._codes[coding] = self._of_code(coding)
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

    # -- the code system -------------------------------------------------------------------------

    def _of_code(self, coding: Coding) -> CodeVerdict:
        if coding.system is None:
            return CodeVerdict(exists=None, reason="The coding has no system")
        request = ValidateRequest(
            release=self._terminology.release,
            code_system=True,
            coding=coding,
            lenient_display=True,
        )
        answer = _asked(lambda: validate_in_system(self._terminology, request))
        if isinstance(answer, str):
            return CodeVerdict(exists=None, reason=answer)
        if _is_unknown_system(answer) or self._is_partial(coding, answer):
            return CodeVerdict(exists=None, reason=_reason(answer))
        wrong = next((one for one in answer.issues if one.tx_type == "invalid-code"), None)
        if wrong is not None:
            return CodeVerdict(exists=False, error=wrong.text)
        return CodeVerdict(exists=True, notes=tuple(_notes(answer)))

    def _is_partial(self, coding: Coding, answer: Validation) -> bool:
        """Tell whether a code is absent from content that is known to be only a part."""
        if any(one.message_id == _FRAGMENT for one in answer.issues):
            return True
        version = answer.version
        if version is None:
            provider = self._terminology.find_system(coding.system or "", coding.version)
            version = provider.system.version if provider else None
        absent = any(one.tx_type == "invalid-code" for one in answer.issues)
        return absent and _TEST_EDITION in (version or "")

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
        """Return the systems that a value set draws from. Raises: "
        "UnknownValueSet, CyclicValueSet.
        """
        if value_set not in self._systems:
            rules = VersionRules()
            found = requested_value_set(self._terminology, value_set, None, None, rules)
            evaluation = Evaluation(terminology=self._terminology, rules=rules)
            self._systems[value_set] = tuple(systems_of(evaluation, found))
        return self._systems[value_set]

    def _of_member(self, coding: Coding, value_set: str) -> Membership:
        if value_set in self._absent:
            return Membership(place="undecided", reason=self._absent[value_set])
        request = ValidateRequest(
            release=self._terminology.release,
            url=value_set,
            coding=Coding(system=coding.system, version=coding.version, code=coding.code),
        )
        try:
            answer = validate_code(self._terminology, request)
        except UnknownValueSet as error:
            self._absent[value_set] = error.text
            return Membership(place="undecided", reason=error.text)
        except TerminologyError as error:
            return Membership(place="undecided", reason=error.text)
        return self._place(coding, answer)

    def _place(self, coding: Coding, answer: Validation) -> Membership:
        partial = self._is_partial(coding, answer)
        if answer.result and not partial:
            return Membership(place="inside")
        outside = any(one.tx_type in _OUTSIDE for one in answer.issues)
        if outside and not partial and not answer.unknown_systems:
            return Membership(place="outside")
        return Membership(place="undecided", reason=_reason(answer))


def _asked(question: Callable[[], Validation]) -> Validation | str:
    """Return the answer, or why there is none."""
    try:
        return question()
    except TerminologyError as error:
        return error.text


def _is_unknown_system(answer: Validation) -> bool:
    return bool(answer.unknown_systems or answer.missing_systems) and not answer.result


def _reason(answer: Validation) -> str:
    """Return why an answer is none: what it says of systems and value sets that are not there."""
    texts = [one.text for one in answer.issues if one.tx_type not in _NOT_SAID]
    return "; ".join(dict.fromkeys(texts)) or answer.message or "No reason is known"


def _notes(answer: Validation) -> list[Issue]:
    wanted = {"invalid-display", "display-comment", "code-comment", "code-rule"}
    return [one for one in answer.issues if one.tx_type in wanted]

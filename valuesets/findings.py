"""Findings of a check: what is said of one place in one resource, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from termserver.model import Coding
from valuesets.bindings import MAXIMUM
from valuesets.coded_element import BoundBy, CodedElement, Missing

Severity = Literal["error", "warning", "information"]
FindingKind = Literal[
    "not-in-value-set",
    "not-in-maximum-value-set",
    "no-code",
    "unknown-code",
    "no-system",
    "display",
    "status",
    "behaviour-matrix",
    "site-not-listed",
    "cannot-be-decided",
    "definition-not-available",
    "profile-of-other-type",
]

SEVERITY: dict[str, Severity] = {
    "required": "error",
    MAXIMUM: "error",
    "extensible": "warning",
    "preferred": "information",
}
"""Strength (or "maximum") -> severity of a miss; any other strength is not checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to say about one place. `code` is `system|code` or the code, None where there is
    none.

    `profile` is the definition that states the binding, `strength` its strength or "maximum".
    """

    file: str
    resource: str
    path: str
    severity: Severity
    finding: FindingKind
    text: str
    code: str | None = None
    display: str | None = None
    profile: str | None = None
    value_set: str | None = None
    strength: str | None = None


def missing_text(missing: Missing) -> str:
    """Return what is to be said of a definition that is not loaded."""
    match missing.kind:
        case "profile":
            return (
                f"The profile {missing.canonical} is not available: resources that claim it are "
                "checked against what else they claim or their base type, and do not pass it"
            )
        case "extension":
            return f"The extension {missing.canonical} is not available: its bindings are not known"
        case _:
            return (
                f"The base definition of {missing.canonical} is not available: load the FHIR core "
                "definitions; codes are checked against their own systems only"
            )


def none_of(element: CodedElement) -> str:
    """Return the subject of a sentence about an element whose codes are all outside."""
    codes = ", ".join(_code_text(one) for one in element.codings)
    return f"{codes} is not" if len(element.codings) == 1 else f"None of {codes} is"


def fixed_text(element: CodedElement, bound: BoundBy) -> str:
    """Return what is to be added where a definition itself fixes a code of the element, or ''."""
    for structure, system, code in bound.fixed:
        if any((one.system, one.code) == (system, code) for one in element.codings):
            return f"; {structure} itself fixes {code} there"
    return ""


def rule_text(rule: str) -> str:
    """Return the word for a rule."""
    return "maximum" if rule == MAXIMUM else rule


def _code_text(coding: Coding) -> str:
    code = f"{coding.system}#{coding.code}" if coding.system else f"{coding.code}"
    return f"{code} ('{coding.display}')" if coding.display else code


def _identified(coding: Coding) -> str:
    return f"{coding.system}|{coding.code}" if coding.system else str(coding.code)


def plain_finding(
    file: str,
    resource: str,
    path: str,
    severity: Severity,
    finding: FindingKind,
    text: str,
    *,
    profile: str | None = None,
) -> Finding:
    """Return a finding that is about no code."""
    return Finding(
        file=file,
        resource=resource,
        path=path,
        severity=severity,
        finding=finding,
        text=text,
        profile=profile,
    )


def bound_finding(
    element: CodedElement,
    bound: BoundBy,
    file: str,
    severity: Severity,
    finding: FindingKind,
    text: str,
) -> Finding:
    """Return a finding about an element and one of its bindings."""
    return Finding(
        file=file,
        resource=element.resource,
        path=element.path,
        severity=severity,
        finding=finding,
        text=text,
        code=", ".join(_identified(one) for one in element.codings) or None,
        display=next((one.display for one in element.codings), None),
        profile=bound.structure,
        value_set=bound.binding.value_set,
        strength=bound.binding.rule,
    )


def coded_finding(
    element: CodedElement,
    coding: Coding,
    file: str,
    severity: Severity,
    finding: FindingKind,
    text: str,
) -> Finding:
    """Return a finding about one coding by itself."""
    return Finding(
        file=file,
        resource=element.resource,
        path=element.path,
        severity=severity,
        finding=finding,
        text=text,
        code=_identified(coding),
        display=coding.display,
    )

"""Error -> OperationOutcome and HTTP status: the one place (table in style.md section 11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.wire.common import issue_json
from termserver import errors
from termserver.model import Issue

STATUS: Mapping[type[errors.TerminologyError], int] = {
    errors.TerminologyError: 422,
    errors.InvalidRequest: 400,
    errors.InvalidLanguage: 400,
    errors.InvalidSource: 422,
    errors.UnknownResource: 404,
    errors.UnknownCodeSystem: 404,
    errors.UnknownValueSet: 404,
    errors.UnknownConceptMap: 404,
    errors.UnknownSupplement: 404,
    errors.UnknownCode: 404,
    errors.VersionConflict: 422,
    errors.InvalidValueSet: 422,
    errors.CyclicValueSet: 422,
    errors.InvalidExpression: 422,
    errors.NotSupported: 422,
    errors.Unenumerable: 422,
    errors.TooCostly: 422,
    errors.Busy: 503,
    errors.NotAllowed: 405,
    errors.NotAcceptable: 406,
    errors.UnsupportedMedia: 415,
    errors.TooLarge: 413,
    errors.Conflict: 409,
    errors.StoreError: 500,
}

EXTRA_HEADERS: Mapping[type[errors.TerminologyError], tuple[tuple[str, str], ...]] = {
    errors.Busy: (("Retry-After", "1"),),
}

_LOAD = "load what has it (termserver load), or send it as tx-resource."
ADVICE: Mapping[type[errors.TerminologyError], str] = {
    errors.UnknownCodeSystem: "Search CodeSystem for what there is; " + _LOAD,
    errors.UnknownValueSet: "Search ValueSet for what there is; an implicit value set exists where "
    "the concept that its url names is loaded; " + _LOAD,
    errors.UnknownConceptMap: "Search ConceptMap for what there is; " + _LOAD,
    errors.UnknownSupplement: "Search CodeSystem?content-mode=supplement for what there is; "
    + _LOAD,
    errors.UnknownCode: "Find codes by words: ValueSet/$expand with the code system's url as url, "
    "and filter.",
}
"""What there is and what to do, where HL7's suite fixes a text that does not say it."""


def status_of(error: errors.TerminologyError) -> int:
    """Return the HTTP status of an error: that of the nearest class in the table."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def headers_of(error: errors.TerminologyError) -> tuple[tuple[str, str], ...]:
    """Return the headers that an error adds to its answer."""
    if isinstance(error, errors.NotAllowed) and error.allowed:
        return (("Allow", ", ".join(error.allowed)),)
    return EXTRA_HEADERS.get(type(error), ())


def outcome_json(issues: Iterable[Issue]) -> dict[str, Any]:
    """Return an OperationOutcome with the issues in order."""
    return {"resourceType": "OperationOutcome", "issue": [issue_json(one) for one in issues]}


def error_json(error: errors.TerminologyError, request_id: str | None = None) -> dict[str, Any]:
    """Return the OperationOutcome of an error; advice and request id stand in diagnostics."""
    outcome = outcome_json(error.issues)
    if request_id:
        told = (ADVICE.get(type(error)), f"Request id: {request_id}")
        outcome["issue"][0]["diagnostics"] = " ".join(one for one in told if one)
    return outcome


def failure_json(request_id: str | None) -> dict[str, Any]:
    """Return the OperationOutcome of a bug: no detail but the id under which it was logged."""
    issue = Issue(
        severity="fatal",
        code="exception",
        tx_type=None,
        text="The server failed to answer. The failure was logged"
        + (f" under the request id {request_id}" if request_id else ""),
    )
    return outcome_json([issue])

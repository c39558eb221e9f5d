"""Texts of findings and errors on value sets, one function each (ids: HL7's validator)."""

from __future__ import annotations

from collections.abc import Sequence

from termserver.errors import (
    CyclicValueSet,
    InvalidValueSet,
    TooCostly,
    UnknownCodeSystem,
    UnknownValueSet,
    VersionConflict,
)
from termserver.issues import listed
from termserver.model import Issue

# A value set that came with a request and has no url (suite tx.fhir.org, snomed-validate-…-bad).
UNIDENTIFIED = "(unidentified)"


def value_set_not_found(canonical: str) -> UnknownValueSet:
    """Return the error for a value set that is not there."""
    return UnknownValueSet(
        f"A definition for the value Set '{canonical}' could not be found",
        message_id="Unable_to_resolve_value_Set_",
    )


def import_not_found(url: str, version: str | None) -> UnknownValueSet:
    """Return the error for an imported value set (version) that is not there."""
    if version is None:
        return value_set_not_found(url)
    return UnknownValueSet(
        f"Unable to find included value set '{url}' version '{version}'",
        message_id="VS_EXP_IMPORT_UNK_PINNED",
    )


def system_not_found(url: str, version: str | None, known: Sequence[str]) -> UnknownCodeSystem:
    """Return the error of $expand for a code system (version) that is not there."""
    if version is None:
        text = (
            f"A definition for CodeSystem '{url}' could not be found, so "
            f"the value set cannot be expanded"
        )
        message_id = "UNKNOWN_CODESYSTEM_EXP"
    else:
        valid = f"Valid versions: {listed(known)}" if known else "No versions of it are known"
        text = (
            f"A definition for CodeSystem '{url}' version '{version}' could not be found, so the "
            f"value set cannot be expanded. {valid}"
        )
        message_id = (
            "UNKNOWN_CODESYSTEM_VERSION_EXP" if known else "UNKNOWN_CODESYSTEM_VERSION_EXP_NONE"
        )
    return UnknownCodeSystem(text, message_id=message_id)


def no_definition(canonical: str) -> InvalidValueSet:
    """Return the error for a value set without compose."""
    return InvalidValueSet(
        f"The value set '{canonical or UNIDENTIFIED}' has no compose, so nothing can be said of "
        f"its members"
    )


def circular(canonical: str, pathway: Sequence[str]) -> CyclicValueSet:
    """Return the error for value sets that import each other."""
    return CyclicValueSet(
        f"Found a circularity pointing to {canonical} processing ValueSet with pathway "
        f"[{', '.join(pathway)}]",
        message_id="VALUESET_CIRCULAR_REFERENCE",
    )


def too_costly(canonical: str, limit: int) -> TooCostly:
    """Return the error for an expansion over the limit (`??`: suite tx.fhir.org, no url)."""
    return TooCostly(
        f"The value set '{canonical or '??'}' expansion has too many codes to produce (>{limit})",
        message_id="VALUESET_TOO_COSTLY",
    )


def version_check_text(url: str, version: str | None, required: str) -> str:
    """Return the text for a version that check-system-version does not allow."""
    return (
        f"The version '{version or ''}' is not allowed for system '{url}': required to be "
        f"'{required}' by a version-check parameter"
    )


def version_check_failed(url: str, version: str | None, required: str) -> VersionConflict:
    """Return the error of $expand for a version that check-system-version does not allow."""
    return VersionConflict(
        version_check_text(url, version, required), message_id="VALUESET_VERSION_CHECK"
    )


def value_set_version_check_failed(url: str, version: str | None, required: str) -> VersionConflict:
    """Return the error for a value set that check-valueset-version does not allow."""
    return VersionConflict(
        f"The version '{version or ''}' is not allowed for the value set '{url}': required to be "
        f"'{required}' by a version-check parameter",
        message_id="VALUESET_VERSION_CHECK",
    )


def version_not_allowed(
    url: str, version: str | None, required: str, *, expression: str | None
) -> Issue:
    """Return the finding of $validate-code for the same."""
    return Issue(
        severity="error",
        code="exception",
        tx_type="version-error",
        text=version_check_text(url, version, required),
        message_id="VALUESET_VERSION_CHECK",
        expression=expression,
        in_message=True,
    )


def version_mismatch(
    url: str,
    wanted: str | None,
    found: str | None,
    original: str | None,
    given: str,
    *,
    changed: bool,
    expression: str | None,
) -> Issue:
    """Tell that the version of a Coding differs from the version of the include.

    `wanted` is what the include asks for after the version parameters, `found` the version it
    resolves to, `original` what the include itself says, `given` the Coding's. Suite `version`.
    """
    tail = f"in the ValueSet include is different to the one in the value ('{given}')"
    severity, message_id, in_message = "error", "VALUESET_VALUE_MISMATCH", True
    if changed:
        text = (
            f"The code system '{url}' version '{wanted or found or ''}' resulting from the version "
            f"'{original or ''}' {tail}"
        )
        message_id = "VALUESET_VALUE_MISMATCH_CHANGED"
    elif wanted is None:
        text = f"The code system '{url}' version '{found or ''}' for the versionless include {tail}"
        severity, message_id = "warning", "VALUESET_VALUE_MISMATCH_DEFAULT"
        in_message = False
    else:
        text = f"The code system '{url}' version '{wanted}' {tail}"
    return Issue(
        severity=severity,
        code="invalid",
        tx_type="vs-invalid",
        text=text,
        message_id=message_id,
        expression=expression,
        in_message=in_message,
    )


def not_in_value_set(
    provided: str, canonical: str, *, alone: bool, expression: str | None
) -> Issue:
    """Tell that a code is not in the value set; of several codings (`alone` False) a note only."""
    return Issue(
        severity="error" if alone else "information",
        code="code-invalid",
        tx_type="not-in-vs" if alone else "this-code-not-in-vs",
        text=(
            f"The provided code '{provided}' was not found in the value set "
            f"'{canonical or UNIDENTIFIED}'"
        ),
        message_id="None_of_the_provided_codes_are_in_the_value_set_one",
        expression=expression,
        in_message=alone,
    )


def no_valid_coding(canonical: str) -> Issue:
    """Tell that no coding of a CodeableConcept is in the value set."""
    return Issue(
        severity="error",
        code="code-invalid",
        tx_type="not-in-vs",
        text=f"No valid coding was found for the value set '{canonical or UNIDENTIFIED}'",
        message_id="TX_GENERAL_CC_ERROR_MESSAGE",
        in_message=True,
    )


def system_not_inferred(
    code: str, canonical: str, matches: Sequence[str], *, expression: str
) -> Issue:
    """Tell that no system, or more than one, has the code in the value set."""
    text = (
        f"The System URI could not be determined for the code "
        f"'{code}' in the ValueSet '{canonical or UNIDENTIFIED}'"
    )
    message_id = "UNABLE_TO_INFER_CODESYSTEM"
    if matches:
        text += f": value set expansion has multiple matches: [{', '.join(matches)}]"
        message_id = "Unable_to_resolve_system__value_set_has_multiple_matches"
    return Issue(
        severity="error",
        code="not-found",
        tx_type="cannot-infer",
        text=text,
        message_id=message_id,
        expression=expression,
        in_message=True,
    )


def system_is_value_set(url: str, *, expression: str | None) -> Issue:
    """Tell that a Coding's system is the url of a value set."""
    return Issue(
        severity="error",
        code="invalid",
        tx_type="invalid-data",
        text=f"The Coding references a value set, not a code system ('{url}')",
        message_id="Terminology_TX_System_ValueSet2",
        expression=expression,
        in_message=True,
    )


def system_is_relative(*, expression: str | None) -> Issue:
    """Tell that a Coding's system is no absolute reference."""
    return Issue(
        severity="error",
        code="invalid",
        tx_type="invalid-data",
        text="Coding.system must be an absolute reference, not a local reference",
        message_id="Terminology_TX_System_Relative",
        expression=expression,
        in_message=True,
    )


def concept_status_in_value_set(
    code: str, system: str, canonical: str, status: str, *, expression: str | None
) -> Issue:
    """Warn that the value set marks the presence of a concept with a status such as deprecated."""
    return Issue(
        severity="warning",
        code="business-rule",
        tx_type="code-comment",
        text=f"The presence of the concept '{code}' in the system '{system}' in the value set "
        f"{canonical} is marked with a status of {status} and its use should be reviewed",
        message_id="CONCEPT_DEPRECATED_IN_VALUESET",
        expression=expression,
    )


def imported_not_found(canonical: str) -> Issue:
    """Tell that a value set which another one imports is not there."""
    return Issue(
        severity="error",
        code="not-found",
        tx_type="not-found",
        text=f"A definition for the value Set '{canonical}' could not be found",
        message_id="Unable_to_resolve_value_Set_",
        in_message=True,
    )

"""Texts of findings about codes, one function each. The ids are those of HL7's validator messages.

The other places with texts are issues_icdo3.py and valuesets/issues.py. Each text is fixed by the
public suite (messages-tx.fhir.org.json of fhir-tx-ecosystem-ig) where it has a message id.
"""

from __future__ import annotations

from collections.abc import Sequence

from termserver.model import Issue


def unknown_code_system(
    url: str, version: str | None, known: Sequence[str], *, expression: str | None
) -> Issue:
    """Tell that no version (or not the one asked for) of a code system can answer."""
    if version is None:
        text = (
            f"A definition for CodeSystem '{url}' could not be found, so "
            "the code cannot be validated"
        )
        message_id = "UNKNOWN_CODESYSTEM"
    elif known:
        text = (
            f"A definition for CodeSystem '{url}' version '{version}' could not be found, so the "
            f"code cannot be validated. Valid versions: {listed(known)}"
        )
        message_id = "UNKNOWN_CODESYSTEM_VERSION"
    else:
        text = (
            f"A definition for CodeSystem '{url}' version '{version}' could not be found, so the "
            "code cannot be validated. No versions of this code system are known"
        )
        message_id = "UNKNOWN_CODESYSTEM_VERSION_NONE"
    return Issue(
        severity="error",
        code="not-found",
        tx_type="not-found",
        text=text,
        message_id=message_id,
        expression=expression,
        in_message=True,
    )


def listed(values: Sequence[str], last: str | None = None) -> str:
    """Return values as a sentence lists them: `a`, `a or b`, `a, b and c`.

    So the suite joins versions (two in `version`, more in bugs/sct-ver); `last` names another word.
    """
    if len(values) < 2:
        return "".join(values)
    word = last or ("or" if len(values) == 2 else "and")
    return f"{', '.join(values[:-1])} {word} {values[-1]}"


def unknown_code(
    url: str,
    version: str | None,
    code: str,
    *,
    expression: str | None,
    edition: str | None = None,
) -> Issue:
    """Tell that a complete code system version (or edition) does not have a code."""
    where = f" version '{version}'" if version else ""
    where += f" ({edition})" if edition else ""
    return Issue(
        severity="error",
        code="code-invalid",
        tx_type="invalid-code",
        text=f"Unknown code '{code}' in the CodeSystem '{url}'{where}",
        message_id="Unknown_Code_in_Version" if version else "Unknown_Code_in",
        expression=expression,
        in_message=True,
    )


def unknown_code_in_fragment(
    url: str, version: str | None, code: str, *, expression: str | None
) -> Issue:
    """Tell that a fragment does not have a code, which proves nothing."""
    where = f" version '{version}'" if version else ""
    return Issue(
        severity="warning",
        code="code-invalid",
        tx_type="invalid-code",
        text=f"Unknown Code '{code}' in the CodeSystem '{url}'{where} - "
        "note that the code system is "
        "labeled as a fragment, so the code may be valid in some other fragment",
        message_id="UNKNOWN_CODE_IN_FRAGMENT",
        expression=expression,
    )


def case_difference(code: str, defined: str, canonical: str, *, expression: str | None) -> Issue:
    """Tell that the code was found in another case, where case does not matter."""
    return Issue(
        severity="information",
        code="business-rule",
        tx_type="code-rule",
        text=f"The code '{code}' differs from the correct code '{defined}' "
        "by case. Although the code "
        f"system '{canonical}' is case insensitive, implementers are "
        "strongly encouraged to use the "
        "correct case anyway",
        message_id="CODE_CASE_DIFFERENCE",
        expression=expression,
    )


def code_respelled(written: str, code: str, *, expression: str | None) -> Issue:
    """Tell that a code was read as another way to write it, as the caller asked."""
    return Issue(
        severity="information",
        code="business-rule",
        tx_type="code-rule",
        text=f"The code '{written}' was read as '{code}', another way to write it",
        message_id="CODE_RESPELLED",
        expression=expression,
    )


def abstract_code(url: str, code: str, *, expression: str | None) -> Issue:
    """Tell that an abstract code is not allowed here."""
    return Issue(
        severity="error",
        code="business-rule",
        tx_type="code-rule",
        text=f"Code '{url}#{code}' is abstract, and not allowed in this context",
        message_id="ABSTRACT_CODE_NOT_ALLOWED",
        expression=expression,
        in_message=True,
    )


def inactive_not_allowed(code: str, *, expression: str | None) -> Issue:
    """Tell that the code is known but inactive, where only active ones are allowed."""
    return Issue(
        severity="error",
        code="business-rule",
        tx_type="code-rule",
        text=f"The concept '{code}' is valid but is not active",
        message_id="STATUS_CODE_WARNING_CODE",
        expression=expression,
        in_message=True,
    )


def inactive_concept(code: str, status: str | None, *, expression: str | None) -> Issue:
    """Warn that a concept is inactive; `status` is the word its code system uses, if any."""
    words = f"{status} and inactive" if status and status != "inactive" else "inactive"
    return Issue(
        severity="warning",
        code="business-rule",
        tx_type="code-comment",
        text=f"The concept '{code}' has a status of {words} and its use should be reviewed",
        message_id="INACTIVE_CONCEPT_FOUND",
        expression=expression,
        in_message=True,
    )


def deprecated_concept(code: str, status: str, *, expression: str | None) -> Issue:
    """Warn that a concept, though active, is marked with a status such as deprecated."""
    return Issue(
        severity="warning",
        code="business-rule",
        tx_type="code-comment",
        text=f"The concept '{code}' has a status of {status} and its use should be reviewed",
        message_id="DEPRECATED_CONCEPT_FOUND",
        expression=expression,
        in_message=True,
    )


def supplement_as_system(canonical: str, *, expression: str | None) -> Issue:
    """Tell that a Coding names a supplement, which defines no codes."""
    return Issue(
        severity="error",
        code="invalid",
        tx_type="invalid-data",
        text=f"CodeSystem {canonical} is a supplement, so can't be used as "
        "a value in Coding.system",
        message_id="CODESYSTEM_CS_NO_SUPPLEMENT",
        expression=expression,
        in_message=True,
    )


def status_reference(kind: str, status: str, canonical: str) -> Issue:
    """Tell that a draft, experimental, deprecated or withdrawn resource was used."""
    return Issue(
        severity="information",
        code="business-rule",
        tx_type="status-check",
        text=f"Reference to {status} {kind} {canonical}",
        message_id=f"MSG_{status.upper()}",
    )


def version_needed(canonical: str, *, expression: str | None) -> Issue:
    """Tell that the code system says that a version must be given (CodeSystem.versionNeeded)."""
    return Issue(
        severity="error",
        code="required",
        tx_type="invalid-data",
        text=f"The code system '{canonical}' needs a version in each Coding, and none was given",
        message_id="CODESYSTEM_VERSION_NEEDED",
        expression=expression,
        in_message=True,
    )


def wrong_display(
    shown: str,
    target: str,
    choices: Sequence[tuple[str, str | None]],
    languages: str,
    *,
    severity: str,
    expression: str | None,
) -> Issue:
    """Tell that a display is none of the valid ones (`choices`: text and language)."""
    words = [f"'{text}'" + (f" ({tag})" if tag else "") for text, tag in choices]
    many = f"one of {len(words)} choices: " if len(words) > 1 else ""
    return Issue(
        severity=severity,
        code="invalid",
        tx_type="invalid-display",
        text=f"Wrong Display Name '{shown}' for {target}. Valid display is "
        f"{many}{listed(words, 'or')} "
        f"(for the language(s) '{languages}')",
        message_id="Display_Name_for__should_be_one_of__instead_of",
        expression=expression,
        in_message=True,
    )


def no_display_in_language(
    shown: str,
    target: str,
    default: str | None,
    languages: str,
    *,
    severity: str,
    expression: str | None,
) -> Issue:
    """Tell that the code has no display in the languages asked for and that `shown` is not one."""
    return Issue(
        severity=severity,
        code="invalid",
        tx_type="invalid-display",
        text=f"Wrong Display Name '{shown}' for {target}. There are no "
        "valid display names found for "
        f"language(s) '{languages}'. Default display is '{default or ''}'",
        message_id="NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR",
        expression=expression,
        in_message=True,
    )


def default_display_used(
    shown: str, target: str, languages: str, *, expression: str | None
) -> Issue:
    """Tell that no display is in the languages asked for, and `shown` is the default's."""
    return Issue(
        severity="information",
        code="invalid",
        tx_type="invalid-display",
        text=f"There are no valid display names found for the code {target} for language(s) "
        f"'{languages}'. The display is '{shown}' which is a valid "
        "display for the default language",
        message_id="NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK",
        expression=expression,
        in_message=True,
    )


def inactive_display(
    shown: str, code: str, status: str, choices: Sequence[str], *, expression: str | None
) -> Issue:
    """Warn that a display is no longer current (IG requirements, Inactive Codes)."""
    words = ",".join(f'"{one}"' for one in choices)
    return Issue(
        severity="warning",
        code="invalid",
        tx_type="display-comment",
        text=f"'{shown}' is no longer considered a correct display for code '{code}' (status = "
        f"{status}). The correct display is one of {words}.",
        message_id="INACTIVE_DISPLAY_FOUND",
        expression=expression,
    )


def no_system(*, expression: str | None) -> Issue:
    """Warn that a Coding has no system."""
    return Issue(
        severity="warning",
        code="invalid",
        tx_type="invalid-data",
        text="Coding has no system. A code with no system has no defined meaning, and it cannot be "
        "validated. A system should be provided",
        message_id="Coding_has_no_system__cannot_validate",
        expression=expression,
        in_message=True,
    )


def alias_used(asked: str, canonical: str, *, expression: str | None) -> Issue:
    """Warn that membership was decided through another name of the code system."""
    return Issue(
        severity="warning",
        code="business-rule",
        tx_type="process-note",
        text=f"The code system '{asked}' was taken as '{canonical}', of which it is another name",
        message_id="CODESYSTEM_ALIAS",
        expression=expression,
    )

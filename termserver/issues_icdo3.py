"""Texts of findings about ICD-O-3 that only a caller who asks for them meets, one function each."""

from __future__ import annotations

from collections.abc import Sequence

from termserver.issues import listed
from termserver.model import Issue


def taken_by_matrix(
    code: str, canonical: str, codes: Sequence[str], *, expression: str | None
) -> Issue:
    """Tell that an unlisted code was accepted by ICD-O-3's behaviour matrix, as was asked."""
    return Issue(
        severity="information",
        code="business-rule",
        tx_type="code-rule",
        text=f"The code '{code}' is not listed in '{canonical}'. It was accepted by the behaviour "
        f"matrix (ICD-O-3, rule F), since its histology is listed as {listed(codes, 'and')}",
        message_id="BEHAVIOUR_MATRIX",
        expression=expression,
    )


def display_not_judged(shown: str, code: str, *, expression: str | None) -> Issue:
    """Tell that a display was not checked, since the code is not listed and has none."""
    return Issue(
        severity="information",
        code="business-rule",
        tx_type="display-comment",
        text=f"The display '{shown}' was not checked: the code '{code}' is not listed, so it has "
        "no display of its own",
        message_id="BEHAVIOUR_MATRIX_DISPLAY",
        expression=expression,
    )


def matrix_undecided(code: str, value_set: str, *, expression: str | None) -> Issue:
    """Tell that a value set's definition cannot decide on a code that the matrix makes."""
    return Issue(
        severity="error",
        code="not-supported",
        tx_type="vs-invalid",
        text=f"Whether the value set '{value_set}' has the code '{code}' cannot be decided: the "
        "code is not listed, and the definition asks for more than the code itself tells",
        message_id="BEHAVIOUR_MATRIX_UNDECIDED",
        expression=expression,
        in_message=True,
    )


def grade_read(
    written: str, code: str, grade: str, meaning: str, *, expression: str | None
) -> Issue:
    """Tell what the sixth digit of a code says, which is no part of the code."""
    return Issue(
        severity="information",
        code="business-rule",
        tx_type="code-rule",
        text=f"The sixth digit '{grade}' of '{written}' is the grade of '{code}': {meaning}",
        message_id="ICDO3_GRADE",
        expression=expression,
    )


def grade_misplaced(
    written: str, code: str, grade: str, why: str, *, expression: str | None
) -> Issue:
    """Warn that a grade does not go with the morphology."""
    return Issue(
        severity="warning",
        code="business-rule",
        tx_type="code-comment",
        text=f"The grade '{grade}' of '{written}' does not go with '{code}': {why}",
        message_id="ICDO3_GRADE_MISPLACED",
        expression=expression,
        in_message=True,
    )

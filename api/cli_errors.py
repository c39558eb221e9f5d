"""Exit codes of the commands (design.md section 9)."""

from __future__ import annotations

from termserver import errors

DONE, NEGATIVE, BAD_REQUEST, FAILED = 0, 1, 2, 3


def exit_code(error: errors.TerminologyError) -> int:
    """Return 3 for what failed on our side, 2 for what was asked wrongly or is not there."""
    return FAILED if isinstance(error, errors.StoreError | errors.Busy) else BAD_REQUEST


def hint(error: errors.TerminologyError) -> str | None:
    """Return what to do about an error, where its text does not say it: content is not loaded."""
    missing = errors.UnknownCodeSystem | errors.UnknownValueSet | errors.UnknownConceptMap
    if isinstance(error, missing | errors.UnknownSupplement):
        return "'termserver packs' lists what is loaded, 'termserver load' loads more."
    return None

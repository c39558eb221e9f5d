"""Exit codes of the commands (design.md section 9)."""

from __future__ import annotations

from termserver import errors

DONE, NEGATIVE, BAD_REQUEST, FAILED = 0, 1, 2, 3


def exit_code(error: errors.TerminologyError) -> int:
    """Return 3 for what failed on our side, 2 for what was asked wrongly or is not there."""
    return FAILED if isinstance(error, errors.StoreError | errors.Busy) else BAD_REQUEST

"""`regex`: a value of the property matches the pattern, anchored at both ends.

Anchored as suite case simple-expand-regex2 fixes; RE2 (google-re2), whose time is linear in the
input, so no pattern can be catastrophic (suite `regex-bad`).
"""

import re2

from termserver.conceptset import ConceptSet
from termserver.errors import InvalidValueSet
from termserver.filters.source import FilterSource, rows_of, values_of
from termserver.model import FilterClause, Ordinal

_MAX_PATTERN = 1000


def select(source: FilterSource, clause: FilterClause) -> ConceptSet:
    """Return the concepts with a matching value. Raises: InvalidValueSet for a bad pattern."""
    pattern = compiled(clause)
    return ConceptSet.of(
        ordinal for ordinal, value in rows_of(source, clause) if pattern.fullmatch(value)
    )


def contains(source: FilterSource, clause: FilterClause, member: Ordinal) -> bool:
    """Tell whether any value of the member's property matches."""
    pattern = compiled(clause)
    return any(pattern.fullmatch(value) for value in values_of(source, clause, member))


def compiled(clause: FilterClause) -> "re2._Regexp":
    """Return the compiled pattern. Raises: InvalidValueSet, with what RE2 says."""
    if len(clause.value) > _MAX_PATTERN:
        raise InvalidValueSet(f"A regex filter may have {_MAX_PATTERN} characters at most")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(clause.value, options)
    except re2.error as error:
        raise InvalidValueSet(
            f"The regex '{clause.value}' of the filter on "
            f"'{clause.property}' cannot be used: {_reason(error)}"
        ) from error


def _reason(error: re2.error) -> str:
    """Return what RE2 says, which it says in bytes."""
    text = error.args[0] if error.args else ""
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)

"""Many codes at once: each distinct one is validated once, its answer is given for every row.

The answers are those of $validate-code (`valuesets.validate_code`, `termserver.operations`); memory
grows with the distinct values, not with the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from termserver import issues as code_issues
from termserver.errors import InvalidRequest, UnknownCodeSystem, UnknownValueSet
from termserver.operations.validate_code import validate_code as in_system
from termserver.terminology import Terminology
from valuesets.model import ValidateRequest, Validation, VersionRules
from valuesets.resolve import requested_value_set
from valuesets.validate_code import validate_code as in_value_set


class Row(NamedTuple):
    """One row of a table; `number` counts rows from 1. What a row does not say is None."""

    number: int
    code: str | None
    system: str | None = None
    version: str | None = None
    display: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRequest:
    """What holds for all rows: a value set (canonical), and the system of rows without one.

    `system_version` goes with `system`; without a value set the codes are asked in their systems.
    """

    value_set: str | None = None
    system: str | None = None
    system_version: str | None = None
    display_language: str | None = None
    lenient_display: bool = False
    lenient_code: bool = False
    behaviour_matrix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer for a row; rows that say the same share one object.

    `display` is that of the code system, None where the code is not known; `message_ids` are those
    of all findings, in their order, warnings and notes too.
    """

    code: str | None
    system: str | None
    result: bool
    display: str | None = None
    message: str | None = None
    message_ids: tuple[str, ...] = ()


def row_answerer(terminology: Terminology, request: BulkRequest) -> Callable[[Row], Verdict]:
    """Return what gives the verdict of one row; it remembers none.

    A row without code is not valid. Raises at once: UnknownValueSet, UnknownCodeSystem for what
    `request` names, InvalidRequest (a version without system); for a row: UnknownCodeSystem or
    UnknownValueSet where content that is not loaded would decide it, with its number, and what
    $validate-code raises.
    """
    if request.value_set is not None:
        requested_value_set(terminology, request.value_set, None, None, VersionRules())
    if request.system_version is not None and request.system is None:
        raise InvalidRequest(
            f"The version '{request.system_version}' is of no code system: name the system too"
        )
    if request.system is not None:
        _require_system(terminology, request.system, request.system_version)
    return lambda row: _verdict(terminology, request, row)


def _require_system(terminology: Terminology, url: str, version: str | None) -> None:
    if terminology.find_system(url, version) is None:
        known = terminology.system_versions(url)
        issue = code_issues.unknown_code_system(url, version, known, expression=None)
        raise UnknownCodeSystem(issue.text, message_id=issue.message_id)


def answered_rows(
    answer: Callable[[Row], Verdict], rows: Iterable[Row]
) -> Iterator[tuple[int, Verdict]]:
    """Yield (row number, verdict), in the order of the rows, each distinct question asked once."""
    known: dict[tuple[str | None, ...], Verdict] = {}
    for row in rows:
        said = row[1:]
        verdict = known.get(said)
        if verdict is None:
            verdict = known[said] = answer(row)
        yield row.number, verdict


def _verdict(terminology: Terminology, request: BulkRequest, row: Row) -> Verdict:
    system = row.system or request.system
    if not row.code:
        return Verdict(code=None, system=system, result=False, message="The row has no code")
    if system is None and request.value_set is None:
        finding = code_issues.no_system(expression=None)
        return _not_valid(row, finding.text, finding.message_id)
    question = _question(terminology, request, row, system)
    if request.value_set is None:
        answer = in_system(terminology, question)
    else:
        answer = in_value_set(terminology, question)
    if not answer.result:
        _refuse_undecided(answer, row)
    return Verdict(
        code=row.code,
        system=answer.system or system,
        result=answer.result,
        display=answer.display,
        message=answer.message,
        message_ids=tuple(one.message_id for one in answer.issues if one.message_id),
    )


def _not_valid(row: Row, text: str, message_id: str | None) -> Verdict:
    ids = (message_id,) if message_id else ()
    return Verdict(code=row.code, system=None, result=False, message=text, message_ids=ids)


def _question(
    terminology: Terminology, request: BulkRequest, row: Row, system: str | None
) -> ValidateRequest:
    own = row.system is None or row.system == request.system
    return ValidateRequest(
        release=terminology.release,
        code_system=request.value_set is None,
        url=request.value_set,
        code=row.code,
        system=system,
        system_version=row.version or (request.system_version if own else None),
        display=row.display,
        infer_system=system is None,
        display_language=request.display_language,
        lenient_display=request.lenient_display,
        lenient_code=request.lenient_code,
        behaviour_matrix=request.behaviour_matrix,
    )


def _refuse_undecided(answer: Validation, row: Row) -> None:
    """Refuse an answer that is only negative because content is not loaded."""
    absent = [one for one in answer.issues if one.tx_type == "not-found"]
    systems = answer.unknown_systems or answer.missing_systems
    if not absent and not systems:
        return
    kind = UnknownCodeSystem if systems else UnknownValueSet
    text = "; ".join(one.text for one in absent) or answer.message or f"{systems[0]} is not loaded"
    raise kind(
        f"Row {row.number}, code '{row.code}': {text}",
        message_id=absent[0].message_id if absent else None,
    )

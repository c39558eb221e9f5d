"""ICD-O-3's edition by the date of diagnosis, through a table that the operator can set.

The built-in table is that of US registries: ICD-O-3 for diagnoses from 2001 on, ICD-O-3.2 from 2021
on (NAACCR, 2021 ICD-O-3.2 Implementation Guidelines). It has no row for 3.1, of which they took
parts at several dates; whoever codes in it adds a row.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from termserver.canonical import parse_canonical
from termserver.errors import InvalidRequest
from termserver.model import Coding
from termserver.operations.validation import ValidateRequest, VersionRules
from termserver.systems import ICD_O_3

US_EDITIONS = ("2001-01-01=3.0", "2021-01-01=3.2")
"""Rows `first day=edition`, as the setting TERMSERVER_ICDO3_EDITIONS writes them."""

_ROWS = "must be rows 2021-01-01=3.2 (first day of diagnosis, edition), each day once"
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)

Editions = tuple[tuple[date, str], ...]
"""First day of diagnosis -> edition (a version of the code system), ascending."""


def read_editions(rows: Iterable[str]) -> Editions:
    """Return the table that rows `2021-01-01=3.2` make, in order of their days.

    Raises: ValueError with what a row must be, for one that is otherwise or has a day again.
    """
    found: dict[date, str] = {}
    for row in rows:
        text, _, edition = (part.strip() for part in row.partition("="))
        try:
            first = date.fromisoformat(text)
        except ValueError:
            first = None
        if first is None or len(text) != len("2021-01-01") or not edition or first in found:
            raise ValueError(_ROWS)
        found[first] = edition
    if not found:
        raise ValueError(_ROWS)
    return tuple(sorted(found.items()))


def edition_of(diagnosed: str, editions: Editions) -> str:
    """Return the edition in which a case of that date is coded.

    The date is a FHIR date (a month or a year will do where all of it has one edition) or NAACCR's
    YYYYMMDD. Raises: InvalidRequest for no date, one before the table, and one that is not exact
    enough.
    """
    first, last = _days(diagnosed)
    begin, end = _edition(first, editions), _edition(last, editions)
    if begin is None and end is None:
        raise InvalidRequest(
            f"No edition of ICD-O-3 is set for a diagnosis of {diagnosed}: the table begins on "
            f"{editions[0][0]} (setting TERMSERVER_ICDO3_EDITIONS)"
        )
    if begin is None or end is None or begin != end:
        raise InvalidRequest(
            f"The date of diagnosis {diagnosed} is not exact enough: another edition of ICD-O-3 "
            "begins within it; give the day"
        )
    return begin


def rules_in_edition(
    rules: VersionRules, edition: str, canonical: Callable[[str], str]
) -> VersionRules:
    """Return the rules by which includes of ICD-O-3 without a version are in that edition.

    `canonical` tells the canonical of another name of a code system. Raises: InvalidRequest where a
    rule asks for another version of it.
    """
    entries = (*rules.system_version, *rules.check_system_version, *rules.force_system_version)
    asked = (parse_canonical(one) for one in entries)
    _refuse_others(edition, (version for url, version in asked if canonical(url) == ICD_O_3))
    return replace(rules, system_version=(f"{ICD_O_3}|{edition}", *rules.system_version))


def version_in_edition(
    system: str | None, version: str | None, edition: str, canonical: Callable[[str], str]
) -> str:
    """Return the edition as the version to ask a code system for.

    Raises: InvalidRequest for another system than ICD-O-3, and for another version of it.
    """
    if system is None or canonical(system) != ICD_O_3:
        raise _no_code()
    _refuse_others(edition, [version])
    return edition


def in_edition(
    request: ValidateRequest, edition: str, canonical: Callable[[str], str]
) -> ValidateRequest:
    """Return the request with its codings of ICD-O-3, and the value set's, in that edition.

    Codings of other systems stay as they are; an include that names a version keeps it, so that a
    difference is found. `canonical` tells the canonical of another name of a code system. Raises:
    InvalidRequest where no coding is of ICD-O-3, and where another version of it is asked for too.
    """
    named, pinned = (
        parse_canonical(request.url) if request.url and request.code_system else ("", None)
    )
    outer = request.system or named

    def is_own(coding: Coding) -> bool:
        return canonical(coding.system or outer) == ICD_O_3

    codings = _codings(request)
    own = [one for one in codings if is_own(one)]
    if not own:
        raise _no_code()
    _refuse_others(edition, (one.version for one in own))
    if canonical(outer) == ICD_O_3:
        _refuse_others(edition, [request.system_version, pinned])
    placed = tuple(replace(one, version=edition) if is_own(one) else one for one in codings)
    changed = replace(request, versions=rules_in_edition(request.versions, edition, canonical))
    if request.codeable_concept is not None:
        return replace(changed, codeable_concept=placed)
    if request.coding is not None:
        return replace(changed, coding=placed[0])
    return replace(changed, system_version=edition)


def _no_code() -> InvalidRequest:
    return InvalidRequest(
        f"A date of diagnosis chooses the edition of ICD-O-3 alone, and no code of {ICD_O_3} "
        "is given with its system",
        expression="diagnosed",
    )


def _refuse_others(edition: str, versions: Iterable[str | None]) -> None:
    """Raise InvalidRequest where one of the versions asked for is another than the edition."""
    for other in versions:
        if other and other != edition:
            raise InvalidRequest(
                f"The date of diagnosis chooses the edition {edition} of ICD-O-3, and the version "
                f"{other} is asked for too: give one of them",
                expression="diagnosed",
            )


def _codings(request: ValidateRequest) -> tuple[Coding, ...]:
    if request.codeable_concept is not None:
        return request.codeable_concept
    return (request.coding or Coding(system=request.system, code=request.code),)


def _edition(day: date, editions: Sequence[tuple[date, str]]) -> str | None:
    return next((edition for first, edition in reversed(editions) if first <= day), None)


def _days(text: str) -> tuple[date, date]:
    """Return the first and last day of a date that may lack its day or month."""
    match = _DATE.fullmatch(text.strip()) or _COMPACT.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        year, month, day = (None if part is None else int(part) for part in match.groups())
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        raise InvalidRequest(
            f"'{text}' is no date of diagnosis: write 2021-03-31, 2021-03, 2021 or 20210331"
        ) from None
    if day is not None:
        return first, first
    until = month or 12
    return first, date(first.year, until, monthrange(first.year, until)[1])

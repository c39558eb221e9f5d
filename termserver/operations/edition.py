"""ICD-O-3's edition by the date of diagnosis, through a table that the operator can set.

The built-in table is that of US registries: ICD-O-3 for diagnoses from 2001 on, ICD-O-3.2 from 2021
on (NAACCR, 2021 ICD-O-3.2 Implementation Guidelines). It has no row for 3.1, of which they took
parts at several dates; whoever codes in it adds a row.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date

from termserver.errors import InvalidRequest

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

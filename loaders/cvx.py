"""CVX (vaccines administered) from the CDC's files: the XML list, or cvx.txt divided by bars.

The CDC's Status is a property: it says whether the vaccine is to be had in the United States, not
whether the code may be used (THO, CodeSystem CVX). Source: THO, "Using CVX".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.tables import read_lists
from loaders.xmlfile import LINE, head_has, parse_xml
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, Coding, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    PackHeader,
    PropertyRecord,
    Record,
)

URL = "http://hl7.org/fhir/sid/cvx"
_TEXT_FIELDS = ("code", "short", "full", "notes", "status", "nonvaccine", "updated")
_XML_FIELDS = {
    "CVXCode": "code",
    "ShortDescription": "short",
    "FullVaccinename": "full",
    "Notes": "notes",
    "Status": "status",
    "LastUpdated": "updated",
}
_STATUSES = frozenset({"Active", "Inactive", "Never Active", "Pending", "Non-US"})
_YEAR_FIRST = re.compile(r"(\d{4})[/-](\d\d?)[/-](\d\d?)")
_YEAR_LAST = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})")
_CODE = re.compile(r"\d{2,3}")
_FULL = Coding(code="full", display="Full vaccine name")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vaccine:
    code: str
    short: str
    full: str
    notes: str
    status: str
    nonvaccine: str
    day: str


@dataclass(frozen=True, slots=True)
class CvxLoader:
    """Loader of CVX (see `loaders.base.Loader`)."""

    name: str = "cvx"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is the CDC's XML list, or its text by name and layout."""
        return source.is_file() and (_is_xml(source) or _is_text(source))

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one list. Raises: InvalidSource with file and line."""
        if len(sources) != 1:
            raise InvalidSource("CVX is read from one file: the XML list or cvx.txt")
        path = sources[0]
        found: dict[str, _Vaccine] = {}
        for line, fields in _of_xml(path) if _is_xml(path) else _of_text(path):
            one = _vaccine(path, line, fields)
            if one.code in found:
                raise InvalidSource(
                    f"the code '{one.code}' occurs twice", file=path.name, line=line
                )
            found[one.code] = one
        if not found:
            raise InvalidSource("the file has no vaccine", file=path.name)
        version = options.version or max(one.day for one in found.values())
        progress("CVX codes", len(found), len(found))
        return Reading(
            header=PackHeader(
                name=options.name or "cvx",
                version=version,
                kind=self.name,
                title=f"CVX {version}",
                licence="CVX is published by the CDC (United States) and is in the public domain.",
            ),
            records=_records(version, found),
            expected={"concepts": len(found)},
        )


LOADER = CvxLoader()


def _is_xml(path: Path) -> bool:
    return head_has(path, b"<CVXCodes")


def _is_text(path: Path) -> bool:
    if path.suffix.lower() != ".txt":
        return False
    try:
        first = next(read_lists(path, delimiter="|", quoting=False), None)
    except InvalidSource:
        return False
    return (
        first is not None
        and len(first[1]) == len(_TEXT_FIELDS)
        and first[1][4].strip() in _STATUSES
        and _CODE.fullmatch(first[1][0].strip()) is not None
    )


def _of_xml(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    for element in parse_xml(path).iter("CVXInfo"):
        line = int(element.get(LINE, "0"))
        yield line, {own: element.findtext(tag) or "" for tag, own in _XML_FIELDS.items()}


def _of_text(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    for line, fields in read_lists(path, delimiter="|", quoting=False):
        if len(fields) != len(_TEXT_FIELDS):
            raise InvalidSource(
                f"{len(fields)} fields where cvx.txt has {len(_TEXT_FIELDS)}: "
                f"{', '.join(_TEXT_FIELDS)}",
                file=path.name,
                line=line,
            )
        yield line, dict(zip(_TEXT_FIELDS, fields, strict=True))


def _vaccine(path: Path, line: int, fields: dict[str, str]) -> _Vaccine:
    clean = {name: " ".join(value.split()) for name, value in fields.items()}
    problem = None
    if not _CODE.fullmatch(clean["code"]):
        problem = f"'{clean['code']}' is no CVX code of two or three digits"
    elif not clean["short"]:
        problem = f"the vaccine '{clean['code']}' has no short description"
    elif clean["status"] not in _STATUSES:
        problem = f"unknown status '{clean['status']}'; known: {', '.join(sorted(_STATUSES))}"
    day = _day(clean.pop("updated"))
    if problem is None and day is None:
        problem = f"the vaccine '{clean['code']}' has no date of its last update"
    if problem is not None or day is None:
        raise InvalidSource(problem or "", file=path.name, line=line)
    return _Vaccine(**{"nonvaccine": "", **clean}, day=day)


def _day(text: str) -> str | None:
    """Return a date as YYYYMMDD, None where it is none."""
    first, last = _YEAR_FIRST.match(text), _YEAR_LAST.match(text)
    if first:
        year, month, day = first.groups()
    elif last:
        month, day, year = last.groups()
    else:
        return None
    return f"{year}{int(month):02}{int(day):02}"


def _records(version: str, found: dict[str, _Vaccine]) -> Iterator[Record]:
    yield CodeSystemRecord(
        system=CodeSystem(
            url=URL,
            version=version,
            id="cvx",
            name="CVX",
            title="Vaccine Administered (CVX)",
            status="active",
            content="complete",
            case_sensitive=True,
            language="en",
            properties=(
                PropertyDefinition(code="vaccine-status", type="code"),
                PropertyDefinition(code="nonvaccine", type="boolean"),
                PropertyDefinition(code="notes"),
                PropertyDefinition(code="last-updated", type="dateTime"),
            ),
            resource={"publisher": "Centers for Disease Control and Prevention"},
        )
    )
    for code, one in found.items():
        yield ConceptRecord(code=code, display=one.short)
    for one in found.values():
        yield from _details(one)


def _details(one: _Vaccine) -> Iterator[Record]:
    if one.full and one.full != one.short:
        yield DesignationRecord(code=one.code, value=one.full, language="en", use=_FULL)
    yield PropertyRecord(code=one.code, property="vaccine-status", type="code", value=one.status)
    if one.nonvaccine:
        yield PropertyRecord(
            code=one.code,
            property="nonvaccine",
            type="boolean",
            value=one.nonvaccine.lower() == "true",
        )
    if one.notes:
        yield PropertyRecord(code=one.code, property="notes", type="string", value=one.notes)
    day = f"{one.day[:4]}-{one.day[4:6]}-{one.day[6:]}"
    yield PropertyRecord(code=one.code, property="last-updated", type="dateTime", value=day)

"""SEER's site/histology list (spreadsheet): which morphologies occur at which sites -> ConceptMap.

A row is a list of sites (`C000-C006,C008-C009`, without dots), their name, a histology group and a
code with behaviour. The map goes from morphology to topography: both are ICD-O-3, all targets are
`relatedto`. Source: SEER, "ICD-O-3 SEER Site/Histology Validation List".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.sheets import is_sheet, read_sheet
from termserver.errors import InvalidSource
from termserver.operations.plausibility import SITES_BY_MORPHOLOGY
from termserver.records import DocumentRecord, PackHeader, Record
from termserver.systems import ICD_O_3

_HEADER = [
    "Site recode",
    "Site Description",
    "Histology",
    "Histology Description",
    "Histology/Behavior",
    "Histology/Behavior Description",
]
_DATE = re.compile(r"(?<!\d)(20\d{6})(?!\d)")
_SITES = re.compile(r"C(\d{3})(?:-C(\d{3}))?")
_MORPHOLOGY = re.compile(r"\d{4}/\d")


@dataclass(frozen=True, slots=True)
class SeerSitesLoader:
    """Loader of the site/histology list (see `loaders.base.Loader`)."""

    name: str = "seer-sites"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is the list, by the header of its first sheet."""
        if not source.is_file() or not is_sheet(source):
            return False
        try:
            first = next(read_sheet(source), None)
        except InvalidSource:
            return False
        return first is not None and first[1][: len(_HEADER)] == _HEADER

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one list. Raises: InvalidSource with file and row."""
        if len(sources) != 1:
            raise InvalidSource("the site/histology list is one spreadsheet; name one file")
        path = sources[0]
        found = _DATE.search(path.name)
        version = options.version or (found.group(1) if found else None)
        if version is None:
            raise InvalidSource(
                "the file's name has no date (sitetype.icdo3.20180323.xls); name it with --version",
                file=path.name,
            )
        sites, names = _read(path)
        progress("morphologies", len(sites), len(sites))
        return Reading(
            header=PackHeader(
                name=options.name or "seer-site-histology",
                version=version,
                kind=self.name,
                title=f"SEER site/histology validation list, {version}",
                licence="Surveillance, Epidemiology, and End Results Program (US government work).",
            ),
            records=_records(version, sites, names),
            expected={"ConceptMap": 1},
        )


LOADER = SeerSitesLoader()


def _read(path: Path) -> tuple[dict[str, dict[str, None]], dict[str, str]]:
    """Return the sites of each morphology, in order, and the names of morphologies."""
    rows = read_sheet(path)
    number, header = next(rows, (0, []))
    if header[: len(_HEADER)] != _HEADER:
        raise InvalidSource(
            f"the header is not {', '.join(_HEADER)}", file=path.name, line=number or None
        )
    sites: dict[str, dict[str, None]] = {}
    names: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    for line, cells in rows:
        listed, _, _, _, code, name = cells[: len(_HEADER)]
        if not _MORPHOLOGY.fullmatch(code):
            raise InvalidSource(
                f"'{code}' is no morphology with behaviour (8500/3)", file=path.name, line=line
            )
        if (listed, code) in seen:
            raise InvalidSource(
                f"the pair '{listed}' and '{code}' occurs twice", file=path.name, line=line
            )
        seen.add((listed, code))
        names.setdefault(code, name)
        sites.setdefault(code, {}).update(dict.fromkeys(_codes(path, line, listed)))
    return sites, names


def _codes(path: Path, line: int, listed: str) -> Iterator[str]:
    for part in listed.split(","):
        found = _SITES.fullmatch(part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if first > last:
            raise InvalidSource(
                f"'{part.strip()}' is no site or range of sites (C000-C006)",
                file=path.name,
                line=line,
            )
        # A range runs over numbers that are no codes (C007): those name nothing and do no harm.
        yield from (f"C{number // 10:02}.{number % 10}" for number in range(first, last + 1))


def _records(
    version: str, sites: dict[str, dict[str, None]], names: dict[str, str]
) -> Iterator[Record]:
    yield DocumentRecord(
        type="ConceptMap",
        resource={
            "resourceType": "ConceptMap",
            "id": "seer-site-histology",
            "url": SITES_BY_MORPHOLOGY,
            "version": version,
            "name": "SEERSiteHistology",
            "title": "Sites at which a morphology is plausible (SEER)",
            "status": "active",
            "group": [
                {
                    "source": ICD_O_3,
                    "target": ICD_O_3,
                    "element": [
                        {
                            "code": code,
                            "display": names[code],
                            "target": [
                                {"code": site, "equivalence": "relatedto"} for site in found
                            ],
                        }
                        for code, found in sites.items()
                    ],
                }
            ],
        },
    )

"""Pairs of SNOMED CT and ICD-O-3 morphologies as a table -> ConceptMap from SNOMED CT to ICD-O-3.

A CSV with the columns `icdo3_code` and `sct_code`, and where they are there `srt_code` (the code of
SNOMED RT, M-85003 for 8500/3) and a title (`icdo32_preferred`, else `icdo3_title_2000`). SNOMED
RT's codes of morphology are ICD-O's, and DICOM lists which concept of SNOMED CT each became: that
says where a code comes from, not that both mean the same, so every pair is `relatedto`. SNOMED CT's
own map is the reference set 446608001.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.base import LoadOptions, Progress, Reading
from loaders.icdo3 import NOTICE
from loaders.tables import Row, header_of, read_rows
from termserver.errors import InvalidSource
from termserver.records import DocumentRecord, PackHeader, Record
from termserver.sctid import is_sctid
from termserver.systems import ICD_O_3, SNOMED_CT

PAIRS_MAP = f"{ICD_O_3}/ConceptMap/snomed-ct"
"""Canonical of the map (ours: nobody publishes one by url)."""

_NEEDED = ("icdo3_code", "sct_code")
_MORPHOLOGY = re.compile(r"\d{4}/[012369]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Icdo3SnomedLoader:
    """Loader of such a table (see `loaders.base.Loader`)."""

    name: str = "icdo3-snomed"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is such a table, by its header."""
        if not source.is_file() or source.suffix.lower() != ".csv":
            return False
        return set(_NEEDED) <= set(header_of(source))

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one table. Raises: InvalidSource with file and line."""
        if len(sources) != 1:
            raise InvalidSource("the pairs are one table; name one file")
        elements = _elements(sources[0])
        progress("concepts", len(elements), len(elements))
        version = options.version
        return Reading(
            header=PackHeader(
                name=options.name or "icd-o-3-snomed-ct",
                version=version or "unversioned",
                kind=self.name,
                title="Pairs of SNOMED CT and ICD-O-3 morphologies",
                licence=NOTICE,
            ),
            records=_records(sources[0], version, elements),
            expected={"ConceptMap": 1},
        )


LOADER = Icdo3SnomedLoader()


def _elements(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return SNOMED CT concept -> its targets, in the order of the table. Raises: InvalidSource."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in read_rows(path, required=_NEEDED):
        concept, target = row.need("sct_code"), _target(row)
        if not is_sctid(concept, "concept"):
            raise row.fault(f"'{concept}' is no identifier of a SNOMED CT concept")
        targets = found.setdefault(concept, [])
        if any(one["code"] == target["code"] for one in targets):
            raise row.fault(f"the pair '{concept}' and '{target['code']}' occurs twice")
        targets.append(target)
    if not found:
        raise InvalidSource("the table has no rows", file=path.name)
    return found


def _target(row: Row) -> dict[str, Any]:
    code = row.need("icdo3_code")
    if not _MORPHOLOGY.fullmatch(code):
        raise row.fault(f"'{code}' is no morphology with behaviour (8500/3)")
    title = row.get("icdo32_preferred") or row.get("icdo3_title_2000")
    older = row.get("srt_code")
    if older and older != f"M-{code.replace('/', '')}":
        raise row.fault(f"the SNOMED RT code '{older}' is not that of '{code}'")
    target: dict[str, Any] = {"code": code, "equivalence": "relatedto"}
    if title:
        target["display"] = title
    if older:
        target["comment"] = f"the concept was {older} in SNOMED RT, whose digits are ICD-O's"
    return target


def _records(
    path: Path, version: str | None, elements: dict[str, list[dict[str, Any]]]
) -> Iterator[Record]:
    yield DocumentRecord(
        type="ConceptMap",
        resource={
            "resourceType": "ConceptMap",
            "id": "icd-o-3-snomed-ct",
            "url": PAIRS_MAP,
            **({"version": version} if version else {}),
            "name": "SNOMEDCTtoICDO3",
            "title": "SNOMED CT to ICD-O-3 morphology, pairs",
            "status": "active",
            "description": f"Made from {path.name}; not SNOMED CT's own map (446608001).",
            "group": [
                {
                    "source": SNOMED_CT,
                    "target": ICD_O_3,
                    "element": [
                        {"code": concept, "target": targets}
                        for concept, targets in elements.items()
                    ],
                }
            ],
        },
    )

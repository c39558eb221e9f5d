"""SNOMED CT RF2: descriptions and text definitions -> designations, displays and definitions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from loaders.rf2_full import Placed
from loaders.rf2_refsets import NOWHERE, Acceptability
from loaders.rf2_rows import Checks, verified
from termserver.errors import InvalidSource
from termserver.model import Coding
from termserver.records import DesignationRecord
from termserver.systems import FULLY_SPECIFIED_NAME, SNOMED_CT, SYNONYM

TEXT_DEFINITION = "900000000000550004"
_TYPE_NAMES = {
    FULLY_SPECIFIED_NAME: "Fully specified name",
    SYNONYM: "Synonym",
    TEXT_DEFINITION: "Definition",
}
# ranks of a display behind the edition's own dialects (0, 1, …; 1000 none of them)
_PREFERRED_ELSEWHERE, _ACCEPTABLE, _UNLISTED, _FSN = 2000, 3000, 4000, 5000


def read_displays(rows: Iterable[Placed], language: Mapping[int, Acceptability]) -> dict[str, str]:
    """Return the display of each concept: its preferred synonym in the first dialect that has one.

    Where none of the edition's dialects prefers a synonym: one preferred in another, then an
    acceptable one, then any, then the fully specified name. Source: Release File Specification,
    5.2.2.1.
    """
    best: dict[str, tuple[int, str]] = {}
    for _, _, row in rows:
        if row[2] != "1" or row[6] == TEXT_DEFINITION:
            continue
        rank = _rank(row[6], language.get(int(row[0]), NOWHERE))
        found = best.get(row[4])
        if found is None or rank < found[0]:
            best[row[4]] = (rank, row[7])
    return {code: term for code, (_, term) in best.items()}


def _rank(kind: str, where: Acceptability) -> int:
    if kind != SYNONYM:
        return _FSN
    if where is NOWHERE:
        return _UNLISTED
    if where.preferred:
        return where.rank if where.rank < NOWHERE.rank else _PREFERRED_ELSEWHERE
    return _ACCEPTABLE


def read_definitions(rows: Iterable[Placed]) -> dict[str, str]:
    """Return the first active text definition of each concept that has one."""
    found: dict[str, str] = {}
    for _, _, row in rows:
        if row[2] == "1":
            found.setdefault(row[4], row[7])
    return found


def designation_records(
    rows: Iterable[Placed], concepts: Collection[str], language: Mapping[int, Acceptability]
) -> Iterator[DesignationRecord]:
    """Yield one designation a row, inactive ones too. Raises: InvalidSource for an unknown
    concept.
    """
    uses = {
        code: Coding(system=SNOMED_CT, code=code, display=name)
        for code, name in _TYPE_NAMES.items()
    }
    for file, line, row in verified(rows, Checks(ids=((0, "description"),), enumerations=(6, 8))):
        if row[4] not in concepts:
            raise InvalidSource(
                f"description {row[0]} is of concept {row[4]}, which is not in the release",
                file=file.name,
                line=line,
            )
        use = uses.get(row[6])
        if use is None:
            use = uses[row[6]] = Coding(system=SNOMED_CT, code=row[6])
        where = language.get(int(row[0]), NOWHERE)
        yield DesignationRecord(
            code=row[4],
            value=row[7],
            language=row[5],
            use=use,
            active=row[2] == "1",
            id=int(row[0]),
            module=int(row[3]),
            effective_time=int(row[1]),
            case_significance=int(row[8]),
            preferred_in=where.preferred,
            acceptable_in=where.acceptable,
        )

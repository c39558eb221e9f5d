"""SNOMED CT RF2: descriptions and text definitions -> designations, displays and definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from loaders.rf2_full import Block
from loaders.rf2_language import NOWHERE, Acceptability
from loaders.rf2_rows import Checks, Numbers, verified
from termserver.errors import InvalidSource
from termserver.model import Coding
from termserver.records import DesignationBlock, DesignationRow
from termserver.systems import FULLY_SPECIFIED_NAME, SNOMED_CT, SYNONYM

TEXT_DEFINITION = "900000000000550004"
_TYPE_NAMES = {
    FULLY_SPECIFIED_NAME: "Fully specified name",
    SYNONYM: "Synonym",
    TEXT_DEFINITION: "Definition",
}
# ranks of a display behind the edition's own dialects (0, 1, …; 1000 none of them)
_PREFERRED_ELSEWHERE, _ACCEPTABLE, _UNLISTED, _FSN = 2000, 3000, 4000, 5000


def read_displays(blocks: Iterable[Block], language: Mapping[int, Acceptability]) -> dict[str, str]:
    """Return the display of each concept: its preferred synonym in the first dialect that has one.

    Where none of the edition's dialects prefers a synonym: one preferred in another, then an
    acceptable one, then any, then the fully specified name. Source: Release File Specification,
    5.2.2.1.
    """
    best: dict[str, tuple[int, str]] = {}
    for block in blocks:
        for description, _, active, _, code, _, kind, term, _ in block.rows:
            if active != "1" or kind == TEXT_DEFINITION:
                continue
            rank = _rank(kind, language.get(int(description), NOWHERE))
            found = best.get(code)
            if found is None or rank < found[0]:
                best[code] = (rank, term)
    return {code: term for code, (_, term) in best.items()}


def _rank(kind: str, where: Acceptability) -> int:
    if kind != SYNONYM:
        return _FSN
    if where is NOWHERE:
        return _UNLISTED
    if where.preferred:
        return where.rank if where.rank < NOWHERE.rank else _PREFERRED_ELSEWHERE
    return _ACCEPTABLE


def read_definitions(blocks: Iterable[Block]) -> dict[str, str]:
    """Return the first active text definition of each concept that has one."""
    found: dict[str, str] = {}
    for block in blocks:
        for row in block.rows:
            if row[2] == "1":
                found.setdefault(row[4], row[7])
    return found


class _Uses(dict[str, Coding]):
    """Description type -> its Coding, one object each."""

    def __missing__(self, kind: str) -> Coding:
        use = self[kind] = Coding(system=SNOMED_CT, code=kind, display=_TYPE_NAMES.get(kind))
        return use


def designation_records(
    blocks: Iterable[Block], concepts: set[str], language: Mapping[int, Acceptability]
) -> Iterator[DesignationBlock]:
    """Yield one designation a row, inactive ones too. Raises: InvalidSource for an unknown
    concept.
    """
    uses, numbers = _Uses(), Numbers()
    for block in verified(blocks, Checks(ids=((0, "description"),), enumerations=(6, 8))):
        if not concepts.issuperset(map(itemgetter(4), block.rows)):
            raise _unknown_concept(block, concepts)
        rows: list[DesignationRow] = []
        for id_, time, active, module, code, tongue, kind, term, case in block.rows:
            number = int(id_)
            where = language.get(number, NOWHERE)
            facts = (number, numbers[module], numbers[time], numbers[case])
            names = (code, term, tongue, uses[kind], active == "1")
            rows.append((*names, *facts, where.preferred, where.acceptable))
        yield DesignationBlock(rows=rows)


def _unknown_concept(block: Block, concepts: set[str]) -> InvalidSource:
    line, row = next(
        (line, row)
        for line, row in zip(block.lines, block.rows, strict=True)
        if row[4] not in concepts
    )
    return InvalidSource(
        f"description {row[0]} is of concept {row[4]}, which is not in the release",
        file=block.file.name,
        line=line,
    )

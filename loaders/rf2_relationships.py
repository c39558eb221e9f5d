"""SNOMED CT RF2: relationships and concrete values -> edges and properties."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from loaders.rf2_files import Rf2File
from loaders.rf2_full import Block, placed
from loaders.rf2_rows import Checks, Numbers, verified
from termserver.errors import InvalidSource
from termserver.model import PropertyValue
from termserver.records import EdgeRecord, PropertyBlock, PropertyRow

IS_A = "116680003"
STATED = "900000000000010007"
_OF_DEFINITION = frozenset({"900000000000011006", "900000000000006009"})
"""Inferred, and the older word for all defining relationships."""


def edge_records(blocks: Iterable[Block], concepts: Collection[str]) -> Iterator[EdgeRecord]:
    """Yield the active inferred is-a rows. Raises: InvalidSource for a child or parent not
    there.
    """
    for file, line, row in placed(blocks):
        if _is_edge(row):
            _check_known(file, line, row, (row[4], row[5]), concepts)
            _group(file, line, row)
            yield EdgeRecord(child=row[4], parent=row[5])


def relationship_records(
    blocks: Iterable[Block], concepts: Collection[str]
) -> Iterator[PropertyBlock]:
    """Yield every row that is no edge and not stated: attributes, and inactive rows of any type."""
    numbers = Numbers()
    for block in verified(blocks, _checks()):
        rows: list[PropertyRow] = []
        for line, row in zip(block.lines, block.rows, strict=True):
            _, time, flag, module, source, target, group, kind, character, _ = row
            active = flag == "1"
            if character == STATED or (active and kind == IS_A and character in _OF_DEFINITION):
                continue
            if active:
                if source not in concepts or target not in concepts or kind not in concepts:
                    _check_known(block.file, line, row, (source, target, kind), concepts)
            elif source not in concepts:
                continue
            there = target if target in concepts else None
            number = numbers[group] if group.isdigit() else _group(block.file, line, row)
            facts = (number, active, numbers[module], numbers[time])
            rows.append((source, kind, "code", target, there, *facts))
        yield PropertyBlock(rows=rows)


def concrete_records(blocks: Iterable[Block], concepts: Collection[str]) -> Iterator[PropertyBlock]:
    """Yield every concrete value row, typed integer, decimal, string or boolean."""
    for block in verified(blocks, _checks()):
        rows: list[PropertyRow] = []
        for line, row in zip(block.lines, block.rows, strict=True):
            active = row[2] == "1"
            if active:
                _check_known(block.file, line, row, (row[4], row[7]), concepts)
            elif row[4] not in concepts:
                continue
            kind, value = _concrete(block.file, line, row[5])
            group = _group(block.file, line, row)
            facts = (group, active, int(row[3]), int(row[1]))
            rows.append((row[4], row[7], kind, value, None, *facts))
        yield PropertyBlock(rows=rows)


def _checks() -> Checks:
    return Checks(ids=((0, "relationship"),), enumerations=(7, 8, 9))


def _is_edge(row: list[str]) -> bool:
    return row[7] == IS_A and row[2] == "1" and row[8] in _OF_DEFINITION


def _check_known(
    file: Rf2File, line: int, row: list[str], codes: Iterable[str], concepts: Collection[str]
) -> None:
    for code in codes:
        if code not in concepts:
            raise InvalidSource(
                f"relationship {row[0]} ({row[4]} {row[7]} {row[5]}) names concept {code}, which "
                "is not "
                "in the release",
                file=file.name,
                line=line,
            )


def _group(file: Rf2File, line: int, row: list[str]) -> int:
    if not row[6].isdigit():
        raise InvalidSource(f"'{row[6]}' is no relationship group", file=file.name, line=line)
    return int(row[6])


def _concrete(file: Rf2File, line: int, text: str) -> tuple[str, PropertyValue]:
    """Return type and value. Source: Release File Specification, 4.2.6 (`#4000`, `"text"`)."""
    try:
        if text.startswith("#"):
            number = text[1:]
            whole = number.lstrip("+-").isdigit()
            return ("integer", int(number)) if whole else ("decimal", float(number))
    except ValueError:
        pass
    else:
        if len(text) > 1 and text[0] == text[-1] == '"':
            return "string", text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        if text in {"true", "false"}:
            return "boolean", text == "true"
    raise InvalidSource(
        f"'{text}' is no concrete value (#number, \"string\", true or false)",
        file=file.name,
        line=line,
    )

"""SNOMED CT RF2: relationships and concrete values -> edges and properties."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from loaders.rf2_files import Rf2File
from loaders.rf2_full import Placed
from loaders.rf2_rows import Checks, verified
from termserver.errors import InvalidSource
from termserver.model import PropertyValue
from termserver.records import EdgeRecord, PropertyRecord

IS_A = "116680003"
STATED = "900000000000010007"
_OF_DEFINITION = frozenset({"900000000000011006", "900000000000006009"})
"""Inferred, and the older word for all defining relationships."""


def edge_records(rows: Iterable[Placed], concepts: Collection[str]) -> Iterator[EdgeRecord]:
    """Yield the active inferred is-a rows. Raises: InvalidSource for a child or parent not
    there.
    """
    for file, line, row in rows:
        if _is_edge(row):
            _check_known(file, line, row, (row[4], row[5]), concepts)
            _group(file, line, row)
            yield EdgeRecord(child=row[4], parent=row[5])


def relationship_records(
    rows: Iterable[Placed], concepts: Collection[str]
) -> Iterator[PropertyRecord]:
    """Yield every row that is no edge and not stated: attributes, and inactive rows of any type."""
    for file, line, row in verified(rows, _checks()):
        if row[8] == STATED or _is_edge(row):
            continue
        active = row[2] == "1"
        if active:
            _check_known(file, line, row, (row[4], row[5], row[7]), concepts)
        elif row[4] not in concepts:
            continue
        yield PropertyRecord(
            code=row[4],
            property=row[7],
            type="code",
            value=row[5],
            target=row[5] if row[5] in concepts else None,
            group=_group(file, line, row),
            active=active,
            module=int(row[3]),
            effective_time=int(row[1]),
        )


def concrete_records(rows: Iterable[Placed], concepts: Collection[str]) -> Iterator[PropertyRecord]:
    """Yield every concrete value row, typed integer, decimal, string or boolean."""
    for file, line, row in verified(rows, _checks()):
        active = row[2] == "1"
        if active:
            _check_known(file, line, row, (row[4], row[7]), concepts)
        elif row[4] not in concepts:
            continue
        kind, value = _concrete(file, line, row[5])
        yield PropertyRecord(
            code=row[4],
            property=row[7],
            type=kind,
            value=value,
            group=_group(file, line, row),
            active=active,
            module=int(row[3]),
            effective_time=int(row[1]),
        )


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

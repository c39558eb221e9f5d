"""Local code systems and maps as a table with a header (CSV, semicolons or tabs).

A code system has the columns `code` and `display`; further ones are `parent` (several divided by
`|`), `definition`, `inactive`, `abstract`, `display:de` (a designation in German), and any others,
which become properties: `unit` of type string, `rank:integer` of another FHIR type. A map has the
columns of `loaders.delimited_map`. The code system's canonical is not in the file: `--system` names
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.delimited_map import is_map_header, map_reading
from loaders.tables import Row, header_of, read_rows
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, PropertyDefinition, PropertyValue
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PackHeader,
    PropertyRecord,
    Record,
)

_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".tab"})
_DELIMITERS = (",", ";", "\t")
_OWN = frozenset({"code", "display", "parent", "definition", "inactive", "abstract"})
_TYPES = frozenset({"code", "string", "integer", "decimal", "boolean", "dateTime"})
_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no", ""})


@dataclass(frozen=True, slots=True)
class DelimitedLoader:
    """Loader of local tables (see `loaders.base.Loader`)."""

    name: str = "csv"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is a table whose header names a code system or a map."""
        return source.is_file() and _delimiter(source) is not None

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one table. Raises: InvalidSource with file and line."""
        if len(sources) != 1:
            raise InvalidSource("a table is loaded by itself; name one file")
        path = sources[0]
        delimiter = _delimiter(path)
        if delimiter is None:
            raise InvalidSource(
                "the header needs the columns code and display (a code system), or source code, "
                "target code and relationship (a map)",
                file=path.name,
            )
        header = [one.lower() for one in header_of(path, delimiter)]
        if is_map_header(header):
            return map_reading(path, delimiter, options)
        return _code_system(path, delimiter, options, progress)


LOADER = DelimitedLoader()


@dataclass(slots=True)
class _Table:
    concepts: dict[str, ConceptRecord] = field(default_factory=dict)
    edges: list[EdgeRecord] = field(default_factory=list)
    details: list[Record] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column that becomes a property or a designation."""

    name: str
    property: str
    type: str = "string"
    language: str | None = None


def _delimiter(path: Path) -> str | None:
    if path.suffix.lower() not in _SUFFIXES:
        return None
    for delimiter in _DELIMITERS:
        header = [one.lower() for one in header_of(path, delimiter)]
        if {"code", "display"} <= set(header) or is_map_header(header):
            return delimiter
    return None


def _code_system(path: Path, delimiter: str, options: LoadOptions, progress: Progress) -> Reading:
    if not options.system:
        raise InvalidSource(
            "the table does not say which code system it is; name its canonical with --system",
            file=path.name,
        )
    columns = _columns(path, delimiter)
    table = _read_table(path, delimiter, columns)
    progress("concepts", len(table.concepts), len(table.concepts))
    name = options.name or path.stem
    system = CodeSystem(
        url=options.system,
        version=options.version,
        name=name,
        title=name,
        status="active",
        content="complete",
        case_sensitive=True,
        hierarchy_meaning="is-a" if table.edges else None,
        properties=tuple(
            PropertyDefinition(code=one.property, type=one.type)
            for one in columns
            if one.language is None
        ),
    )
    return Reading(
        header=PackHeader(name=name, version=options.version or "unversioned", kind="csv"),
        records=_records(system, table),
        expected={"concepts": len(table.concepts), "edges": len(table.edges)},
    )


def _records(system: CodeSystem, table: _Table) -> Iterator[Record]:
    yield CodeSystemRecord(system=system)
    yield from table.concepts.values()
    yield from table.edges
    yield from table.details


def _columns(path: Path, delimiter: str) -> list[_Column]:
    """Return the columns that are not the loader's own. Raises: InvalidSource (unknown type)."""
    columns: list[_Column] = []
    for name in header_of(path, delimiter):
        code, _, kind = name.partition(":")
        if name.lower() in _OWN or not name:
            continue
        if code.lower() in {"display", "designation"} and kind:
            columns.append(_Column(name=name, property=code, language=kind))
        elif kind and kind not in _TYPES:
            raise InvalidSource(
                f"the column '{name}' has the unknown type '{kind}'; "
                f"known: {', '.join(sorted(_TYPES))}",
                file=path.name,
                line=1,
            )
        else:
            columns.append(_Column(name=name, property=code, type=kind or "string"))
    return columns


def _read_table(path: Path, delimiter: str, columns: list[_Column]) -> _Table:
    table = _Table()
    parents: list[tuple[Row, str, str]] = []
    for row in read_rows(path, delimiter=delimiter):
        own = {name.lower(): name for name in row.fields}
        code = row.need(own["code"])
        if code in table.concepts:
            raise row.fault(f"the code '{code}' occurs twice")
        table.concepts[code] = ConceptRecord(
            code=code,
            display=row.get(own["display"]) or None,
            definition=row.get(own.get("definition", "")) or None,
            inactive=_flag(row, own.get("inactive", "")),
            abstract=_flag(row, own.get("abstract", "")),
        )
        above = row.get(own.get("parent", "")).split("|")
        parents += [(row, code, one.strip()) for one in above if one.strip()]
        table.details += _details(row, code, columns)
    if not table.concepts:
        raise InvalidSource("the table has a header and no row", file=path.name)
    for row, code, parent in parents:
        if parent not in table.concepts:
            raise row.fault(f"the parent '{parent}' of '{code}' is no code of the table")
        table.edges.append(EdgeRecord(child=code, parent=parent))
    return table


def _details(row: Row, code: str, columns: list[_Column]) -> Iterator[Record]:
    for column in columns:
        text = row.get(column.name)
        if not text:
            continue
        if column.language:
            yield DesignationRecord(code=code, value=text, language=column.language)
        else:
            yield PropertyRecord(
                code=code,
                property=column.property,
                type=column.type,
                value=_value(row, column, text),
            )


def _value(row: Row, column: _Column, text: str) -> PropertyValue:
    try:
        match column.type:
            case "integer":
                return int(text)
            case "decimal":
                return float(text)
            case "boolean":
                return _flag(row, column.name)
            case _:
                return text
    except ValueError as error:
        raise row.fault(f"'{text}' in the column '{column.name}' is no {column.type}") from error


def _flag(row: Row, column: str) -> bool:
    text = row.get(column).lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise row.fault(f"'{text}' in the column '{column}' is neither true nor false")

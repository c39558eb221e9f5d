"""Content -> a table with a header, as the loader of CSV reads code systems."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from exporters.content import Content, SetContent, SystemContent, counted
from termserver.model import Coding, Concept, PropertyValue

_OWN = ("code", "display", "parent", "definition", "inactive", "abstract")
_TYPES = frozenset({"code", "string", "integer", "decimal", "boolean", "dateTime"})
_MEMBER = ("system", "version", "code", "display", "inactive", "abstract")


def write_csv(content: Content, out: Path) -> tuple[str, ...]:
    """Write a table in UTF-8 and return what it could not hold, a sentence each.

    A code system: code, display, parents divided by `|`, definition, inactive, abstract, a column
    for each property (`name:type`) and each language of designations (`display:de`). A value set:
    system, version, code, display, inactive, abstract.
    """
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if isinstance(content, SetContent):
            writer.writerow(_MEMBER)
            for one in content.members:
                flags = (_flag(one.inactive), _flag(one.abstract))
                writer.writerow((one.system, one.version, one.code, one.display, *flags))
            return counted(
                {
                    "designations that have no column": sum(
                        len(m.designations) for m in content.members
                    )
                }
            )
        return _write_system(content, writer.writerow)


def _write_system(
    content: SystemContent, write: Callable[[Iterable[object]], object]
) -> tuple[str, ...]:
    table = _Table(content)
    write((*_OWN, *table.properties.values(), *(f"display:{one}" for one in table.languages)))
    for concept in content.concepts:
        write(table.row(concept))
    return counted(table.lost)


class _Table:
    def __init__(self, content: SystemContent) -> None:
        self.parents = content.parents
        self.properties = _columns(content)
        self.languages = sorted(
            {one.language for it in content.concepts for one in it.designations if one.language}
        )
        self.lost = dict.fromkeys(
            (
                "further values of a property that one column cannot hold",
                "values of type Coding, written as system#code",
                "further designations in a language, or designations without one",
                "uses of designations",
                "status words beside inactive",
            ),
            0,
        )

    def row(self, concept: Concept) -> Iterator[str]:
        self.lost["status words beside inactive"] += bool(concept.status)
        yield from (
            concept.code,
            concept.display or "",
            "|".join(self.parents.get(concept.code, ())),
            concept.definition or "",
            _flag(concept.inactive),
            _flag(concept.abstract),
        )
        yield from self._values(concept)
        yield from self._names(concept)

    def _values(self, concept: Concept) -> Iterator[str]:
        for code in self.properties:
            values = [one.value for one in concept.properties if one.code == code]
            self.lost["further values of a property that one column cannot hold"] += max(
                0, len(values) - 1
            )
            self.lost["values of type Coding, written as system#code"] += sum(
                isinstance(one, Coding) for one in values
            )
            yield _text(values[0]) if values else ""

    def _names(self, concept: Concept) -> Iterator[str]:
        left = len(concept.designations)
        for language in self.languages:
            names = [one.value for one in concept.designations if one.language == language]
            left -= bool(names)
            yield names[0] if names else ""
        self.lost["further designations in a language, or designations without one"] += left
        self.lost["uses of designations"] += sum(
            one.use is not None for one in concept.designations
        )


def _columns(content: SystemContent) -> dict[str, str]:
    """Return the column of each property that occurs; those of the table's own are not repeated."""
    found: dict[str, str] = {}
    for concept in content.concepts:
        for one in concept.properties:
            if one.code not in found and one.code not in {*_OWN, "child", "notSelectable"}:
                kind = one.type if one.type in _TYPES else "string"
                found[one.code] = one.code if kind == "string" else f"{one.code}:{kind}"
    return dict(sorted(found.items()))


def _text(value: PropertyValue) -> str:
    if isinstance(value, bool):
        return _flag(value)
    if isinstance(value, Coding):
        return f"{value.system or ''}#{value.code or ''}"
    return str(value)


def _flag(value: bool) -> str:
    return "true" if value else "false"

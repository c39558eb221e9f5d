"""A SNOMED CT release as plain rows, read from its files by their names alone.

What the naive evaluator (`ecl_naive`) works on: dictionaries and lists. Nothing of the product is
used.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

IS_A = "116680003"
INFERRED = "900000000000011006"
PREFERRED = "900000000000548007"
_NAME = re.compile(r"(?:sct2|der2)_(?:(\w*?)Refset_)?([A-Za-z]+?)_?(?:Snapshot)(?:-\w+)?_")


@dataclass
class Refset:
    """The rows of one reference set; `columns` are those behind the component."""

    columns: list[str]
    rows: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Release:
    """Rows by what they are of. Relationships are the active inferred ones."""

    concepts: dict[str, dict[str, str]] = field(default_factory=dict)
    parents: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    children: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    attributes: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    incoming: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    concrete: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    descriptions: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    dialects: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    refsets: dict[str, Refset] = field(default_factory=dict)
    identifiers: dict[tuple[str, str], str] = field(default_factory=dict)


def read_release(folder: Path) -> Release:
    """Return the rows of all Snapshot files under a folder."""
    found = Release()
    for path in sorted(folder.rglob("*.txt")):
        match = _NAME.match(path.name)
        if match is not None:
            header, *rows = (
                line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()
            )
            _take(found, match[1] is not None, match[2], header, rows)
    return found


def _take(
    found: Release, is_refset: bool, name: str, header: list[str], rows: list[list[str]]
) -> None:
    for cells in rows:
        row = dict(zip(header, cells, strict=True))
        if is_refset:
            if name == "Language" and row["active"] == "1":
                accepted = found.dialects[row["referencedComponentId"]]
                accepted[row["refsetId"]] = row["acceptabilityId"]
            refset = found.refsets.setdefault(row["refsetId"], Refset(header[6:]))
            refset.rows.append(row)
        elif name == "Concept":
            found.concepts[row["id"]] = row
        elif name in {"Description", "TextDefinition"}:
            found.descriptions[row["conceptId"]].append(row)
        elif name == "Identifier" and row["active"] == "1":
            key = row["identifierSchemeId"], row["alternateIdentifier"]
            found.identifiers[key] = row["referencedComponentId"]
        elif name in {"Relationship", "RelationshipConcreteValues"}:
            _take_relationship(found, row)


def _take_relationship(found: Release, row: dict[str, str]) -> None:
    if row["active"] != "1" or row["characteristicTypeId"] != INFERRED:
        return
    if "value" in row:
        found.concrete[row["sourceId"]].append(row)
    elif row["typeId"] == IS_A:
        found.parents[row["sourceId"]].add(row["destinationId"])
        found.children[row["destinationId"]].add(row["sourceId"])
    else:
        found.attributes[row["sourceId"]].append(row)
        found.incoming[row["destinationId"]].append(row)

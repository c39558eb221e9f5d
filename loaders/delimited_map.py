"""Local concept maps as a table -> a ConceptMap document (FHIR R5 shape).

Columns (case, blanks, dashes and underscores do not matter): `source code`, `target system`,
`target code`, `relationship` (or `equivalence`); `source system` where `--system` does not say it;
`source display`, `target display`, `comment`. A row without target code says that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from loaders.base import LoadOptions, Reading
from loaders.tables import Row, read_rows
from termserver.errors import InvalidSource
from termserver.records import DocumentRecord, PackHeader

_EQUIVALENT = {
    # R4 equivalence -> R5 relationship (FHIR R5 ConceptMap, "equivalence" mapping of R4 to R5)
    "relatedto": "related-to",
    "equivalent": "equivalent",
    "equal": "equivalent",
    "wider": "source-is-narrower-than-target",
    "subsumes": "source-is-broader-than-target",
    "narrower": "source-is-broader-than-target",
    "specializes": "source-is-narrower-than-target",
    "inexact": "related-to",
    "disjoint": "not-related-to",
}
_RELATIONSHIPS = frozenset(
    {
        "related-to",
        "equivalent",
        "source-is-narrower-than-target",
        "source-is-broader-than-target",
        "not-related-to",
    }
)
_NONE = frozenset({"", "unmatched", "nomap", "no-map"})


def is_map_header(names: Iterable[str]) -> bool:
    """Tell whether a header names a map: source code, target code and a relationship."""
    found = {_plain(one) for one in names}
    return {"sourcecode", "targetcode"} <= found and bool(found & {"relationship", "equivalence"})


def map_reading(path: Path, delimiter: str, options: LoadOptions) -> Reading:
    """Return the reading of a map. Raises: InvalidSource with file and line."""
    name = options.name or path.stem
    groups: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    count = 0
    for row in read_rows(path, delimiter=delimiter):
        _add(groups, row, options)
        count += 1
    if not count:
        raise InvalidSource("the map has a header and no row", file=path.name)
    resource: dict[str, Any] = {
        "resourceType": "ConceptMap",
        "url": _canonical(next(iter(groups))[0], name),
        "name": name,
        "title": name,
        "status": "active",
        "group": [
            {"source": source, "target": target, "element": list(elements.values())}
            for (source, target), elements in groups.items()
        ],
    }
    if options.version:
        resource["version"] = options.version
    return Reading(
        header=PackHeader(name=name, version=options.version or "unversioned", kind="csv"),
        records=iter([DocumentRecord(type="ConceptMap", resource=resource)]),
        expected={"documents": 1},
    )


def _add(
    groups: dict[tuple[str, str], dict[str, dict[str, Any]]], row: Row, options: LoadOptions
) -> None:
    fields = {_plain(name): row.get(name) for name in row.fields}
    source = fields.get("sourcesystem") or options.system
    target_system = fields.get("targetsystem")
    code = fields["sourcecode"]
    if not source:
        raise row.fault("the row has no source system; name it with --system or in a column")
    if not target_system:
        raise row.fault("the row has no target system; a column 'target system' is needed")
    if not code:
        raise row.fault("the row has no source code")
    elements = groups.setdefault((source, target_system), {})
    element = elements.setdefault(code, {"code": code})
    if fields.get("sourcedisplay"):
        element.setdefault("display", fields["sourcedisplay"])
    target = _target(row, fields)
    if target is None:
        if element.get("target"):
            raise row.fault(f"the code '{code}' has a target in another row and none here")
        element["noMap"] = True
        return
    if element.get("noMap"):
        raise row.fault(f"the code '{code}' has no target in another row and one here")
    targets = element.setdefault("target", [])
    if any(one["code"] == target["code"] for one in targets):
        raise row.fault(f"the code '{code}' is mapped to '{target['code']}' twice")
    targets.append(target)


def _target(row: Row, fields: dict[str, str]) -> dict[str, Any] | None:
    word = (fields.get("relationship") or fields.get("equivalence") or "").lower()
    code = fields["targetcode"]
    if not code:
        if word in _NONE:
            return None
        raise row.fault(f"the row has the relationship '{word}' and no target code")
    relationship = _EQUIVALENT.get(word, word)
    if relationship not in _RELATIONSHIPS:
        known = ", ".join(sorted(_RELATIONSHIPS))
        raise row.fault(f"the relationship '{word}' is unknown; known: {known}, or R4's words")
    target: dict[str, Any] = {"code": code, "relationship": relationship}
    if fields.get("targetdisplay"):
        target["display"] = fields["targetdisplay"]
    if fields.get("comment"):
        target["comment"] = fields["comment"]
    return target


def _canonical(source: str, name: str) -> str:
    """Return the map's canonical: below the source system, since the table has none of its own."""
    if source.startswith("urn:"):
        return f"{source}:ConceptMap:{name}"
    return f"{source.rstrip('/')}/ConceptMap/{name}"


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()

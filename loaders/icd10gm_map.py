"""ICD-10-GM: a crosswalk between two years (Umsteiger) -> ConceptMap.

Rows are old;new;A or empty;A or empty: whether the code can be carried forward, and back, without a
person. UNDEF stands for no code. Source: read-me of the crosswalk files (DIMDI).
"""

from __future__ import annotations

import re
from pathlib import Path

from loaders.tables import read_lists
from termserver.errors import InvalidSource

_NAME = re.compile(r"icd10gm.*umsteiger_(\d{4})_(\d{4})(?:\..*)?\.txt", re.IGNORECASE)
_NONE = "UNDEF"
_EQUIVALENCE = {
    ("A", "A"): "equivalent",
    # Forward only: other old codes go to the same new one, which so is wider.
    ("A", ""): "wider",
    ("", "A"): "narrower",
    ("", ""): "relatedto",
}


def is_crosswalk(path: Path) -> bool:
    """Tell whether `path` is a crosswalk between two years, by its name."""
    return path.is_file() and _NAME.fullmatch(path.name) is not None


def crosswalk(path: Path, system: str) -> dict[str, object]:
    """Return the R4 ConceptMap of a crosswalk.

    Raises: InvalidSource with file and line for a row of another layout or without an old code, a
    flag that is neither A nor empty, and a pair that occurs twice.
    """
    named = _NAME.fullmatch(path.name)
    old, new = named.groups() if named else ("", "")
    elements: dict[str, list[dict[str, str]]] = {}
    unmatched: list[str] = []
    seen: set[tuple[str, str]] = set()
    for line, fields in read_lists(path, delimiter=";", quoting=False):
        source, target, equivalence = _row(path, line, fields)
        if (source, target) in seen:
            raise InvalidSource(
                f"the pair '{source}' and '{target}' occurs twice", file=path.name, line=line
            )
        seen.add((source, target))
        if source == _NONE:
            unmatched.append(target)
        elif target == _NONE:
            elements.setdefault(source, []).append({"equivalence": "unmatched"})
        else:
            elements.setdefault(source, []).append({"code": target, "equivalence": equivalence})
    if not seen:
        raise InvalidSource("the crosswalk has no row", file=path.name)
    return {
        "resourceType": "ConceptMap",
        "id": f"icd-10-gm-{old}-{new}",
        "url": f"{system}/ConceptMap/{old}-{new}",
        "version": new,
        "name": f"ICD10GM{old}to{new}",
        "title": f"ICD-10-GM {old} to {new}",
        "description": f"New in {new}, without an older code: {', '.join(unmatched) or 'none'}",
        "status": "active",
        "group": [
            {
                "source": system,
                "sourceVersion": old,
                "target": system,
                "targetVersion": new,
                "element": [{"code": code, "target": to} for code, to in elements.items()],
            }
        ],
    }


def _row(path: Path, line: int, fields: list[str]) -> tuple[str, str, str]:
    if len(fields) != 4:
        raise InvalidSource(
            f"{len(fields)} fields where a crosswalk has 4: old, new, forward, back",
            file=path.name,
            line=line,
        )
    source, target, forward, back = (one.strip() for one in fields)
    if not source or not target:
        raise InvalidSource("a code is empty; UNDEF stands for none", file=path.name, line=line)
    equivalence = _EQUIVALENCE.get((forward, back))
    if equivalence is None:
        raise InvalidSource(
            f"the flags '{forward}' and '{back}' are neither A nor empty",
            file=path.name,
            line=line,
        )
    return source, target, equivalence

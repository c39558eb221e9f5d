"""ICD-O-3 in WHO's tab files of 2000: Topoenglish.txt and Morphenglish.txt.

Topography levels: 3 category, 4 code, incl inclusion term, k heading of a list, b item of it.
Rows of one code are in no order: an item may stand before its heading, and both before the code.
"""

from __future__ import annotations

from pathlib import Path

from loaders.icdo3_terms import MORPHOLOGY, TOPOGRAPHY, Part, Term
from loaders.tables import Row, header_of, read_rows

VERSION = "3.0"
_TOPOGRAPHY = ("Kode", "Lvl", "Title")
_MORPHOLOGY = ("Code", "Struct", "Label")


def recognises(path: Path) -> bool:
    """Tell whether `path` is one of the two files, by its header."""
    return header_of(path, "\t")[:3] in {_TOPOGRAPHY, _MORPHOLOGY}


def read(path: Path) -> Part:
    """Return the axis that the file holds. Raises: InvalidSource with file and line."""
    if header_of(path, "\t")[:3] == _TOPOGRAPHY:
        return _topography(path)
    return _morphology(path)


def _topography(path: Path) -> Part:
    part = Part(axis=TOPOGRAPHY, version=VERSION, source=path.name)
    headings: dict[str, str] = {}
    items: list[tuple[Row, str, str]] = []
    for row in read_rows(path, required=_TOPOGRAPHY, delimiter="\t"):
        code, level, title = row.need("Kode"), row.need("Lvl"), row.need("Title")
        match level:
            case "3":
                part.title(row, code, title).heading = True
            case "4":
                part.title(row, code, title).parent = code.partition(".")[0]
            case "incl":
                part.at(row, code).terms.append(Term(value=title, kind="inclusion"))
            case "k":
                if code in headings:
                    raise row.fault(f"the code '{code}' has a second list heading")
                headings[code] = title.rstrip(":").strip()
            case "b":
                items.append((row, code, title))
            case _:
                raise row.fault(f"the level '{level}' is unknown; known: 3, 4, incl, k, b")
    for row, code, title in items:
        if code not in headings:
            raise row.fault(f"the list item '{title}' of '{code}' has no heading (k)")
        name = f"{headings[code]} {title}"
        part.at(row, code).terms.append(Term(value=name, kind="inclusion"))
    return part.checked()


def _morphology(path: Path) -> Part:
    part = Part(axis=MORPHOLOGY, version=VERSION, source=path.name)
    for row in read_rows(path, required=_MORPHOLOGY, delimiter="\t"):
        code, kind, label = row.need("Code"), row.need("Struct"), row.need("Label")
        match kind:
            case "title":
                part.title(row, code, label)
            case "sub":
                # The file does not tell synonyms from related terms.
                part.at(row, code).terms.append(Term(value=label, kind="synonym"))
            case _:
                raise row.fault(f"the structure '{kind}' is unknown; known: title, sub")
    return part.checked()

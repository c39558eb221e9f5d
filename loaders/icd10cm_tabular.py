"""ICD-10-CM: the tabular list in XML as CMS and NCHS publish it (ICD10CM.tabular)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loaders.icd10cm_codes import Diagnosis
from loaders.xmlfile import fault, flat_text, parse_xml
from termserver.errors import InvalidSource

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NOTES = (
    "includes",
    "excludes1",
    "excludes2",
    "codeFirst",
    "codeAlso",
    "useAdditionalCode",
    "sevenChrNote",
    "notes",
)
"""Elements of notes that become properties of the same name."""
_NOTES = frozenset(NOTES)

_ROOT = b"<ICD10CM.tabular"


def is_tabular(path: Path) -> bool:
    """Tell whether `path` is a tabular list, by its root element."""
    if path.suffix.lower() != ".xml":
        return False
    with path.open("rb") as stream:
        return _ROOT in stream.read(2048)


def read_tabular(path: Path) -> tuple[str | None, dict[str, Diagnosis]]:
    """Return the version that the file states, and its chapters, sections, categories and codes.

    Raises: InvalidSource for XML that is not well formed or declares entities, a code without
    name or title, and a code that occurs twice.
    """
    root = parse_xml(path)
    codes: dict[str, Diagnosis] = {}
    for chapter in root.findall("chapter"):
        name = _text(chapter, "name", path)
        _add(codes, chapter, name, None, path).heading = True
        for section in chapter.findall("section"):
            number = _section_code(section, name, path)
            _add(codes, section, number, name, path).heading = True
            for diag in section.findall("diag"):
                _diag(codes, diag, number, path)
    if not codes:
        raise InvalidSource("the tabular list has no chapter", file=path.name)
    version = root.findtext("version")
    return (version.strip() if version else None), codes


def _section_code(section: Element, chapter: str, path: Path) -> str:
    """Return the section's code; one of a single category (C50) is named like a range (C50-C50)."""
    number = section.get("id") or ""
    if not number:
        raise fault(path, section, f"a section of chapter {chapter} has no id")
    return number if "-" in number else f"{number}-{number}"


def _diag(codes: dict[str, Diagnosis], element: Element, parent: str, path: Path) -> None:
    code = _text(element, "name", path)
    _add(codes, element, code, parent, path)
    for one in element:
        if one.tag == "diag":
            _diag(codes, one, code, path)


def _add(
    codes: dict[str, Diagnosis], element: Element, code: str, parent: str | None, path: Path
) -> Diagnosis:
    if code in codes:
        raise fault(path, element, f"the code '{code}' occurs twice")
    entry = Diagnosis(code=code, title=_text(element, "desc", path), parent=parent)
    # One pass over the children: a search for each kind of note took half the time of reading.
    notes: dict[str, list[tuple[str, str]]] = {}
    for child in element:
        if child.tag == "inclusionTerm":
            entry.inclusion_terms += [flat_text(note) for note in child.iterfind("note")]
        elif child.tag == "sevenChrDef":
            for extension in child.iterfind("extension"):
                entry.extensions[extension.get("char") or ""] = flat_text(extension)
        elif child.tag in _NOTES:
            found = [(child.tag, flat_text(note)) for note in child.iterfind("note")]
            notes.setdefault(child.tag, []).extend(found)
    entry.notes = [note for kind in NOTES if kind in notes for note in notes[kind]]
    codes[code] = entry
    return entry


def _text(element: Element, tag: str, path: Path) -> str:
    found = element.find(tag)
    text = flat_text(found) if found is not None else ""
    if not text:
        name = element.findtext("name") or element.get("id") or "?"
        raise fault(path, element, f"<{element.tag}> '{name}' has no <{tag}>")
    return text

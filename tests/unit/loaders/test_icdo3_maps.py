"""Maps between editions of ICD-O-3, each target with how it was derived."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from loaders.base import LoadOptions
from loaders.icdo3_maps import LOADER, compare
from loaders.icdo3_terms import Code, Part, Term
from termserver.errors import InvalidSource
from termserver.records import DocumentRecord


def _part(version: str, *codes: tuple[str, str, str]) -> Part:
    """Return an axis of codes, titles and further terms (divided by `|`)."""
    part = Part(axis="morphology", version=version, source=f"{version}.txt")
    for line, (code, title, terms) in enumerate(codes, 2):
        part.codes[code] = Code(
            code=code,
            file=part.source,
            line=line,
            title=title,
            heading="/" not in code,
            terms=[Term(value=one, kind="synonym") for one in terms.split("|") if one],
        )
    return part


OLD = _part(
    "3.0",
    ("800", "Things", ""),
    ("8000/3", "Thing, NOS", ""),
    ("8001/3", "Old name", ""),
    ("8002/3", "Quite other", ""),
    ("8003/3", "Moved thing", ""),
    ("8004/3", "Split thing", ""),
    ("8005/3", "Forgotten thing", ""),
)
NEW = _part(
    "3.2",
    ("8000/3", "Thing NOS", ""),
    ("8001/3", "New name", "Old name"),
    ("8002/3", "Something else", ""),
    ("8010/3", "Home of things", "Moved thing|Split thing"),
    ("8011/3", "Other home", "Split thing"),
)


def test_each_derivation_is_stated() -> None:
    found = compare(OLD, NEW)
    assert [(old.code, new and new.code, word) for old, new, word, _ in found.rows] == [
        ("8000/3", "8000/3", "equivalent"),
        ("8001/3", "8001/3", "equivalent"),
        ("8002/3", "8002/3", "relatedto"),
        ("8003/3", "8010/3", "relatedto"),
        ("8004/3", None, "unmatched"),
        ("8005/3", None, "unmatched"),
    ]
    assert [text for _, _, _, text in found.rows] == [
        "same code and title in both editions",
        "same code; 'Old name' is a further term of it now",
        "same code, renamed: 'Quite other' is now 'Something else'",
        "the code is gone; 'Moved thing' is now a term of 8010/3",
        "the code is gone; 'Split thing' is a term of several: 8010/3, 8011/3",
        "the code is gone, and no code has the term 'Forgotten thing'",
    ]
    assert [one.code for one in found.new] == ["8010/3", "8011/3"]


def _maps(*sources: Path) -> dict[str, Any]:
    reading = LOADER.read(list(sources), LoadOptions(), lambda *_: None)
    records = list(reading.records)
    assert len(records) == reading.expected["ConceptMap"]
    return {one.resource["url"]: one.resource for one in records if isinstance(one, DocumentRecord)}


def test_one_edition_is_not_enough(tmp_path: Path) -> None:
    source = tmp_path / "Morphenglish.txt"
    source.write_text("Code\tStruct\tLabel\n8000/3\ttitle\tThing\n")
    with pytest.raises(InvalidSource, match="needs the same axis of two editions"):
        _maps(source)
    with pytest.raises(InvalidSource, match=r"the morphology axis of edition 3\.0 is given twice"):
        _maps(source, source)


def test_the_three_real_editions_give_two_maps(shared: Path) -> None:
    folder = shared / "data" / "icd-o-3"
    maps = _maps(folder / "who-icd-o-3-2000", folder / "nci-icd-o-3.1", folder / "iacr-icd-o-3.2")
    base = "http://terminology.hl7.org/CodeSystem/icd-o-3/ConceptMap/morphology"
    assert set(maps) == {f"{base}-3.0-3.1", f"{base}-3.1-3.2"}
    gone = {}
    for url, resource in maps.items():
        elements = resource["group"][0]["element"]
        gone[url] = Counter(
            one["target"][0]["comment"].startswith("the code is gone") for one in elements
        )[True]
    # The numbers of the note beside the data.
    assert gone == {f"{base}-3.0-3.1": 21, f"{base}-3.1-3.2": 57}

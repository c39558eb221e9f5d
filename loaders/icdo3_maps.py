"""ICD-O-3: maps between editions, derived from the publishers' files of each (no map is published).

`load --format icdo3-maps --together` takes a folder or file for each edition; consecutive ones are
compared axis by axis. Each target says in its comment how it was derived:
- same code, same title: equivalent;
- same code, and the old title is a term of it still: equivalent;
- same code with another title: relatedto, since only the code says that it is the same;
- gone, and the old title is now a term of exactly one other code: relatedto that one;
- gone otherwise: unmatched. New codes are listed in the map's description.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.icdo3 import NOTICE, read_parts
from loaders.icdo3_terms import Code, Part
from termserver.errors import InvalidSource
from termserver.records import DocumentRecord, PackHeader, Record
from termserver.systems import ICD_O_3


@dataclass(frozen=True, slots=True)
class Icdo3MapsLoader:
    """Loader that compares editions of ICD-O-3 (see `loaders.base.Loader`); asked for by name."""

    name: str = "icdo3-maps"

    def recognises(self, source: Path) -> bool:
        """Return False: the files are those of the code system itself."""
        return False

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read editions and derive the maps. Raises: InvalidSource for fewer than two."""
        axes: dict[str, dict[str, Part]] = {}
        for source in sources:
            for part in read_parts(source):
                known = axes.setdefault(part.axis, {})
                if part.version in known:
                    raise InvalidSource(
                        f"the {part.axis} axis of edition {part.version} is given twice: "
                        f"{known[part.version].source} and {part.source}"
                    )
                known[part.version] = part
        maps = [one for parts in axes.values() for one in _maps(parts)]
        if not maps:
            raise InvalidSource(
                "a map needs the same axis of two editions; name a folder for each with --together"
            )
        progress("maps", len(maps), len(maps))
        versions = sorted({version for parts in axes.values() for version in parts})
        return Reading(
            header=PackHeader(
                name=options.name or "icd-o-3-maps",
                version=options.version or "-".join(versions),
                kind=self.name,
                title=f"ICD-O-3, maps between the editions {', '.join(versions)}",
                licence=NOTICE,
            ),
            records=_records(maps),
            expected={"ConceptMap": len(maps)},
        )


LOADER = Icdo3MapsLoader()


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What became of the codes of an edition: (old, new or None, equivalence, derivation)."""

    rows: list[tuple[Code, Code | None, str, str]] = field(default_factory=list)
    new: list[Code] = field(default_factory=list)


def compare(old: Part, new: Part) -> Comparison:
    """Return how the codes of one axis went over from one edition to the next, old codes in order.

    Headings are left out: they are groups of the book, not codes.
    """
    terms: dict[str, set[str]] = {}
    for code in _codes(new):
        for text in _terms(code):
            terms.setdefault(text, set()).add(code.code)
    result = Comparison()
    for code in _codes(old):
        result.rows.append((code, *_went_to(code, new, terms)))
    known = {one.code for one in _codes(old)}
    result.new = [one for one in _codes(new) if one.code not in known]
    return result


def _codes(part: Part) -> list[Code]:
    return [one for one in part.codes.values() if not one.heading]


def _folded(text: str | None) -> str:
    return " ".join((text or "").casefold().replace(",", " ").split())


def _terms(code: Code) -> set[str]:
    return {_folded(code.title), *(_folded(one.value) for one in code.terms)}


def _went_to(old: Code, new: Part, terms: dict[str, set[str]]) -> tuple[Code | None, str, str]:
    title = _folded(old.title)
    same = new.codes.get(old.code)
    if same is not None:
        if _folded(same.title) == title:
            return same, "equivalent", "same code and title in both editions"
        if title in _terms(same):
            return same, "equivalent", f"same code; '{old.title}' is a further term of it now"
        return same, "relatedto", f"same code, renamed: '{old.title}' is now '{same.title}'"
    others = sorted(terms.get(title, ()))
    if len(others) == 1:
        text = f"the code is gone; '{old.title}' is now a term of {others[0]}"
        return new.codes[others[0]], "relatedto", text
    if others:
        listed = ", ".join(others)
        return None, "unmatched", f"the code is gone; '{old.title}' is a term of several: {listed}"
    return None, "unmatched", f"the code is gone, and no code has the term '{old.title}'"


def _maps(parts: dict[str, Part]) -> Iterator[dict[str, object]]:
    ordered = [parts[version] for version in sorted(parts)]
    for old, new in pairwise(ordered):
        yield _concept_map(old, new, compare(old, new))


def _concept_map(old: Part, new: Part, found: Comparison) -> dict[str, object]:
    pair = f"{old.version}-{new.version}"
    added = ", ".join(f"{one.code} {one.title}" for one in found.new) or "none"
    return {
        "resourceType": "ConceptMap",
        "id": f"icd-o-3-{old.axis}-{pair}",
        "url": f"{ICD_O_3}/ConceptMap/{old.axis}-{pair}",
        "version": new.version,
        "name": f"ICDO3{old.axis.capitalize()}{old.version}to{new.version}".replace(".", ""),
        "title": f"ICD-O-3 {old.axis}, edition {old.version} to {new.version}",
        "status": "active",
        "description": (
            f"Derived from {old.source} and {new.source} by code and title, not published by the "
            f"WHO; the comment of each target says how. New in {new.version}: {added}"
        ),
        "group": [
            {
                "source": ICD_O_3,
                "sourceVersion": old.version,
                "target": ICD_O_3,
                "targetVersion": new.version,
                "element": [_element(*row) for row in found.rows],
            }
        ],
    }


def _element(old: Code, new: Code | None, word: str, derivation: str) -> dict[str, object]:
    target: dict[str, object] = {"equivalence": word, "comment": derivation}
    if new is not None:
        target = {"code": new.code, "display": new.title, **target}
    return {"code": old.code, "display": old.title, "target": [target]}


def _records(maps: list[dict[str, object]]) -> Iterator[Record]:
    for one in maps:
        yield DocumentRecord(type="ConceptMap", resource=one)

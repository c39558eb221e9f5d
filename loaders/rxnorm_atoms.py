"""RxNorm: atoms (names) gathered to concepts, and which term type gives the display.

A concept is an RXCUI that has an atom of the source RXNORM whose term type is not SY (THO, "Using
RxNorm", filter properties). In the Metathesaurus the RXCUI stands in the column CODE.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from loaders.base import Progress
from loaders.rrf import CONSO, read_rrf
from termserver.errors import InvalidSource

SOURCE = "RXNORM"
NAME_TYPES = ("PSN", "SY", "TMSY", "ET")
"""Term types that are further names of a concept and never what it is."""

_REPORT_EVERY = 100_000
_COLUMNS = ("CUI", "AUI", "SAB", "TTY", "CODE", "STR", "SUPPRESS")


@dataclass(slots=True, kw_only=True)
class Drug:
    """A concept: its names as (term type, text, suppressible), and the sources that name it."""

    names: list[tuple[str, str, str]] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)

    @property
    def main(self) -> tuple[str, str, str]:
        """Return the name whose term type says what the concept is; a current one if there is."""
        return min(self.names, key=lambda one: (one[0] in NAME_TYPES, one[2] == "O"))

    @property
    def obsolete(self) -> bool:
        """Tell whether no name of the concept's own type is current (SUPPRESS O in RXNCONSO)."""
        return self.main[2] == "O"


@dataclass(slots=True, kw_only=True)
class Atoms:
    """The concepts by RXCUI, in the order of the file, and what relations may name them by."""

    drugs: dict[str, Drug] = field(default_factory=dict)
    of_atom: dict[str, str] = field(default_factory=dict)
    """Atom -> RXCUI of its concept, for the atoms of RXNORM."""
    of_cui: dict[str, list[str]] = field(default_factory=dict)
    """Metathesaurus CUI -> RXCUIs. Empty for RxNorm's own files."""


def read_atoms(path: Path, *, umls: bool, progress: Progress) -> Atoms:
    """Return the concepts of RXNCONSO, or of MRCONSO where `umls`.

    Raises: InvalidSource with file and line for a row without RXCUI, term type or name, and an atom
    that occurs twice; and where no row is of RXNORM.
    """
    found, others = Atoms(), dict[str, set[str]]()
    for line, (cui, atom, source, type_, code, text, suppress) in read_rrf(path, CONSO, _COLUMNS):
        if line % _REPORT_EVERY == 0:
            progress(path.name, line, None)
        if source != SOURCE:
            others.setdefault(cui, set()).add(source)
            continue
        rxcui = code if umls else cui
        _check(path, line, {"RXCUI": rxcui, "TTY": type_, "STR": text})
        if atom and atom in found.of_atom:
            raise InvalidSource(f"the atom '{atom}' occurs twice", file=path.name, line=line)
        if atom:
            found.of_atom[atom] = rxcui
        if umls and rxcui not in found.of_cui.setdefault(cui, []):
            found.of_cui[cui].append(rxcui)
        found.drugs.setdefault(rxcui, Drug()).names.append((type_, text, suppress))
    _close(found, others, path, umls=umls)
    return found


def _check(path: Path, line: int, fields: dict[str, str]) -> None:
    empty = [name for name, value in fields.items() if not value.strip()]
    if empty:
        raise InvalidSource(f"the column '{empty[0]}' is empty", file=path.name, line=line)


def _close(found: Atoms, others: dict[str, set[str]], path: Path, *, umls: bool) -> None:
    """Leave out what is a synonym only, and add the other sources that name each concept."""
    found.drugs = {
        code: drug
        for code, drug in found.drugs.items()
        if any(type_ != "SY" for type_, _, _ in drug.names)
    }
    if not found.drugs:
        raise InvalidSource(
            f"no row is of the source {SOURCE}: there is no concept to load", file=path.name
        )
    for cui, codes in found.of_cui.items():
        for code in codes:
            if code in found.drugs:
                found.drugs[code].sources |= others.get(cui, set())
    for code, drug in found.drugs.items():
        drug.sources.add(SOURCE)
        if not umls:
            drug.sources |= others.get(code, set())

"""RxNorm: relations, attributes and semantic types as properties of concepts.

A row of relations reads "concept 2 RELA concept 1": it becomes the property RELA of concept 2, and
REL as well. What stands second in a row and is no concept of RxNorm (another source's, or an atom)
is kept on concept 1 as `from:REL` with the value `CUI:…` or `AUI:…`, since THO's filters may name
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.rrf import COLUMNS, read_rrf
from loaders.rxnorm_atoms import SOURCE, Atoms
from termserver.errors import InvalidSource
from termserver.records import PropertyRecord, Record

FROM = "from:"
REPLACES = "replaces"
RELS = ("SY", "SIB", "RN", "PAR", "CHD", "RB", "RO")
"""The RELs that THO's page lists."""

_RELATION = ("CUI1", "AUI1", "STYPE1", "REL", "CUI2", "AUI2", "STYPE2", "RELA", "SAB")
_ATTRIBUTE = ("CUI", "AUI", "CODE", "ATN", "SAB", "ATV")


@dataclass(frozen=True, slots=True)
class _Relation:
    cui1: str
    atom1: str
    kind1: str
    rel: str
    cui2: str
    atom2: str
    kind2: str
    rela: str
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.rel, self.rela) if self.rela else (self.rel,)


def relation_names(path: Path) -> list[str]:
    """Return every RELA of RXNREL or MRREL, sorted. Raises: InvalidSource."""
    rows = read_rrf(path, COLUMNS[path.stem], ("RELA",))
    return sorted({rela for _, (rela,) in rows if rela})


def attribute_names(path: Path) -> list[str]:
    """Return the names of RxNorm's own attributes, sorted. Raises: InvalidSource."""
    rows = read_rrf(path, COLUMNS[path.stem], ("ATN", "SAB"))
    return sorted({name for _, (name, source) in rows if source == SOURCE and name})


def relations(path: Path, atoms: Atoms, *, umls: bool) -> Iterator[Record]:
    """Yield the relations of the concepts. Raises: InvalidSource with file and line."""
    for line, fields in read_rrf(path, COLUMNS[path.stem], _RELATION):
        row = _Relation(*fields)
        if not row.rel:
            raise InvalidSource("the column 'REL' is empty", file=path.name, line=line)
        yield from _of_umls(row, atoms) if umls else _of_rxnorm(row, atoms)


def _of_rxnorm(row: _Relation, atoms: Atoms) -> Iterator[Record]:
    if "AUI" in {row.kind1, row.kind2}:
        first = atoms.of_atom.get(row.atom1, "") if row.kind1 == "AUI" else row.cui1
        second = f"AUI:{row.atom2}" if row.kind2 == "AUI" else f"CUI:{row.cui2}"
        yield from _from(atoms, first, row.names, second)
    elif row.cui2 in atoms.drugs:
        yield from _relation(atoms, row.cui2, row.names, row.cui1)
    else:
        yield from _from(atoms, row.cui1, row.names, f"CUI:{row.cui2}")


def _of_umls(row: _Relation, atoms: Atoms) -> Iterator[Record]:
    """Yield a row of the Metathesaurus: only RxNorm's own, whose ends are atoms."""
    first, second = atoms.of_atom.get(row.atom1), atoms.of_atom.get(row.atom2)
    known = first is not None and second in atoms.drugs and first != second
    if row.source == SOURCE and known and first is not None and second is not None:
        yield from _relation(atoms, second, row.names, first)


def _relation(atoms: Atoms, code: str, names: tuple[str, ...], other: str) -> Iterator[Record]:
    target = other if other in atoms.drugs else None
    for name in names:
        yield PropertyRecord(code=code, property=name, type="code", value=other, target=target)


def _from(atoms: Atoms, code: str, names: tuple[str, ...], other: str) -> Iterator[Record]:
    if code in atoms.drugs:
        for name in names:
            yield PropertyRecord(code=code, property=FROM + name, type="string", value=other)


def attributes(path: Path, atoms: Atoms, *, umls: bool) -> Iterator[Record]:
    """Yield RxNorm's own attributes (strengths, NDCs, …). Raises: InvalidSource."""
    for line, (cui, _, code, name, source, value) in read_rrf(path, COLUMNS[path.stem], _ATTRIBUTE):
        if source == SOURCE and not name:
            raise InvalidSource("the column 'ATN' is empty", file=path.name, line=line)
        concept = code if umls else cui
        if source == SOURCE and concept in atoms.drugs:
            yield PropertyRecord(code=concept, property=name, type="string", value=value)


def semantic_types(path: Path, atoms: Atoms, *, umls: bool) -> Iterator[Record]:
    """Yield the semantic types: TUI, STN (place in the tree) and STY (name) of each concept.

    Raises: InvalidSource with file and line for a row without type.
    """
    columns = ("CUI", "TUI", "STN", "STY")
    for line, (cui, tui, tree, name) in read_rrf(path, COLUMNS[path.stem], columns):
        if not tui:
            raise InvalidSource("the column 'TUI' is empty", file=path.name, line=line)
        for code in atoms.of_cui.get(cui, []) if umls else [cui]:
            if code in atoms.drugs:
                yield PropertyRecord(code=code, property="TUI", type="code", value=tui)
                yield PropertyRecord(code=code, property="STN", type="string", value=tree)
                yield PropertyRecord(code=code, property="STY", type="string", value=name)


def retired(path: Path, atoms: Atoms) -> Iterator[Record]:
    """Yield which given-up RXCUIs a concept stands for now (RXNCUI), as its property `replaces`.

    Raises: InvalidSource with file and line for a row without one of the two.
    """
    for line, (old, new) in read_rrf(path, COLUMNS[path.stem], ("CUI1", "CUI2")):
        if not old or not new:
            raise InvalidSource("a row needs the old and the new RXCUI", file=path.name, line=line)
        if new in atoms.drugs and old not in atoms.drugs:
            yield PropertyRecord(code=new, property=REPLACES, type="code", value=old)

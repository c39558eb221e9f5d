"""RxNorm from the NLM's RRF files -> records (RxNorm's own release, or a Metathesaurus with it).

RXNCONSO (MRCONSO) is needed; RXNREL, RXNSAT, RXNSTY, RXNSAB and RXNCUI are read where they are
there. Source: THO, "Using RxNorm"; RxNorm Technical Documentation, section 12. No hierarchy: RxNorm
defines no subsumption, `isa` is a relation like the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.rrf import COLUMNS, read_rrf
from loaders.rxnorm_atoms import NAME_TYPES, SOURCE, Atoms, Drug, read_atoms
from loaders.rxnorm_details import (
    RELS,
    attribute_names,
    attributes,
    relation_names,
    relations,
    retired,
    semantic_types,
)
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, Coding, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    PackHeader,
    PropertyRecord,
    Record,
)
from termserver.systems import RXNORM

NOTICE = (
    "RxNorm is made by the U.S. National Library of Medicine. Codes and names of the source RXNORM "
    "are free of charge and of licence restrictions; names of other sources in the full release "
    "are under the UMLS Metathesaurus License. The NLM does not endorse this product."
)
_OPTIONAL = ("REL", "SAT", "STY", "SAB", "CUI")
_DATE = re.compile(r"_(\d\d)(\d\d)(\d\d)F?$")
_TERM_TYPES = {
    "PSN": "Prescribable name",
    "SY": "Synonym",
    "TMSY": "Tall man synonym",
    "ET": "Entry term",
}
_OWN = {
    "TTY": ("code", "term type"),
    "SAB": ("code", "source that names the concept"),
    "SUPPRESS": ("code", "suppressible flag of the name that gives the display"),
    "TUI": ("code", "semantic type"),
    "STN": ("string", "place of the semantic type in the semantic network"),
    "STY": ("string", "name of the semantic type"),
    "replaces": ("code", "RXCUI that was given up for this one"),
}


@dataclass(frozen=True, slots=True)
class RxNormLoader:
    """Loader of RxNorm (see `loaders.base.Loader`)."""

    name: str = "rxnorm"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is or holds a file of RxNorm, or a MRCONSO."""
        return bool(_files(source))

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one release from all sources together. Raises: InvalidSource."""
        files: dict[str, Path] = {}
        for one in sources:
            files = {**_files(one), **files}
        names = _names(files, sources)
        umls = names is files.get("MRCONSO")
        prefix = "MR" if umls else "RXN"
        parts = {kind: files[prefix + kind] for kind in _OPTIONAL if prefix + kind in files}
        version = options.version or _version(parts.get("SAB"), names)
        atoms = read_atoms(names, umls=umls, progress=progress)
        header = PackHeader(
            name=options.name or "rxnorm",
            version=version,
            kind=self.name,
            title=f"RxNorm {version}",
            licence=NOTICE,
            warnings=tuple(
                f"there is no {prefix}{kind}.RRF: {what} are missing"
                for kind, what in {
                    "REL": "relations",
                    "SAT": "attributes (strengths, NDCs)",
                    "STY": "semantic types",
                }.items()
                if kind not in parts
            ),
        )
        return Reading(
            header=header,
            records=_records(_system(version, parts), atoms, parts, umls=umls),
            expected={"concepts": len(atoms.drugs)},
        )


LOADER = RxNormLoader()


def _files(source: Path) -> dict[str, Path]:
    """Return the RRF files of a release by name; of several (rrf/, prescribe/) the topmost."""
    paths = source.rglob("*.RRF") if source.is_dir() else [source]
    known = [one for one in paths if one.stem in COLUMNS and one.suffix == ".RRF"]
    known.sort(key=lambda one: ("prescribe" in one.parts, len(one.parts), one), reverse=True)
    found = {one.stem: one for one in known}
    return found if any(one.startswith("RXN") or one == "MRCONSO" for one in found) else {}


def _names(files: dict[str, Path], sources: list[Path]) -> Path:
    for name in ("RXNCONSO", "MRCONSO"):
        if name in files:
            return files[name]
    raise InvalidSource(
        "there is no RXNCONSO.RRF, the file with RxNorm's concepts and names; "
        f"there are: {', '.join(f'{one}.RRF' for one in sorted(files)) or 'none of its files'}. "
        "Name the folder rrf of a whole release",
        file=", ".join(one.name for one in sources),
    )


def _version(sources: Path | None, names: Path) -> str:
    """Return the release date as THO writes it, MMDDYYYY, from the row of RXNORM in RXNSAB.

    Raises: InvalidSource where no row says it.
    """
    if sources is not None:
        columns = ("RSAB", "VSAB", "SVER")
        for _, (source, versioned, version) in read_rrf(sources, COLUMNS["RXNSAB"], columns):
            found = _DATE.search(versioned) or _DATE.search(f"_{version}")
            if source == SOURCE and found:
                year, month, day = found.groups()
                return f"{month}{day}20{year}"
    raise InvalidSource(
        "no RXNSAB.RRF says which release this is; name its date with --version (MMDDYYYY)",
        file=names.name,
    )


def _system(version: str, parts: dict[str, Path]) -> CodeSystem:
    related = relation_names(parts["REL"]) if "REL" in parts else []
    stated = attribute_names(parts["SAT"]) if "SAT" in parts else []
    return CodeSystem(
        url=RXNORM,
        version=version,
        id="rxnorm",
        name="RxNorm",
        title="RxNorm",
        status="active",
        content="complete",
        case_sensitive=False,
        language="en",
        value_set=f"{RXNORM}/vs",
        copyright=NOTICE,
        properties=(
            *(
                PropertyDefinition(code=code, type=type_, description=text)
                for code, (type_, text) in _OWN.items()
            ),
            *(PropertyDefinition(code=one, type="code") for one in (*RELS, *related)),
            *(PropertyDefinition(code=one, type="string") for one in stated if one not in _OWN),
        ),
        resource={"publisher": "National Library of Medicine"},
    )


def _records(
    system: CodeSystem, atoms: Atoms, parts: dict[str, Path], *, umls: bool
) -> Iterator[Record]:
    yield CodeSystemRecord(system=system)
    for code, drug in atoms.drugs.items():
        yield ConceptRecord(
            code=code,
            display=drug.main[1],
            inactive=drug.obsolete,
            status="obsolete" if drug.obsolete else None,
        )
    uses = _Uses()
    for code, drug in atoms.drugs.items():
        yield from _of_drug(code, drug, uses)
    for kind, read in {"REL": relations, "SAT": attributes, "STY": semantic_types}.items():
        if kind in parts:
            yield from read(parts[kind], atoms, umls=umls)
    if "CUI" in parts:
        yield from retired(parts["CUI"], atoms)


class _Uses(dict[str, Coding]):
    """Term type -> designation use, each made once: equal uses are best one object."""

    def __missing__(self, type_: str) -> Coding:
        found = self[type_] = Coding(code=type_, display=_TERM_TYPES.get(type_))
        return found


def _of_drug(code: str, drug: Drug, uses: _Uses) -> Iterator[Record]:
    type_, text, suppress = drug.main
    for other, name, _ in dict.fromkeys(drug.names):
        if (other, name) != (type_, text):
            yield DesignationRecord(code=code, value=name, language="en", use=uses[other])
    # The base of all filters leaves SY out (THO, RxNorm Filter Properties).
    own = sorted({one for one, _, _ in drug.names if one != "SY"}, key=NAME_TYPES.__contains__)
    for one in own:
        yield PropertyRecord(code=code, property="TTY", type="code", value=one)
    for source in sorted(drug.sources):
        yield PropertyRecord(code=code, property="SAB", type="code", value=source)
    if suppress and suppress != "N":
        yield PropertyRecord(code=code, property="SUPPRESS", type="code", value=suppress)

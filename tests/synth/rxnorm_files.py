"""The made-up RxNorm as RRF files: no header, a bar behind every field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.synth.draw import Draw
from tests.synth.lines import write_lines
from tests.synth.rxnorm_plan import RxNormPlan, relations, rxcui

_SEMANTIC = {
    "IN": ("T121", "A1.4.1.1.1", "Pharmacologic Substance"),
    "PIN": ("T121", "A1.4.1.1.1", "Pharmacologic Substance"),
    "BN": ("T121", "A1.4.1.1.1", "Pharmacologic Substance"),
    "DF": ("T122", "A1.4.1.1.1.1", "Biomedical or Dental Material"),
}
_CLINICAL = ("T200", "A1.3.3", "Clinical Drug")
_NARROWER = {"isa": "RN", "inverse_isa": "RB", "tradename_of": "RN", "has_tradename": "RB"}
_VERSION = "2025AA_250106F"


def write_rxnorm(folder: Path, seed: int, plan: RxNormPlan) -> dict[str, int]:
    """Write the files into rrf/; return rows by kind."""
    rrf = folder / "rrf"
    files = {
        "RXNCONSO": _names(seed, plan),
        "RXNREL": _relations(plan),
        "RXNSAT": _attributes(seed, plan),
        "RXNSTY": _types(plan),
        "RXNSAB": _sources(),
        "RXNCUI": _retired(plan),
    }
    return {name: write_lines(rrf / f"{name}.RRF", lines) for name, lines in files.items()}


def _line(*fields: object) -> str:
    return "|".join(map(str, fields)) + "|\n"


def _kind_of(plan: RxNormPlan) -> Iterator[tuple[int, str]]:
    for kind, range_ in plan.kinds.items():
        for at in range_:
            yield at, kind


def _names(seed: int, plan: RxNormPlan) -> Iterator[str]:
    """Yield one name of each concept's own type, synonyms, and the prescribable names of drugs."""
    draw = Draw(seed, "rxnorm names")
    more = draw.happens(plan.count, 0.4).tolist()
    old = draw.happens(plan.count, 0.06).tolist()
    atom = 9_000_000
    for at, kind in _kind_of(plan):
        name, suppress = plan.names[at], "O" if old[at] else "N"
        rows = [(kind, name)]
        if more[at]:
            rows.append(("SY", f"{name} preparation"))
        if kind in {"SCD", "SBD"}:
            rows.append(("PSN", name.lower()))
        cui = rxcui(at)
        for type_, text in rows:
            atom += 1
            yield _line(
                *(cui, "ENG", "", "", "", "", "", atom, "", cui, "", "RXNORM", type_, cui, text),
                *("", suppress, "4096"),
            )


def _relations(plan: RxNormPlan) -> Iterator[str]:
    """Yield relation rows; a row reads "RXCUI2 RELA RXCUI1"."""
    for number, (subject, relation, other) in enumerate(relations(plan), start=1):
        yield _line(
            *(rxcui(other), "", "CUI", _NARROWER.get(relation, "RO"), rxcui(subject), "", "CUI"),
            *(relation, 80_000_000 + number, "", "RXNORM", "RXNORM", "", "", "N", "4096"),
        )


def _attributes(seed: int, plan: RxNormPlan) -> Iterator[str]:
    """Yield strengths, and product codes of a third of the drugs."""
    draw = Draw(seed, "rxnorm attributes")
    labelled = draw.happens(plan.count, 0.33).tolist()
    number = 0

    def row(at: int, name: str, value: str) -> str:
        cui = rxcui(at)
        return _line(cui, "", "", "", "CUI", cui, "", "", name, "RXNORM", value, "N", "4096")

    for at, kind in _kind_of(plan):
        if at in plan.strengths:
            name = "RXN_STRENGTH" if kind in {"SCDC", "SBDC"} else "RXN_AVAILABLE_STRENGTH"
            yield row(at, name, plan.strengths[at])
        if kind in {"SCD", "SBD"} and labelled[at]:
            for _ in range(2):
                number += 1
                yield row(at, "NDC", f"{99_000_000_000 + number:011d}")
        if kind in {"SCD", "SBD", "IN"}:
            yield row(at, "RXN_HUMAN_DRUG", "US")


def _types(plan: RxNormPlan) -> Iterator[str]:
    for at, kind in _kind_of(plan):
        code, tree, name = _SEMANTIC.get(kind, _CLINICAL)
        yield _line(rxcui(at), code, tree, name, "", "4096")


def _sources() -> Iterator[str]:
    fields = [""] * 25
    fields[:8] = [
        "C9999999",
        "C9999998",
        f"RXNORM_{_VERSION}",
        "RXNORM",
        "Made up",
        "RXNORM",
        _VERSION,
        "2025_01_06",
    ]
    fields[17:22] = ["", "", "ENG", "UTF-8", "Y"]
    fields[22] = "Y"
    yield _line(*fields)


def _retired(plan: RxNormPlan) -> Iterator[str]:
    """Yield identifiers that were given up for another: (old, first, last version, 1, new)."""
    for at in range(0, plan.count, 50):
        old = rxcui(plan.count + at)
        yield _line(old, f"RXNORM_{_VERSION}", f"RXNORM_{_VERSION}", "1", rxcui(at))

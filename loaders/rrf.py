"""Rich Release Format of the NLM: fields divided by bars, a bar behind the last, no header.

The Metathesaurus (MRCONSO …) and RxNorm (RXNCONSO …) share the layout but for two columns that are
swapped in the relations: MRREL has RG before DIR, RXNREL DIR before RG.
Source: UMLS Reference Manual, "Metathesaurus - Rich Release Format"; RxNorm Technical
Documentation, section 12.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from loaders.tables import decoded_lines
from termserver.errors import InvalidSource

CONSO = [
    "CUI",
    "LAT",
    "TS",
    "LUI",
    "STT",
    "SUI",
    "ISPREF",
    "AUI",
    "SAUI",
    "SCUI",
    "SDUI",
    "SAB",
    "TTY",
    "CODE",
    "STR",
    "SRL",
    "SUPPRESS",
    "CVF",
]
RXNREL = [
    "CUI1",
    "AUI1",
    "STYPE1",
    "REL",
    "CUI2",
    "AUI2",
    "STYPE2",
    "RELA",
    "RUI",
    "SRUI",
    "SAB",
    "SL",
    "DIR",
    "RG",
    "SUPPRESS",
    "CVF",
]
MRREL = [
    "CUI1",
    "AUI1",
    "STYPE1",
    "REL",
    "CUI2",
    "AUI2",
    "STYPE2",
    "RELA",
    "RUI",
    "SRUI",
    "SAB",
    "SL",
    "RG",
    "DIR",
    "SUPPRESS",
    "CVF",
]
SAT = [
    "CUI",
    "LUI",
    "SUI",
    "AUI",
    "STYPE",
    "CODE",
    "ATUI",
    "SATUI",
    "ATN",
    "SAB",
    "ATV",
    "SUPPRESS",
    "CVF",
]
STY = ["CUI", "TUI", "STN", "STY", "ATUI", "CVF"]
SAB = [
    "VCUI",
    "RCUI",
    "VSAB",
    "RSAB",
    "SON",
    "SF",
    "SVER",
    "VSTART",
    "VEND",
    "IMETA",
    "RMETA",
    "SLC",
    "SCC",
    "SRL",
    "TFR",
    "CFR",
    "CXTY",
    "TTYL",
    "ATNL",
    "LAT",
    "CENC",
    "CURVER",
    "SABIN",
    "SSN",
    "SCIT",
]
RXNCUI = ["CUI1", "VSTART", "VEND", "CARDINALITY", "CUI2"]
COLUMNS = {
    "RXNCONSO": CONSO,
    "MRCONSO": CONSO,
    "RXNREL": RXNREL,
    "MRREL": MRREL,
    "RXNSAT": SAT,
    "MRSAT": SAT,
    "RXNSTY": STY,
    "MRSTY": STY,
    "RXNSAB": SAB,
    "MRSAB": SAB,
    "RXNCUI": RXNCUI,
}
"""File (without .RRF) -> its columns; RXCUI and RXAUI are called CUI and AUI here."""


def read_rrf(
    path: Path, columns: list[str], wanted: tuple[str, ...]
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, the fields of the `wanted` columns) of every row, in order.

    Raises: InvalidSource with file and line for a row of another number of fields, one without the
    closing bar, and text that is not UTF-8.
    """
    places = [columns.index(one) for one in wanted]
    width = len(columns) + 1
    for line, text in enumerate(decoded_lines(path), 1):
        fields = text.rstrip("\r\n").split("|")
        if len(fields) != width or fields[-1]:
            raise InvalidSource(_fault(fields, columns), file=path.name, line=line)
        yield line, [fields[at] for at in places]


def _fault(fields: list[str], columns: list[str]) -> str:
    if fields[-1]:
        return "the row does not end with a bar; the file is cut or is no RRF"
    return f"{len(fields) - 1} fields where this file has {len(columns)}: {', '.join(columns)}"

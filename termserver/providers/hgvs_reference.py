"""HGVS: the reference sequence in front of a change, and which kinds of change it takes.

Source: HGVS Nomenclature, reference sequences: an accession with version (RefSeq, Ensembl, GenBank)
or an LRG; the letter tells the kind of sequence (c coding DNA, g genomic, m mitochondrial, n
non-coding DNA, o circular, p protein, r RNA).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from termserver.providers.hgvs_text import HgvsFault, Scan

KINDS = "cgmnopr"
_ACCESSION = re.compile(
    r"(?:N[CGTWMRP]|X[MRP]|AC|AP|YP|ZP|WP|NZ)_[A-Z]{0,4}\d{4,}(?:\.\d+)?|"
    r"LRG_\d+(?:[tp]\d+)?|"
    r"ENS[A-Z]{0,4}(?:G|T|P)\d{11}(?:\.\d+)?|"
    r"[A-Z]{1,6}\d{5,10}(?:\.\d+)?|[OPQ]\d[A-Z0-9]{3}\d(?:\.\d+)?",
    re.ASCII,
)
_SELECTOR = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*", re.ASCII)
_INNER = re.compile(rf"(?:{_ACCESSION.pattern}):(?:([cgmnor])\.)?", re.ASCII)
_GENOMIC, _TRANSCRIPT, _PROTEIN = frozenset("gmo"), frozenset("cnr"), frozenset("p")
_TAKES = (
    # pattern of the accession -> the letters that go with it, and what it is
    (re.compile(r"N[CGTW]_|AC_|NZ_|LRG_\d+$|ENS[A-Z]*G\d"), _GENOMIC, "a genomic sequence"),
    (re.compile(r"NM_|XM_"), _TRANSCRIPT, "a transcript"),
    (re.compile(r"NR_|XR_"), frozenset("nr"), "a non-coding transcript"),
    (re.compile(r"LRG_\d+t|ENS[A-Z]*T\d"), _TRANSCRIPT, "a transcript"),
    (re.compile(r"[NXAYZW]P_|LRG_\d+p|ENS[A-Z]*P\d"), _PROTEIN, "a protein"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The reference sequence: its accession, and what stands in parentheses behind it, if any."""

    accession: str
    selector: str | None
    letter: str

    @property
    def text(self) -> str:
        """Return the reference as it is written."""
        return self.accession + (f"({self.selector})" if self.selector else "")


def read_reference(scan: Scan) -> Reference:
    """Read `NM_004006.2:c.` or `NC_000023.11(NM_004006.2):c.`. Raises: HgvsFault."""
    if re.match(rf"[{KINDS}]\.", scan.text):
        raise scan.fault("a reference sequence is needed in front: NM_004006.2:c.4375C>T")
    accession = scan.match(_ACCESSION)
    if accession is None:
        raise scan.fault(
            "a reference sequence is expected: an accession with version (NM_004006.2, "
            "ENST00000357033.8) or an LRG (LRG_199t1)"
        )
    if "." not in accession and not accession.startswith("LRG_"):
        raise scan.fault(f"the reference sequence '{accession}' needs its version ({accession}.1)")
    selector = None
    if scan.take("("):
        selector = scan.match(_SELECTOR)
        if selector is None:
            raise scan.fault("a transcript or a gene is expected in the parentheses")
        scan.need(")")
    scan.need(":")
    start = scan.at
    letter = scan.text[start : start + 1]
    if not letter or letter not in KINDS:
        raise scan.fault(f"the kind of sequence is expected: one of {', '.join(KINDS)} and a dot")
    scan.at += 1
    scan.need(".")
    _require_fitting(accession, selector, letter, start)
    return Reference(accession=accession, selector=selector, letter=letter)


def read_inner_reference(scan: Scan) -> str | None:
    """Read another sequence within a change, `NC_000011.10:g.`; None where none comes.

    The answer is its letter, empty where none is written (`L37425.1:23_361`).
    """
    found = _INNER.match(scan.text, scan.at)
    if found is None:
        return None
    scan.at = found.end()
    return found[1] or ""


def _require_fitting(accession: str, selector: str | None, letter: str, start: int) -> None:
    """Refuse a letter that does not go with the sequence. Raises: HgvsFault."""
    for pattern, letters, words in _TAKES:
        if not pattern.match(accession):
            continue
        if letter in letters:
            return
        if letters is _GENOMIC and selector is not None and letter in _TRANSCRIPT | _PROTEIN:
            return  # NC_000023.11(NM_004006.2):c. numbers along the transcript
        hint = ""
        if letters is _GENOMIC and letter in _TRANSCRIPT:
            hint = f"; name the transcript: {accession}(NM_004006.2):{letter}."
        known = ", ".join(f"{one}." for one in sorted(letters))
        raise HgvsFault(
            f"'{accession}' is {words}, which goes with {known}, not with {letter}.{hint}",
            start + 1,
        )

"""HGVS: changes of a protein (p).

Source: HGVS Nomenclature, recommendations for protein (substitution, deletion, duplication,
insertion, deletion-insertion, repeated sequence, frame shift, extension).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from termserver.providers.hgvs_text import (
    HgvsFault,
    Scan,
    read_changes,
    read_count,
    read_counts,
    read_span,
)

_THREE = re.compile(
    "Ala|Arg|Asn|Asp|Asx|Cys|Gln|Glu|Glx|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Pyl|Sec|Ser|Ter|Thr|Trp|"
    r"Tyr|Val|Xaa|Xle|\*"
)
_ONE = re.compile(r"[ACDEFGHIKLMNOPQRSTUVWYXBZJ*]")
_STOP = frozenset({"Ter", "*"})
_NUMBER = re.compile(r"\d+", re.ASCII)
_WHOLE = ("0?", "0", "=", "?")


@dataclass(frozen=True, slots=True)
class Residue:
    """An amino acid with its number in the sequence."""

    acid: str
    number: int


@dataclass(frozen=True, slots=True)
class _Place:
    first: Residue
    last: Residue | None
    uncertain: bool = False


@dataclass(slots=True)
class Protein:
    """Reads the changes of a protein. All amino acids are written with three letters, or with one.

    `acids` is chosen by the first that is met.
    """

    acids: re.Pattern[str] | None = None

    def read(self, scan: Scan) -> None:
        """Read changes to the end. Raises: HgvsFault."""
        read_changes(scan, self._simple)

    # -- one change --------------------------------------------------------------------------------

    def _simple(self, scan: Scan) -> None:
        for word in _WHOLE:
            if scan.take(word):
                scan.changes.append({"=": "unchanged", "?": "unknown"}.get(word, "no protein"))
                return
        place = self._place(scan)
        self._change(scan, place)
        if scan.text[scan.at - 1] == "=" and scan.sees("/"):
            # Mosaic: the second change may leave the position out (Trp24=/Cys).
            scan.need("//" if scan.sees("//") else "/")
            start = scan.at
            numbered = self._acid(scan) is not None and _NUMBER.match(scan.text, scan.at)
            scan.at = start
            if numbered:
                self._simple(scan)
            else:
                self._change(scan, place)

    def _change(self, scan: Scan, place: _Place) -> None:
        start = scan.at
        if scan.take("="):
            scan.changes.append("unchanged")
        elif scan.take("?"):
            scan.changes.append("unknown")
        elif scan.take("delins"):
            self._inserted(scan)
            scan.changes.append("delins")
        elif scan.take("del"):
            scan.changes.append("del")
        elif scan.take("dup"):
            scan.changes.append("dup")
        elif scan.take("ins"):
            self._require_neighbours(place, start)
            self._inserted(scan)
            scan.changes.append("ins")
        elif scan.sees("fs"):
            self._frameshift(scan, place)
        elif scan.sees("ext"):
            self._extension(scan, place)
        elif scan.sees("["):
            read_counts(scan)
            scan.changes.append("repeat")
        else:
            self._substitution(scan, place)

    def _substitution(self, scan: Scan, place: _Place) -> None:
        """Read the new amino acid, with what may follow: fs, ext, alternatives (^)."""
        start = scan.at
        new = self._acid(scan)
        if new is None:
            raise scan.fault(
                "a change is expected: an amino acid, =, ?, del, dup, ins, delins, fs, ext or a "
                "repeat"
            )
        if scan.sees("fs"):
            self._frameshift(scan, place)
            return
        if scan.sees("ext"):
            self._extension(scan, place)
            return
        if place.last is not None:
            raise HgvsFault("a range is not substituted: write delins", start + 1)
        if new == place.first.acid or {new, place.first.acid} == _STOP:
            raise HgvsFault(f"'{new}' is the amino acid that is there: write =", start + 1)
        scan.changes.append("substitution")
        while scan.sees("^") and self._is_alternative(scan):
            scan.need("^")
            self._acid(scan)

    def _is_alternative(self, scan: Scan) -> bool:
        """Tell whether `^` goes on with an amino acid alone, not with a change of its own."""
        start = scan.at
        scan.need("^")
        found = self._acid(scan) is not None and not _NUMBER.match(scan.text, scan.at)
        scan.at = start
        return found

    def _frameshift(self, scan: Scan, place: _Place) -> None:
        start = scan.at
        scan.need("fs")
        if place.last is not None:
            raise HgvsFault("a frame shift begins at one amino acid, not at a range", start + 1)
        if scan.take("Ter") or scan.take("*"):
            at = scan.at
            if not scan.take("?") and scan.number("amino acid") == 1:
                raise HgvsFault("a frame shift that ends at once is a substitution by Ter", at + 1)
        scan.changes.append("fs")

    def _extension(self, scan: Scan, place: _Place) -> None:
        """Read `ext-5`, `extTer17`, `ext*?` or the new amino acids to the stop."""
        start = scan.at
        scan.need("ext")
        if place.last is not None or place.first.acid not in {"Met", "M", *_STOP}:
            raise HgvsFault(
                "an extension begins at the first amino acid (Met1) or at the stop (Ter)", start + 1
            )
        if scan.take("-"):
            if not scan.take("?"):
                scan.number("amino acid")
        else:
            stopped = False
            while (acid := self._acid(scan)) is not None:
                stopped = acid in _STOP
            if not stopped:
                raise scan.fault("'-5', 'Ter17' or amino acids up to the stop are expected")
            if not scan.take("?"):
                scan.match(_NUMBER)
        scan.changes.append("ext")

    def _inserted(self, scan: Scan) -> None:
        if scan.take("("):
            read_span(scan)
            return
        if scan.match(_NUMBER):
            return
        count = 0
        while self._acid(scan) is not None:
            count += 1
        if not count:
            raise scan.fault("the inserted amino acids are expected (GlnSer, Xaa[5] or a number)")
        if scan.sees("["):
            read_count(scan)

    # -- positions ---------------------------------------------------------------------------------

    def _place(self, scan: Scan) -> _Place:
        start = scan.at
        uncertain = scan.take("(")
        first = self._residue(scan)
        last = self._residue(scan) if scan.take("_") else None
        if uncertain:
            scan.need(")")
            if last is None and scan.take("_"):
                last = self._residue(scan)
        if last is not None and last.number <= first.number:
            raise HgvsFault("the second end of a range has the larger number", start + 1)
        return _Place(first, last, uncertain)

    def _require_neighbours(self, place: _Place, start: int) -> None:
        if place.uncertain:
            return
        if place.last is None or place.last.number != place.first.number + 1:
            raise HgvsFault(
                "an insertion stands between two neighbours: Lys2_Met3insGln", start + 1
            )

    def _residue(self, scan: Scan) -> Residue:
        acid = self._acid(scan)
        if acid is None:
            raise scan.fault("an amino acid is expected (Trp24 or W24)")
        return Residue(acid, scan.number("amino acid"))

    def _acid(self, scan: Scan) -> str | None:
        """Read one amino acid, None where none comes. `*` goes with either way of writing."""
        if self.acids is None and not scan.sees("*"):
            self.acids = _THREE if _THREE.match(scan.text, scan.at) else _ONE
        return scan.match(self.acids or _THREE)

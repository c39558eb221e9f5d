"""HGVS: changes of DNA (g, m, o, c, n) and RNA (r).

Source: HGVS Nomenclature, recommendations for DNA and RNA (substitution, deletion, duplication,
insertion, inversion, deletion-insertion, repeated sequence, methylation), numbering, uncertain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from termserver.providers.hgvs_reference import read_inner_reference
from termserver.providers.hgvs_text import (
    HgvsFault,
    Scan,
    read_changes,
    read_count,
    read_counts,
    read_span,
)

_DNA = re.compile(r"[ACGTBDHKMNRSVWY]+")
_RNA = re.compile(r"[acgubdhkmnrsvwy]+")
_NUMBER = re.compile(r"\d+", re.ASCII)
_CIRCULAR = "mo"
_ENDS = ("pter", "qter", "cen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A nucleotide: region 0 before the coding sequence, 1 in it (or plain), 2 after it.

    `offset` counts into an intron; None: how far is not known (88+?).
    """

    region: int
    number: int
    offset: int | None = 0

    @property
    def order(self) -> tuple[int, int, int]:
        """Return what orders points along the sequence."""
        return self.region, self.number, self.offset or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a change is. `points` are its ends where they are certain, None where one is not."""

    points: tuple[Point, ...] | None
    is_range: bool
    uncertain: bool = False

    @property
    def length(self) -> int | None:
        """Return how many nucleotides it has, None where the numbers do not tell."""
        if self.points is None:
            return None if self.is_range else 1
        first, last = self.points[0], self.points[-1]
        if first.region != last.region or any(one.offset != 0 for one in self.points):
            return 1 if first == last else None
        return last.number - first.number + 1


@dataclass(frozen=True, slots=True)
class Nucleotides:
    """Reads the changes of one kind of nucleotide sequence, by its letter."""

    letter: str

    def read(self, scan: Scan) -> None:
        """Read changes to the end. Raises: HgvsFault."""
        if self.letter == "r" and "::" in scan.text:
            self._fusion(scan)
            return
        read_changes(scan, self._simple)

    # -- one change --------------------------------------------------------------------------------

    def _simple(self, scan: Scan) -> None:
        if self._whole(scan):
            return
        place = self.place(scan)
        self._change(scan, place)
        if scan.text[scan.at - 1] == "=" and scan.sees("/"):
            # Mosaic: the second change may leave the position out (85=/T>C).
            scan.need("//" if scan.sees("//") else "/")
            if self._letters.match(scan.text, scan.at) or scan.sees("del", "dup", "ins", "inv"):
                self._change(scan, place)
            else:
                self._simple(scan)

    def _whole(self, scan: Scan) -> bool:
        """Read what stands for the whole sequence: `=`, `?`, and in RNA `0` and `spl`."""
        words = ("=",) if self.letter != "r" else ("=", "spl?", "spl", "0?", "0")
        for word in words:
            if scan.take(word):
                scan.changes.append("unchanged" if word == "=" else word)
                return True
        if scan.sees("?") and not scan.sees("?_"):
            scan.need("?")
            scan.changes.append("unknown")
            return True
        return False

    def _change(self, scan: Scan, place: Place) -> None:
        start = scan.at
        if scan.take("="):
            scan.changes.append("unchanged")
        elif scan.take("delins"):
            self._inserted(scan, "delins", place)
        elif scan.take("del"):
            self._redundant(scan, place)
            if scan.take("ins"):
                self._inserted(scan, "delins", place)
            else:
                scan.changes.append("del")
        elif scan.take("dup"):
            self._redundant(scan, place)
            scan.changes.append("dup")
        elif scan.take("inv"):
            if place.length == 1:
                raise HgvsFault("an inversion needs a range: one nucleotide is changed (>)", start)
            self._redundant(scan, place)
            scan.changes.append("inv")
        elif scan.take("ins"):
            self._require_neighbours(scan, place)
            self._inserted(scan, "ins", place)
        elif scan.sees("con"):
            raise scan.fault("'con' is no longer a kind of change: write delins")
        elif scan.take("|"):
            self._methylation(scan)
        elif scan.sees("["):
            read_counts(scan)
            scan.changes.append("repeat")
        else:
            self._with_letters(scan, place)

    def _with_letters(self, scan: Scan, place: Place) -> None:
        """Read `A>C`, `A=` or `CAG[23]`."""
        start = scan.at
        old = scan.match(self._letters)
        if old is None:
            raise scan.fault(self._expected(scan))
        if scan.take("="):
            self._require_length(place, len(old), start)
            scan.changes.append("unchanged")
        elif scan.take(">"):
            new = scan.match(self._letters)
            if new is None:
                raise scan.fault(f"a nucleotide is expected after > ({self._alphabet})")
            if len(old) > 1 or len(new) > 1 or place.is_range:
                raise HgvsFault("> changes one nucleotide into another: write delins", start + 1)
            if old == new:
                raise HgvsFault(f"'{old}>{new}' changes nothing: write =", start + 1)
            scan.changes.append("substitution")
        elif scan.sees("["):
            while True:
                read_counts(scan)
                if scan.match(self._letters) is None:
                    break
            scan.changes.append("repeat")
        else:
            raise scan.fault("'>', '=' or a number of repeats '[23]' is expected")

    def _expected(self, scan: Scan) -> str:
        other = _DNA if self.letter == "r" else _RNA
        if other.match(scan.text, scan.at):
            case = "lower" if self.letter == "r" else "upper"
            return f"nucleotides of '{self.letter}.' are written in {case} case ({self._alphabet})"
        return (
            "a change is expected: a substitution (A>C), del, dup, ins, inv, delins, = or a repeat"
        )

    def _redundant(self, scan: Scan, place: Place) -> None:
        """Read the letters or the number that repeat what the position says already."""
        start = scan.at
        letters = scan.match(self._letters)
        digits = None if letters else scan.match(_NUMBER)
        if letters or digits:
            self._require_length(place, len(letters or "") or int(digits or 0), start)

    def _require_length(self, place: Place, given: int, start: int) -> None:
        if place.uncertain or place.length is None or place.length == given:
            return
        raise HgvsFault(
            f"the position has {place.length} nucleotides, what follows it {given}", start + 1
        )

    def _require_neighbours(self, scan: Scan, place: Place) -> None:
        if place.uncertain:
            return
        start = scan.at - len("ins")
        if not place.is_range:
            raise HgvsFault(
                "an insertion stands between two neighbours: 76_77insT, not 76insT", start + 1
            )
        if place.points is None or self.letter in _CIRCULAR:
            return
        first, last = place.points
        apart = None
        if first.region == last.region and first.offset == 0 == last.offset:
            apart = last.number - first.number
        elif first.number == last.number and first.region == last.region:
            known = first.offset is not None and last.offset is not None
            apart = (last.offset or 0) - (first.offset or 0) if known else None
        if apart is not None and apart != 1:
            raise HgvsFault("an insertion stands between two neighbours: 76_77insT", start + 1)

    def _methylation(self, scan: Scan) -> None:
        for word in ("gom", "lom", "met="):
            if scan.take(word):
                scan.changes.append("methylation")
                return
        raise scan.fault("'gom', 'lom' or 'met=' is expected after |")

    # -- what is inserted --------------------------------------------------------------------------

    def _inserted(self, scan: Scan, kind: str, place: Place) -> None:
        if scan.take("["):
            self._piece(scan)
            while scan.take(";"):
                self._piece(scan)
            scan.need("]")
        else:
            self._piece(scan)
        scan.changes.append(kind)

    def _piece(self, scan: Scan) -> None:
        """Read letters, a length, a range of this or another sequence; each may be `inv`."""
        if scan.take("?"):
            return
        inner = read_inner_reference(scan)
        if inner is not None:
            letter = inner or self.letter
            place = Nucleotides(letter).place(scan)
            scan.take("inv")
            if not place.is_range:
                raise scan.fault("a range of the other sequence is expected (100_200)")
            return
        if scan.match(self._letters):
            if scan.sees("["):
                read_count(scan)
            return
        if scan.sees("(") and not scan.sees("(?"):
            scan.need("(")
            read_span(scan)
            return
        start = scan.at
        try:
            place = self.place(scan)
        except HgvsFault:
            scan.at = start
            raise scan.fault(
                f"the inserted sequence is expected ({self._alphabet}, N[12], 858_895)"
            ) from None
        if not place.is_range:
            raise HgvsFault(
                "a number alone is no sequence: write its letters, N[12] or a range", start + 1
            )
        scan.take("inv")

    # -- positions ---------------------------------------------------------------------------------

    def place(self, scan: Scan) -> Place:
        """Read a position or a range of them. Raises: HgvsFault."""
        start = scan.at
        first, vague = self._end(scan)
        if not scan.take("_"):
            points = None if first is None else (first,)
            return Place(points=points, is_range=vague == "range", uncertain=vague is not None)
        last, vague_too = self._end(scan)
        uncertain = vague is not None or vague_too is not None
        if first is None or last is None:
            return Place(points=None, is_range=True, uncertain=uncertain)
        self._require_order(first, last, start)
        return Place(points=(first, last), is_range=True, uncertain=uncertain)

    def _end(self, scan: Scan) -> tuple[Point | None, str | None]:
        """Read one end of a range, and how uncertain it is: "point", "range" or None (certain)."""
        start = scan.at
        if not scan.take("("):
            return self._point(scan), None
        low = self._point(scan)
        high = None
        kind = "point"
        if scan.take("_"):
            high, kind = self._point(scan), "range"
            if low is not None and high is not None:
                self._require_order(low, high, start + 1)
        scan.need(")")
        return None, kind

    def _require_order(self, first: Point, last: Point, start: int) -> None:
        if None in {first.offset, last.offset} or self.letter in _CIRCULAR:
            return
        if first.order == last.order:
            raise HgvsFault("a range has two different ends", start + 1)
        if first.order > last.order:
            raise HgvsFault("the end of a range stands before its beginning", start + 1)

    def _point(self, scan: Scan) -> Point | None:
        """Read one position, None for `?` and for the ends of a chromosome."""
        if scan.take("?"):
            return None
        if self.letter == "g" and any(scan.take(one) for one in _ENDS):
            return None
        region, sign = 1, 1
        if scan.sees("-", "*"):
            if self.letter not in "cr":
                raise scan.fault(f"positions of '{self.letter}.' have neither - nor *")
            before = scan.take("-")
            region, sign = (0, -1) if before else (2, 1)
            if not before:
                scan.need("*")
        number = sign * scan.number("nucleotide")
        offset: int | None = 0
        if scan.sees("+", "-"):
            if self.letter not in "cnr":
                raise scan.fault(f"positions of '{self.letter}.' have no introns (+ and -)")
            into = 1 if scan.take("+") else -1
            if into < 0:
                scan.need("-")
            offset = None if scan.take("?") else into * scan.number("nucleotide of an intron")
        return Point(region=region, number=number, offset=offset)

    def _fusion(self, scan: Scan) -> None:
        """Read two or more transcripts joined: r.-115_775::NM_002609.3:r.1580_*1924."""
        self.place(scan)
        while scan.take("::"):
            if read_inner_reference(scan) != "r":
                raise scan.fault("a transcript and r. are expected after ::")
            self.place(scan)
        if not scan.done:
            raise scan.fault("'::' is expected")
        scan.changes.append("fusion")

    @property
    def _letters(self) -> re.Pattern[str]:
        return _RNA if self.letter == "r" else _DNA

    @property
    def _alphabet(self) -> str:
        return "acgu" if self.letter == "r" else "ACGT"

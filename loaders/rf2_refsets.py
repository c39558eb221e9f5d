"""SNOMED CT RF2: reference sets by their column pattern, and what the language reference sets say.

Source: Release File Specification, 5: every reference set file has six columns of its own and
others, whose kinds the letters of the file name give: c component, i integer, s string.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from loaders.rf2_files import Rf2File
from loaders.rf2_full import Placed
from loaders.rf2_rows import Checks, verified
from termserver.errors import InvalidSource
from termserver.records import RefsetMemberRecord, RefsetRecord

PREFERRED = "900000000000548007"
ACCEPTABLE = "900000000000549004"
_LANGUAGE_COLUMNS = ("acceptabilityId",)
_UNRANKED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptability:
    """In which language reference sets a description is preferred, and in which acceptable.

    `rank` is the position of the first of the edition's dialects that prefers it (1000 where none
    of them does).
    """

    preferred: frozenset[int]
    acceptable: frozenset[int]
    rank: int


NOWHERE = Acceptability(preferred=frozenset(), acceptable=frozenset(), rank=_UNRANKED)


def is_language_file(file: Rf2File) -> bool:
    """Tell whether the file holds language reference sets (known by its column)."""
    return file.kind == "refset" and file.columns == _LANGUAGE_COLUMNS


def read_language(rows: Iterable[Placed], dialects: Sequence[int]) -> dict[int, Acceptability]:
    """Return the acceptability of each description that an active row names.

    Equal ones are one object: a release has some dozens. Raises: InvalidSource for an acceptability
    that the standard does not know (there are two: 900000000000548007 and 900000000000549004).
    """
    found: dict[int, Acceptability] = {}
    # by identity: each state is one object that lives as long as `steps`, and hashing one is slow
    steps: dict[tuple[int, str, str], Acceptability] = {}
    for file, line, row in rows:
        if row[2] != "1":
            continue
        component = int(row[5])
        before = found.get(component, NOWHERE)
        key = (id(before), row[4], row[6])
        after = steps.get(key)
        if after is None:
            if row[6] not in {PREFERRED, ACCEPTABLE}:
                raise InvalidSource(
                    f"'{row[6]}' is no acceptability; there are {PREFERRED} (preferred) and "
                    f"{ACCEPTABLE}",
                    file=file.name,
                    line=line,
                )
            after = steps[key] = _with(before, int(row[4]), row[6] == PREFERRED, dialects)
        found[component] = after
    return found


def _with(
    before: Acceptability,
    refset: int,
    preferred: bool,
    dialects: Sequence[int],
) -> Acceptability:
    first = before.preferred | {refset} if preferred else before.preferred
    second = before.acceptable if preferred else before.acceptable | {refset}
    rank = next((at for at, one in enumerate(dialects) if one in first), _UNRANKED)
    return Acceptability(preferred=first, acceptable=second, rank=rank)


def refset_records(
    rows: Iterable[Placed],
) -> Iterator[RefsetRecord | RefsetMemberRecord]:
    """Yield a `RefsetRecord` before the first row of each reference set, and every row.

    Raises: InvalidSource for one reference set with two sets of columns, a field that is not of the
    kind that the pattern says, or an identifier that is none.
    """
    seen: dict[str, tuple[str, ...]] = {}
    for file, of_file in groupby(rows, key=itemgetter(0)):
        for _, line, row in verified(of_file, _checks(file)):
            if row[4] not in seen:
                seen[row[4]] = file.columns
                yield RefsetRecord(refset=int(row[4]), pattern=file.pattern, columns=file.columns)
            elif seen[row[4]] is not file.columns and seen[row[4]] != file.columns:
                raise InvalidSource(
                    f"the reference set {row[4]} has columns {', '.join(file.columns)} here and "
                    f"{', '.join(seen[row[4]])} in another file",
                    file=file.name,
                    line=line,
                )
            yield RefsetMemberRecord(
                refset=int(row[4]),
                component=int(row[5]),
                fields=tuple(row[6:]),
                active=row[2] == "1",
                id=row[0],
                module=int(row[3]),
                effective_time=int(row[1]),
            )


def _checks(file: Rf2File) -> Checks:
    """Return what the pattern of a file says of its columns; empty fields are let through."""
    kinds = list(enumerate(file.pattern, start=6))
    return Checks(
        members=True,
        ids=((5, None),),
        enumerations=(4,),
        components=tuple(at for at, kind in kinds if kind == "c"),
        numbers=tuple(at for at, kind in kinds if kind == "i"),
    )

"""SNOMED CT RF2: reference sets by their column pattern.

Source: Release File Specification, 5: every reference set file has six columns of its own and
others, whose kinds the letters of the file name give: c component, i integer, s string.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from loaders.rf2_files import Rf2File
from loaders.rf2_full import Block
from loaders.rf2_rows import Checks, Numbers, verified
from termserver.errors import InvalidSource
from termserver.records import RefsetMemberBlock, RefsetRecord


class RefsetRegister:
    """Which reference sets have been met, and with which columns."""

    def __init__(self) -> None:
        """Begin with none."""
        self._seen: dict[str, tuple[str, ...]] = {}

    def meet(self, block: Block) -> Iterator[RefsetRecord]:
        """Yield a record for each reference set of `block` that is new.

        Raises: InvalidSource for one that has had other columns.
        """
        file = block.file
        for refset in dict.fromkeys(row[4] for row in block.rows):
            before = self._seen.get(refset)
            if before is None:
                self._seen[refset] = file.columns
                yield RefsetRecord(refset=int(refset), pattern=file.pattern, columns=file.columns)
            elif before != file.columns:
                raise _other_columns(block, refset, before)


def _other_columns(block: Block, refset: str, before: tuple[str, ...]) -> InvalidSource:
    at = next(at for at, row in enumerate(block.rows) if row[4] == refset)
    return InvalidSource(
        f"the reference set {refset} has columns {', '.join(block.file.columns)} here and "
        f"{', '.join(before)} in another file",
        file=block.file.name,
        line=block.lines[at],
    )


def refset_records(
    blocks: Iterable[Block], register: RefsetRegister
) -> Iterator[RefsetRecord | RefsetMemberBlock]:
    """Yield a `RefsetRecord` before the first row of each reference set, and every row.

    Raises: InvalidSource for one reference set with two sets of columns, a field that is not of the
    kind that the pattern says, or an identifier that is none.
    """
    numbers = Numbers()
    for file, of_file in groupby(blocks, key=attrgetter("file")):
        for block in verified(of_file, _checks(file)):
            yield from register.meet(block)
            yield RefsetMemberBlock(
                rows=[
                    (
                        numbers[row[4]],
                        int(row[5]),
                        tuple(row[6:]),
                        row[2] == "1",
                        row[0],
                        numbers[row[3]],
                        numbers[row[1]],
                    )
                    for row in block.rows
                ]
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

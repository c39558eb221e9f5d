"""SNOMED CT RF2: earlier states of components (Full files), and alternate identifiers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loaders.rf2_files import Rf2File
from loaders.rf2_full import Cut, all_rows
from loaders.rf2_merge import merged_earlier
from termserver.errors import InvalidSource
from termserver.records import HistoryRecord, IdentifierRecord
from termserver.sctid import is_sctid

_KINDS = ("concept", "description", "definition", "relationship", "concrete", "refset")
_COMPONENT = {"refset": 5}


def history_records(files: Sequence[Rf2File], cut: Cut) -> Iterator[HistoryRecord]:
    """Yield the earlier states of every component, by kind, then in the order of the files.

    `row` is the whole row as it stood; `component` its id, for a reference set row the referenced
    component. Nothing where the files hold one state alone (Snapshots).
    """
    for kind in _KINDS:
        chosen = [one for one in files if one.kind == kind]
        for _, _, row in merged_earlier(chosen, cut):
            yield HistoryRecord(
                component=int(row[_COMPONENT.get(kind, 0)]),
                kind=kind,
                effective_time=int(row[1]),
                active=row[2] == "1",
                row=tuple(row),
            )


def identifier_records(files: Sequence[Rf2File], cut: Cut | None) -> Iterator[IdentifierRecord]:
    """Yield the newest row of each identifier in its scheme (sct2_Identifier).

    Raises: InvalidSource where scheme or concept is no identifier.
    """
    newest: dict[tuple[str, str], tuple[str, IdentifierRecord]] = {}
    for file, line, row in all_rows(files):
        if cut is not None and not cut.keeps(row):
            continue
        for text in (row[4], row[5]):
            if not is_sctid(text):
                raise InvalidSource(f"'{text}' is no valid identifier", file=file.name, line=line)
        key = (row[4], row[0])
        if key not in newest or newest[key][0] < row[1]:
            newest[key] = (
                row[1],
                IdentifierRecord(
                    code=row[5], scheme=int(row[4]), identifier=row[0], active=row[2] == "1"
                ),
            )
    for _, record in newest.values():
        yield record

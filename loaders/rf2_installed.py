"""SNOMED CT RF2: the rows of an installed pack, written as RF2 files again.

An extension is built on an installed base by reading these files and the extension's own: one way
of building an edition, whether its base comes as an archive or as a pack. All rows come back
as they were read; what belongs to no edition (stated relationships) is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby, islice
from pathlib import Path
from typing import TextIO

import numpy as np

from loaders.base import Progress
from loaders.rf2_files import LAYOUTS
from loaders.rf2_kept import NUMBERS
from loaders.rf2_terms import TEXT_DEFINITION
from termserver.errors import StoreError
from termserver.index.source_rows import has_source_rows, source_rows
from termserver.store.pack import Pack, Refset, RefsetMember
from termserver.store.writer import INDEX

_FILES = {
    "concept": "sct2_Concept_{}",
    "description": "sct2_Description_{}-en",
    "definition": "sct2_TextDefinition_{}-en",
    "relationship": "sct2_Relationship_{}",
    "concrete": "sct2_RelationshipConcreteValues_{}",
    "identifier": "sct2_Identifier_{}",
}
_REFSET_COLUMNS = (*LAYOUTS["concept"][:4], "refsetId", "referencedComponentId")
_LANGUAGE = ("c", ("acceptabilityId",))
_AT_ONCE = 50_000
_EVERY = 1 << 40
"""More concepts than there can be."""
_FLAGS = ("0", "1")
_MEMBER = "refset"
"""What earlier states of reference set rows are called; their component is the one referenced."""

_Layout = tuple[str, tuple[str, ...]]


def can_restore(folder: Path) -> bool:
    """Tell whether the pack in `folder` keeps all that `restore_release` needs."""
    return has_source_rows(folder / INDEX)


def restore_release(pack: Pack, folder: Path, progress: Progress) -> Path:
    """Write the rows of a pack that was loaded from RF2 as files into `folder` and return it.

    They are Full files where the pack knows earlier states, otherwise Snapshot files. A row is
    written as it was read; rows of one concept keep their order, and earlier states stand before
    the present one, as in files that are sorted by id (those of reference sets behind all).
    Raises: StoreError for a pack of a version that did not keep its source rows.
    """
    if not can_restore(pack.path):
        raise StoreError(
            f"The pack '{pack.path.name}' was built before packs kept what an extension needs of "
            "its base; load its source again: termserver load SOURCE --replace"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = _Files(pack, folder, stack, progress)
        earlier = _Earlier(pack)
        for kind, rows in source_rows(pack.path / INDEX, tuple(NUMBERS)):
            files.write(kind, earlier.before(kind, rows))
        for kind, rows in _descriptions(pack):
            files.write(kind, earlier.before(kind, rows))
        for layout, members in _members(pack):
            files.begin_refset(layout)
            files.write_refset(layout, members)
        for block in _language_rows(pack):
            files.write_refset(_LANGUAGE, block)
        for states in _earlier_members(pack):
            files.write_history(states)
    return folder


class _Files:
    """The files of one release, each made with its first row."""

    def __init__(self, pack: Pack, folder: Path, stack: ExitStack, progress: Progress) -> None:
        self._release = "Full" if pack.counts.get("earlier states") else "Snapshot"
        self._ending = f"_INT_{pack.header.version}.txt"
        self._folder, self._stack, self._progress = folder, stack, progress
        self._layouts = {one.id: _layout(one) for one in pack.refsets()}
        self._open: dict[str, TextIO] = {}
        self._refset_open: dict[_Layout, TextIO] = {}
        self._made = 0
        self._rows = 0

    def write(self, kind: str, rows: Iterable[Sequence[str]]) -> None:
        file = self._open.get(kind)
        if file is None:
            layout = LAYOUTS["description" if kind == "definition" else kind]
            name = _FILES[kind].format(self._release)
            file = self._open[kind] = self._make(name, layout)
        self._write(file, rows)

    def begin_refset(self, layout: _Layout) -> None:
        """Begin a further file of a layout: rows of others stand between, and order is kept."""
        self._made += 1
        pattern, columns = layout
        name = f"der2_{pattern}Refset_{self._made:06d}{self._release}"
        self._refset_open[layout] = self._make(name, (*_REFSET_COLUMNS, *columns))

    def write_refset(self, layout: _Layout, rows: Iterable[Sequence[str]]) -> None:
        if layout not in self._refset_open:
            self.begin_refset(layout)
        self._write(self._refset_open[layout], rows)

    def write_history(self, rows: Iterable[Sequence[str]]) -> None:
        for row in rows:
            self.write_refset(self._layouts[int(row[4])], [row])

    def _make(self, name: str, header: Sequence[str]) -> TextIO:
        path = self._folder / f"{name}{self._ending}"
        file = self._stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
        file.write("\t".join(header) + "\n")
        return file

    def _write(self, file: TextIO, rows: Iterable[Sequence[str]]) -> None:
        lines = ["\t".join(row) for row in rows]
        if lines:
            file.write("\n".join(lines) + "\n")
        self._rows += len(lines)
        self._progress("rows of the installed base", self._rows, None)


class _Earlier:
    """Earlier states of components, to stand before their present ones."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._changed = pack.changed_components()

    def before(self, kind: str, rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
        """Return the rows, each after the earlier states of its component."""
        if not len(self._changed) or kind == "identifier":
            return rows
        ids = np.fromiter((int(row[0]) for row in rows), dtype=np.int64, count=len(rows))
        found: list[Sequence[str]] = []
        for row, is_changed in zip(rows, np.isin(ids, self._changed).tolist(), strict=True):
            if is_changed:
                found += (
                    fields for of, _, _, fields in self._pack.history(int(row[0])) if of != _MEMBER
                )
            found.append(row)
        return found


def _layout(refset: Refset) -> _Layout:
    return refset.pattern, refset.columns


def _descriptions(pack: Pack) -> Iterator[tuple[str, list[Sequence[str]]]]:
    """Yield (description or definition, rows) in blocks; rows of one concept keep their order."""
    reader = pack.reader
    waiting: dict[str, list[Sequence[str]]] = {"description": [], "definition": []}
    for row in reader.stored_designations(0, _EVERY):
        ordinal, number, _, active, term, id_, module, time, case = row
        language, use = reader.designation_kind(number)
        type_ = (use.code if use is not None else None) or ""
        kind = "definition" if type_ == TEXT_DEFINITION else "description"
        rows = waiting[kind]
        common = (str(id_), _time(time), _FLAGS[active], str(reader.module(module)))
        rows.append((*common, pack.codes[ordinal], language or "", type_, term, str(case)))
        if len(rows) >= _AT_ONCE:
            yield kind, rows
            waiting[kind] = []
    yield from waiting.items()


def _members(pack: Pack) -> Iterator[tuple[_Layout, Iterator[Sequence[str]]]]:
    """Yield (layout, rows) for each run of reference set rows of one layout."""
    layouts = {one.id: _layout(one) for one in pack.refsets()}

    def layout_of(member: RefsetMember) -> _Layout:
        return layouts[member.refset]

    for layout, members in groupby(pack.all_refset_members(), key=layout_of):
        yield layout, map(_member_row, members)


def _member_row(one: RefsetMember) -> Sequence[str]:
    common = (one.id or "", _time(one.effective_time or 0), _FLAGS[one.active], str(one.module))
    return (*common, str(one.refset), str(one.component), *one.fields)


def _language_rows(pack: Pack) -> Iterator[list[Sequence[str]]]:
    states, numbers, components, members = pack.language.columns()
    texts = [
        ((_time(time), _FLAGS[active], str(module), str(refset)), str(acceptability))
        for refset, acceptability, active, module, time in states
    ]
    for start in range(0, len(numbers), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        ids = _uuids(members[part].tobytes())
        whole = zip(ids, numbers[part].tolist(), components[part].tolist(), strict=True)
        yield [
            (id_, *texts[number][0], str(component), texts[number][1])
            for id_, number, component in whole
        ]


def _uuids(packed: bytes) -> Iterator[str]:
    text = packed.hex()
    for at in range(0, len(text), 32):
        one = text[at : at + 32]
        yield f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}"


def _earlier_members(pack: Pack) -> Iterator[Sequence[Sequence[str]]]:
    rows = (fields for kind, fields in pack.all_history() if kind == _MEMBER)
    while block := list(islice(rows, _AT_ONCE)):
        yield block


def _time(time: int) -> str:
    return f"{time:08d}"

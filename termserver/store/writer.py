"""The stream of records into the tables and index files of a pack under construction."""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from termserver.conceptset import ConceptSet
from termserver.errors import InvalidSource
from termserver.index.codes import Codes
from termserver.index.flags import Flags
from termserver.index.hierarchy import build_hierarchy
from termserver.index.language import build_language
from termserver.index.members import build_members
from termserver.index.rows import PageRows, rows_of
from termserver.index.source_rows import SourceRowsWriter
from termserver.index.strings import Strings
from termserver.index.text import CODE, DISPLAY, TextBuilder
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DocumentRecord,
    EdgeRecord,
    HistoryRecord,
    LanguageBlock,
    Record,
    RefsetMemberBlock,
    RefsetMemberRecord,
    RefsetRecord,
    SourceRows,
)
from termserver.store import statements as sql
from termserver.store.batches import Batches
from termserver.store.connection import run_all
from termserver.store.details import Details
from termserver.store.interned import Interned
from termserver.store.refsets import Refsets
from termserver.store.rows import content_digest, facts_text, to_json
from termserver.store.staging import Staging

PACK_FILE = "pack.sqlite"
STAGING_FILE = "staging.sqlite"
INDEX = "index"


class PackWriter:
    """Takes records one by one (`add`), then completes the pack (`finish`)."""

    def __init__(self, folder: Path, progress: Callable[[str, int, int | None], None]) -> None:
        """Create the files in an empty building folder (with its `index` folder)."""
        self.counts: Counter[str] = Counter()
        self.warnings: list[str] = []
        self._folder = folder
        self._progress = progress
        self._connection = sqlite3.connect(
            folder / PACK_FILE, isolation_level=None, check_same_thread=False
        )
        run_all(self._connection, sql.BUILD_PRAGMAS)
        self._connection.executescript(_script("schema.sql"))
        self._connection.execute(sql.ATTACH_STAGING, {"path": str(folder / STAGING_FILE)})
        run_all(self._connection, (*sql.STAGING, "BEGIN"))
        self._batches = Batches(self._connection)
        self._text = TextBuilder()
        self._modules: Interned[int] = Interned(
            lambda number, key: self._batches.add(sql.INSERT_MODULE, (number, key))
        )
        self._details = Details(self._batches, self._text, self.counts, self._modules)
        self._refsets = Refsets(self._batches, self.counts, self._modules)
        self._staging: Staging | None = None
        self._closed: set[tuple[str, str | None]] = set()
        self._systems: list[tuple[int, int, int, bool]] = []
        self._codes: list[str] = []
        self._displays: list[str] = []
        self._inactive = bytearray()
        self._abstract = array("I")
        self._marked = array("I")
        self._edges = (array("I"), array("I"))
        self._statuses: dict[int, str] = {}
        self._take: dict[type, Callable[[Any], None]] = {
            CodeSystemRecord: self._code_system,
            ConceptRecord: self._concept,
            EdgeRecord: self._edge,
            RefsetRecord: self._refsets.refset,
            RefsetMemberRecord: self._refset_member,
            RefsetMemberBlock: self._refset_block,
            LanguageBlock: self._refsets.language_block,
            SourceRows: SourceRowsWriter(folder / INDEX).add,
            HistoryRecord: self._history,
            DocumentRecord: self._document,
            **dict.fromkeys(self._details.takes, self._first_detail),
        }

    def add(self, record: Record) -> None:
        """Store one record. Raises: InvalidSource where it contradicts what came before."""
        take = self._take.get(type(record))
        if take is None:
            raise InvalidSource(f"'{type(record).__name__}' is no record that packs hold")
        take(record)

    def _first_detail(self, record: Record) -> None:
        """Number the code system, then let details go straight to their place (it is the hot
        path).
        """
        if self._staging is not None:
            self._number()
        self._take.update(self._details.takes)
        self._take[type(record)](record)

    # -- code systems ------------------------------------------------------------------------

    def _code_system(self, record: CodeSystemRecord) -> None:
        if self._staging is not None:
            self._number()
        key = (record.system.url, record.system.version)
        if key in self._closed:
            raise InvalidSource(f"The code system '{record.system.canonical}' occurs twice")
        self._closed.add(key)
        self.counts["code systems"] += 1
        self._take.update(dict.fromkeys(self._details.takes, self._first_detail))
        self._staging = Staging(record.system)

    def _concept(self, record: ConceptRecord) -> None:
        self._open_for(record.code).concept(record)

    def _edge(self, record: EdgeRecord) -> None:
        self._open_for(record.child).edge(record)

    def _open_for(self, code: str) -> Staging:
        if self._staging is None:
            raise InvalidSource(
                f"The concept '{code}' comes before its code system, or after designations, "
                "properties or members"
            )
        return self._staging

    def _number(self) -> None:
        """Number the concepts of the code system that ends here and write them."""
        staging = self._staging
        assert staging is not None
        self._staging = None
        first, number = len(self._codes), len(self._systems) + 1
        self._progress(f"number {staging.system.canonical}", len(staging), len(staging))
        numbering, rows, ordinals = staging.numbered(first)
        last = first + len(rows)
        system = staging.system
        self._systems.append((number, first, last, system.case_sensitive is not True))
        facts, resource = facts_text(system), to_json(dict(system.resource))
        row = (number, system.url, system.version, system.content, first, last, facts, resource)
        self._batches.add(sql.INSERT_CODE_SYSTEM, row)
        self._write_concepts(first, number, rows, numbering.depth)
        self._edges[0].extend((numbering.child + first).tolist())
        self._edges[1].extend((numbering.parent + first).tolist())
        self.counts["concepts"] += len(rows)
        self.counts["hierarchy edges"] += len(numbering.child)
        self._details.begin(system, number, first, ordinals, self._displays, self._inactive)

    def _write_concepts(
        self, first: int, number: int, rows: list[tuple[Any, ...]], depths: Any
    ) -> None:
        for ordinal, (row, depth) in enumerate(zip(rows, depths, strict=True), first):
            code, display, definition, inactive, abstract, status, module, *rest = row
            kept = None if module is None else self._modules(module)
            facts = (code, display, definition, inactive, abstract, status, depth, kept, *rest)
            self._batches.add(sql.INSERT_CONCEPT, (ordinal, number, *facts))
            self._codes.append(code)
            self._displays.append(display or "")
            self._inactive.append(inactive)
            if abstract:
                self._abstract.append(ordinal)
            if status is not None or rest[-1] is not None:
                self._marked.append(ordinal)
                if status is not None and rest[-1] is None:
                    self._statuses[ordinal] = status
            self._text.add(ordinal, code, tier=CODE, inactive=bool(inactive))
            if display:
                self._text.add(ordinal, display, tier=DISPLAY, inactive=bool(inactive))

    # -- what belongs to no code system ------------------------------------------------------

    def _refset_member(self, record: RefsetMemberRecord) -> None:
        if self._staging is not None:
            self._number()
        self._refsets.member(record, self._details.find)

    def _refset_block(self, block: RefsetMemberBlock) -> None:
        if self._staging is not None:
            self._number()
        self._refsets.block(block, self._details.find)

    def _history(self, record: HistoryRecord) -> None:
        self.counts["earlier states"] += 1
        row = (
            record.component,
            record.kind,
            record.effective_time,
            int(record.active),
            to_json(record.row),
        )
        self._batches.add(sql.INSERT_HISTORY, row)

    def _document(self, record: DocumentRecord) -> None:
        self.counts[record.type] += 1
        json = record.resource
        facts = (json.get(key) for key in ("url", "version", "id", "name", "title", "status"))
        row = (record.type, *facts, content_digest(json), to_json(dict(json)))
        self._batches.add(sql.INSERT_DOCUMENT, row)

    # -- the end -----------------------------------------------------------------------------

    def finish(self) -> None:
        """Complete tables and index files and check the database. Raises: InvalidSource."""
        if self._staging is not None:
            self._number()
        self._refsets.finish()
        self._batches.flush()
        self._progress("sort names and properties", 0, None)
        # SQLite works without the interpreter's lock, so both get on at once
        with ThreadPoolExecutor(max_workers=1) as beside:
            tables = beside.submit(self._finish_tables)
            self._write_indexes(self._folder / INDEX)
            self._progress("index tables", 0, None)
            tables.result()

    def _finish_tables(self) -> None:
        run_all(self._connection, (*sql.UNSTAGE, "COMMIT", sql.DETACH_STAGING))
        (self._folder / STAGING_FILE).unlink()
        self._connection.executescript(_script("indexes.sql"))
        (found,) = self._connection.execute(sql.QUICK_CHECK).fetchone()
        if found != "ok":
            raise InvalidSource(f"The database that was written is damaged: {found}")

    def _write_indexes(self, index: Path) -> None:
        self._progress("index codes and hierarchy", 0, None)
        n = len(self._codes)
        Codes.build(index, self._codes, self._systems)
        Strings.build(index, "displays", self._displays)
        flags = Flags(
            inactive=ConceptSet.of(at for at, one in enumerate(self._inactive) if one),
            abstract=ConceptSet.of(self._abstract),
            marked=ConceptSet.of(self._marked),
        )
        flags.build(index)
        rows = rows_of(
            self._codes,
            self._displays,
            self._inactive,
            flags.abstract,
            flags.marked,
            self._statuses,
        )
        PageRows.build(index, rows)
        child, parent = (np.array(one, dtype=np.int64) for one in self._edges)
        build_hierarchy(index, n, child, parent)
        self._progress("index names", 0, None)
        self._text.write(index)
        self._details.attributes.write(index)
        build_members(index, self._refsets.members)
        build_language(index, self._refsets.language)

    def close(self) -> None:
        """Close the database; an unfinished one is of no use."""
        self._connection.close()


def _script(name: str) -> str:
    return resources.files("termserver.store").joinpath(name).read_text(encoding="utf-8")

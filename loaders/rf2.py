"""SNOMED CT RF2 (Release Format 2): Snapshot and Full files -> records.

Source: SNOMED CT Release File Specification. The order of what is yielded is that of
`termserver.records`; rows stream, only terms of display and the acceptability of descriptions are
kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loaders.base import LoadOptions, Progress, Reading
from loaders.rf2_dependencies import base_first
from loaders.rf2_editions import Edition, decide_edition
from loaders.rf2_files import Rf2File, find_files, is_release
from loaders.rf2_full import Block, all_blocks
from loaders.rf2_header import code_system_of, pack_header
from loaders.rf2_history import history_records, identifier_records
from loaders.rf2_kept import RowKeeper, kept_beside, kept_rows
from loaders.rf2_language import Acceptability, LanguageRows, is_language_file
from loaders.rf2_merge import merged_blocks
from loaders.rf2_refsets import RefsetRegister, refset_records
from loaders.rf2_relationships import concrete_records, edge_records, relationship_records
from loaders.rf2_rows import Checks, Numbers, verified
from loaders.rf2_terms import designation_records, read_definitions, read_displays
from termserver.errors import InvalidSource
from termserver.providers.snomed_editions import dialects_of
from termserver.records import CodeSystemRecord, ConceptRecord, Record, SourceRows

_DEFINED = "900000000000073002"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The files of one edition and how its rows are chosen. `counts` fills while records are
    read.
    """

    files: tuple[Rf2File, ...]
    edition: Edition
    progress: Progress
    counts: dict[str, int] = field(default_factory=dict)

    def rows(self, *kinds: str) -> Iterator[Block]:
        """Yield the current rows of all files of the kinds (never the language reference sets)."""
        for kind in kinds:
            files = [one for one in self.files if one.kind == kind and not is_language_file(one)]
            yield from merged_blocks(files, self.edition.cut, self.progress)

    def language_rows(self) -> Iterator[Block]:
        """Yield the current rows of the language reference sets."""
        files = [one for one in self.files if is_language_file(one)]
        return merged_blocks(files, self.edition.cut, self.progress)

    def count(self, kind: str, blocks: Iterator[Block]) -> Iterator[Block]:
        """Yield the blocks and add their rows up under `kind`."""
        number = 0
        for block in blocks:
            number += len(block.rows)
            yield block
        self.counts[kind] = number


class Rf2Loader:
    """Reads SNOMED CT releases (`load --format rf2`)."""

    name = "rf2"

    def recognises(self, source: Path) -> bool:
        """Tell whether the folder or file holds RF2 files, by their names and headers."""
        return is_release(source)

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Open one edition: one archive, or an extension and the releases it depends on.

        Raises: InvalidSource for Delta files alone, a module that is missing, an edition that is
        not known and not named, and every fault of a row (file and line; while the records are
        read).
        """
        found = find_files(sources)
        files = base_first(
            [
                one
                for index in range(len(sources))
                for one in _release_type(found, index, sources[index], options.as_of)
            ]
        )
        edition = decide_edition(files, options.version, options.as_of)
        stated = [
            f"{one.name}: stated relationships are passed over"
            for one in files
            if one.kind == "stated"
        ]
        release = Release(files=tuple(files), edition=edition, progress=progress)
        return Reading(
            header=pack_header(edition, files, options.name, stated),
            records=_records(release),
            expected=release.counts,
        )


LOADER = Rf2Loader()


def _release_type(
    found: Sequence[Rf2File], index: int, source: Path, as_of: str | None
) -> list[Rf2File]:
    """Return the files of one source to read: Snapshot, or Full alone (or where a date is
    asked).
    """
    mine = [one for one in found if one.source == index]
    by_type = {name: [one for one in mine if one.release == name] for name in ("Snapshot", "Full")}
    if as_of is not None and by_type["Full"]:
        return by_type["Full"]
    chosen = by_type["Snapshot"] or by_type["Full"]
    if mine and not chosen:
        raise InvalidSource(
            f"{source.name} holds Delta files alone, which make no edition; load the Snapshot or "
            "Full files"
        )
    return chosen


def _records(release: Release) -> Iterator[Record]:
    yield CodeSystemRecord(system=code_system_of(release.edition))
    dialects = dialects_of(int(release.edition.module))
    register, language_rows = RefsetRegister(), LanguageRows()
    language_rows.read(release.count("language rows", release.language_rows()), register)
    language = language_rows.acceptability(dialects)
    concepts: set[str] = set()
    yield from _concept_records(release, language, concepts)
    yield from edge_records(release.rows("relationship"), concepts)
    yield from designation_records(
        release.count("descriptions", release.rows("description")), concepts, language
    )
    yield from designation_records(
        release.count("text definitions", release.rows("definition")), concepts, language
    )
    yield from kept_beside(
        "relationship",
        release.count("relationships", release.rows("relationship")),
        lambda blocks: relationship_records(blocks, concepts),
    )
    yield from kept_beside(
        "concrete",
        release.count("concrete values", release.rows("concrete")),
        lambda blocks: concrete_records(blocks, concepts),
    )
    language.clear()
    yield from language_rows.records()
    yield from refset_records(release.count("refset rows", release.rows("refset")), register)
    identifiers = [one for one in release.files if one.kind == "identifier"]
    yield from identifier_records(identifiers, release.edition.cut)
    yield from kept_rows("identifier", all_blocks(identifiers))
    if release.edition.cut is not None:
        yield from history_records(release.files, release.edition.cut)


def _concept_records(
    release: Release, language: dict[int, Acceptability], concepts: set[str]
) -> Iterator[ConceptRecord | SourceRows]:
    displays = read_displays(release.rows("description"), language)
    definitions = read_definitions(release.rows("definition"))
    rows = release.count("concepts", release.rows("concept"))
    numbers, keeper = Numbers(), RowKeeper("concept")
    checks = Checks(ids=((0, "concept"),), enumerations=(4,))
    for block in verified(keeper.watch(rows), checks):
        for code, time, active, module, defined in block.rows:
            concepts.add(code)
            yield ConceptRecord(
                code=code,
                display=displays.get(code),
                definition=definitions.get(code),
                inactive=active == "0",
                status="inactive" if active == "0" else None,
                module=numbers[module],
                effective_time=numbers[time],
                defined=defined == _DEFINED,
            )
    yield from keeper.taken()

"""One loaded distribution, opened: code systems, documents, reference sets."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from termserver.errors import StoreError, UnknownCodeSystem
from termserver.index.attributes import AttributeIndex
from termserver.index.codes import Codes
from termserver.index.flags import Flags
from termserver.index.hierarchy import StoredHierarchy, open_hierarchy
from termserver.index.language import LanguageIndex
from termserver.index.members import MemberIndex
from termserver.index.rows import PageRows
from termserver.index.strings import Strings
from termserver.index.text import TextIndex
from termserver.model import CodeSystem, DocumentName, Json, Ordinal
from termserver.records import LanguageState, PackHeader
from termserver.store import statements as sql
from termserver.store.cache import ByteCache
from termserver.store.connection import check_format
from termserver.store.locks import share
from termserver.store.manifest import FILE, FORMAT, Manifest, check_sizes, read_manifest
from termserver.store.reader import Reader
from termserver.store.rows import from_json, parse_code_system, parse_member_id
from termserver.store.writer import INDEX, PACK_FILE

if TYPE_CHECKING:
    from termserver.providers.stored import StoredProvider

RefsetFacts = tuple[int, Ordinal | None, bool, int | None, int | None, Sequence[str]]
"""Component, its ordinal where it is a concept, active, module, effective time, fields."""
APPLICATION = 1414746187
DOCUMENT_BYTES = 8 * 1024 * 1024
"""JSON text of the documents that a pack keeps parsed (which takes some five times as much)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refset:
    """A reference set: its id, the pattern of its file and the names of its extra columns."""

    id: int
    pattern: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefsetMember:
    """A reference set row; `ordinal` where the component is a concept of the pack."""

    refset: int
    component: int
    ordinal: Ordinal | None
    active: bool
    fields: tuple[str, ...]
    id: str | None = None
    module: int | None = None
    effective_time: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRange:
    """Where the concepts of a code system stand: its number in the pack and [first, last)."""

    number: int
    first: int
    last: int


class Pack:
    """A pack folder, opened for reading. Safe for several threads; cheap until something is
    asked.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        """Open the files; use `Pack.open`."""
        self.path = path
        self.manifest = manifest
        # whoever wants to delete the folder sees that it is in use
        self._use = share(path / FILE)
        index = path / INDEX
        self.codes = Codes.open(index)
        self.flags = Flags.open(index)
        self.reader = Reader(path / PACK_FILE, self.codes, Strings.open(index, "displays"))
        self._documents: ByteCache[Json] = ByteCache(DOCUMENT_BYTES, self._read_document)
        self._providers: dict[tuple[str, str | None], StoredProvider] = {}

    @classmethod
    def open(cls, path: Path) -> Pack:
        """Open a pack folder after checking headers and sizes (digests: `manifest.verify`).

        Raises: StoreError for a pack that is damaged or of another format, with what to do.
        """
        manifest = read_manifest(path)
        check_sizes(path, manifest)
        pack = cls(path, manifest)
        advice = f"load the source of '{path.name}' again: termserver load SOURCE --replace"
        try:
            check_format(
                pack.reader.connections.get(),
                application=APPLICATION,
                version=FORMAT,
                advice=advice,
            )
        except StoreError:
            pack.close()
            raise
        return pack

    def close(self) -> None:
        """Close the database connections of all threads and let the folder go."""
        self.reader.connections.close()
        if self._use is not None:
            self._use.release()

    @property
    def header(self) -> PackHeader:
        """Return what the pack is."""
        return self.manifest.header

    @property
    def counts(self) -> dict[str, int]:
        """Return rows by kind."""
        return dict(self.manifest.counts)

    # -- code systems ------------------------------------------------------------------------

    @cached_property
    def _systems(self) -> dict[tuple[str, str | None], tuple[CodeSystem, SystemRange]]:
        found = {}
        for number, first, last, facts, resource in self.reader.connections.rows(sql.CODE_SYSTEMS):
            system = parse_code_system(facts, resource)
            place = SystemRange(number=number, first=first, last=last)
            found[system.url, system.version] = (system, place)
        return found

    def systems(self) -> tuple[CodeSystem, ...]:
        """Return the code systems in the order of the source; empty if there are none."""
        return tuple(system for system, _ in self._systems.values())

    def provider(self, system: CodeSystem) -> StoredProvider:
        """Return the provider of one of `systems()`. Raises: UnknownCodeSystem for another."""
        # the provider is made of this pack: an import at the top would be a circle
        from termserver.providers.stored import StoredProvider

        key = (system.url, system.version)
        found = self._providers.get(key)
        if found is None:
            if key not in self._systems:
                raise UnknownCodeSystem(
                    f"The pack '{self.path.name}' has no code system '{system.canonical}'"
                )
            found = self._providers[key] = StoredProvider(self, *self._systems[key])
        return found

    # -- indexes -----------------------------------------------------------------------------

    @cached_property
    def hierarchy(self) -> StoredHierarchy:
        """Return the graph over all concepts of the pack."""
        return open_hierarchy(self.path / INDEX)

    @cached_property
    def text(self) -> TextIndex:
        """Return the index of names."""
        return TextIndex(self.path / INDEX)

    @cached_property
    def rows(self) -> PageRows | None:
        """Return the rows of expansions, None in a pack that has none."""
        return PageRows.open(self.path / INDEX)

    @cached_property
    def attributes(self) -> AttributeIndex:
        """Return the attribute rows as columns."""
        return AttributeIndex(self.path / INDEX)

    @cached_property
    def members(self) -> MemberIndex:
        """Return the concepts of each reference set."""
        return MemberIndex(self.path / INDEX)

    @cached_property
    def language(self) -> LanguageIndex:
        """Return the rows of language reference sets."""
        return LanguageIndex(self.path / INDEX)

    # -- documents ---------------------------------------------------------------------------

    def documents(self, type_: str) -> Iterator[Json]:
        """Yield every document of a type, in the order of the source."""
        for (number,) in self.reader.connections.rows(sql.DOCUMENTS, type=type_):
            yield self._read_document(number)[0]

    def document_names(self, type_: str) -> list[DocumentName]:
        """Return url, version and id of every document of a type, in the order of the source.

        None of them is read for it.
        """
        return [
            DocumentName(
                url=url, version=version, id=id_, read=partial(self._whole_document, number)
            )
            for number, url, version, id_ in self.reader.connections.rows(
                sql.DOCUMENT_NAMES, type=type_
            )
        ]

    def find_documents(self, type_: str, url: str) -> list[Json]:
        """Return all versions of one canonical url, in the order of the source; empty if none."""
        if (type_, url) not in self._canonicals:
            # most urls that are asked for are no document of most packs: no query for those
            return []
        rows = self.reader.connections.rows(sql.DOCUMENTS_BY_URL, type=type_, url=url)
        return [self._documents.get(number) for (number,) in rows]

    def document_urls(self, type_: str) -> Iterator[str]:
        """Yield the urls of all documents of a type."""
        return (url for kind, url in self._canonicals if kind == type_ and url is not None)

    @cached_property
    def _canonicals(self) -> frozenset[tuple[str, str | None]]:
        return frozenset((row[0], row[1]) for row in self.document_digests())

    def document_digests(self) -> list[tuple[str, str | None, str | None, str]]:
        """Return (type, url, version, digest) of each; equal digests mean the same content."""
        return list(self.reader.connections.rows(sql.DOCUMENT_DIGESTS))

    def _whole_document(self, number: int) -> Json:
        return self._read_document(number)[0]

    def _read_document(self, number: int) -> tuple[Json, int]:
        (text,) = self.reader.connections.get().execute(sql.DOCUMENT, {"id": number}).fetchone()
        found: dict[str, Any] = from_json(text)
        return found, len(text)

    # -- reference sets ----------------------------------------------------------------------

    @cached_property
    def _refsets(self) -> tuple[Refset, ...]:
        return tuple(
            Refset(id=refset, pattern=pattern, columns=tuple(from_json(columns)))
            for _, refset, pattern, columns in self.reader.connections.rows(sql.REFSETS)
        )

    def refsets(self) -> tuple[Refset, ...]:
        """Return the reference sets, ascending by id; empty if there are none."""
        return self._refsets

    def refset_members(self, refset: int) -> list[RefsetMember]:
        """Return the rows of one reference set, inactive ones too, by component; empty if none."""
        found = [_language_member(*row) for row in self.language.members(refset)]
        rows = self.reader.connections.rows(sql.REFSET_MEMBERS, refset=refset)
        found.extend(self._member(*row) for row in rows)
        return found

    def refset_facts(self, refset: int) -> Iterator[RefsetFacts]:
        """Yield the rows of one reference set as `refset_members` has them, without their ids.

        Nothing is gathered: a language reference set has millions of rows.
        """
        for component, (_, acceptability, active, module, time) in self.language.facts(refset):
            yield component, None, active, module, time, (str(acceptability),)
        known, module_of = self._member_fields, self.reader.module
        for row in self.reader.stream(sql.REFSET_MEMBERS, refset=refset):
            _, component, ordinal, active, fields, _, number, time = row
            values = known[fields] if isinstance(fields, int) else tuple(from_json(fields))
            at = None if ordinal is None else Ordinal(ordinal)
            yield component, at, active == 1, module_of(number), time, values

    def refset_rows_of(self, component: int) -> list[RefsetMember]:
        """Return the rows of one component in all reference sets, in the order of the source."""
        found = [_language_member(*row) for row in self.language.rows_of(component)]
        rows = self.reader.connections.rows(sql.REFSET_ROWS_OF, component=component)
        found.extend(self._member(*row) for row in rows)
        return found

    def refset_fields_of(self, refset: int, component: int) -> list[tuple[str, ...]]:
        """Return the fields of a component's active rows in one reference set, in source order.

        Rows of language reference sets are not among them.
        """
        known = self._member_fields
        found = self.reader.connections.rows(
            sql.REFSET_FIELDS_OF, refset=refset, component=component
        )
        return [
            known[fields] if isinstance(fields, int) else tuple(from_json(fields))
            for (fields,) in found
        ]

    def all_refset_members(self) -> Iterator[RefsetMember]:
        """Yield the rows of all reference sets that are not in `language`, in source order."""
        return (self._member(*row) for row in self.reader.stream(sql.ALL_REFSET_ROWS))

    @cached_property
    def _member_fields(self) -> dict[int, tuple[str, ...]]:
        rows = self.reader.connections.rows(sql.MEMBER_FIELDS)
        return {number: tuple(from_json(fields)) for number, fields in rows}

    def _member(
        self,
        refset: int,
        component: int,
        ordinal: int | None,
        active: int,
        fields: int | str,
        member: str | bytes | None,
        module: int | None,
        effective_time: int | None,
    ) -> RefsetMember:
        return RefsetMember(
            refset=refset,
            component=component,
            ordinal=None if ordinal is None else Ordinal(ordinal),
            active=bool(active),
            fields=(
                self._member_fields[fields] if isinstance(fields, int) else tuple(from_json(fields))
            ),
            id=parse_member_id(member),
            module=self.reader.module(module),
            effective_time=effective_time,
        )

    def identifiers(self, ordinal: int) -> list[tuple[int, str, bool]]:
        """Return (scheme, identifier, active) of the other identifiers of a concept."""
        rows = self.reader.connections.rows(sql.IDENTIFIERS_OF, ordinal=ordinal)
        return [(scheme, identifier, bool(active)) for scheme, identifier, active in rows]

    def identified(self, identifier: str) -> list[tuple[Ordinal, int, bool]]:
        """Return (concept, scheme, active) of everything that has this other identifier."""
        rows = self.reader.connections.rows(sql.IDENTIFIED, identifier=identifier)
        return [(Ordinal(ordinal), scheme, bool(active)) for ordinal, scheme, active in rows]

    def history(self, component: int) -> list[tuple[str, int, bool, tuple[str, ...]]]:
        """Return (kind, effective time, active, fields) of earlier states, oldest first."""
        rows = self.reader.connections.rows(sql.HISTORY, component=component)
        return [(kind, time, bool(on), tuple(from_json(row))) for kind, time, on, row in rows]

    def changed_components(self) -> array[int]:
        """Return every component that `history` knows earlier states of, ascending."""
        return array("q", (row[0] for row in self.reader.stream(sql.CHANGED_COMPONENTS)))

    def all_history(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield (kind, fields) of every earlier state, by kind and in source order."""
        rows = self.reader.stream(sql.ALL_HISTORY)
        return ((kind, tuple(from_json(fields))) for kind, fields in rows)


def _language_member(component: int, state: LanguageState, id_: bytes) -> RefsetMember:
    refset, acceptability, active, module, time = state
    return RefsetMember(
        refset=refset,
        component=component,
        ordinal=None,
        active=active,
        fields=(str(acceptability),),
        id=parse_member_id(id_),
        module=module,
        effective_time=time,
    )

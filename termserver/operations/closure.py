"""$closure: a client's table of subsumptions between the codes it has met, kept for it by name.

Source: FHIR R4 and R5 terminology-service, "Maintaining a Closure Table"; OperationDefinition
ConceptMap-closure (R4), closure (R5). The rules are numbered as in that text below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from termserver.conceptmap import ConceptMap, Element, Group, Target
from termserver.errors import (
    Conflict,
    InvalidRequest,
    TooCostly,
    UnknownCode,
    UnknownCodeSystem,
    UnknownResource,
    VersionConflict,
)
from termserver.model import Coding
from termserver.providers.base import CodeSystemProvider

MAX_CONCEPTS = 10_000
"""Codes of one table: each new one is compared with all of its system."""

_VERSION = re.compile("[0-9]{1,18}")
_NAME = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureConcept:
    """A code in a table, with the version of its system when it was entered."""

    system: str
    system_version: str | None
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureEntry:
    """`source` is below `target`, or means the same (`equivalent`); entered in `version`."""

    system: str
    source: str
    target: str
    equivalent: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureTable:
    """All that is kept of a table. Version 0 is the empty one; each addition makes the next."""

    name: str
    version: int = 0
    concepts: tuple[ClosureConcept, ...] = ()
    entries: tuple[ClosureEntry, ...] = ()


class ClosureStore(Protocol):
    """Where tables live: shared by all workers, bounded and expiring."""

    def reset_closure(self, name: str) -> None:
        """Make or empty the table `name`: version 0, no concepts."""

    def read_closure(self, name: str) -> ClosureTable | None:
        """Return a table, None if there is none of that name."""

    def extend_closure(
        self,
        name: str,
        *,
        after: int,
        concepts: Sequence[ClosureConcept],
        entries: Sequence[ClosureEntry],
    ) -> bool:
        """Append rows as version `after + 1` in one step.

        False, and nothing written, where the table is gone or no longer at version `after`.
        """


class SystemSource(Protocol):
    """What $closure asks of a terminology."""

    def find_system(self, url: str, version: str | None = None, /) -> CodeSystemProvider | None:
        """Return the provider of a code system's default version, None if it is not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """The answer: the table's version and the entries asked for, in order of entry."""

    name: str
    version: str
    entries: tuple[ClosureEntry, ...] = ()


def closure(
    source: SystemSource,
    store: ClosureStore,
    *,
    name: str,
    concepts: Sequence[Coding] = (),
    version: str | None = None,
) -> Closure:
    """Initialise (name alone), extend (concepts) or replay (version) the table `name`.

    Raises: InvalidRequest (name, concept and version together, a concept without system or code, a
    version never issued), UnknownResource (table not initialised), UnknownCodeSystem, UnknownCode,
    VersionConflict (a code system changed: the table must be reinitialised), TooCostly (too many
    concepts), NotSupported (a hierarchy that is not is-a), Conflict (another request kept winning).
    """
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            f"The closure name '{name}' cannot be used: 1 to 64 letters, digits, '-' and '.'"
        )
    if concepts and version is not None:
        raise InvalidRequest("Give either 'concept' to add or 'version' to replay, not both")
    if version is not None:
        return _replay(source, _table(store, name), version)
    if not concepts:
        store.reset_closure(name)
        return Closure(name=name, version="0")
    return _add(source, store, name, concepts)


def _table(store: ClosureStore, name: str) -> ClosureTable:
    table = store.read_closure(name)
    if table is None:
        raise UnknownResource(
            f"The closure table '{name}' is not known; initialise it by a request with 'name' alone"
        )
    return table


def _replay(source: SystemSource, table: ClosureTable, version: str) -> Closure:
    """Return everything that was added after `version` (rule 6)."""
    after = int(version) if _VERSION.fullmatch(version) else None
    if after is None or after > table.version:
        raise InvalidRequest(
            f"The closure table '{table.name}' never had the version '{version}'; "
            f"the latest is '{table.version}', '0' replays everything"
        )
    _check_unchanged(source, table)
    entries = tuple(one for one in table.entries if one.version > after)
    return Closure(name=table.name, version=str(table.version), entries=entries)


def _add(
    source: SystemSource, store: ClosureStore, name: str, concepts: Sequence[Coding]
) -> Closure:
    """Enter concepts, return the new entries only (rule 2); again if another request came first."""
    for _ in range(10):
        table = _table(store, name)
        _check_unchanged(source, table)
        added = _new_concepts(source, table, concepts)
        if len(table.concepts) + len(added) > MAX_CONCEPTS:
            raise TooCostly(
                f"The closure table '{name}' would hold more than {MAX_CONCEPTS} concepts"
            )
        entries = tuple(_relate(source, table, added))
        if store.extend_closure(name, after=table.version, concepts=added, entries=entries):
            return Closure(name=name, version=str(table.version + 1), entries=entries)
    raise Conflict(f"The closure table '{name}' is being changed by others; try again")


def _check_unchanged(source: SystemSource, table: ClosureTable) -> None:
    """Refuse a table whose code systems are no longer those it was made from (rule 2: 422)."""
    for system, entered in {(one.system, one.system_version) for one in table.concepts}:
        provider = source.find_system(system)
        now = provider.system.version if provider else None
        if provider is None or now != entered:
            raise VersionConflict(
                f"The closure table '{table.name}' must be reinitialized: it was made from version "
                f"'{entered}' of '{system}', and now there is {_present(provider)}"
            )


def _present(provider: CodeSystemProvider | None) -> str:
    return "none" if provider is None else f"version '{provider.system.version}'"


def _new_concepts(
    source: SystemSource, table: ClosureTable, codings: Iterable[Coding]
) -> tuple[ClosureConcept, ...]:
    """Return the codings that the table lacks; key is system and code as defined (rule 7)."""
    known = {(one.system, one.code) for one in table.concepts}
    added: dict[tuple[str, str], ClosureConcept] = {}
    for coding in codings:
        concept = _concept(source, coding)
        key = (concept.system, concept.code)
        if key not in known:
            added[key] = concept
    return tuple(added.values())


def _concept(source: SystemSource, coding: Coding) -> ClosureConcept:
    if not coding.system or not coding.code:
        raise InvalidRequest("Each concept of a closure needs its system and code")
    provider = source.find_system(coding.system)
    if provider is None:
        raise UnknownCodeSystem(f"The code system '{coding.system}' is not known")
    member = provider.find(coding.code)
    if member is None:
        raise UnknownCode(f"Unknown code '{coding.code}' in the code system '{coding.system}'")
    return ClosureConcept(
        system=provider.system.url,
        system_version=provider.system.version,
        code=provider.code_of(member),
    )


def _relate(
    source: SystemSource, table: ClosureTable, added: Sequence[ClosureConcept]
) -> Iterator[ClosureEntry]:
    """Yield the relations of the new concepts to all of their system, themselves apart (rule 3)."""
    met: dict[str, list[str]] = {}
    for one in table.concepts:
        met.setdefault(one.system, []).append(one.code)
    for one in added:
        provider = source.find_system(one.system)
        assert provider is not None
        others = met.setdefault(one.system, [])
        for other in others:
            entry = _relation(provider, one.code, other, table.version + 1)
            if entry is not None:
                yield entry
        others.append(one.code)


def _relation(
    provider: CodeSystemProvider, code: str, other: str, version: int
) -> ClosureEntry | None:
    member, known = provider.find(code), provider.find(other)
    if member is None or known is None:
        return None
    below, above = provider.subsumes(known, member), provider.subsumes(member, known)
    if not below and not above and member != known:
        return None
    source, target = (other, code) if above and not below else (code, other)
    return ClosureEntry(
        system=provider.system.url,
        source=source,
        target=target,
        equivalent=member == known or (below and above),
        version=version,
    )


def closure_map(answer: Closure) -> ConceptMap:
    """Return the answer as a ConceptMap: id and version of the table, no group if nothing is new.

    The source is the lower code: `subsumes` (R4: the target subsumes it), or `equal`; as R5 words
    source-is-narrower-than-target and equivalent (rules 4 and 5).
    """
    by_system: dict[str, dict[str, list[Target]]] = {}
    for one in answer.entries:
        target = Target(code=one.target, word="equal" if one.equivalent else "subsumes")
        by_system.setdefault(one.system, {}).setdefault(one.source, []).append(target)
    return ConceptMap(
        id=answer.name,
        name=answer.name,
        version=answer.version,
        groups=tuple(
            Group(
                source=system,
                target=system,
                elements=tuple(
                    Element(code=code, targets=tuple(targets)) for code, targets in elements.items()
                ),
            )
            for system, elements in by_system.items()
        ),
    )

"""CodeSystemProvider: the seam behind which every code system version stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeGuard, TypeVar, runtime_checkable

from termserver.conceptset import ConceptSet
from termserver.deadline import UNLIMITED, Check
from termserver.hierarchy import Hierarchy
from termserver.model import (
    CodeSystem,
    Concept,
    FilterClause,
    Issue,
    Member,
    Ordinal,
    Property,
    PropertyValue,
)


class CodeSystemProvider(Protocol):
    """Answers for one code system version (its base content; supplements are laid over it).

    Errors of all methods are `TerminologyError`s: UnknownCode where a code that is named is absent,
    NotSupported or InvalidValueSet for a filter that the system does not have.
    """

    @property
    def system(self) -> CodeSystem:
        """Return the code system's own facts."""

    @property
    def hierarchy(self) -> Hierarchy:
        """Return the graph (empty where there is none). Ordinals only."""

    def find(self, code: str) -> Member | None:
        """Return the member that `code` names exactly, by the system's case rule, or None.

        Where case does not matter any case is found; `code_of` then gives the code as defined.
        """

    def code_of(self, member: Member) -> str:
        """Return the code as the system defines it (for a grammar, its canonical spelling)."""

    def display_of(self, member: Member) -> str | None:
        """Return the display in the system's own language, None where it has none."""

    def concept(self, member: Member) -> Concept:
        """Return all that is known of one member."""

    def concepts(self, members: Sequence[Member]) -> list[Concept]:
        """Return `concept` of each, in the given order, in few reads."""

    def all(self) -> ConceptSet:
        """Return every concept, inactive and abstract ones too. Raises: Unenumerable."""

    def inactive(self) -> ConceptSet:
        """Return the inactive concepts."""

    def abstract(self) -> ConceptSet:
        """Return the concepts that are not for selection."""

    def is_inactive(self, member: Member) -> bool:
        """Tell whether `member` is inactive."""

    def is_abstract(self, member: Member) -> bool:
        """Tell whether `member` is not for selection."""

    def select(self, clause: FilterClause) -> ConceptSet:
        """Return the concepts that satisfy `clause`. Raises: Unenumerable, UnknownCode,
        NotSupported.
        """

    def contains(self, clause: FilterClause, member: Member) -> bool:
        """Tell whether `member` satisfies `clause`, without building the set."""

    def subsumes(self, ancestor: Member, member: Member) -> bool:
        """Tell whether `member` is properly below `ancestor` by is-a.

        Raises: NotSupported where the hierarchy does not mean is-a.
        """

    def property_rows(self, property_code: str) -> Iterable[tuple[Ordinal, PropertyValue]]:
        """Yield every value of one property (by code), ascending by ordinal; nothing if unknown."""

    def property_values(self, member: Member, property_code: str) -> Sequence[PropertyValue]:
        """Return one member's values of one property; empty if none."""

    def search(self, text: str) -> ConceptSet:
        """Return the concepts one of whose names matches every word of `text` as a prefix.

        Source: ValueSet/$expand `filter`; the rule is `termserver.search`.
        """


@runtime_checkable
class GrammarNotes(Protocol):
    """A provider of a grammar that can say why a code is none of its own."""

    def why_unknown(self, code: str) -> Issue | None:
        """Return a note on why `code` is not valid, None if there is nothing to say."""


@runtime_checkable
class EditionNotes(Protocol):
    """A provider that knows its edition's name and has notes on valid expressions."""

    @property
    def edition_name(self) -> str | None:
        """Return what people call the version ("International Edition"), None if it has no name."""

    def notes(self, member: Member, check: Check = UNLIMITED.check) -> Sequence[Issue]:
        """Return what is to be said of a valid member, empty for nothing; `check` is called between
        steps.
        """


@runtime_checkable
class FilterNotes(Protocol):
    """A provider that can say why a code does not satisfy a filter."""

    def why_outside(self, clause: FilterClause, member: Member) -> str | None:
        """Return the reason in words, None if there is nothing to say."""


@runtime_checkable
class OnRequest(Protocol):
    """A provider with properties that it makes only where a request names them."""

    def on_request(self, member: Member, names: Collection[str]) -> Sequence[Property]:
        """Return those of the properties named (`*`: all of them) that the concept has."""


@runtime_checkable
class Stoppable(Protocol):
    """A provider with filters that can take seconds, which a check stops.

    What was found before may be kept; then nothing is checked.
    """

    def select_until(self, clause: FilterClause, check: Check) -> ConceptSet:
        """Return `select`; where it takes long, `check` is called first and between steps."""

    def contains_until(self, clause: FilterClause, member: Member, check: Check) -> bool:
        """Return `contains`, checked in the same way."""


Notes = TypeVar("Notes")


def supports(provider: object, protocol: Callable[..., Notes]) -> TypeGuard[Notes]:
    """Tell whether a provider's class has what one of the protocols above names.

    `isinstance` asks for each member anew, which costs more than most answers.
    """
    kinds: Any = (type(provider), protocol)
    return _has_all(*kinds)


def select_until(provider: CodeSystemProvider, clause: FilterClause, check: Check) -> ConceptSet:
    """Return what a provider selects. Raises: as its `select`, and what `check` does."""
    if supports(provider, Stoppable):
        return provider.select_until(clause, check)
    return provider.select(clause)


def contains_until(
    provider: CodeSystemProvider, clause: FilterClause, member: Member, check: Check
) -> bool:
    """Tell whether a member satisfies a clause. Raises: as `contains`, and what `check` does."""
    if supports(provider, Stoppable):
        return provider.contains_until(clause, member, check)
    return provider.contains(clause, member)


@lru_cache(maxsize=256)
def _has_all(kind: Any, protocol: Any) -> bool:
    names = [name for name in vars(protocol) if not name.startswith("_")]
    return all(hasattr(kind, name) for name in names)

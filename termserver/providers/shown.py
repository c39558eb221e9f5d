"""How the providers over a pack show its rows in $lookup, said as data.

Each `concept` applies the same rules to one concept at a time; here they stand so that they can be
applied once for each kind of row (`api.wire.lookup_rows`). A property test compares both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from termserver.providers.base import CodeSystemProvider
from termserver.providers.loinc import CLASSTYPES, LIST_MARK, RELATED, LoincProvider
from termserver.providers.ndc import NdcProvider
from termserver.providers.rxnorm import HIDDEN, RELS, RxNormProvider
from termserver.providers.snomed import SnomedProvider
from termserver.providers.stored import StoredProvider


def _shows_all(_code: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown of the rows of `stored`; without anything else, every row as it stands."""

    stored: StoredProvider
    shows: Callable[[str], bool] = _shows_all
    """Whether a property of that code is shown."""
    meanings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Property -> value -> description."""
    as_property: str | None = None
    """The use of designations that are shown as properties of that code, after all others."""
    yielding: frozenset[str] = frozenset()
    """Properties that are left out where another of type code has the same value."""
    has_terms: bool = False
    """Codes of properties and their values are concepts, shown with terms; module and time follow
    (SNOMED CT).
    """


def find_shown(provider: CodeSystemProvider) -> Shown | None:
    """Return how a provider shows its rows, None where it shows something else."""
    match provider:
        case StoredProvider():
            return Shown(stored=provider)
        case NdcProvider():
            return Shown(stored=provider.stored)
        case LoincProvider():
            return Shown(
                stored=provider.stored,
                shows=lambda code: code not in {LIST_MARK, RELATED},
                meanings={"CLASSTYPE": CLASSTYPES},
                as_property=RELATED,
            )
        case RxNormProvider():
            return Shown(
                stored=provider.stored,
                shows=lambda code: not code.startswith(HIDDEN),
                yielding=RELS,
            )
        case SnomedProvider() if provider.shows_default_terms:
            return Shown(stored=provider.stored, has_terms=True)
        case _:
            return None

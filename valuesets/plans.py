"""Prepared plans: what a plain value set allows, made once, so that a code is decided in 2 µs.

A value set is plain if it has one include of one complete code system of which nothing is to be
said; most that validators ask for are. A plan is kept until packs change
(`Terminology.remembered`), bounded with all else that is made of definitions. What a plan does not
decide is left to `valuesets.validate_code`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from termserver.deadline import NotAtOnce, refuse
from termserver.errors import TerminologyError
from termserver.memo import Kept
from termserver.model import Ordinal
from termserver.operations.plans import BelowTest, below_test, is_plain
from termserver.providers.base import (
    CodeSystemProvider,
    FilterNotes,
    contains_until,
    supports,
)
from termserver.providers.names import NameReader, name_reader
from termserver.providers.plain import PlainFinder, plain_finder
from termserver.sctid import has_sctid_form
from termserver.status import resource_status
from termserver.terminology import Terminology
from valuesets.fhirjson import expansion_parameter
from valuesets.implicit import implicit_value_set
from valuesets.model import Include, ValueSet, VersionRules
from valuesets.resolve import requested_value_set
from valuesets.versions import satisfies

Test = Callable[[str, Ordinal], bool]
"""Whether a code and its concept are in. Raises: TerminologyError where that cannot be said."""

_NO_RULES = VersionRules()
_SNOMED = "http://snomed.info/"
_ALL, _ISA = "?fhir_vs", "?fhir_vs=isa/"
_BELOW = "below"


class Plan(NamedTuple):
    """What a plain value set allows.

    `system` is the include's, as written; `find` gives plain concepts
    (`termserver.providers.plain`), and `allows` tells whether such a one is in. `explains` tells
    that the code system has words for why a code is not in, so that a "no" is not plain. `names`
    reads the designations of a concept.
    """

    canonical: str
    system: str
    provider: CodeSystemProvider
    find: PlainFinder
    names: NameReader | None
    allows: Test | None
    explains: bool
    made: dict[Hashable, Any]
    """What callers made of code system version and plan alike for all codes; it goes with it."""
    weight: int = 10

    @property
    def version(self) -> str | None:
        """Return the version of the code system."""
        return self.provider.system.version

    def of_part(self, canonical: str, allows: Test) -> Plan:
        """Return the plan of a part of this one, of the same code system version."""
        return Plan(
            canonical,
            self.system,
            self.provider,
            self.find,
            self.names,
            allows,
            self.explains,
            self.made,
        )

    def decide(self, code: str, ordinal: Ordinal) -> bool | None:
        """Tell whether a concept that `find` gave is in, None where that is not plain."""
        if self.allows is None:
            return True
        try:
            inside = self.allows(code, ordinal)
        except (TerminologyError, NotAtOnce):
            return None
        return True if inside else None if self.explains else False


def find_plan(terminology: Terminology, url: str) -> Plan | None:
    """Return the plan of a value set by its canonical, None where it is not plain or unknown.

    Cost: 1 µs for one that is kept and some 15 for another; 4 for any `isa/` of SNOMED CT.
    """
    base, found, root = url.partition(_ISA)
    if found and base.startswith(_SNOMED):
        return _below(terminology, url, base, root)
    return _kept(terminology, ("plan", url), lambda: _named(terminology, url))


def _kept(
    terminology: Terminology, key: Hashable, find: Callable[[], ValueSet | None]
) -> Plan | None:
    def make() -> Kept[Plan] | None:
        value_set = find()
        return None if value_set is None else Kept(_prepare(terminology, value_set))

    kept = terminology.remembered(key, make, lambda one: one.plan.weight if one.plan else 1)
    return kept.plan if kept is not None else None


def _named(terminology: Terminology, url: str) -> ValueSet | None:
    try:
        return requested_value_set(terminology, url, None, None, _NO_RULES)
    except TerminologyError:
        return None  # named by who answers in full


def _below(terminology: Terminology, url: str, base: str, root: str) -> Plan | None:
    """Return the plan of `?fhir_vs=isa/ROOT`: that of all of the edition, and one comparison.

    There are as many of them as concepts, so that they are made and not kept.
    """
    whole = _kept(
        terminology,
        ("plan of all", base),
        lambda: implicit_value_set(terminology, base + _ALL, None),
    )
    if whole is None or not has_sctid_form(root):
        return None
    top = whole.provider.find(root)
    if _BELOW not in whole.made:
        whole.made[_BELOW] = below_test(whole.provider)
    is_below: BelowTest | None = whole.made[_BELOW]
    if not isinstance(top, int) or is_below is None:
        return None
    if terminology.registry.has_document("ValueSet", url):
        return None

    def allows(_: str, ordinal: Ordinal) -> bool:
        return ordinal == top or is_below(ordinal, top)

    return whole.of_part(url, allows)


def _prepare(terminology: Terminology, value_set: ValueSet) -> Plan | None:
    include = _only_include(value_set)
    system = include.system if include is not None else None
    if include is None or system is None:
        return None
    provider = terminology.find_system(system, include.version)
    if provider is None or not _is_plain_system(terminology, provider, value_set, include):
        return None
    return Plan(
        canonical=value_set.canonical,
        system=system,
        provider=provider,
        find=plain_finder(provider),
        names=name_reader(provider),
        allows=_test(provider, include),
        explains=supports(provider, FilterNotes),
        made={},
        weight=10 + len(include.concepts),
    )


def _test(provider: CodeSystemProvider, include: Include) -> Test | None:
    filters = include.filters
    if include.concepts:
        codes = frozenset(one.code for one in include.concepts)
        if provider.system.case_sensitive is True:
            return lambda code, _: code in codes
        # an entry in another case names the concept as well
        members = frozenset(provider.find(one) for one in codes)
        return lambda _, ordinal: ordinal in members
    if not filters:
        return None
    # what is not at hand is for who has a deadline
    return lambda _, ordinal: all(
        contains_until(provider, clause, ordinal, refuse) for clause in filters
    )


def _only_include(value_set: ValueSet) -> Include | None:
    """Return the one include of a value set of which nothing is to be said, otherwise None."""
    compose = value_set.compose
    if compose is None or len(compose.includes) != 1 or compose.excludes:
        return None
    status = resource_status(value_set.status, value_set.standards_status, experimental=False)
    if status not in {None, "draft"} or value_set.supplements or value_set.language is not None:
        return None
    if expansion_parameter(value_set, "displayLanguage") is not None:
        return None
    include = compose.includes[0]
    marked = any(one.designations or one.extensions for one in include.concepts)
    return None if include.value_sets or marked else include


def _is_plain_system(
    terminology: Terminology, provider: CodeSystemProvider, value_set: ValueSet, include: Include
) -> bool:
    system = provider.system
    experimental = system.experimental and not value_set.experimental
    plain = is_plain(terminology, provider, experimental=experimental)
    return plain and satisfies(system.version, include.version)

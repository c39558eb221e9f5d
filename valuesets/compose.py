"""Compose -> which concepts belong, by code system version. Set algebra, one function per rule.

Rules: several includes are a union; what stands in one include is ANDed, several valueSets in it
too (FHIR R5 include.valueSet; R4's element text says union, its page and the include's comment say
all:
intersected in both, fhir-rules 1). Excluded codes are out whatever include brought them in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from termserver.conceptset import ConceptSet
from termserver.deadline import UNLIMITED, Deadline
from termserver.errors import Unenumerable
from termserver.model import FilterClause, Member
from termserver.providers.base import CodeSystemProvider, contains_until, select_until
from termserver.systems import LISTED_BY
from valuesets import issues
from valuesets.context import Evaluation
from valuesets.fhirjson import expansion_parameter
from valuesets.model import Compose, ConceptReference, Include, ValueSet
from valuesets.resolve import find_value_set, imported_value_set

Members = ConceptSet | tuple[Member, ...]
"""A set (ascending), or a list in the order of an enumeration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Members of one code system version. `provider` None: literal codes of a system not loaded.

    `references` are the enumerated entries by member (displays and designations of their own);
    `listed` tells that the members were enumerated or imported, so they do not nest.
    """

    system: str
    provider: CodeSystemProvider | None
    members: Members
    references: Mapping[Member, ConceptReference] = field(default_factory=dict)
    listed: bool = False

    @property
    def version(self) -> str | None:
        """Return the version of the code system, None where it is not loaded."""
        return self.provider.system.version if self.provider else None

    @property
    def key(self) -> tuple[str, str | None, bool]:
        """Return what tells two code system versions apart."""
        return self.system, self.version, self.provider is None


def evaluate(evaluation: Evaluation, value_set: ValueSet) -> list[Segment]:
    """Return the members of a value set as disjoint segments, in compose order.

    Raises: UnknownCodeSystem, UnknownValueSet, VersionConflict, InvalidValueSet (no compose),
    CyclicValueSet, Unenumerable, NotSupported, TooCostly.
    """
    evaluation.check_time()
    compose = value_set.compose
    if compose is None:
        raise issues.no_definition(value_set.canonical)
    evaluation.enter(value_set)
    try:
        included = [
            segment
            for include in compose.includes
            for segment in _include(evaluation, value_set, compose, include)
        ]
        excluded = [
            segment
            for exclude in compose.excludes
            for segment in _include(evaluation, value_set, compose, exclude)
        ]
    finally:
        evaluation.leave()
    across = versions_match(value_set, included, excluded)
    remaining = _without(_disjoint(included), excluded, across=across)
    if across and expansion_parameter(value_set, "versionsMatch") == "true":
        remaining = _newest_only(remaining)
    kept = [_active(evaluation, compose, segment) for segment in _versions_newest_first(remaining)]
    # what excludes leave is a list: a tree with holes would say nothing (suite tho/act-exclusion)
    return [replace(one, listed=True) for one in kept] if compose.excludes else kept


def versions_match(
    value_set: ValueSet, included: Sequence[Segment], excluded: Sequence[Segment]
) -> bool:
    """Tell whether a code counts as the same in another version of its system.

    The definition's parameter `versionsMatch` says it; without it, it holds where an exclude names
    a version that no include brings in, since the exclude would have no meaning otherwise (suite
    `overload`, expand-exclude-merged against expand-exclude-enum).
    """
    said = expansion_parameter(value_set, "versionsMatch")
    if said is not None:
        return said == "true"
    keys = {one.key for one in included}
    systems = {one.system for one in included}
    return any(one.system in systems and one.key not in keys for one in excluded)


def _include(
    evaluation: Evaluation, value_set: ValueSet, compose: Compose, include: Include
) -> list[Segment]:
    evaluation.check_time()
    if include.system is not None and include.system in evaluation.exclude_systems:
        return []
    imported: list[Segment] | None = None
    for canonical in include.value_sets:
        one = _imported(evaluation, value_set, canonical)
        imported = one if imported is None else intersect(imported, one)
    if include.system is None:
        return imported or []
    own = [system_segment(evaluation, include.system, include)]
    return own if imported is None else intersect(own, imported)


def _imported(evaluation: Evaluation, value_set: ValueSet, canonical: str) -> list[Segment]:
    found, url, version = imported_value_set(
        evaluation.terminology, value_set, canonical, evaluation.rules
    )
    if found is None:
        raise issues.import_not_found(url, version)
    if not url.startswith("#"):
        evaluation.imports[found.canonical] = found
    return [replace(one, listed=True) for one in evaluate(evaluation, found)]


def system_segment(evaluation: Evaluation, system: str, include: Include) -> Segment:
    """Return what an include selects from its code system.

    Raises: UnknownCodeSystem where the system (version) is not there and its codes are not
    enumerated.
    """
    provider, wanted = evaluation.find_provider(system, include.version)
    if provider is None:
        known = evaluation.terminology.system_versions(system)
        is_loaded = evaluation.terminology.find_system(system) is not None
        if include.concepts and not is_loaded:
            return _literal(system, include.concepts)
        raise issues.system_not_found(system, wanted.version, known)
    if include.concepts:
        return _enumerated(system, provider, include.concepts)
    try:
        members = select_all(provider, include.filters, evaluation.deadline)
    except Unenumerable as error:
        return _listed_part(evaluation, provider, include, error)
    if not rules_out_expressions(include.filters):
        evaluation.note_grammar(provider.system, whole=not include.filters)
    return Segment(system=system, provider=provider, members=members)


def _listed_part(
    evaluation: Evaluation,
    provider: CodeSystemProvider,
    include: Include,
    error: Unenumerable,
) -> Segment:
    """Return the common codes of a system without a list, by the value set that lists them.

    Raises: `error` where there is no such value set.
    """
    system = provider.system
    canonical = LISTED_BY.get(system.url)
    value_set = find_value_set(evaluation.terminology, canonical, None) if canonical else None
    compose = value_set.compose if value_set is not None else None
    if value_set is None or compose is None:
        raise error
    listed: dict[Member, None] = {}
    for part in compose.includes:
        for one in part.concepts if part.system == system.url else ():
            member = provider.find(one.code)
            if member is not None and all(
                _is_in(provider, clause, member, evaluation.deadline) for clause in include.filters
            ):
                listed[member] = None
    evaluation.note_list(system, value_set)
    return Segment(
        system=include.system or system.url,
        provider=provider,
        members=tuple(listed),
        listed=True,
    )


def rules_out_expressions(filters: Sequence[FilterClause]) -> bool:
    """Tell whether a filter `expressions = false` closes the set (THO, Using SNOMED CT)."""
    return any(one.property == "expressions" and one.value == "false" for one in filters)


def _literal(system: str, concepts: Sequence[ConceptReference]) -> Segment:
    references: dict[Member, ConceptReference] = {}
    for one in concepts:
        references.setdefault(one.code, one)
    return Segment(
        system=system,
        provider=None,
        members=tuple(references),
        references=references,
        listed=True,
    )


def _enumerated(
    system: str, provider: CodeSystemProvider, concepts: Sequence[ConceptReference]
) -> Segment:
    """Keep the codes that the version has; a fragment's unknown codes stay, since it proves
    nothing.
    """
    references: dict[Member, ConceptReference] = {}
    for one in concepts:
        member = provider.find(one.code)
        if member is None and provider.system.content == "fragment":
            member = one.code
        if member is not None:
            references.setdefault(member, one)
    return Segment(
        system=system,
        provider=provider,
        members=tuple(references),
        references=references,
        listed=True,
    )


def select_all(
    provider: CodeSystemProvider,
    filters: Sequence[FilterClause],
    deadline: Deadline = UNLIMITED,
) -> ConceptSet:
    """Return the concepts that satisfy every filter (all, if there is none).

    A filter that cannot be listed on its own is applied to what the others select.
    Raises: Unenumerable where nothing can be listed, and what `deadline` does.
    """
    if not filters:
        return provider.all()
    found: ConceptSet | None = None
    unlisted: list[FilterClause] = []
    failure: Unenumerable | None = None
    for clause in filters:
        try:
            one = _selected(provider, clause, deadline)
        except Unenumerable as error:
            unlisted.append(clause)
            failure = error
            continue
        found = one if found is None else found & one
    if found is None:
        raise failure or Unenumerable(f"'{provider.system.url}' cannot be listed")
    for clause in unlisted:
        found = ConceptSet.of(one for one in found if _is_in(provider, clause, one, deadline))
    return found


def _selected(provider: CodeSystemProvider, clause: FilterClause, deadline: Deadline) -> ConceptSet:
    if clause.op == "regex":
        # every value of the property is looked at
        deadline.check_long()
    else:
        deadline.check()
    return select_until(provider, clause, deadline.check_long)


def _is_in(
    provider: CodeSystemProvider, clause: FilterClause, member: Member, deadline: Deadline
) -> bool:
    deadline.check()
    return contains_until(provider, clause, member, deadline.check_long)


# -- algebra of segments -------------------------------------------------------------------------


def _disjoint(segments: Sequence[Segment]) -> list[Segment]:
    """Take from each segment what an earlier one of the same code system version already has."""
    seen: dict[tuple[str, str | None, bool], Members] = {}
    result: list[Segment] = []
    for segment in segments:
        earlier = seen.get(segment.key)
        members = segment.members if earlier is None else subtract(segment.members, earlier)
        seen[segment.key] = segment.members if earlier is None else unite(earlier, members)
        result.append(replace(segment, members=members))
    return [one for one in result if one.members]


def subtract(members: Members, others: Members) -> Members:
    """Return `members` without `others`, keeping the order of a list."""
    if isinstance(members, ConceptSet) and isinstance(others, ConceptSet):
        return members - others
    gone = set(others)
    if isinstance(members, ConceptSet):
        return members - ConceptSet.of(one for one in gone if isinstance(one, int))
    return tuple(one for one in members if one not in gone)


def unite(members: Members, others: Members) -> Members:
    """Return the union: a set of sets, otherwise a list in order of first occurrence."""
    if isinstance(members, ConceptSet) and isinstance(others, ConceptSet):
        return members | others
    return tuple(dict.fromkeys([*members, *others]))


def common(members: Members, others: Members) -> Members:
    """Return what is in both, in the order of `members`."""
    if isinstance(members, ConceptSet) and isinstance(others, ConceptSet):
        return members & others
    if isinstance(members, ConceptSet):
        kept = ConceptSet.of(one for one in others if isinstance(one, int))
        return members & kept
    both = others if isinstance(others, ConceptSet) else frozenset(others)
    return tuple(one for one in members if one in both)


def intersect(left: Sequence[Segment], right: Sequence[Segment]) -> list[Segment]:
    """Return the segments of `left`, each with only those members that `right` has too."""
    result: list[Segment] = []
    for segment in left:
        kept: Members = ()
        for other in right:
            if other.system == segment.system:
                kept = unite(kept, common(segment.members, _translated(other, segment)))
        if isinstance(segment.members, tuple):
            kept = common(segment.members, kept)
        elif isinstance(kept, tuple):
            kept = ConceptSet.of(one for one in kept if isinstance(one, int))
        result.append(replace(segment, members=kept))
    return [one for one in result if one.members]


def _translated(other: Segment, segment: Segment) -> Members:
    """Return the members of `other` as members of the code system version of `segment`."""
    if other.key == segment.key:
        return other.members
    codes = _codes(other)
    if segment.provider is None:
        return tuple(codes)
    found = (segment.provider.find(code) for code in codes)
    return tuple(one for one in found if one is not None)


def _codes(segment: Segment) -> list[str]:
    provider = segment.provider
    if provider is None:
        return [str(one) for one in segment.members]
    return [one if isinstance(one, str) else provider.code_of(one) for one in segment.members]


def _without(
    included: Sequence[Segment], excluded: Sequence[Segment], *, across: bool
) -> list[Segment]:
    result: list[Segment] = []
    for segment in included:
        members = segment.members
        for one in excluded:
            same = one.key == segment.key
            literal = one.system == segment.system and (
                one.provider is None or segment.provider is None
            )
            if same or literal or (across and one.system == segment.system):
                members = subtract(members, _translated(one, segment))
        result.append(replace(segment, members=members))
    return [one for one in result if one.members]


def _newest_only(segments: Sequence[Segment]) -> list[Segment]:
    """Keep each code of a system once, in the newest version that has it (`versionsMatch`)."""
    kept: list[Segment] = []
    for segment in _versions_newest_first(segments):
        members = segment.members
        for newer in kept:
            if newer.system == segment.system and newer.key != segment.key:
                members = subtract(members, _translated(newer, segment))
        kept.append(replace(segment, members=members))
    return [one for one in kept if one.members]


def _versions_newest_first(segments: Sequence[Segment]) -> list[Segment]:
    """Order versions of one system from new to old, in the places where that system stands."""
    from functools import cmp_to_key

    from termserver.canonical import compare_versions

    by_system: dict[str, list[Segment]] = {}
    for one in segments:
        by_system.setdefault(one.system, []).append(one)
    newest_first = cmp_to_key(
        lambda left, right: compare_versions(right.version, left.version)  # type: ignore[attr-defined]
    )
    queues = {system: iter(sorted(ones, key=newest_first)) for system, ones in by_system.items()}
    return [next(queues[one.system]) for one in segments]


def _active(evaluation: Evaluation, compose: Compose, segment: Segment) -> Segment:
    """Drop inactive members where the compose or the request says so (compose.inactive,
    activeOnly).
    """
    if segment.provider is None or (compose.inactive is not False and not evaluation.active_only):
        return segment
    provider = segment.provider
    if isinstance(segment.members, ConceptSet):
        return replace(segment, members=segment.members - provider.inactive())
    kept = tuple(
        one
        for one in segment.members
        if (isinstance(one, str) and not _is_known(provider, one)) or not provider.is_inactive(one)
    )
    return replace(segment, members=kept)


def _is_known(provider: CodeSystemProvider, code: str) -> bool:
    return provider.find(code) is not None

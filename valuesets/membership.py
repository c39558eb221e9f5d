"""Is a coding in a value set? Decided include by include, without expanding anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from termserver.canonical import format_canonical, has_wildcard, version_matches
from termserver.errors import TerminologyError, Unenumerable, UnknownValueSet
from termserver.model import FilterClause, Issue, Member
from termserver.operations.checks import CodeFacts, Place, note_unknown_system
from termserver.providers.base import (
    CodeSystemProvider,
    FilterNotes,
    contains_until,
    supports,
)
from termserver.providers.supplemented import unwrapped
from valuesets import issues
from valuesets.context import Evaluation
from valuesets.fhirjson import expansion_parameter
from valuesets.model import Compose, ConceptReference, Include, ValueSet
from valuesets.resolve import imported_value_set
from valuesets.versions import required_version, satisfies, wanted_version


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An include that has the code: the code system version, the member and the enumerated entry.

    `provider` is None where the system is not loaded (the code is enumerated). `barred` tells that
    the compose or the request wants active codes only and this one is inactive. `problems` are
    version findings that make the answer false although the code is there.
    """

    provider: CodeSystemProvider | None
    member: Member | None
    reference: ConceptReference | None = None
    barred: bool = False
    problems: tuple[Issue, ...] = ()


@dataclass(slots=True, kw_only=True)
class Search:
    """What the search for one coding came upon, besides hits."""

    evaluation: Evaluation
    facts: CodeFacts
    asked: list[CodeSystemProvider] = field(default_factory=list)
    """Versions of the coding's system that the value set draws from, in compose order."""
    problems: list[Issue] = field(default_factory=list)
    """Version findings of includes whose version is not the coding's."""
    undecided: list[Issue] = field(default_factory=list)
    """Why parts of the value set could not be decided."""
    unknown_systems: list[str] = field(default_factory=list)
    as_alias: bool = False

    def matches_system(self, system: str) -> bool:
        """Tell whether `system` is the coding's, under this or another name."""
        given = self.facts.coding.system
        if given is None:
            return False
        if given == system:
            return True
        canonical = self.evaluation.terminology.registry.canonical
        same = canonical(given) == canonical(system)
        self.as_alias = self.as_alias or same
        return same


def find_hits(search: Search, value_set: ValueSet) -> list[Hit]:
    """Return the includes of a value set that have the coding, excludes taken off.

    Empty where none has it. Raises: CyclicValueSet, InvalidValueSet and what filters raise for a
    definition that cannot be evaluated as written.
    """
    compose = value_set.compose
    if compose is None:
        raise issues.no_definition(value_set.canonical)
    search.evaluation.enter(value_set)
    try:
        hits = [
            hit
            for include in compose.includes
            for hit in _in_include(search, value_set, compose, include)
        ]
        if hits and compose.excludes:
            hits = [one for one in hits if not _excluded(search, value_set, compose, one)]
    finally:
        search.evaluation.leave()
    # a union: what one include bars, another may bring in
    return [one for one in hits if not one.barred] or hits


def _excluded(search: Search, value_set: ValueSet, compose: Compose, hit: Hit) -> bool:
    """Tell whether an exclude takes the hit away.

    A coding without version is excluded in any version, unless the definition says `versionsMatch`
    false, or the exclude is of another version that an include brings in as well (suite
    `overload`).
    """
    for exclude in compose.excludes:
        aside = Search(evaluation=search.evaluation, facts=_plain(search.facts))
        for other in _in_include(aside, value_set, compose, exclude):
            if other.barred:
                continue
            if _same_version(hit, other) or _across(value_set, compose, exclude):
                return True
    return False


def _same_version(hit: Hit, other: Hit) -> bool:
    if hit.provider is None or other.provider is None:
        return True
    return hit.provider.system.version == other.provider.system.version


def _across(value_set: ValueSet, compose: Compose, exclude: Include) -> bool:
    said = expansion_parameter(value_set, "versionsMatch")
    if said is not None:
        return said == "true"
    return all(
        one.version != exclude.version for one in compose.includes if one.system == exclude.system
    )


def _plain(facts: CodeFacts) -> CodeFacts:
    """Return facts about the same code without its version, for excludes."""
    return CodeFacts(coding=replace(facts.coding, version=None), place=facts.place)


def _in_include(
    search: Search, value_set: ValueSet, compose: Compose, include: Include
) -> Iterator[Hit]:
    search.evaluation.check_time()
    if include.system is None:
        for one in _in_all_imports(search, value_set, include):
            yield replace(one, barred=one.barred or _is_barred(search, compose, one))
        return
    if not search.matches_system(include.system):
        return
    hit = _in_system(search, compose, include, include.system)
    if hit is None or not include.value_sets:
        yield from [hit] if hit is not None else []
        return
    imported = list(_in_all_imports(search, value_set, include))
    if imported:
        yield replace(hit, barred=hit.barred or all(one.barred for one in imported))


def _is_barred(search: Search, compose: Compose, hit: Hit) -> bool:
    """Tell whether the compose or the request wants active codes only and this one is inactive."""
    if hit.provider is None or hit.member is None:
        return False
    wanted = compose.inactive is False or search.evaluation.active_only
    return wanted and hit.provider.is_inactive(hit.member)


def _in_all_imports(search: Search, value_set: ValueSet, include: Include) -> Iterator[Hit]:
    """Yield the hits of the first imported value set, if all of them have the coding.

    What one of them bars is barred in all.
    """
    first: list[Hit] = []
    barred = False
    for at, canonical in enumerate(include.value_sets):
        hits = _in_import(search, value_set, canonical)
        if not hits:
            return
        if at == 0:
            first = hits
        barred = barred or all(one.barred for one in hits)
    yield from (replace(one, barred=one.barred or barred) for one in first)


def _in_import(search: Search, value_set: ValueSet, canonical: str) -> list[Hit]:
    evaluation = search.evaluation
    found, url, version = imported_value_set(
        evaluation.terminology, value_set, canonical, evaluation.rules
    )
    if found is None:
        search.undecided.append(issues.imported_not_found(format_canonical(url, version)))
        return []
    evaluation.imports.setdefault(found.canonical, found)
    return find_hits(search, found)


def _said_in_message(error: TerminologyError) -> list[Issue]:
    return [replace(one, in_message=True) for one in error.issues]


# -- one include's own code system
# -------------------------------------------------------------------


def _in_system(search: Search, compose: Compose, include: Include, system: str) -> Hit | None:
    reference = _enumerated(search, include)
    provider, problems = _provider_for(search, include, system)
    if provider is None:
        return _without_provider(search, include, system, reference, problems)
    search.asked.append(provider)
    code = search.facts.coding.code or ""
    member = provider.find(code)
    if member is None:
        fragment = provider.system.content == "fragment"
        if reference is not None and fragment:
            return Hit(provider=provider, member=None, reference=reference, problems=problems)
        search.problems.extend(problems)
        return None
    if include.concepts:
        reference = _enumerated_as(provider, include, member)
        selected = reference is not None
    else:
        selected = _selected(search, include, provider, member)
    if not selected:
        search.problems.extend(one for one in problems if one.severity == "error")
        return None
    hit = Hit(provider=provider, member=member, reference=reference, problems=problems)
    return replace(hit, barred=_is_barred(search, compose, hit))


def _enumerated(search: Search, include: Include) -> ConceptReference | None:
    code = search.facts.coding.code
    return next((one for one in include.concepts if one.code == code), None)


def _enumerated_as(
    provider: CodeSystemProvider, include: Include, member: Member
) -> ConceptReference | None:
    """Return the entry that names `member`, by the code system's own case rule."""
    code = provider.code_of(member)
    for one in include.concepts:
        if one.code == code:
            return one
    if provider.system.case_sensitive is True and isinstance(member, int):
        return None
    return next((one for one in include.concepts if provider.find(one.code) == member), None)


def _selected(
    search: Search, include: Include, provider: CodeSystemProvider, member: Member
) -> bool:
    for clause in include.filters:
        search.evaluation.check_time()
        try:
            if not contains_until(provider, clause, member, search.evaluation.deadline.check_long):
                _note_why(search, provider, clause, member)
                return False
        except Unenumerable as error:
            search.undecided.extend(_said_in_message(error))
            return False
    return True


def _note_why(
    search: Search, provider: CodeSystemProvider, clause: FilterClause, member: Member
) -> None:
    base = unwrapped(provider)
    why = base.why_outside(clause, member) if supports(base, FilterNotes) else None
    if why is not None and why not in search.facts.reasons:
        search.facts.reasons.append(why)


def _without_provider(
    search: Search,
    include: Include,
    system: str,
    reference: ConceptReference | None,
    problems: tuple[Issue, ...],
) -> Hit | None:
    """Answer for a code system (version) not there: only an enumerated code is decided."""
    terminology = search.evaluation.terminology
    if reference is not None and terminology.find_system(system) is None:
        return Hit(provider=None, member=None, reference=reference, problems=problems)
    if include.concepts and terminology.find_system(system) is None:
        return None
    wanted = wanted_version(terminology, system, include.version, search.evaluation.rules)
    facts = CodeFacts(coding=search.facts.coding, place=search.facts.place)
    note_unknown_system(terminology, facts, system, wanted.version)
    search.undecided.extend([*facts.issues, *problems])
    search.unknown_systems.extend(facts.unknown_systems)
    return None


def _provider_for(
    search: Search, include: Include, system: str
) -> tuple[CodeSystemProvider | None, tuple[Issue, ...]]:
    """Return (provider, version findings) of an include for this coding. Suite `version`.

    The coding's own version is used where the include leaves it open, or where its wildcard takes
    it.
    """
    evaluation, facts = search.evaluation, search.facts
    terminology, given = evaluation.terminology, facts.coding.version
    wanted = wanted_version(terminology, system, include.version, evaluation.rules)
    evaluation.named_versions.setdefault(system, set()).add(include.version)
    provider = terminology.find_system(system, wanted.version)
    problems: list[Issue] = []
    if given is not None and not (provider and satisfies(provider.system.version, given)):
        own = terminology.find_system(system, given)
        open_to_it = wanted.version is None or (
            has_wildcard(wanted.version)
            and own is not None
            and version_matches(own.system.version or "", wanted.version)
        )
        if own is not None and open_to_it:
            provider = own
        else:
            problems.append(
                issues.version_mismatch(
                    system,
                    wanted.version,
                    provider.system.version if provider else None,
                    wanted.original,
                    given,
                    changed=wanted.changed and wanted.version != given,
                    expression=facts.place.at("version"),
                )
            )
            if own is None:
                aside = CodeFacts(coding=facts.coding, place=facts.place)
                note_unknown_system(terminology, aside, system, given)
                problems.extend(aside.issues)
                search.unknown_systems.extend(aside.unknown_systems)
    if provider is None:
        return None, tuple(problems)
    required = required_version(terminology, evaluation.rules, system)
    if not satisfies(provider.system.version, required):
        problems.append(
            issues.version_not_allowed(
                system,
                provider.system.version,
                required or "",
                expression=facts.place.at("version"),
            )
        )
    return evaluation.use(provider), tuple(problems)


def check_cycles(evaluation: Evaluation, value_set: ValueSet) -> None:
    """Raise CyclicValueSet where a value set imports itself, even if a code can be decided before
    that.

    Cost: the definitions that it imports, none of their members.
    """
    compose = value_set.compose
    clauses = (*compose.includes, *compose.excludes) if compose else ()
    canonicals = [canonical for one in clauses for canonical in one.value_sets]
    if not canonicals:
        return
    evaluation.enter(value_set)
    try:
        for canonical in canonicals:
            found, _, _ = imported_value_set(
                evaluation.terminology, value_set, canonical, evaluation.rules
            )
            if found is not None:
                check_cycles(evaluation, found)
                evaluation.check_time()
    finally:
        evaluation.leave()


def systems_with(
    evaluation: Evaluation, value_set: ValueSet, code: str, place: Place
) -> Sequence[str]:
    """Return the systems in which `code` is in the value set, in compose order (`inferSystem`)."""
    from termserver.model import Coding

    found: dict[str, None] = {}
    for system in systems_of(evaluation, value_set):
        facts = CodeFacts(coding=Coding(system=system, code=code), place=place)
        try:
            hits = find_hits(Search(evaluation=evaluation, facts=facts), value_set)
        except UnknownValueSet:
            continue
        if hits:
            found[system] = None
    return tuple(found)


def systems_of(evaluation: Evaluation, value_set: ValueSet) -> list[str]:
    """Return every system that a value set or its imports name, in order, each once."""
    found: dict[str, None] = {}
    compose = value_set.compose
    evaluation.enter(value_set)
    try:
        for include in compose.includes if compose else ():
            if include.system is not None:
                found[include.system] = None
            for canonical in include.value_sets:
                imported, _, _ = imported_value_set(
                    evaluation.terminology, value_set, canonical, evaluation.rules
                )
                if imported is not None:
                    found |= dict.fromkeys(systems_of(evaluation, imported))
    finally:
        evaluation.leave()
    return list(found)

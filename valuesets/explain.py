"""Why $validate-code answered as it did: which include decided, and what is near.

Asked for with a parameter of termserver's own; costs nothing otherwise. A search over names is made
only for a code that is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process

from termserver.errors import TerminologyError
from termserver.model import Coding, Concept, Json, Member, Ordinal
from termserver.operations.checks import CodeFacts, Place
from termserver.operations.lookup import all_properties
from termserver.providers.base import CodeSystemProvider
from valuesets.context import Evaluation
from valuesets.membership import Search, find_hits
from valuesets.model import Compose, Include, ValueSet

NEAREST_STEPS = 20
"""How many levels of a hierarchy are climbed or descended in search of a member."""

_REPLACEMENTS = frozenset(
    {"replacedBy", "REPLACED BY", "MAP_TO", "SAME AS", "successor", "moved-to"}
)
"""Properties that name what to use instead of an inactive concept."""

_ASSOCIATIONS = {
    900000000000526001: "REPLACED BY",
    900000000000527005: "SAME AS",
    900000000000523009: "POSSIBLY EQUIVALENT TO",
}
"""SNOMED CT's historical association reference sets worth following."""
_SIMILAR = 60.0


def explain(evaluation: Evaluation, value_set: ValueSet, facts: CodeFacts) -> Json:
    """Return what decided and what is near, as lists of words by name; empty ones are left out.

    `decided`: includes that have the code; `excluded`: excludes that take it off; `not-in`:
    includes of its system that lack it; `undecided`; `nearest`: members above or below;
    `replacement` of an inactive code; `closest-display`.
    """
    found: dict[str, list[str]] = {
        "decided": [],
        "excluded": [],
        "not-in": [],
        "undecided": [],
    }
    compose = value_set.compose or Compose()
    for include in (*compose.includes, *compose.excludes):
        inside = _has(evaluation, value_set, include, facts.coding)
        excludes = include in compose.excludes
        if inside is None:
            found["undecided"].append(include.path)
        elif inside:
            found["excluded" if excludes else "decided"].append(_rule(include))
        elif not excludes and include.system in {None, facts.coding.system}:
            found["not-in"].append(_rule(include))
    provider, member = facts.provider, facts.member
    if provider is not None and isinstance(member, int):
        found["nearest"] = list(_nearest(evaluation, value_set, provider, member))
        found["replacement"] = list(_replacements(provider, member, facts.concept))
    if facts.coding.display and facts.concept is not None:
        found["closest-display"] = list(_closest(facts.coding.display, facts.concept))
    return {name: texts for name, texts in found.items() if texts}


def _rule(include: Include) -> str:
    """Return the path of an include with what it says of its system, in words.

    An implicit value set has no path: there its system stands.
    """
    filters = " and ".join(f"{one.property} {one.op} {one.value}" for one in include.filters)
    listed = f"{len(include.concepts)} enumerated codes" if include.concepts else ""
    imports = ", ".join(include.value_sets)
    words = " ".join(part for part in (filters, listed, imports) if part)
    place = include.path or include.system or "the value set"
    return f"{place} ({words or 'the whole system'})"


def _has(
    evaluation: Evaluation, value_set: ValueSet, include: Include, coding: Coding
) -> bool | None:
    """Tell whether one include alone has the code, None where it cannot be decided."""
    alone = ValueSet(
        url=f"{value_set.url or ''}#{include.path}",
        compose=Compose(includes=(include,)),
        resource=value_set.resource,
    )
    search = Search(evaluation=evaluation, facts=CodeFacts(coding=coding, place=Place()))
    try:
        hits = find_hits(search, alone)
    except TerminologyError:
        return None
    if hits:
        return True
    return None if search.undecided else False


def _nearest(
    evaluation: Evaluation, value_set: ValueSet, provider: CodeSystemProvider, member: Ordinal
) -> Iterator[str]:
    """Yield the closest members above and below the code, each level's with its place."""
    for word, steps in (
        ("above", provider.hierarchy.parents),
        ("below", provider.hierarchy.children),
    ):
        level: list[Ordinal] = [member]
        seen = set(level)
        for _ in range(NEAREST_STEPS):
            level = [one for at in level for one in steps(at) if one not in seen][:200]
            seen.update(level)
            inside = [one for one in level if _is_member(evaluation, value_set, provider, one)]
            if inside:
                shown = (
                    f"{provider.code_of(one)} |{provider.display_of(one)}|" for one in inside[:3]
                )
                yield f"{word}: {', '.join(shown)}"
                break
            if not level:
                break


def _is_member(
    evaluation: Evaluation, value_set: ValueSet, provider: CodeSystemProvider, one: Member
) -> bool:
    coding = Coding(
        system=provider.system.url, version=provider.system.version, code=provider.code_of(one)
    )
    search = Search(evaluation=evaluation, facts=CodeFacts(coding=coding, place=Place()))
    try:
        return bool(find_hits(search, value_set))
    except TerminologyError:
        return False


def _replacements(
    provider: CodeSystemProvider, member: Ordinal, concept: Concept | None
) -> Iterator[str]:
    """Yield what the code system names instead of an inactive concept."""
    if concept is None or not concept.inactive:
        return
    for one in all_properties(provider, member, concept):
        if one.code in _REPLACEMENTS:
            yield f"{one.code} {one.value}"
    yield from _associated(provider, member)


def _associated(provider: CodeSystemProvider, member: Ordinal) -> Iterable[str]:
    """Yield the targets of SNOMED CT's historical associations of a concept."""
    rows_of = getattr(provider, "refset_rows_of", None)
    if rows_of is None:
        return
    for row in rows_of(int(provider.code_of(member))):
        word = _ASSOCIATIONS.get(row.refset)
        if word is not None and row.active and row.fields:
            yield f"{word} {row.fields[0]}"


def _closest(given: str, concept: Concept) -> Iterator[str]:
    """Yield the name of the concept that is most like the display given, unless it is the same."""
    names = [concept.display, *(one.value for one in concept.designations if one.active)]
    known = [one for one in names if one]
    best = process.extractOne(given, known, scorer=fuzz.WRatio, score_cutoff=_SIMILAR)
    if best is not None and best[0] != given:
        yield best[0]

"""The plan of a value set that is named or sent: kept, or made of what is alike for many.

There are as many `isa/` value sets as concepts, and no two clients send the same definition: plans
of these are made each time. But what an expansion says beside its members is alike for all
definitions of one form (the same systems, filtered or whole), so that only members are looked up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, NamedTuple

from termserver.canonical import parse_canonical
from termserver.conceptset import ConceptSet
from termserver.deadline import UNLIMITED, Deadline
from termserver.errors import TerminologyError, TooCostly
from termserver.hierarchy import descendants_or_self
from termserver.memo import Kept
from termserver.model import FilterClause, Json
from termserver.providers.overlay import require_is_a
from termserver.sctid import has_sctid_form
from termserver.systems import POLYHIERARCHIES
from termserver.terminology import Terminology
from valuesets.compose import rules_out_expressions, select_all
from valuesets.context import Evaluation
from valuesets.echo import parameters, unclosed
from valuesets.fhirjson import value_set_of
from valuesets.implicit import snomed_value_set
from valuesets.model import ExpandRequest, Include, ValueSet
from valuesets.page_lists import identity, list_plan
from valuesets.pages import MARK, Frame, PagePlan, Part, prepare, weight
from valuesets.resolve import requested_value_set

_PLAIN = ExpandRequest()
_BELOW = "?fhir_vs=isa/"
_WEIGHT = 300
"""Bytes of a unit of what `Terminology.remembered` counts."""

_TEXTS = frozenset(
    ["id", "url", "version", "name", "title", "status", "date", "publisher", "description"]
)
"""Elements that a plain definition may have beside its compose, each a text."""

_IN_USE = frozenset({None, "active", "draft", "unknown"})
_INCLUDE = frozenset({"system", "version", "filter"})
_CLAUSE = frozenset({"property", "op", "value"})


class _Form(NamedTuple):
    """What is alike for definitions that select from the same systems.

    `sources` are the parts of the includes, each without members.
    """

    sources: tuple[Part, ...]
    frame: Frame


class _Below(NamedTuple):
    """What is alike for the `isa/` value sets of an edition; `value_set` has MARK for the root."""

    value_set: ValueSet
    source: Part
    frame: Frame
    written: dict[Hashable, bytes]


def named_plan(
    terminology: Terminology, url: str, deadline: Deadline = UNLIMITED
) -> PagePlan | None:
    """Return the plan of a value set by its canonical, None where it is not plain or unknown.

    Raises: TooCostly and what `deadline` does where the members are not found in time.
    """
    base, below, root = url.partition(_BELOW)
    if below:
        return _below_plan(terminology, url, base, root)

    kept = terminology.remembered(
        ("page", url), lambda: _named(terminology, url, deadline), _weight
    )
    return None if kept is None else kept.plan


def _named(terminology: Terminology, url: str, deadline: Deadline) -> Kept[PagePlan] | None:
    base, version = parse_canonical(url)
    stored = terminology.find_document("ValueSet", base, version)
    listed = None if stored is None else list_plan(terminology, stored)
    if listed is not None:
        return Kept(listed)
    try:
        # a definition is not kept: of a long enumeration the plan is a hundredth
        value_set = (
            requested_value_set(terminology, url, None, None, _PLAIN.versions)
            if stored is None
            else value_set_of(stored)
        )
    except TerminologyError:
        return None  # named by who answers in full
    plan = prepare(terminology, value_set, deadline)
    return Kept(None if plan is None else plan._replace(value_set=identity(value_set.resource)))


def warm(terminology: Terminology, rest: Callable[[float], bool]) -> int:
    """Make the plans of the stored value sets that list codes, and return how many there are.

    Long lists take milliseconds to look up, which the first to ask would wait for. `rest` is called
    after each with the seconds it took, and tells whether to go on.
    """
    made = 0
    for url in sorted(terminology.registry.document_urls("ValueSet")):
        began = time.perf_counter()
        stored = terminology.find_document("ValueSet", url)
        if stored is not None and _lists_codes(stored):
            made += _makes_plan(terminology, url)
        if not rest(time.perf_counter() - began):
            break
    return made


def _makes_plan(terminology: Terminology, url: str) -> bool:
    try:
        return named_plan(terminology, url) is not None
    except TooCostly:
        return False  # said to who asks


def _lists_codes(resource: Json) -> bool:
    compose = resource.get("compose")
    includes = compose.get("include", ()) if isinstance(compose, dict) else ()
    return any(isinstance(one, dict) and one.get("concept") for one in includes)


def _weight(kept: Kept[PagePlan]) -> int:
    return 1 if kept.plan is None else weight(kept.plan) // _WEIGHT


def _below_plan(terminology: Terminology, url: str, base: str, root: str) -> PagePlan | None:
    """Return the plan of an `isa/` value set of SNOMED CT, unless a stored one has its url."""
    below = terminology.remembered(
        ("pages below", base), lambda: _below(terminology, base), lambda _: 20
    )
    # nothing but digits: what is not must not find a code in another case
    if not below or not has_sctid_form(root):
        return None
    (found,) = below
    top = found.source.provider.find(root)
    if not isinstance(top, int) or terminology.find_document("ValueSet", url) is not None:
        return None
    system, provider, _, rows = found.source
    members = descendants_or_self(provider.hierarchy, top)
    part = Part(system, provider, members, rows)
    return PagePlan(found.value_set, (part,), found.frame, found.written, root)


def _below(terminology: Terminology, base: str) -> tuple[_Below, ...]:
    """Return what is alike for all concepts of an edition, nothing where pages are not plain."""
    try:
        value_set = snomed_value_set(f"{base}{_BELOW}{MARK}")
    except TerminologyError:
        return ()
    if value_set is None or value_set.compose is None:
        return ()
    form = _form_of(terminology, value_set.compose.includes)
    if form is None:
        return ()
    (source,) = form.sources
    try:
        require_is_a(source.provider.system, "is-a")
    except TerminologyError:
        return ()
    return (_Below(value_set, source, form.frame, {}),)


def sent_plan(
    terminology: Terminology,
    resource: Any,
    *,
    deadline: Deadline = UNLIMITED,
) -> PagePlan | None:
    """Return the plan of a definition that selects by filters, None for any other.

    `resource` is as it was sent: None too for one that is not as FHIR has it. Raises:
    TooCostly and what `deadline` does where the members are not found in time.
    """
    includes = _includes(resource)
    if includes is None:
        return None
    form = _form_of(terminology, includes)
    if form is None:
        return None
    evaluation = Evaluation(terminology=terminology, rules=_PLAIN.versions, deadline=deadline)
    try:
        parts = tuple(_disjoint(evaluation, form.sources, includes))
    except TooCostly:
        raise
    except TerminologyError:
        return None
    return PagePlan(ValueSet(resource=resource), parts, form.frame, {})


def _form_of(terminology: Terminology, includes: Sequence[Include]) -> _Form | None:
    key = tuple(
        [
            (one.system, one.version, bool(one.filters), rules_out_expressions(one.filters))
            for one in includes
        ]
    )
    kept = terminology.remembered(
        ("page of form", key), lambda: (_form(terminology, includes),), lambda _: 20
    )
    return None if kept is None else kept[0]


def _form(terminology: Terminology, includes: Sequence[Include]) -> _Form | None:
    """Return the form of includes by filters (see `valuesets.compose.system_segment`)."""
    evaluation = Evaluation(terminology=terminology, rules=_PLAIN.versions)
    sources = []
    for one in includes:
        system = one.system or ""
        provider, _ = evaluation.find_provider(system, one.version)
        rows = getattr(provider, "page_rows", None)
        if provider is None or rows is None:
            return None
        if not rules_out_expressions(one.filters):
            evaluation.note_grammar(provider.system, whole=not one.filters)
        sources.append(
            Part(system=system, provider=provider, members=ConceptSet.empty(), rows=rows)
        )
    if evaluation.used_supplements or any(
        map(evaluation.several_versions, evaluation.named_versions)
    ):
        return None
    frame = Frame(
        facts=tuple(parameters(_PLAIN, evaluation, ValueSet(), (), None)),
        extensions=unclosed(evaluation),
        open_ended=False,
        nests=any(one.system not in POLYHIERARCHIES for one in sources),
        written={},
    )
    return _Form(sources=tuple(sources), frame=frame)


def _disjoint(
    evaluation: Evaluation, sources: Sequence[Part], includes: Sequence[Include]
) -> Iterator[Part]:
    """Yield the members of each include that no earlier one has, where there are any."""
    seen: dict[str, ConceptSet] = {}
    for source, include in zip(sources, includes, strict=True):
        evaluation.check_time()
        members = select_all(source.provider, include.filters, evaluation.deadline)
        earlier = seen.get(source.system)
        seen[source.system] = members if earlier is None else earlier | members
        own = members if earlier is None else members - earlier
        if own:
            yield Part(source.system, source.provider, own, source.rows)


# -- definitions as they are sent ------------------------------------------------------------------


def _includes(resource: Any) -> list[Include] | None:
    """Return the includes of a plain definition, None for one that is more or not well formed."""
    if type(resource) is not dict or resource.get("resourceType") != "ValueSet":
        return None
    for name, value in resource.items():
        if name not in {"resourceType", "compose"} and not (name in _TEXTS and type(value) is str):
            return None
    compose = resource.get("compose")
    if resource.get("status") not in _IN_USE or type(compose) is not dict or len(compose) != 1:
        return None
    listed = compose.get("include")
    if type(listed) is not list:
        return None
    found = [_include(one) for one in listed]
    return None if None in found else [one for one in found if one is not None]


def _include(json: Any) -> Include | None:
    if type(json) is not dict or not json.keys() <= _INCLUDE:
        return None
    system, version, filters = json.get("system"), json.get("version"), json.get("filter", [])
    if not _is_text(system) or not (version is None or _is_text(version)):
        return None
    if type(filters) is not list:
        return None
    clauses = [_clause(one) for one in filters]
    if None in clauses:
        return None
    return Include(
        system=system,
        version=version,
        filters=tuple(one for one in clauses if one is not None),
    )


def _clause(json: Any) -> FilterClause | None:
    if type(json) is not dict or len(json) != 3:
        return None
    if not all(map(_is_text, json.values())) or json.keys() != _CLAUSE:
        return None
    return FilterClause(property=json["property"], op=json["op"], value=json["value"])


def _is_text(value: Any) -> bool:
    return type(value) is str and bool(value)

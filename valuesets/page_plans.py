"""The plan of a value set that is named or sent: kept, or made of what is alike for many.

There are as many `isa/` value sets as concepts, and no two clients send the same definition: plans
of these are made each time. But what an expansion says beside its members is alike for all
definitions of one form (the same systems, filtered or whole), so that only members are looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from termserver.conceptset import ConceptSet
from termserver.errors import TerminologyError
from termserver.model import FilterClause
from termserver.systems import POLYHIERARCHIES
from termserver.terminology import Terminology
from valuesets.compose import rules_out_expressions, select_all
from valuesets.context import Evaluation
from valuesets.echo import parameters, unclosed
from valuesets.implicit import snomed_value_set
from valuesets.model import ExpandRequest, Include, ValueSet
from valuesets.pages import Part, Plan, prepare, weight
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


@dataclass(frozen=True, slots=True)
class _Kept:
    """A plan, or that there is none: that too is kept."""

    plan: Plan | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """What is alike for definitions that select from the same systems.

    `sources` are the parts of the includes, each without members; none where a form is not plain.
    """

    sources: tuple[Part, ...] = ()
    plan: Plan | None = None


def named_plan(terminology: Terminology, url: str) -> Plan | None:
    """Return the plan of a value set by its canonical, None where it is not plain or unknown."""
    if _BELOW in url and "|" not in url:
        return _below(terminology, url)

    def make() -> _Kept | None:
        try:
            value_set = requested_value_set(terminology, url, None, None, _PLAIN.versions)
        except TerminologyError:
            return None  # named by who answers in full
        return _Kept(prepare(terminology, value_set))

    kept = terminology.remembered(("page", url), make, _weight)
    return None if kept is None else kept.plan


def _weight(kept: _Kept) -> int:
    return 1 if kept.plan is None else weight(kept.plan) // _WEIGHT


def _below(terminology: Terminology, url: str) -> Plan | None:
    """Return the plan of an `isa/` value set of SNOMED CT, unless a stored one has its url."""
    try:
        value_set = snomed_value_set(url)
    except TerminologyError:
        return None
    if value_set is None or value_set.compose is None:
        return None
    if terminology.find_document("ValueSet", url) is not None:
        return None
    return _of_form(terminology, value_set, value_set.compose.includes)


def sent_plan(terminology: Terminology, resource: Any) -> Plan | None:
    """Return the plan of a definition that selects by filters, None for any other.

    `resource` is as it was sent: None too for one that is not as FHIR has it.
    """
    includes = _includes(resource)
    if includes is None:
        return None
    return _of_form(terminology, ValueSet(resource=resource), includes)


def _of_form(
    terminology: Terminology, value_set: ValueSet, includes: Sequence[Include]
) -> Plan | None:
    key = tuple(
        (one.system or "", one.version, bool(one.filters), rules_out_expressions(one.filters))
        for one in includes
    )
    form = terminology.remembered(
        ("page of form", key), lambda: _form(terminology, includes), lambda _: 20
    )
    if form is None or form.plan is None:
        return None
    try:
        parts = tuple(_disjoint(form.sources, includes))
    except TerminologyError:
        return None
    return replace(form.plan, value_set=value_set, parts=parts, written={})


def _form(terminology: Terminology, includes: Sequence[Include]) -> _Form:
    """Return the form of includes by filters (see `valuesets.compose.system_segment`)."""
    evaluation = Evaluation(terminology=terminology, rules=_PLAIN.versions)
    sources = []
    for one in includes:
        system = one.system or ""
        provider, _ = evaluation.find_provider(system, one.version)
        rows = getattr(provider, "page_rows", None)
        if provider is None or rows is None:
            return _Form()
        if not rules_out_expressions(one.filters):
            evaluation.note_grammar(provider.system, whole=not one.filters)
        sources.append(
            Part(system=system, provider=provider, members=ConceptSet.empty(), rows=rows)
        )
    if evaluation.used_supplements or any(
        map(evaluation.several_versions, evaluation.named_versions)
    ):
        return _Form()
    nothing = ValueSet()
    plan = Plan(
        value_set=nothing,
        parts=(),
        open_ended=False,
        nests=any(one.system not in POLYHIERARCHIES for one in sources),
        facts=tuple(parameters(_PLAIN, evaluation, nothing, (), None)),
        extensions=unclosed(evaluation),
    )
    return _Form(sources=tuple(sources), plan=plan)


def _disjoint(sources: Sequence[Part], includes: Sequence[Include]) -> Iterator[Part]:
    """Yield the members of each include that no earlier one has, where there are any."""
    seen: dict[str, ConceptSet] = {}
    for source, include in zip(sources, includes, strict=True):
        members = select_all(source.provider, include.filters)
        earlier = seen.get(source.system)
        seen[source.system] = members if earlier is None else earlier | members
        own = members if earlier is None else members - earlier
        if own:
            yield replace(source, members=own)


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

"""The plan of an enumeration: one code system, and codes without anything said of them.

What `valuesets.pages.prepare` gives, at a fraction of its cost: from the JSON, a lookup a code.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, cast

from termserver.errors import TerminologyError
from termserver.model import Json, Ordinal
from termserver.terminology import Terminology
from valuesets.context import Evaluation
from valuesets.echo import parameters, unclosed
from valuesets.model import ExpandRequest, ValueSet
from valuesets.pages import Frame, PagePlan, Part

_PLAIN = ExpandRequest()
_MEMBERS = frozenset({"compose", "expansion", "contained", "text"})
"""Elements that an answer does not repeat and that may be long."""

_MORE = frozenset({"extension", "modifierExtension", "language", "contained", "expansion"})
"""Elements that may change what an expansion is, or says."""

_INCLUDE = frozenset({"system", "version", "concept"})


def list_plan(terminology: Terminology, resource: Json) -> PagePlan | None:
    """Return the plan of a stored enumeration, None for any other definition."""
    compose = resource.get("compose")
    if _MORE & resource.keys() or not isinstance(compose, dict) or len(compose) != 1:
        return None
    includes = compose.get("include")
    if not isinstance(includes, list) or len(includes) != 1 or not isinstance(includes[0], dict):
        return None
    (include,) = includes
    codes = _codes(include)
    if codes is None:
        return None
    try:
        return _plan(terminology, resource, include, codes)
    except TerminologyError:
        return None  # named by who answers in full


def _codes(include: dict[str, Any]) -> list[str] | None:
    system, concepts = include.get("system"), include.get("concept")
    if not include.keys() <= _INCLUDE or type(system) is not str or type(concepts) is not list:
        return None
    codes = [
        one["code"] for one in concepts if type(one) is dict and len(one) == 1 and "code" in one
    ]
    if not codes or len(codes) < len(concepts) or not all(type(one) is str for one in codes):
        return None
    return codes


def _plan(
    terminology: Terminology, resource: Json, include: dict[str, Any], codes: list[str]
) -> PagePlan | None:
    evaluation = Evaluation(terminology=terminology, rules=_PLAIN.versions)
    provider, _ = evaluation.find_provider(include["system"], include.get("version"))
    rows = getattr(provider, "page_rows", None)
    if provider is None or rows is None or evaluation.used_supplements:
        return None
    if provider.system.content == "fragment":
        return None  # a code that it lacks may well exist
    members = dict.fromkeys([one for one in map(provider.find, codes) if one is not None])
    if not all(type(one) is int for one in members):
        return None
    value_set = identity(resource)
    frame = Frame(
        facts=tuple(parameters(_PLAIN, evaluation, value_set, (), None)),
        extensions=unclosed(evaluation),
        open_ended=False,
        nests=False,
        written={},
    )
    packed = cast("Sequence[Ordinal]", array("I", cast("dict[int, None]", members)))
    parts = (Part(include["system"], provider, packed, rows),) if members else ()
    return PagePlan(value_set, parts, frame, {})


def identity(resource: Json) -> ValueSet:
    """Return what an answer repeats of a value set, without its members."""
    rest = {name: one for name, one in resource.items() if name not in _MEMBERS}
    return ValueSet(
        url=resource.get("url"),
        version=resource.get("version"),
        status=resource.get("status"),
        experimental=resource.get("experimental") is True,
        resource=rest,
    )

"""CodeSystem/$find-matches: the codes that have the properties asked for.

Source: FHIR R4 and R5 CodeSystem/$find-matches (maturity 0). A property holds as the filter `=`
says: a SNOMED CT attribute is named by its identifier, its value is a concept; a value of
`parent` or an attribute is met by what is below it as well. Attributes nested in the property
609096000 (Role group) must stand together in one group.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from termserver.conceptset import ConceptSet
from termserver.errors import InvalidRequest, NotSupported, TooCostly
from termserver.fhirjson import property_code
from termserver.hierarchy import descendants_or_self
from termserver.model import Coding, FilterClause, Ordinal
from termserver.operations.lookup import get_system
from termserver.providers.base import CodeSystemProvider
from termserver.providers.snomed_groups import ROLE_GROUP
from termserver.systems import SNOMED_CT
from termserver.terminology import Terminology

MOST_MATCHES = 100
_NUMBER = re.compile(r"#?[+-]?\d+(?:\.\d+)?")
MOST_VALUES = 1_000
"""Concepts below the value of a property, each of which is a question of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedProperty:
    """One property with its value as text; `focus` is the concept itself or one above it.

    `parts` are the properties nested in it, which then has no value (a role group).
    """

    code: str
    value: str = ""
    parts: tuple[WantedProperty, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRequest:
    """$find-matches: `exact` asks for codes that have every property."""

    system: str | None
    version: str | None = None
    properties: tuple[WantedProperty, ...] = ()
    exact: bool = False
    compositional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A match and the properties that it does not have (none if exact)."""

    coding: Coding
    unmatched: tuple[WantedProperty, ...] = ()


def find_matches(terminology: Terminology, request: FindRequest) -> tuple[Found, ...]:
    """Return at most 100 codes, those with the most properties first, then in code system order.

    Empty where no code has any. Raises: InvalidRequest, UnknownCodeSystem, NotSupported
    (compositional, properties nested in anything but a role group), InvalidValueSet for a property
    that the system does not have, UnknownCode for a value that names no concept, TooCostly for a
    value that stands for more than 1,000.
    """
    if request.system is None or not request.properties:
        raise InvalidRequest("$find-matches needs a system and at least one property")
    if request.compositional:
        raise NotSupported(
            "The parameter 'compositional' is not supported: codes are found, expressions not made"
        )
    provider = get_system(terminology, request.system, request.version)
    sets = [_having(provider, one) for one in request.properties]
    active = provider.all() - provider.inactive()
    every = active
    for one in sets:
        every = every & one
    ordinals = every.page(0, MOST_MATCHES)
    if not ordinals and not request.exact:
        ordinals = _best(active, sets)
    return tuple(_found(provider, request, sets, one) for one in ordinals)


def _best(active: ConceptSet, sets: list[ConceptSet]) -> list[Ordinal]:
    """Return the concepts that are in the most sets; empty where none is in any."""
    # at_least[n]: the concepts in more than n of the sets seen so far
    at_least = [ConceptSet.empty() for _ in sets]
    for seen, one in enumerate(sets):
        for more in range(seen, 0, -1):
            at_least[more] = at_least[more] | (at_least[more - 1] & one)
        at_least[0] = at_least[0] | one
    for found in reversed(at_least):
        if found & active:
            return (found & active).page(0, MOST_MATCHES)
    return []


def _having(provider: CodeSystemProvider, wanted: WantedProperty) -> ConceptSet:
    if wanted.parts:
        return _in_one_group(provider, wanted)
    if wanted.code in {"focus", "concept", "code"}:
        clause = FilterClause(property="concept", op="is-a", value=wanted.value)
        return provider.select(clause)
    exact = provider.select(FilterClause(property=wanted.code, op="=", value=wanted.value))
    value = provider.find(wanted.value)
    if not isinstance(value, int):
        return exact
    if _is_attribute(provider, wanted):
        return exact | _satisfying(provider, _refinement(provider, wanted))
    values = descendants_or_self(provider.hierarchy, value)
    if len(values) > MOST_VALUES:
        raise TooCostly(
            f"The value '{wanted.value}' of the property '{wanted.code}' stands for {len(values)} "
            f"concepts, and at most {MOST_VALUES} are looked at: ask for a narrower value"
        )
    return ConceptSet.union_all(
        [exact]
        + [
            provider.select(FilterClause(property=wanted.code, op="=", value=provider.code_of(one)))
            for one in values.page(0, MOST_VALUES)
        ]
    )


def _is_attribute(provider: CodeSystemProvider, wanted: WantedProperty) -> bool:
    """Tell whether a property is an attribute of SNOMED CT: ECL then asks for all its values."""
    system = provider.system
    return system.url == SNOMED_CT and property_code(system, wanted.code).isdigit()


def _in_one_group(provider: CodeSystemProvider, wanted: WantedProperty) -> ConceptSet:
    name = property_code(provider.system, wanted.code)
    if provider.system.url != SNOMED_CT or name != ROLE_GROUP:
        raise NotSupported(
            f"The property '{wanted.code}' of '{provider.system.canonical}' has no properties in "
            f"it; known: {ROLE_GROUP} (role group) of SNOMED CT"
        )
    for one in wanted.parts:
        _having(provider, one)  # names what is not known
    together = ", ".join(_refinement(provider, one) for one in wanted.parts)
    return _satisfying(provider, f"{{ {together} }}")


def _satisfying(provider: CodeSystemProvider, refinement: str) -> ConceptSet:
    clause = FilterClause(property="constraint", op="=", value=f"* : {refinement}")
    return provider.select(clause)


def _refinement(provider: CodeSystemProvider, wanted: WantedProperty) -> str:
    """Return an attribute with its value, or what is below it, in ECL."""
    name, value = property_code(provider.system, wanted.code), wanted.value
    if isinstance(provider.find(value), int):
        return f"{name} = << {value}"
    if _NUMBER.fullmatch(value):
        return f"{name} = #{value.removeprefix('#')}"
    text = value.strip('"').replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} = "{text}"'


def _found(
    provider: CodeSystemProvider, request: FindRequest, sets: list[ConceptSet], one: Ordinal
) -> Found:
    system = provider.system
    coding = Coding(
        system=request.system,
        version=system.version,
        code=provider.code_of(one),
        display=provider.display_of(one),
    )
    pairs = zip(request.properties, sets, strict=True)
    return Found(
        coding=coding, unmatched=tuple(want for want, having in pairs if one not in having)
    )

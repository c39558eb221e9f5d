"""ElementDefinition.binding: the value sets that an element is bound to, and what a miss means.

Sources: R4 terminologies 4.1.5 (strengths), extension elementdefinition-maxValueSet, R5
ElementDefinition.binding.additional; R4 carries the latter as the extension additional-binding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_VALUE_SET = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"
ADDITIONAL_BINDING = "http://hl7.org/fhir/tools/StructureDefinition/additional-binding"

STRENGTHS = ("required", "extensible", "preferred", "example")
MAXIMUM = "maximum"
"""The rule of a maximum value set: a required binding on top of the element's own."""

CHECKABLE_PURPOSES = frozenset({MAXIMUM, "required", "extensible"})
"""Purposes of additional bindings that say something about an instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One value set that an element is bound to.

    `rule` is a strength or "maximum". `usage` says that an additional binding holds only in some
    context; `any_repeat` that one repeat of the element inside is enough (R5 additional.any).
    """

    value_set: str
    rule: str
    usage: bool = False
    any_repeat: bool = False


def bindings_of(json: Mapping[str, Any] | None) -> tuple[Binding, ...]:
    """Return the bindings that ElementDefinition.binding states, the element's own first.

    Empty where it names no value set (text only). R4 and R5 JSON, and STU3's valueSetReference.
    """
    if not json:
        return ()
    own = value_set_of_binding(json)
    found = [Binding(value_set=own, rule=str(json.get("strength")))] if own else []
    capped = max_value_set_of(json)
    if capped:
        found.append(Binding(value_set=capped, rule=MAXIMUM))
    found.extend(_additional(json))
    return tuple(dict.fromkeys(found))


def value_set_of_binding(json: Mapping[str, Any]) -> str | None:
    """Return the canonical that a binding names (with `|version` where it has one), or None."""
    named = json.get("valueSet") or json.get("valueSetUri")
    reference = json.get("valueSetReference")
    if named is None and isinstance(reference, Mapping):
        named = reference.get("reference")
    return str(named) if named else None


def max_value_set_of(json: Mapping[str, Any]) -> str | None:
    """Return the maximum value set that an extension of the binding names, or None."""
    for extension in json.get("extension", ()):
        if extension.get("url") == MAX_VALUE_SET:
            named = extension.get("valueCanonical") or extension.get("valueUri")
            return str(named) if named else None
    return None


def _additional(json: Mapping[str, Any]) -> Iterator[Binding]:
    for one in (*json.get("additional", ()), *_additional_extensions(json)):
        if one.get("purpose") in CHECKABLE_PURPOSES and one.get("valueSet"):
            yield Binding(
                value_set=str(one["valueSet"]),
                rule=str(one["purpose"]),
                usage=bool(one.get("usage")),
                any_repeat=one.get("any") is True,
            )


def _additional_extensions(json: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for extension in json.get("extension", ()):
        if extension.get("url") == ADDITIONAL_BINDING:
            yield {
                part.get("url"): next((part[key] for key in part if key.startswith("value")), None)
                for part in extension.get("extension", ())
            }

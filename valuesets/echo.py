"""What an expansion says of itself: parameters echoed, content used, warnings, being unclosed.

Source: IG requirements ($expand parameters); suites deprecated, overload, fragment, snomed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from termserver.canonical import parse_canonical
from termserver.language import Languages
from termserver.model import Json, PropertyValue
from termserver.status import resource_status
from termserver.systems import VALUESET_UNCLOSED, VALUESET_UNCLOSED_REASON
from valuesets.compose import Segment
from valuesets.context import Evaluation
from valuesets.fhirjson import expansion_parameter
from valuesets.model import ExpandRequest, ExpansionParameter, ValueSet


def parameters(
    request: ExpandRequest,
    evaluation: Evaluation,
    value_set: ValueSet,
    segments: Sequence[Segment],
    languages: Languages | None,
) -> list[ExpansionParameter]:
    """Return expansion.parameter: what was asked, rules applied, content used, warnings."""
    echoed = _echoed(request, languages)
    echoed.extend(
        ExpansionParameter(name=rule, type="Uri", value=canonical)
        for rule, canonical in evaluation.applied_rules
    )
    echoed.extend(_used(evaluation, segments))
    echoed.extend(_warnings(evaluation, value_set))
    if _merges_versions(evaluation, value_set):
        echoed.append(ExpansionParameter(name="versionsMatch", type="Boolean", value=True))
    return echoed


def _merges_versions(evaluation: Evaluation, value_set: ValueSet) -> bool:
    """Tell whether codes counted across versions (see `valuesets.compose.versions_match`)."""
    said = expansion_parameter(value_set, "versionsMatch")
    if said is not None:
        return said == "true"
    compose = value_set.compose
    if compose is None:
        return False
    versions = {(one.system, one.version) for one in compose.includes}
    systems = {one.system for one in compose.includes if one.system}
    return any(
        one.system in systems and (one.system, one.version) not in versions
        for one in compose.excludes
        if one.version and evaluation.several_versions(one.system or "")
    )


def _echoed(request: ExpandRequest, languages: Languages | None) -> list[ExpansionParameter]:
    plain: Mapping[str, tuple[str, PropertyValue | None]] = {
        "activeOnly": ("Boolean", request.active_only),
        "count": ("Integer", request.count),
        "displayLanguage": ("Code", languages.text if languages else None),
        "excludeNested": ("Boolean", request.exclude_nested),
        "excludeNotForUI": ("Boolean", request.exclude_not_for_ui),
        "excludePostCoordinated": ("Boolean", request.exclude_post_coordinated),
        "filter": ("String", request.filter),
        "includeDefinition": ("Boolean", request.include_definition),
        "includeDesignations": ("Boolean", request.include_designations),
        "offset": ("Integer", request.offset),
    }
    echoed = [
        ExpansionParameter(name=name, type=kind, value=value)
        for name, (kind, value) in plain.items()
        if value is not None
    ]
    for name, values in (
        ("designation", request.designations),
        ("exclude-system", request.exclude_systems),
    ):
        kind = "String" if name == "designation" else "Uri"
        echoed.extend(ExpansionParameter(name=name, type=kind, value=one) for one in values)
    return echoed


def _used_supplements(evaluation: Evaluation, segments: Sequence[Segment]) -> list[str]:
    """Return the supplements asked for, and the language packs of systems that have members here.

    A language pack comes unasked, so over an empty answer it was not used (suite tx.fhir.org,
    loinc-expand-prop-method).
    """
    asked = {parse_canonical(one)[0] for one in evaluation.supplements}
    shown = {one.system for one in segments}
    return [
        canonical
        for canonical, system in evaluation.used_supplements.items()
        if system.url in asked or parse_canonical(system.supplements or "")[0] in shown
    ]


def _used(evaluation: Evaluation, segments: Sequence[Segment]) -> list[ExpansionParameter]:
    used = [("used-codesystem", one) for one in evaluation.systems]
    used += [
        ("used-fragment", canonical)
        for canonical, system in evaluation.systems.items()
        if system.content == "fragment"
    ]
    used += [("used-valueset", one) for one in evaluation.imports]
    used += [("used-supplement", one) for one in _used_supplements(evaluation, segments)]
    return [ExpansionParameter(name=name, type="Uri", value=one) for name, one in used]


def _warnings(evaluation: Evaluation, value_set: ValueSet) -> list[ExpansionParameter]:
    """Return `warning-…` entries for resources of a status that matters (suite `deprecated`)."""
    found: dict[tuple[str, str], None] = {}
    for canonical, system in evaluation.systems.items():
        status = resource_status(
            system.status,
            system.standards_status,
            experimental=_odd(system.experimental, value_set),
        )
        if status:
            found[status, canonical] = None
    used = {**evaluation.imports, **evaluation.lists, value_set.canonical: value_set}
    for canonical, one in used.items():
        status = resource_status(
            one.status, one.standards_status, experimental=_odd(one.experimental, value_set)
        )
        if status and status != "draft":
            found[status, canonical] = None
    return [
        ExpansionParameter(name=f"warning-{status}", type="Uri", value=canonical)
        for status, canonical in found
    ]


def _odd(experimental: bool, value_set: ValueSet) -> bool:
    """Tell whether an experimental code system deserves a warning: not in an experimental value
    set.
    """
    return experimental and not value_set.experimental


def unclosed(evaluation: Evaluation) -> tuple[Json, ...]:
    """Return the extensions that say that the expansion cannot hold all members, and why."""
    if not evaluation.unclosed:
        return ()
    reasons = [
        {"url": VALUESET_UNCLOSED_REASON, "valueString": one} for one in evaluation.unclosed if one
    ]
    return ({"url": VALUESET_UNCLOSED, "valueBoolean": True}, *reasons)

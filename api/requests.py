"""Values by name -> the request of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from api.call import Call
from api.params import Values
from termserver.canonical import parse_canonical, version_matches
from termserver.conceptmap import MapValue
from termserver.errors import InvalidRequest, NotSupported, VersionConflict
from termserver.fhirjson import coding_of
from termserver.model import Coding
from termserver.operations.edition import (
    edition_of,
    in_edition,
    read_editions,
    rules_in_edition,
    version_in_edition,
)
from termserver.operations.find_matches import FindRequest, WantedProperty
from termserver.operations.lookup import LookupRequest
from termserver.operations.plausible import PlausibleRequest
from termserver.operations.subsumes import SubsumesRequest
from termserver.operations.translation import Dependency, TranslateRequest
from termserver.providers.icdo3 import from_registry
from valuesets.model import ExpandRequest, ValidateRequest, VersionRules

THRESHOLD = "x-too-costly-threshold"
_DIGITS = 18


def expand_request(call: Call) -> ExpandRequest:
    """Return the request of ValueSet/$expand. Raises: InvalidRequest."""
    values = call.values
    return ExpandRequest(
        release=call.release,
        url=values.get("url"),
        value_set=call.instance or values.get("valueSet"),
        value_set_version=values.get("valueSetVersion"),
        filter=values.get("filter"),
        date=values.get("date"),
        offset=values.get("offset"),
        count=values.get("count"),
        include_designations=values.get("includeDesignations"),
        designations=_many(values, "designation"),
        include_definition=values.get("includeDefinition"),
        active_only=values.get("activeOnly"),
        exclude_nested=values.get("excludeNested"),
        exclude_not_for_ui=values.get("excludeNotForUI"),
        exclude_post_coordinated=values.get("excludePostCoordinated"),
        display_language=values.get("displayLanguage"),
        accept_language=call.accept_language,
        properties=_many(values, "property"),
        use_supplements=_many(values, "useSupplement"),
        exclude_systems=_many(values, "exclude-system"),
        versions=_rules(call),
        limit=_limit(call),
    )


def _rules(call: Call) -> VersionRules:
    """Return the version parameters, ICD-O-3 in the edition of the date of diagnosis, if given."""
    rules, diagnosed = version_rules(call.values), call.values.get("diagnosed")
    if diagnosed is None:
        return rules
    canonical = call.terminology.registry.canonical
    return rules_in_edition(rules, edition_by_date(call, diagnosed), canonical)


def _limit(call: Call) -> int | None:
    """Return the smaller of the parameter `limit` and the header X-TOO-COSTLY-THRESHOLD."""
    limits = [call.values["limit"]] if "limit" in call.values else []
    header = call.request.headers.get(THRESHOLD)
    if header is not None:
        if not (header.isascii() and header.isdigit() and len(header) <= _DIGITS):
            raise InvalidRequest(f"X-TOO-COSTLY-THRESHOLD must be a whole number, not '{header}'")
        limits.append(int(header))
    if any(one < 0 for one in limits):
        raise InvalidRequest("The parameter 'limit' must not be negative", expression="limit")
    return min(limits, default=None)


def version_rules(values: Values) -> VersionRules:
    """Return the version parameters."""
    return VersionRules(
        system_version=_many(values, "system-version"),
        check_system_version=_many(values, "check-system-version"),
        force_system_version=_many(values, "force-system-version"),
        default_valueset_version=_many(values, "default-valueset-version"),
        check_valueset_version=_many(values, "check-valueset-version"),
        force_valueset_version=_many(values, "force-valueset-version"),
    )


def validate_request(call: Call, values: Values | None = None) -> ValidateRequest:
    """Return the request of ValueSet/$validate-code (`values` instead of the call's, in a batch).

    Raises: InvalidRequest, NotSupported.
    """
    given = call.values if values is None else values
    request = _validate(
        call,
        given,
        code_system=False,
        url=given.get("url"),
        value_set=call.instance or given.get("valueSet"),
        value_set_version=given.get("valueSetVersion"),
        system=given.get("system"),
        system_version=given.get("systemVersion"),
        infer_system=given.get("inferSystem", False),
        membership_only=given.get("valueset-membership-only", False) or _membership_mode(given),
    )
    return _diagnosed(call, given, request)


def _membership_mode(values: Values) -> bool:
    mode = values.get("valueSetMode")
    if mode in {None, "DEFAULT"}:
        return False
    if mode in {"CHECK_MEMBERSHIP_ONLY", "CHECK_MEMERSHIP_ONLY"}:
        # the second spelling is what HL7's validator sends
        return True
    raise NotSupported(
        f"The valueSetMode '{mode}' is not supported; known: DEFAULT, CHECK_MEMBERSHIP_ONLY",
        expression="valueSetMode",
    )


def validate_system_request(call: Call) -> ValidateRequest:
    """Return the request of CodeSystem/$validate-code. Raises: InvalidRequest."""
    values = call.values
    of_resource = call.instance or values.get("codeSystem")
    url = values.get("url")
    version = values.get("version")
    if of_resource is not None:
        url, version = of_resource.get("url"), of_resource.get("version")
        if not isinstance(url, str):
            raise InvalidRequest("The code system has no url", expression="codeSystem")
    request = _validate(call, values, code_system=True, url=url, system=url)
    coded = request.coding or Coding(version=version)
    system = coded.system or url
    wanted = _version(values, system, coded.version or version)
    forced = _ruled(values, "force-system-version", system)
    if forced is not None and request.coding is not None:
        request = replace(request, coding=replace(request.coding, version=forced))
    else:
        request = replace(request, system_version=wanted)
    return _diagnosed(call, values, request)


def _diagnosed(call: Call, values: Values, request: ValidateRequest) -> ValidateRequest:
    """Return the request in the edition of the date of diagnosis, where one is given."""
    diagnosed = values.get("diagnosed")
    if diagnosed is None:
        return request
    edition = edition_by_date(call, diagnosed)
    return in_edition(request, edition, call.terminology.registry.canonical)


def edition_by_date(call: Call, diagnosed: str) -> str:
    """Return the edition of the settings' table for a date of diagnosis. Raises: InvalidRequest."""
    return edition_of(diagnosed, read_editions(call.service.settings.icdo3_editions))


def plausible_request(call: Call) -> PlausibleRequest:
    """Return the request of CodeSystem/$plausibility. Raises: InvalidRequest."""
    values = call.values
    diagnosed = values.get("diagnosed")
    morphology = values.get("morphology")
    if morphology is None:
        fields = values.get("histology"), values.get("behaviour")
        (morphology,) = from_registry(None, *fields)
    return PlausibleRequest(
        site=values["site"],
        morphology=morphology,
        list_version=values.get("listVersion"),
        edition=None if diagnosed is None else edition_by_date(call, diagnosed),
    )


def _validate(call: Call, values: Values, **more: Any) -> ValidateRequest:
    concept = values.get("codeableConcept")
    return ValidateRequest(
        release=call.release,
        code=values.get("code"),
        display=values.get("display"),
        coding=coding_of(values.get("coding")),
        codeable_concept=None if concept is None else codings_of(concept, "codeableConcept"),
        codeable_concept_json=concept,
        date=values.get("date"),
        abstract=values.get("abstract"),
        lenient_display=values.get("lenient-display-validation", False),
        active_only=values.get("activeOnly"),
        display_language=values.get("displayLanguage"),
        accept_language=call.accept_language,
        use_supplements=_many(values, "useSupplement"),
        versions=version_rules(values),
        diagnostics=values.get("diagnostics", False),
        explain=values.get("explain", False),
        lenient_code=values.get("lenientCode", False),
        behaviour_matrix=values.get("behaviourMatrix", False),
        plausibility=values.get("plausibility", False),
        **more,
    )


def codings_of(concept: Mapping[str, Any], name: str) -> tuple[Coding, ...]:
    """Return the codings of a CodeableConcept. Raises: InvalidRequest naming the parameter."""
    listed = concept.get("coding", [])
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        raise InvalidRequest(
            f"{name}.coding must be a list of Codings", expression=f"{name}.coding"
        )
    return tuple(coding for coding in map(coding_of, listed) if coding is not None)


def lookup_request(call: Call) -> LookupRequest:
    """Return the request of CodeSystem/$lookup; at instance level the resource is the system."""
    values = call.values
    coding = coding_of(values.get("coding")) or Coding()
    system, version = values.get("system"), values.get("version")
    if call.instance is not None:
        system, version = call.instance.get("url"), call.instance.get("version")
    asked = coding.system or system
    wanted = _version(values, asked, coding.version or version)
    diagnosed = values.get("diagnosed")
    if diagnosed is not None:
        canonical = call.terminology.registry.canonical
        wanted = version_in_edition(asked, wanted, edition_by_date(call, diagnosed), canonical)
    return LookupRequest(
        system=asked,
        code=coding.code or values.get("code"),
        version=wanted,
        date=values.get("date"),
        display_language=values.get("displayLanguage"),
        accept_language=call.accept_language,
        properties=_many(values, "property"),
        use_supplements=_many(values, "useSupplement"),
        lenient_code=values.get("lenientCode", False),
    )


def _version(values: Values, system: str | None, given: str | None) -> str | None:
    """Return the version to use: forced, given, checked, or the one for where none is given.

    Raises: VersionConflict where the one given is not the one that must be used.
    """
    forced = _ruled(values, "force-system-version", system)
    if forced is not None:
        return forced
    required = _ruled(values, "check-system-version", system)
    if given and required and not version_matches(given, required):
        raise VersionConflict(
            f"The version '{given}' of '{system}' is asked for, but check-system-version requires "
            f"'{required}'"
        )
    return given or required or _ruled(values, "system-version", system)


def _ruled(values: Values, name: str, system: str | None) -> str | None:
    """Return the version that a rule parameter gives a system, None if it gives none."""
    for canonical in _many(values, name):
        url, version = parse_canonical(canonical)
        if url == system and version:
            return version
    return None


def subsumes_request(call: Call) -> SubsumesRequest:
    """Return the request of CodeSystem/$subsumes."""
    values = call.values
    system, version = values.get("system"), values.get("version")
    if call.instance is not None:
        system, version = call.instance.get("url"), call.instance.get("version")
    return SubsumesRequest(
        coding_a=coding_of(values.get("codingA")) or Coding(code=values.get("codeA")),
        coding_b=coding_of(values.get("codingB")) or Coding(code=values.get("codeB")),
        system=system,
        version=_version(values, system, version),
    )


def find_request(call: Call) -> FindRequest:
    """Return the request of CodeSystem/$find-matches. Raises: InvalidRequest."""
    values = call.values
    system, version = values.get("system"), values.get("version")
    if call.instance is not None:
        system, version = call.instance.get("url"), call.instance.get("version")
    return FindRequest(
        system=system,
        version=_version(values, system, version),
        properties=tuple(_wanted_property(one) for one in values.get("property", ())),
        exact=values.get("exact", False),
        compositional=values.get("compositional", False),
    )


def _wanted_property(part: Values) -> WantedProperty:
    nested = tuple(_wanted_property(one) for one in part.get("subproperty", ()))
    if nested and "value" not in part:
        return WantedProperty(code=part["code"], parts=nested)
    if nested:
        raise InvalidRequest(
            "A property to find has a value or subproperties, not both", expression="property"
        )
    if "value" not in part:
        raise InvalidRequest("A property to find needs a value", expression="property")
    kind, value = part["value"]
    if kind == "Coding":
        value = (coding_of(value) or Coding()).code or ""
    if isinstance(value, bool):
        value = "true" if value else "false"
    return WantedProperty(code=part["code"], value=str(value))


# -- $translate ------------------------------------------------------------------------------


def translate_request(call: Call) -> TranslateRequest:
    """Return the request of ConceptMap/$translate, in the words of either release.

    `system` and `version` belong to the code given. Raises: InvalidRequest.
    """
    values = call.values
    sources = _codings(values, "source", values.get("system") or values.get("sourceSystem"))
    targets = _codings(values, "target", values.get("targetSystem") or values.get("system"))
    return TranslateRequest(
        url=values.get("url"),
        version=values.get("conceptMapVersion"),
        concept_map=call.instance or values.get("conceptMap"),
        codings=sources,
        target_codings=targets,
        source_system=values.get("sourceSystem"),
        target_system=values.get("targetSystem"),
        source_scope=values.get("sourceScope"),
        target_scope=values.get("targetScope"),
        dependencies=tuple(_dependency(one) for one in values.get("dependency", ())),
        reverse=values.get("reverse", False),
    )


def _codings(values: Values, side: str, system: str | None) -> tuple[Coding, ...]:
    code = values.get(f"{side}Code")
    if code is not None:
        return (Coding(system=system, version=values.get("version"), code=code),)
    coding = coding_of(values.get(f"{side}Coding"))
    if coding is not None:
        return (coding,)
    concept = values.get(f"{side}CodeableConcept")
    return () if concept is None else codings_of(concept, f"{side}CodeableConcept")


def _dependency(part: Values) -> Dependency:
    attribute = part.get("attribute")
    if attribute is None or ("value" in part) == ("concept" in part):
        raise InvalidRequest(
            "A dependency needs its attribute (R4: element) and one value (R4: concept)",
            expression="dependency",
        )
    if "concept" in part:
        return Dependency(attribute=attribute, values=codings_of(part["concept"], "concept"))
    return Dependency(attribute=attribute, values=(_map_value(*part["value"]),))


def _map_value(kind: str, value: Any) -> MapValue:
    if kind == "Coding":
        return coding_of(value) or Coding()
    if isinstance(value, str | bool) or (kind == "Quantity" and isinstance(value, Mapping)):
        return value
    raise InvalidRequest(
        f"A dependency's value of type {kind} is not supported; known: code, Coding, string, "
        "boolean, Quantity",
        expression="dependency",
    )


def _many(values: Values, name: str) -> tuple[str, ...]:
    return tuple(values.get(name, ()))

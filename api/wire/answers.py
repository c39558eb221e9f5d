"""The answers of operations as Parameters: lookup, validation, translation, comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.wire.common import (
    JsonObject,
    issue_json,
    optional,
    parameter,
    parameters_json,
    parts,
)
from termserver.conceptmap import MapAttribute
from termserver.model import Coding, Designation, Property
from termserver.operations.find_matches import Found, WantedProperty
from termserver.operations.lookup import Lookup
from termserver.operations.preferred_id import Identifier
from termserver.operations.subsumes import SubsumptionOutcome
from termserver.operations.translation import Match, Translation
from valuesets.compare import Comparison
from valuesets.model import Validation

# -- CodeSystem/$lookup --------------------------------------------------------------------------


def lookup_json(lookup: Lookup, release: str) -> JsonObject:
    """Return the Parameters of $lookup; `source` of R5 stays out at R4."""
    r4 = release.startswith("4")
    return parameters_json(
        [
            parameter("name", "string", lookup.name),
            optional("version", "string", lookup.version),
            parameter("display", "string", lookup.display),
            parameter("system", "uri", lookup.system),
            parameter("code", "code", lookup.code),
            optional("definition", "string", lookup.definition),
            parameter("abstract", "boolean", lookup.abstract),
            *(designation_parameter(one, r4=r4) for one in lookup.designations),
            *(property_parameter(one, r4=r4) for one in lookup.properties),
            *(parameter("used-supplement", "canonical", one) for one in lookup.supplements),
        ]
    )


def designation_parameter(one: Designation, *, r4: bool) -> JsonObject:
    """Return the parameter `designation`; `additionalUse` stays out at R4."""
    return parts(
        "designation",
        [
            optional("language", "code", one.language),
            optional("use", "Coding", one.use),
            *(
                ()
                if r4
                else (parameter("additionalUse", "Coding", use) for use in one.additional_use)
            ),
            parameter("value", "string", one.value),
        ],
    )


def property_parameter(one: Property, *, r4: bool, name: str = "property") -> JsonObject:
    """Return the parameter `property`, or a part of one; `source` stays out at R4."""
    return parts(
        name,
        [
            parameter("code", "code", one.code),
            optional("code-display", "string", one.code_display),
            optional("language", "code", one.language),
            # a role group says all by what is nested in it
            None
            if one.subproperties and one.value == ""
            else parameter("value", one.type, one.value),
            optional("description", "string", one.description),
            None if r4 else optional("source", "canonical", one.source),
            *(property_parameter(item, r4=r4, name="subproperty") for item in one.subproperties),
        ],
    )


# -- $find-matches -------------------------------------------------------------------------------


def found_json(matches: Sequence[Found], release: str) -> JsonObject:
    """Return the Parameters of $find-matches; `unmatched` has parts at both releases."""
    return parameters_json(
        [
            parts(
                "match",
                [
                    parameter("code", "Coding", one.coding),
                    *(_unmatched(missing, "unmatched") for missing in one.unmatched),
                ],
            )
            for one in matches
        ]
    )


def _unmatched(one: WantedProperty, name: str) -> JsonObject:
    return parts(
        name,
        [
            parameter("code", "code", one.code),
            None if one.parts else parameter("value", "string", one.value),
            *(_unmatched(nested, "property") for nested in one.parts),
        ],
    )


# -- $validate-code ------------------------------------------------------------------------------


def validation_json(validation: Validation) -> JsonObject:
    """Return the Parameters of $validate-code, alike for value sets, code systems and releases."""
    issues = [issue_json(one) for one in validation.issues]
    outcome = {"resourceType": "OperationOutcome", "issue": issues}
    return parameters_json(
        [
            parameter("result", "boolean", validation.result),
            optional("code", "code", validation.code),
            optional("system", "uri", validation.system),
            optional("version", "string", validation.version),
            optional("display", "string", validation.display),
            optional("inactive", "boolean", validation.inactive),
            optional("status", "code", validation.status),
            optional("normalized-code", "code", validation.normalized_code),
            optional("codeableConcept", "CodeableConcept", validation.codeable_concept),
            optional("message", "string", validation.message),
            {"name": "issues", "resource": outcome} if issues else None,
            *(
                parameter("x-caused-by-unknown-system", "canonical", one)
                for one in validation.unknown_systems
            ),
            *(
                parameter("x-unknown-system", "canonical", one)
                for one in validation.missing_systems
            ),
            _explain(validation),
        ]
    )


def _explain(validation: Validation) -> JsonObject | None:
    if validation.explain is None:
        return None
    return parts(
        "http://termserver.dev/fhir/parameter/explain",
        [
            parameter(name, _type_of(item), item)
            for name, value in validation.explain.items()
            for item in (value if isinstance(value, list | tuple) else (value,))
            if item is not None
        ],
    )


def _type_of(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case Coding():
            return "Coding"
        case _:
            return "string"


# -- CodeSystem/$subsumes ------------------------------------------------------------------------


def subsumption_json(outcome: SubsumptionOutcome) -> JsonObject:
    """Return the Parameters of $subsumes."""
    return parameters_json([parameter("outcome", "code", str(outcome))])


# -- ConceptMap/$translate -----------------------------------------------------------------------


def translation_json(translation: Translation, release: str) -> JsonObject:
    """Return the Parameters of $translate; matches carry the word of the release."""
    return parameters_json(
        [
            parameter("result", "boolean", translation.result),
            optional("message", "string", translation.message),
            *(match_parameter(one, release) for one in translation.matches),
            *(parameter("used-conceptmap", "uri", one) for one in translation.used_maps),
            *(parameter("used-system", "uri", one) for one in translation.used_systems),
        ]
    )


def match_parameter(match: Match, release: str) -> JsonObject:
    """Return the parameter `match`, with the word of the release."""
    r4 = release.startswith("4")
    # R4 names neither part, but of a map that is no resource they can be read nowhere else
    bare = r4 and not match.is_implicit
    word = ("equivalence", match.equivalence) if r4 else ("relationship", match.relationship)
    return parts(
        "match",
        [
            parameter(word[0], "code", word[1]),
            parameter("concept", "Coding", match.concept),
            *(_attribute(one, "product", r4=r4) for one in match.products),
            *(() if bare else (_attribute(one, "dependsOn", r4=False) for one in match.depends_on)),
            *(
                ()
                if bare
                else (
                    parts(
                        "property",
                        [
                            parameter("uri", "uri", one.uri or one.code),
                            parameter("value", one.type, one.value),
                        ],
                    )
                    for one in match.properties
                )
            ),
            optional("originMap", "canonical", match.origin_map),
            optional("source", "Coding", match.source),
            optional("message", "string", match.comment),
        ],
    )


def _attribute(one: MapAttribute, name: str, *, r4: bool) -> JsonObject:
    if r4:
        value = one.value if isinstance(one.value, Coding) else Coding(code=str(one.value))
        return parts(
            name,
            [parameter("element", "uri", one.attribute), parameter("concept", "Coding", value)],
        )
    type_ = "Coding" if isinstance(one.value, Coding) else one.type
    return parts(
        name,
        [parameter("attribute", "uri", one.attribute), optional("value", type_, one.value)],
    )


# -- the others ----------------------------------------------------------------------------------


def identifiers_json(identifiers: tuple[Identifier, ...]) -> JsonObject:
    """Return the Parameters of NamingSystem/$translate-id."""
    return parameters_json(
        [
            parameter("result", "boolean", bool(identifiers)),
            *(
                parameter("targetIdentifier", "string", one.value)
                | {"part": [parameter("preferred", "boolean", one.preferred)]}
                if one.preferred is not None
                else parameter("targetIdentifier", "string", one.value)
                for one in identifiers
            ),
        ]
    )


def comparison_json(comparison: Comparison) -> JsonObject:
    """Return the Parameters of ValueSet/$compare (tx ecosystem, suites `compare`, `related2`)."""
    return parameters_json(
        [
            parameter("result", "code", str(comparison.result)),
            optional("message", "string", comparison.message),
            optional("performed-expansion", "boolean", comparison.performed_expansion),
            optional("common-codes", "string", _codes(comparison.common_codes)),
            optional("missing-codes", "string", _codes(comparison.missing_codes)),
            optional("extra-codes", "string", _codes(comparison.extra_codes)),
        ]
    )


def _codes(codes: Sequence[str]) -> str | None:
    return ",".join(codes) or None

"""What the operations on ValueSet take (OperationDefinitions of R4 and R5, tx ecosystem)."""

from api.operations import R5, Operation, Parameter
from api.tables.common import (
    ABSTRACT,
    BEHAVIOUR_MATRIX,
    CODE_GROUP,
    CONTENT,
    CONTEXT,
    DATE,
    DIAGNOSED,
    DIAGNOSTICS,
    DISPLAY_LANGUAGE,
    EXPLAIN,
    LENIENT_CODE,
    PLAUSIBILITY,
    USE_SUPPLEMENT,
    VERSION_RULES,
)

_DEF = "http://hl7.org/fhir/OperationDefinition/"
_ECOSYSTEM = "http://hl7.org/fhir/uv/tx-ecosystem/OperationDefinition/"

_VALUE_SET = (
    Parameter(name="url", type="uri", doc="Canonical of the value set, implicit ones too."),
    Parameter(name="valueSet", type="ValueSet", doc="The value set itself."),
    Parameter(name="valueSetVersion", type="string", doc="Version of the value set named by url."),
)
_SCOPE = ("url", "valueSet", "valueSetVersion", "context")
_ONE_VALUE_SET = ("url", "valueSet")

EXPAND = Operation(
    code="expand",
    resource="ValueSet",
    levels=("type", "instance"),
    definition=_DEF + "ValueSet-expand",
    doc="The concepts of a value set.",
    body_resource="valueSet",
    scope=_SCOPE,
    needs=(_ONE_VALUE_SET,),
    exclusive=(_ONE_VALUE_SET,),
    parameters=(
        *_VALUE_SET,
        CONTEXT,
        Parameter(name="contextDirection", type="code", use="refused", doc="Goes with `context`."),
        Parameter(name="filter", type="string", doc="Words; each must begin a word of a name."),
        DATE,
        Parameter(name="offset", type="integer", doc="Concepts to pass over: asks for a page."),
        Parameter(name="count", type="integer", doc="Concepts in a page; 0 asks for the total."),
        Parameter(name="includeDesignations", type="boolean", doc="Give designations."),
        Parameter(
            name="designation",
            type="string",
            many=True,
            doc="Designations to give: a language, `urn:ietf:bcp:47|de`, or a use as system|code.",
        ),
        Parameter(name="includeDefinition", type="boolean", doc="Give the definition as well."),
        Parameter(name="activeOnly", type="boolean", doc="Leave inactive concepts out."),
        Parameter(name="excludeNested", type="boolean", doc="Give a flat list."),
        Parameter(name="excludeNotForUI", type="boolean", doc="Leave out what cannot be selected."),
        Parameter(
            name="excludePostCoordinated",
            type="boolean",
            doc="Post-coordinated codes are listed only where a value set enumerates them.",
        ),
        DISPLAY_LANGUAGE,
        Parameter(
            name="exclude-system", type="canonical", many=True, doc="Code systems to leave out."
        ),
        *VERSION_RULES,
        USE_SUPPLEMENT,
        Parameter(
            name="property",
            type="string",
            many=True,
            defined=R5,
            doc="Properties to give with each concept; * for all.",
        ),
        Parameter(
            name="limit",
            type="integer",
            defined=(),
            doc="Largest expansion to make; a larger one is too costly. No page size.",
        ),
        Parameter(name="_limit", type="integer", defined=(), alias_of="limit", doc="As `limit`."),
        DIAGNOSED,
        *CONTENT,
    ),
)

_VALIDATE_PARAMETERS = (
    *_VALUE_SET,
    CONTEXT,
    Parameter(name="code", type="code", doc="The code; goes with system."),
    Parameter(name="system", type="uri", doc="The code's system."),
    Parameter(name="systemVersion", type="string", doc="The system's version."),
    Parameter(
        name="version", type="string", defined=(), alias_of="systemVersion", doc="As systemVersion."
    ),
    Parameter(name="display", type="string", doc="A display to check; goes with code."),
    Parameter(name="coding", type="Coding", doc="The code as a Coding."),
    Parameter(
        name="codeableConcept", type="CodeableConcept", doc="Several codings; one must be a member."
    ),
    DATE,
    ABSTRACT,
    DISPLAY_LANGUAGE,
    USE_SUPPLEMENT,
    Parameter(
        name="inferSystem",
        type="boolean",
        defined=(),
        doc="Take the one system of the value set in which the code is.",
    ),
    Parameter(
        name="implySystem",
        type="boolean",
        defined=(),
        alias_of="inferSystem",
        doc="As inferSystem.",
    ),
    Parameter(
        name="lenient-display-validation",
        type="boolean",
        defined=(),
        doc="A wrong display is a warning, no error.",
    ),
    Parameter(
        name="valueset-membership-only",
        type="boolean",
        defined=(),
        doc="Check membership alone: no displays, no other codings.",
    ),
    Parameter(
        name="valueSetMode",
        type="code",
        defined=(),
        doc="CHECK_MEMBERSHIP_ONLY is valueset-membership-only; NO_MEMBERSHIP_CHECK is refused.",
    ),
    Parameter(
        name="mode", type="code", defined=(), alias_of="valueSetMode", doc="As valueSetMode."
    ),
    Parameter(
        name="activeOnly", type="boolean", defined=(), doc="Inactive concepts are no members."
    ),
    *VERSION_RULES,
    DIAGNOSTICS,
    EXPLAIN,
    LENIENT_CODE,
    BEHAVIOUR_MATRIX,
    PLAUSIBILITY,
    DIAGNOSED,
    *CONTENT,
)

VALIDATE_CODE = Operation(
    code="validate-code",
    resource="ValueSet",
    levels=("type", "instance"),
    definition=_DEF + "ValueSet-validate-code",
    doc="Whether a code is in a value set, and what is wrong with it.",
    body_resource=None,
    scope=_SCOPE,
    needs=(_ONE_VALUE_SET,),
    exclusive=(CODE_GROUP, _ONE_VALUE_SET),
    parameters=_VALIDATE_PARAMETERS,
)

BATCH_VALIDATE_CODE = Operation(
    code="batch-validate-code",
    resource="ValueSet",
    levels=("type",),
    definition=_ECOSYSTEM + "ValueSet-batch-validate-code",
    doc="Many validations in one request; parameters beside `validation` are for all of them.",
    parameters=(
        Parameter(
            name="validation",
            type="Parameters",
            many=True,
            required=True,
            defined=(),
            doc="The parameters of one $validate-code.",
        ),
        *_VALIDATE_PARAMETERS,
    ),
)


def _side(prefix: str, doc: str) -> tuple[Parameter, ...]:
    return (
        Parameter(name=f"{prefix}Url", type="uri", defined=(), doc=f"Canonical of {doc}."),
        Parameter(name=f"{prefix}ValueSet", type="ValueSet", defined=(), doc=f"{doc} itself."),
        Parameter(
            name=f"{prefix}ValueSetVersion",
            type="string",
            defined=(),
            doc=f"Version of {doc} named by {prefix}Url.",
        ),
    )


COMPARE = Operation(
    code="compare",
    resource="ValueSet",
    levels=("type",),
    definition=_ECOSYSTEM + "ValueSet-compare",
    doc="How two value sets lie to each other: same, subset, superset, overlapping, disjoint.",
    needs=(("thisUrl", "thisValueSet"), ("otherUrl", "otherValueSet")),
    exclusive=(("thisUrl", "thisValueSet"), ("otherUrl", "otherValueSet")),
    parameters=(
        *_side("this", "the first value set"),
        *_side("other", "the second value set"),
        DIAGNOSTICS,
        DISPLAY_LANGUAGE,
        *VERSION_RULES,
        *CONTENT,
    ),
)

OPERATIONS = (EXPAND, VALIDATE_CODE, BATCH_VALIDATE_CODE, COMPARE)

"""What the operations on CodeSystem take (OperationDefinitions of R4 and R5, tx ecosystem)."""

from dataclasses import replace

from api.operations import Operation, Parameter
from api.tables.common import (
    ABSTRACT,
    BEHAVIOUR_MATRIX,
    CODE_GROUP,
    CODE_SYSTEM_RULES,
    CONTENT,
    DATE,
    DIAGNOSED,
    DIAGNOSTICS,
    DISPLAY_LANGUAGE,
    EXPLAIN,
    LENIENT_CODE,
    PLAUSIBILITY,
    USE_SUPPLEMENT,
)

_DEF = "http://hl7.org/fhir/OperationDefinition/"

LOOKUP = Operation(
    code="lookup",
    resource="CodeSystem",
    levels=("type", "instance"),
    definition=_DEF + "CodeSystem-lookup",
    doc="All that is known of a code.",
    scope=("system", "version"),
    exclusive=(("code", "coding"), ("system", "coding")),
    needs=(("code", "coding"),),
    parameters=(
        Parameter(name="code", type="code", doc="The code; goes with system."),
        Parameter(name="system", type="uri", doc="The code's system."),
        Parameter(name="version", type="string", doc="The system's version."),
        Parameter(name="coding", type="Coding", doc="The code as a Coding."),
        DATE,
        DISPLAY_LANGUAGE,
        Parameter(
            name="property",
            type="code",
            many=True,
            doc="What to give: properties, parts of the answer, lang.X; * for all.",
        ),
        USE_SUPPLEMENT,
        *CODE_SYSTEM_RULES,
        DIAGNOSTICS,
        LENIENT_CODE,
        DIAGNOSED,
        *CONTENT,
    ),
)

VALIDATE_CODE = Operation(
    code="validate-code",
    resource="CodeSystem",
    levels=("type", "instance"),
    definition=_DEF + "CodeSystem-validate-code",
    doc="Whether a code is in a code system, and what is wrong with it.",
    scope=("url", "codeSystem", "version"),
    exclusive=(CODE_GROUP, ("url", "codeSystem")),
    parameters=(
        Parameter(name="url", type="uri", doc="Canonical of the code system."),
        Parameter(name="system", type="uri", defined=(), alias_of="url", doc="As url."),
        Parameter(name="codeSystem", type="CodeSystem", doc="The code system itself."),
        Parameter(name="code", type="code", doc="The code; goes with url."),
        Parameter(name="version", type="string", doc="Version of the code system."),
        Parameter(
            name="systemVersion", type="string", defined=(), alias_of="version", doc="As version."
        ),
        Parameter(name="display", type="string", doc="A display to check; goes with code."),
        Parameter(name="coding", type="Coding", doc="The code as a Coding."),
        Parameter(name="codeableConcept", type="CodeableConcept", doc="Several codings."),
        DATE,
        ABSTRACT,
        DISPLAY_LANGUAGE,
        replace(USE_SUPPLEMENT, defined=()),
        Parameter(
            name="lenient-display-validation",
            type="boolean",
            defined=(),
            doc="A wrong display is a warning, no error.",
        ),
        *CODE_SYSTEM_RULES,
        DIAGNOSTICS,
        EXPLAIN,
        LENIENT_CODE,
        BEHAVIOUR_MATRIX,
        PLAUSIBILITY,
        DIAGNOSED,
        *CONTENT,
    ),
)

SUBSUMES = Operation(
    code="subsumes",
    resource="CodeSystem",
    levels=("type", "instance"),
    definition=_DEF + "CodeSystem-subsumes",
    doc="Whether code A subsumes code B, or is subsumed by it.",
    scope=("system", "version"),
    exclusive=(("codeA", "codingA"), ("codeB", "codingB")),
    needs=(("codeA", "codingA"), ("codeB", "codingB")),
    parameters=(
        Parameter(name="codeA", type="code", doc="Code A; goes with system."),
        Parameter(name="codeB", type="code", doc="Code B; goes with system."),
        Parameter(name="system", type="uri", doc="The system of both codes."),
        Parameter(name="version", type="string", doc="The system's version."),
        Parameter(name="codingA", type="Coding", doc="Code A as a Coding."),
        Parameter(name="codingB", type="Coding", doc="Code B as a Coding."),
        *CODE_SYSTEM_RULES,
        *CONTENT,
    ),
)

FIND_MATCHES = Operation(
    code="find-matches",
    resource="CodeSystem",
    levels=("type", "instance"),
    definition=_DEF + "CodeSystem-find-matches",
    doc="The codes that have the properties asked for.",
    scope=("system", "version"),
    needs=(("property",),),
    parameters=(
        Parameter(name="system", type="uri", doc="The code system."),
        Parameter(name="version", type="string", doc="The system's version."),
        Parameter(
            name="property",
            type="parts",
            many=True,
            doc="A property that a match has; `focus` is the concept itself or one above it.",
            parts=(
                Parameter(name="code", type="code", required=True, doc="The property."),
                Parameter(name="value", type="Any", doc="Its value."),
                Parameter(
                    name="subproperty",
                    type="parts",
                    many=True,
                    doc="A property in a role group (609096000) of SNOMED CT, which has no value.",
                    parts=(
                        Parameter(name="code", type="code", required=True, doc="The property."),
                        Parameter(name="value", type="Any", required=True, doc="Its value."),
                    ),
                ),
            ),
        ),
        Parameter(name="exact", type="boolean", doc="Only codes that have every property."),
        Parameter(name="compositional", type="boolean", doc="Not supported if true."),
        *CODE_SYSTEM_RULES,
        *CONTENT,
    ),
)

PLAUSIBLE = Operation(
    code="plausibility",
    resource="CodeSystem",
    levels=("type",),
    definition="urn:termserver:OperationDefinition:plausibility",
    doc="Whether an ICD-O-3 morphology is listed at a site in SEER's site/histology list.",
    needs=(("morphology", "histology"),),
    exclusive=(("morphology", "histology"), ("morphology", "behaviour")),
    parameters=(
        Parameter(
            name="site", type="code", required=True, defined=(), doc="Topography: C50.9 or C509."
        ),
        Parameter(
            name="morphology",
            type="code",
            defined=(),
            doc="Morphology with behaviour: 8500/3 or 85003.",
        ),
        Parameter(
            name="histology",
            type="code",
            defined=(),
            doc="The morphology's first four digits alone (NAACCR item 522); goes with behaviour.",
        ),
        Parameter(
            name="behaviour",
            type="code",
            defined=(),
            doc="The morphology's behaviour alone (NAACCR item 523).",
        ),
        Parameter(
            name="listVersion",
            type="string",
            defined=(),
            doc="Date of the list (YYYYMMDD); the newest where absent.",
        ),
        Parameter(
            name="diagnosed",
            type="date",
            defined=(),
            doc="Date of diagnosis: both codes must be of its edition of ICD-O-3 too.",
        ),
        *CONTENT,
    ),
)

OPERATIONS = (LOOKUP, VALIDATE_CODE, SUBSUMES, FIND_MATCHES, PLAUSIBLE)

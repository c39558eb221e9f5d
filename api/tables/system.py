"""What the operations at the base take."""

from dataclasses import replace

from api.operations import Operation, Parameter
from api.tables.common import BEHAVIOUR_MATRIX, DIAGNOSED, PLAUSIBILITY, TX_RESOURCE

VERSIONS = Operation(
    code="versions",
    resource=None,
    levels=("system",),
    definition="http://hl7.org/fhir/OperationDefinition/CapabilityStatement-versions",
    doc="The FHIR versions of this base.",
    takes_content=False,
    parameters=(),
)

CACHE_CONTROL = Operation(
    code="cache-control",
    resource=None,
    levels=("system",),
    definition="http://hl7.org/fhir/uv/tx-ecosystem/OperationDefinition/cache-control",
    doc="Keeps tx-resources for later requests, which name them by the header X-Cache-Id.",
    affects_state=True,
    takes_content=False,
    parameters=(
        Parameter(
            name="mode",
            type="code",
            defined=(),
            doc="start: keep the resources and give a cache-id; end: forget them.",
        ),
        Parameter(name="cache-id", type="id", defined=(), doc="Which to end."),
        TX_RESOURCE,
    ),
)

CLOSURE = Operation(
    code="closure",
    resource=None,
    levels=("system",),
    definition="http://hl7.org/fhir/OperationDefinition/ConceptMap-closure",
    doc="A client's table of subsumptions between the codes it has met, kept by name.",
    affects_state=True,
    exclusive=(("concept", "version"),),
    parameters=(
        Parameter(name="name", type="string", required=True, doc="Name of the table."),
        Parameter(name="concept", type="Coding", many=True, doc="Codes to add."),
        Parameter(name="version", type="string", doc="Give all that was added after this version."),
    ),
    takes_content=False,
)

CHECK = Operation(
    code="check",
    resource=None,
    levels=("system",),
    definition="urn:termserver:OperationDefinition:check",
    doc="Checks the codes of a resource or Bundle against the bindings of its profiles.",
    body_resource="resource",
    parameters=(
        Parameter(
            name="resource", type="Resource", required=True, defined=(), doc="What to check."
        ),
        Parameter(
            name="profile",
            type="canonical",
            many=True,
            defined=(),
            doc="Check against it too, beside those of meta.profile.",
        ),
        BEHAVIOUR_MATRIX,
        replace(
            PLAUSIBILITY,
            doc="termserver's own: compare ICD-O-3 site and morphology of each resource.",
        ),
        DIAGNOSED,
    ),
    takes_content=False,
)

OPERATIONS = (VERSIONS, CACHE_CONTROL, CLOSURE, CHECK)

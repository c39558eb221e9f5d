"""What ConceptMap/$translate takes: the parameters of R4 and of R5, both accepted at both bases."""

from api.operations import R4, R5, Operation, Parameter
from api.tables.common import CONTENT

_SOURCE = ("sourceCode", "sourceCoding", "sourceCodeableConcept")
_TARGET = ("targetCode", "targetCoding", "targetCodeableConcept")

TRANSLATE = Operation(
    code="translate",
    resource="ConceptMap",
    levels=("type", "instance"),
    definition="http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
    doc="The concepts that maps give for a code.",
    scope=("url", "conceptMap", "conceptMapVersion"),
    exclusive=((*_SOURCE, *_TARGET), ("url", "conceptMap")),
    needs=((*_SOURCE, *_TARGET),),
    parameters=(
        Parameter(name="url", type="uri", doc="Canonical of the map, implicit ones too."),
        Parameter(name="conceptMap", type="ConceptMap", doc="The map itself."),
        Parameter(name="conceptMapVersion", type="string", doc="Version of the map."),
        Parameter(name="sourceCode", type="code", defined=R5, doc="The code to translate."),
        Parameter(
            name="code", type="code", defined=R4, alias_of="sourceCode", doc="As sourceCode."
        ),
        Parameter(name="system", type="uri", doc="The system of the code given."),
        Parameter(
            name="sourceSystem",
            type="uri",
            defined=(),
            doc="The system of source codes; in a reverse translation the one sought.",
        ),
        Parameter(name="version", type="string", doc="The version of the system."),
        Parameter(name="sourceCoding", type="Coding", defined=R5, doc="The code as a Coding."),
        Parameter(
            name="coding",
            type="Coding",
            defined=R4,
            alias_of="sourceCoding",
            doc="As sourceCoding.",
        ),
        Parameter(
            name="sourceCodeableConcept", type="CodeableConcept", defined=R5, doc="Several codings."
        ),
        Parameter(
            name="codeableConcept",
            type="CodeableConcept",
            defined=R4,
            alias_of="sourceCodeableConcept",
            doc="As sourceCodeableConcept.",
        ),
        Parameter(name="sourceScope", type="uri", defined=R5, doc="Value set the code comes from."),
        Parameter(
            name="source", type="uri", defined=R4, alias_of="sourceScope", doc="As sourceScope."
        ),
        Parameter(name="targetScope", type="uri", defined=R5, doc="Value set of the targets."),
        Parameter(
            name="target", type="uri", defined=R4, alias_of="targetScope", doc="As targetScope."
        ),
        Parameter(name="targetSystem", type="uri", defined=R5, doc="System of the targets."),
        Parameter(
            name="targetsystem",
            type="uri",
            defined=R4,
            alias_of="targetSystem",
            doc="As targetSystem.",
        ),
        Parameter(
            name="targetCode",
            type="code",
            defined=R5,
            doc="A target: gives the sources that lead to it.",
        ),
        Parameter(name="targetCoding", type="Coding", defined=R5, doc="A target as a Coding."),
        Parameter(name="targetCodeableConcept", type="CodeableConcept", defined=R5, doc="Targets."),
        Parameter(
            name="reverse", type="boolean", defined=R4, doc="Translate from target to source."
        ),
        Parameter(
            name="dependency",
            type="parts",
            many=True,
            doc="Another value that chooses between targets with dependsOn.",
            parts=(
                Parameter(name="attribute", type="uri", defined=R5, doc="The attribute."),
                Parameter(
                    name="element",
                    type="uri",
                    defined=R4,
                    alias_of="attribute",
                    doc="As attribute.",
                ),
                Parameter(name="value", type="Any", defined=R5, doc="Its value."),
                Parameter(name="concept", type="CodeableConcept", defined=R4, doc="Its value."),
            ),
        ),
        *CONTENT,
    ),
)

OPERATIONS = (TRANSLATE,)

"""What the operations on NamingSystem take."""

from api.operations import R5, Operation, Parameter
from api.tables.common import CONTENT

_DATE = Parameter(
    name="date", type="dateTime", defined=R5, doc="Leaves out identifiers not valid then."
)

PREFERRED_ID = Operation(
    code="preferred-id",
    resource="NamingSystem",
    levels=("type",),
    definition="http://hl7.org/fhir/OperationDefinition/NamingSystem-preferred-id",
    doc="The identifier of a given type for a system.",
    parameters=(
        Parameter(
            name="id", type="string", required=True, doc="A URI, OID or mnemonic of the system."
        ),
        Parameter(
            name="type",
            type="code",
            required=True,
            doc="The type wanted, as oid or uri.",
        ),
        _DATE,
        *CONTENT,
    ),
)

TRANSLATE_ID = Operation(
    code="translate-id",
    resource="NamingSystem",
    levels=("type",),
    definition="http://hl7.org/fhir/OperationDefinition/NamingSystem-translate-id",
    doc="All identifiers of a given type for a system.",
    parameters=(
        Parameter(name="id", type="string", required=True, defined=R5, doc="The identifier given."),
        Parameter(name="sourceType", type="code", required=True, defined=R5, doc="Its type."),
        Parameter(
            name="targetType", type="code", required=True, defined=R5, doc="The type wanted."
        ),
        Parameter(
            name="preferredOnly", type="boolean", defined=R5, doc="Preferred identifiers only."
        ),
        _DATE,
        *CONTENT,
    ),
)

OPERATIONS = (PREFERRED_ID, TRANSLATE_ID)

"""Parameters that several operations share."""

from dataclasses import replace

from api.operations import BOTH, R5, Parameter

DISPLAY_LANGUAGE = Parameter(
    name="displayLanguage",
    type="code",
    doc="Language of displays; a list with weights as in Accept-Language is taken too.",
)
DATE = Parameter(
    name="date",
    type="dateTime",
    use="refused",
    doc="Content is kept by version, not by date: name the version instead.",
)
USE_SUPPLEMENT = Parameter(
    name="useSupplement",
    type="canonical",
    many=True,
    defined=R5,
    doc="Supplement whose designations and properties take part; unknown ones are an error.",
)
SYSTEM_VERSION = Parameter(
    name="system-version",
    type="canonical",
    many=True,
    doc="`system|version`: the version to use where none is named.",
)
CHECK_SYSTEM_VERSION = Parameter(
    name="check-system-version",
    type="canonical",
    many=True,
    doc="`system|version`: fail if another version would be used.",
)
FORCE_SYSTEM_VERSION = Parameter(
    name="force-system-version",
    type="canonical",
    many=True,
    doc="`system|version`: use this version whatever is named elsewhere.",
)
DEFAULT_VALUESET_VERSION = Parameter(
    name="default-valueset-version",
    type="canonical",
    many=True,
    defined=(),
    doc="`url|version`: the value set version to use where an import names none.",
)
CHECK_VALUESET_VERSION = Parameter(
    name="check-valueset-version",
    type="canonical",
    many=True,
    defined=(),
    doc="`url|version`: fail if another value set version would be used.",
)
FORCE_VALUESET_VERSION = Parameter(
    name="force-valueset-version",
    type="canonical",
    many=True,
    defined=(),
    doc="`url|version`: use this value set version whatever is named elsewhere.",
)
VERSION_RULES = (
    SYSTEM_VERSION,
    CHECK_SYSTEM_VERSION,
    FORCE_SYSTEM_VERSION,
    DEFAULT_VALUESET_VERSION,
    CHECK_VALUESET_VERSION,
    FORCE_VALUESET_VERSION,
)
CODE_SYSTEM_RULES = tuple(
    replace(one, defined=()) for one in (SYSTEM_VERSION, CHECK_SYSTEM_VERSION, FORCE_SYSTEM_VERSION)
)
"""The version rules at operations on CodeSystem, where no release defines them."""

TX_RESOURCE = Parameter(
    name="tx-resource",
    type="Resource",
    many=True,
    defined=(),
    doc="CodeSystem, supplement, ValueSet or ConceptMap that stands before loaded content.",
)
CACHE_ID = Parameter(
    name="cache-id",
    type="id",
    defined=(),
    doc="Identifies tx-resources sent earlier; the header X-Cache-Id does the same.",
)
CONTENT = (TX_RESOURCE, CACHE_ID)
DIAGNOSTICS = Parameter(
    name="diagnostics",
    type="boolean",
    defined=(),
    doc="Whether the answer may carry more for people to read.",
)
OWN_PARAMETERS = "http://termserver.dev/fhir/parameter/"
"""What the names of termserver's own parameters begin with."""

EXPLAIN = Parameter(
    name=f"{OWN_PARAMETERS}explain",
    type="boolean",
    defined=(),
    alias_of="explain",
    doc="termserver's own: add `explain` to a validation: what decided, what is near.",
)
LENIENT_CODE = Parameter(
    name=f"{OWN_PARAMETERS}lenient-code",
    type="boolean",
    defined=(),
    alias_of="lenientCode",
    doc="termserver's own: take other ways to write ICD-O-3 (C509, 85003, M-8500/3, 8140/31).",
)
BEHAVIOUR_MATRIX = Parameter(
    name=f"{OWN_PARAMETERS}behaviour-matrix",
    type="boolean",
    defined=(),
    alias_of="behaviourMatrix",
    doc="termserver's own: take an ICD-O-3 histology with a behaviour that is not listed (rule F).",
)
PLAUSIBILITY = Parameter(
    name=f"{OWN_PARAMETERS}plausibility",
    type="boolean",
    defined=(),
    alias_of="plausibility",
    doc="termserver's own: compare a CodeableConcept's ICD-O-3 site and morphology (SEER's list).",
)
DIAGNOSED = Parameter(
    name=f"{OWN_PARAMETERS}diagnosed",
    type="date",
    defined=(),
    alias_of="diagnosed",
    doc="termserver's own: date of diagnosis, which chooses the edition of ICD-O-3.",
)
CONTEXT = Parameter(
    name="context",
    type="uri",
    use="refused",
    doc="Bindings are not resolved from an element's path: name the value set by url.",
)
ABSTRACT = Parameter(
    name="abstract",
    type="boolean",
    defined=BOTH,
    doc="Whether a concept that is not for selection is valid; true where absent.",
)
CODE_GROUP = ("code", "coding", "codeableConcept")

"""Well-known URIs and identifiers by name, each with its source."""

SNOMED_CT = "http://snomed.info/sct"
SNOMED_CT_ID = "http://snomed.info/id/"
"""Before the identifier of a concept, of which an attribute is one, it is its uri."""
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_O_3 = "http://terminology.hl7.org/CodeSystem/icd-o-3"
NDC = "http://hl7.org/fhir/sid/ndc"
BCP_47 = "urn:ietf:bcp:47"
BCP_13 = "urn:ietf:bcp:13"
ISO_3166 = "urn:iso:std:iso:3166"
HGVS = "http://varnomen.hgvs.org"

POLYHIERARCHIES = frozenset({SNOMED_CT, LOINC, RXNORM})
"""Systems whose concepts have several parents, so that an expansion of them is a list, not a tree.
"""

LISTED_BY = {
    UCUM: "http://hl7.org/fhir/ValueSet/ucum-common",
    BCP_47: "http://terminology.hl7.org/ValueSet/Languages",
    BCP_13: "http://hl7.org/fhir/ValueSet/mimetypes",
}
"""Systems with a grammar -> the value set that lists what of them is common (suites UCUM,
langcodes).
"""

TX_ISSUE_TYPE = "http://hl7.org/fhir/tools/CodeSystem/tx-issue-type"
MESSAGE_ID = "http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id"
CONCEPT_PROPERTIES = "http://hl7.org/fhir/concept-properties"
DESIGNATION_USAGE = "http://terminology.hl7.org/CodeSystem/designation-usage"
PREFERRED_FOR_LANGUAGE = "http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra"

FULLY_SPECIFIED_NAME = "900000000000003001"
SYNONYM = "900000000000013009"

STANDARDS_STATUS = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"
VALUESET_SUPPLEMENT = "http://hl7.org/fhir/StructureDefinition/valueset-supplement"
VALUESET_UNCLOSED = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed"
VALUESET_UNCLOSED_REASON = "http://hl7.org/fhir/StructureDefinition/valueset-unclosed-reason"
CONCEPT_DEFINITION = "http://hl7.org/fhir/StructureDefinition/valueset-concept-definition"
VALUESET_DEPRECATED = "http://hl7.org/fhir/StructureDefinition/valueset-deprecated"
EXPANSION_PARAMETER = "http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter"
ITEM_WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"

ALIASES = {
    # ICD-O-3: mCODE, THO's NamingSystem, HL7 sid, SNOMED CT's map to ICD-O (design.md section 3)
    "http://hl7.org/fhir/sid/icd-o-3": ICD_O_3,
    "http://hl7.org/fhir/sid/icd-o": ICD_O_3,
    "urn:oid:2.16.840.1.113883.6.43.1": ICD_O_3,
    # OIDs of HL7's registry (THO NamingSystem)
    "urn:oid:2.16.840.1.113883.6.96": SNOMED_CT,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.8": UCUM,
    "urn:oid:2.16.840.1.113883.6.90": ICD_10_CM,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
}
"""Other names of a code system -> its canonical. NamingSystem resources add to it at run time."""

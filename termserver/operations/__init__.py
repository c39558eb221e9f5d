"""FHIR operations on code systems and maps, one module each."""

"""Thin handlers, one module per resource type: values -> operation -> FHIR JSON."""

from collections.abc import Callable, Mapping

from api.call import Call
from api.exchange import Reply
from api.handlers import check, codesystem, conceptmap, namingsystem, system, valueset

HANDLERS: Mapping[str, Callable[[Call], Reply]] = {
    "CodeSystem/$lookup": codesystem.lookup,
    "CodeSystem/$validate-code": codesystem.validate_code,
    "CodeSystem/$subsumes": codesystem.subsumes,
    "CodeSystem/$find-matches": codesystem.find_matches,
    "CodeSystem/$plausibility": codesystem.plausibility,
    "ValueSet/$expand": valueset.expand,
    "ValueSet/$validate-code": valueset.validate_code,
    "ValueSet/$batch-validate-code": valueset.batch_validate_code,
    "ValueSet/$compare": valueset.compare,
    "ConceptMap/$translate": conceptmap.translate,
    "NamingSystem/$preferred-id": namingsystem.preferred_id,
    "NamingSystem/$translate-id": namingsystem.translate_id,
    "$versions": system.versions,
    "$cache-control": system.cache_control,
    "$closure": system.closure,
    "$check": check.check,
}
"""Operation path -> handler; a test says that every operation of the tables has one."""

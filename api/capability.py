"""CapabilityStatement and TerminologyCapabilities, made from the tables and the loaded content.

Source: FHIR R4 and R5 http "capabilities"; tx ecosystem docs/metadata.md and requirements.md.
"""

from __future__ import annotations

from typing import Any

from api.operations import Operation, operations
from api.routes import RESOURCE_TYPES
from api.search_parameters import SEARCH_PARAMETERS
from api.version import RELEASE_DATE, VERSION
from termserver.terminology import Terminology

FHIR_VERSIONS = {"4.0": "4.0.1", "5.0": "5.0.0"}
TEST_VERSION = "1.9.1"
_FEATURE = "http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature"


def capability_statement(
    release: str, root: str, *, keeps_contexts: bool, keeps_closures: bool
) -> dict[str, Any]:
    """Return the CapabilityStatement of a base; what does not work here is not in it."""
    offered = [
        one for one in operations() if _is_offered(one, release, keeps_contexts, keeps_closures)
    ]
    return {
        "resourceType": "CapabilityStatement",
        "extension": [
            _feature(
                "http://hl7.org/fhir/uv/tx-tests/FeatureDefinition/test-version", TEST_VERSION
            ),
            _feature(
                "http://hl7.org/fhir/uv/tx-ecosystem/FeatureDefinition/CodeSystemAsParameter", True
            ),
        ],
        "url": f"{root}/metadata",
        "version": VERSION,
        "name": "TermserverCapabilityStatement",
        "title": "termserver capability statement",
        "status": "active",
        "experimental": False,
        "date": RELEASE_DATE,
        "publisher": "termserver",
        "kind": "instance",
        "instantiates": ["http://hl7.org/fhir/CapabilityStatement/terminology-server"],
        "software": {"name": "termserver", "version": VERSION, "releaseDate": RELEASE_DATE},
        "implementation": {"description": "termserver", "url": root},
        "fhirVersion": FHIR_VERSIONS[release],
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": True,
                    "service": [
                        {
                            "text": "Reading is open; changing content needs a bearer token",
                        }
                    ],
                },
                "resource": [_resource(type_, offered) for type_ in RESOURCE_TYPES],
                "interaction": [{"code": "batch"}],
                "operation": [_operation(one) for one in offered if one.resource is None],
            }
        ],
    }


def _is_offered(one: Operation, release: str, contexts: bool, closures: bool) -> bool:
    if one.code == "cache-control":
        return contexts
    if one.code == "closure":
        return closures
    return not (one.code == "translate-id" and release.startswith("4"))


def _feature(definition: str, value: str | bool) -> dict[str, Any]:
    kind = "valueBoolean" if isinstance(value, bool) else "valueCode"
    return {
        "url": _FEATURE,
        "extension": [
            {"url": "definition", "valueCanonical": definition},
            {"url": "value", kind: value},
        ],
    }


def _resource(type_: str, offered: list[Operation]) -> dict[str, Any]:
    return {
        "type": type_,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [
            {"name": one.name, "type": one.type, "documentation": one.doc}
            for one in SEARCH_PARAMETERS
            if type_ in one.types
        ],
        "operation": [_operation(one) for one in offered if one.resource == type_],
    }


def _operation(one: Operation) -> dict[str, Any]:
    return {"name": one.code, "definition": one.definition, "documentation": one.doc}


def terminology_capabilities(terminology: Terminology, release: str, root: str) -> dict[str, Any]:
    """Return the TerminologyCapabilities: every code system that answers, with all its versions."""
    r4 = release.startswith("4")
    return {
        "resourceType": "TerminologyCapabilities",
        "url": f"{root}/metadata?mode=terminology",
        "version": VERSION,
        "name": "TermserverTerminologyCapabilities",
        "title": "termserver terminology capabilities",
        "status": "active",
        "date": RELEASE_DATE,
        "publisher": "termserver",
        "kind": "instance",
        "software": {"name": "termserver", "version": VERSION},
        "implementation": {"description": "termserver", "url": root},
        "codeSystem": _code_systems(terminology, r4=r4),
        "expansion": {
            "hierarchical": True,
            "paging": True,
            "incomplete": False,
            "parameter": [
                {"name": one.name, "documentation": one.doc}
                for one in _find("ValueSet", "expand").parameters
                if one.use == "taken"
            ],
            "textFilter": "Every word must begin a word of a display, a designation or the code, "
            "in any order; case and accents do not matter.",
        },
        "codeSearch": "explicit" if r4 else "in-compose",
        "validateCode": {"translations": True},
        "translation": {"needsMap": True},
        "closure": {"translation": False},
    }


def _find(type_: str, code: str) -> Operation:
    return next(one for one in operations() if (one.resource, one.code) == (type_, code))


def _code_systems(terminology: Terminology, *, r4: bool) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for system in terminology.code_systems():
        if system.content not in {"complete", "fragment"}:
            continue
        entry = found.setdefault(
            system.url,
            {"uri": system.url, "version": [], "content": system.content, "subsumption": True},
        )
        default = terminology.find_entry(system.url)
        version: dict[str, Any] = {"code": system.version} if system.version else {}
        version["isDefault"] = default is not None and default.system.version == system.version
        version["compositional"] = system.compositional
        if version not in entry["version"]:
            entry["version"].append(version)
    for entry in found.values():
        if r4:
            del entry["content"]
        if len(entry["version"]) > 1:
            # tcp-1: with several versions each has a code
            entry["version"] = [one for one in entry["version"] if "code" in one]
    return list(found.values())

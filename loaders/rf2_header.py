"""SNOMED CT RF2: what is said of the release as a whole: pack header, code system, licence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from loaders.rf2_editions import Edition
from loaders.rf2_files import Rf2File
from termserver.dialects import language_of
from termserver.model import CodeSystem, FilterDefinition, PropertyDefinition
from termserver.providers.snomed_editions import EDITIONS, dialects_of
from termserver.records import PackHeader, SourceFile
from termserver.systems import CONCEPT_PROPERTIES, SNOMED_CT

COPYRIGHT = (
    "This code system is SNOMED CT, which is copyright © 2002+ International Health Terminology "
    "Standards "
    "Development Organisation (SNOMED International). All rights reserved. SNOMED CT was "
    "originally "
    "created by the College of American Pathologists."
)
LICENCE = (
    f"{COPYRIGHT} Use of SNOMED CT needs a SNOMED CT Affiliate Licence "
    "(https://www.snomed.org/get-snomed); its holder is responsible for its conditions, also "
    "when the "
    "content is served to others."
)

_HIERARCHICAL = ("is-a", "descendent-of", "is-not-a", "generalizes", "child-of", "descendent-leaf")
_FILTERS = (
    FilterDefinition(code="concept", operators=(*_HIERARCHICAL, "in", "="), value="a concept id"),
    FilterDefinition(code="constraint", operators=("=",), value="an ECL expression"),
    FilterDefinition(code="expressions", operators=("=",), value="true or false"),
)
_PROPERTIES = (
    PropertyDefinition(code="effectiveTime", type="dateTime", description="of the concept's row"),
    PropertyDefinition(
        code="inactive",
        type="boolean",
        uri=f"{CONCEPT_PROPERTIES}#inactive",
        description="Whether the concept is inactive",
    ),
    PropertyDefinition(code="moduleId", type="code", description="The module of the concept"),
    PropertyDefinition(code="normalForm", type="string", description="with terms"),
    PropertyDefinition(code="normalFormTerse", type="string", description="ids only"),
    PropertyDefinition(code="semanticTag", type="code", description="of the fully specified name"),
    PropertyDefinition(code="sufficientlyDefined", type="boolean", description="definition status"),
    PropertyDefinition(code="parent", type="code", uri=f"{CONCEPT_PROPERTIES}#parent"),
    PropertyDefinition(code="child", type="code", uri=f"{CONCEPT_PROPERTIES}#child"),
)
_CHUNK = 1 << 20


def code_system_of(edition: Edition) -> CodeSystem:
    """Return the code system of an edition. Source: FHIR, Using SNOMED CT with FHIR."""
    title = _title(edition)
    return CodeSystem(
        url=SNOMED_CT,
        version=edition.version,
        # what $lookup answers as name (suite `snomed`, lookup); the resource has SNOMED_CT
        name=f"{SNOMED_CT}|{edition.version}",
        title=title,
        status="active",
        content="complete",
        case_sensitive=True,
        hierarchy_meaning="is-a",
        compositional=True,
        language=language_of(dialects_of(int(edition.module))[0]),
        value_set=f"{SNOMED_CT}?fhir_vs",
        copyright=LICENCE,
        properties=_PROPERTIES,
        filters=_FILTERS,
        resource=_resource(edition, title),
    )


def _title(edition: Edition) -> str:
    date = f"{edition.date[:4]}-{edition.date[4:6]}-{edition.date[6:]}"
    if edition.base is None:
        return f"SNOMED CT module {edition.module}, {date}"
    name = f"SNOMED CT {EDITIONS[edition.base].name} Edition, {date}"
    own = str(edition.base) == edition.module
    return name if own else f"{name}, module {edition.module}"


def _resource(edition: Edition, title: str) -> dict[str, object]:
    date = edition.date
    return {
        "resourceType": "CodeSystem",
        "url": SNOMED_CT,
        "version": edition.version,
        "name": "SNOMED_CT",
        "title": title,
        "status": "active",
        "experimental": "/xsct/" in edition.version,
        "date": f"{date[:4]}-{date[4:6]}-{date[6:]}",
        "publisher": "SNOMED International",
        "copyright": LICENCE,
        "caseSensitive": True,
        "valueSet": f"{SNOMED_CT}?fhir_vs",
        "hierarchyMeaning": "is-a",
        "compositional": True,
        "versionNeeded": False,
        "content": "complete",
        "filter": [
            {"code": one.code, "operator": list(one.operators), "value": one.value}
            for one in _FILTERS
        ],
        "property": [_property(one) for one in _PROPERTIES],
    }


def _property(one: PropertyDefinition) -> dict[str, object]:
    found: dict[str, object] = {"code": one.code, "type": one.type}
    if one.uri is not None:
        found["uri"] = one.uri
    if one.description is not None:
        found["description"] = one.description
    return found


def pack_header(
    edition: Edition, files: Sequence[Rf2File], name: str | None, warnings: Iterable[str]
) -> PackHeader:
    """Return the pack's header; the name tells unpublished (xsct) editions from published ones."""
    kind = "xsct" if "/xsct/" in edition.version else "sct"
    return PackHeader(
        name=name or f"snomed-{kind}-{edition.module}",
        version=edition.date,
        kind="rf2",
        title=code_system_of(edition).title,
        licence=LICENCE,
        sources=tuple(SourceFile(name=one.name, sha256=_digest(one.path)) for one in files),
        warnings=(*edition.warnings, *warnings),
    )


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as content:
        while block := content.read(_CHUNK):
            found.update(block)
    return found.hexdigest()

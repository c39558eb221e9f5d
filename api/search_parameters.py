"""Which search parameters each resource type takes: one table for search, capabilities and docs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SearchType = Literal["token", "uri", "string", "date", "reference"]

_ALL = ("CodeSystem", "ValueSet", "ConceptMap", "NamingSystem")
_THREE = ("CodeSystem", "ValueSet", "ConceptMap")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchParameter:
    """One parameter: its FHIR type, the types that take it, and the element it looks at."""

    name: str
    type: SearchType
    types: tuple[str, ...]
    element: str
    doc: str


SEARCH_PARAMETERS = (
    SearchParameter(name="_id", type="token", types=_ALL, element="id", doc="The id."),
    SearchParameter(
        name="url", type="uri", types=_ALL, element="url", doc="The canonical; url|version too."
    ),
    SearchParameter(
        name="version", type="token", types=_ALL, element="version", doc="The business version."
    ),
    SearchParameter(name="name", type="string", types=_ALL, element="name", doc="The name."),
    SearchParameter(name="title", type="string", types=_THREE, element="title", doc="The title."),
    SearchParameter(name="status", type="token", types=_ALL, element="status", doc="The status."),
    SearchParameter(
        name="publisher", type="string", types=_ALL, element="publisher", doc="The publisher."
    ),
    SearchParameter(
        name="description", type="string", types=_ALL, element="description", doc="The description."
    ),
    SearchParameter(
        name="date", type="date", types=_ALL, element="date", doc="Date of last change."
    ),
    SearchParameter(
        name="identifier", type="token", types=_THREE, element="identifier", doc="An identifier."
    ),
    SearchParameter(
        name="jurisdiction", type="token", types=_ALL, element="jurisdiction", doc="A jurisdiction."
    ),
    SearchParameter(
        name="system", type="uri", types=("CodeSystem",), element="url", doc="The system: as url."
    ),
    SearchParameter(
        name="content-mode",
        type="token",
        types=("CodeSystem",),
        element="content",
        doc="complete, fragment, example, not-present or supplement.",
    ),
    SearchParameter(
        name="supplements",
        type="reference",
        types=("CodeSystem",),
        element="supplements",
        doc="The code system that a supplement is for.",
    ),
    SearchParameter(
        name="language",
        type="token",
        types=("CodeSystem",),
        element="language",
        doc="The language.",
    ),
    SearchParameter(
        name="code",
        type="token",
        types=("ValueSet",),
        element=".codes",
        doc="A code that the definition enumerates.",
    ),
    SearchParameter(
        name="reference",
        type="uri",
        types=("ValueSet",),
        element=".systems",
        doc="A code system that the definition takes codes from.",
    ),
    SearchParameter(
        name="source",
        type="reference",
        types=("ConceptMap",),
        element="sourceUri sourceCanonical sourceScopeUri sourceScopeCanonical",
        doc="The value set that the map is from (R4).",
    ),
    SearchParameter(
        name="source-uri",
        type="reference",
        types=("ConceptMap",),
        element="sourceUri sourceCanonical sourceScopeUri sourceScopeCanonical",
        doc="As source (R4).",
    ),
    SearchParameter(
        name="source-scope",
        type="reference",
        types=("ConceptMap",),
        element="sourceUri sourceCanonical sourceScopeUri sourceScopeCanonical",
        doc="The value set that the map is from (R5).",
    ),
    SearchParameter(
        name="target",
        type="reference",
        types=("ConceptMap",),
        element="targetUri targetCanonical targetScopeUri targetScopeCanonical",
        doc="The value set that the map leads to (R4).",
    ),
    SearchParameter(
        name="target-uri",
        type="reference",
        types=("ConceptMap",),
        element="targetUri targetCanonical targetScopeUri targetScopeCanonical",
        doc="As target (R4).",
    ),
    SearchParameter(
        name="target-scope",
        type="reference",
        types=("ConceptMap",),
        element="targetUri targetCanonical targetScopeUri targetScopeCanonical",
        doc="The value set that the map leads to (R5).",
    ),
    SearchParameter(
        name="kind", type="token", types=("NamingSystem",), element="kind", doc="The kind."
    ),
    SearchParameter(
        name="value",
        type="string",
        types=("NamingSystem",),
        element="uniqueId.value",
        doc="An identifier of the system.",
    ),
    SearchParameter(
        name="id-type",
        type="token",
        types=("NamingSystem",),
        element="uniqueId.type",
        doc="The type of an identifier.",
    ),
)

RESULT_PARAMETERS = (
    "_count",
    "_offset",
    "_summary",
    "_elements",
    "_format",
    "_pretty",
    "_total",
    "_sort",
)
"""Parameters that shape the result rather than choose it."""


def find_search_parameter(type_: str, name: str) -> SearchParameter | None:
    """Return the parameter of a type, None if the type has none of that name."""
    return next((one for one in SEARCH_PARAMETERS if one.name == name and type_ in one.types), None)

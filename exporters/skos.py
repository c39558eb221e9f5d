"""Content -> SKOS: a concept scheme, or a collection of concepts of several, through rdflib.

Codes are notations, displays preferred labels, designations alternative labels, parents broader
concepts; an ordered collection keeps the order, owl:deprecated that a concept is inactive. What
SKOS has no place for is counted and returned.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from exporters.content import Content, SetContent, SystemContent, counted
from termserver.errors import InvalidRequest
from termserver.model import Designation

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

FORMATS = {
    ".ttl": "turtle",
    ".nt": "nt",
    ".rdf": "xml",
    ".jsonld": "json-ld",
}
"""Suffix of the file -> format by rdflib's name."""


def write_skos(content: Content, out: Path) -> tuple[str, ...]:
    """Write a file in the format of its suffix; return what SKOS could not hold.

    Raises: InvalidRequest for a suffix of no known format.
    """
    kind = FORMATS.get(out.suffix.lower())
    if kind is None:
        raise InvalidRequest(
            f"'{out.name}' does not say a format of RDF by its suffix; known: {', '.join(FORMATS)}"
        )
    graph = _graph()
    lost = _set(graph, content) if isinstance(content, SetContent) else _system(graph, content)
    graph.serialize(destination=str(out), format=kind, encoding="utf-8")
    return lost


def concept_iri(system: str, code: str) -> str:
    """Return the IRI of a concept: the system's url, `#` (or `/` where it has one) and the code."""
    return f"{system}{'/' if '#' in system else '#'}{quote(code, safe='')}"


def _graph() -> Graph:
    from rdflib import DCTERMS, OWL, SKOS, Graph

    graph = Graph()
    for prefix, space in (("skos", SKOS), ("owl", OWL), ("dcterms", DCTERMS)):
        graph.bind(prefix, space)
    return graph


def _scheme(graph: Graph, url: str, version: str | None, title: str | None) -> URIRef:
    from rdflib import DCTERMS, OWL, RDF, SKOS, Literal, URIRef

    scheme = URIRef(url)
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    if version:
        graph.add((scheme, OWL.versionInfo, Literal(version)))
    if title:
        graph.add((scheme, DCTERMS.title, Literal(title)))
    return scheme


def _system(graph: Graph, content: SystemContent) -> tuple[str, ...]:
    from rdflib import DCTERMS, SKOS, Literal, URIRef

    system = content.system
    scheme = _scheme(graph, system.url, system.version, system.title or system.name)
    if system.copyright:
        graph.add((scheme, DCTERMS.rights, Literal(system.copyright)))
    for one in content.concepts:
        subject = _concept(
            graph, scheme, one.code, one.display, system.language, one.designations, one.inactive
        )
        if one.definition:
            graph.add((subject, SKOS.definition, Literal(one.definition, lang=system.language)))
        above = content.parents.get(one.code, ())
        for parent in above:
            graph.add((subject, SKOS.broader, URIRef(concept_iri(system.url, parent))))
        if not above:
            graph.add((subject, SKOS.topConceptOf, scheme))
    _order(graph, system.url, (concept_iri(system.url, one.code) for one in content.concepts))
    return _lost(content)


def _set(graph: Graph, content: SetContent) -> tuple[str, ...]:
    from rdflib import DCTERMS, OWL, RDF, SKOS, Literal, URIRef

    value_set = content.value_set
    if not value_set.url:
        raise InvalidRequest("A value set without url cannot be written as SKOS")
    collection = URIRef(value_set.url)
    graph.add((collection, RDF.type, SKOS.Collection))
    title = value_set.resource.get("title") or value_set.resource.get("name")
    for predicate, text in ((DCTERMS.title, title), (OWL.versionInfo, value_set.version)):
        if text:
            graph.add((collection, predicate, Literal(str(text))))
    for one in content.members:
        scheme = _scheme(graph, one.system, one.version, None)
        subject = _concept(
            graph, scheme, one.code, one.display, None, one.designations, one.inactive
        )
        graph.add((collection, SKOS.member, subject))
    members = (concept_iri(one.system, one.code) for one in content.members)
    _order(graph, value_set.url, members)
    uses = sum(one.use is not None for it in content.members for one in it.designations)
    return (
        "the definition: SKOS holds the members, not the rule that chose them",
        *counted(
            {
                "members not for selection (abstract), written as others": sum(
                    one.abstract for one in content.members
                ),
                "uses of designations": uses,
            }
        ),
    )


def _concept(
    graph: Graph,
    scheme: URIRef,
    code: str,
    display: str | None,
    language: str | None,
    designations: Iterable[Designation],
    inactive: bool,
) -> URIRef:
    from rdflib import OWL, RDF, SKOS, Literal, URIRef

    subject = URIRef(concept_iri(str(scheme), code))
    graph.add((subject, RDF.type, SKOS.Concept))
    graph.add((subject, SKOS.inScheme, scheme))
    graph.add((subject, SKOS.notation, Literal(code)))
    if display:
        graph.add((subject, SKOS.prefLabel, Literal(display, lang=language)))
    for one in designations:
        graph.add((subject, SKOS.altLabel, Literal(one.value, lang=one.language)))
    if inactive:
        graph.add((subject, OWL.deprecated, Literal(True)))
    return subject


def _order(graph: Graph, url: str, iris: Iterable[str]) -> None:
    """Keep the order as an ordered collection, which SKOS has for that."""
    from rdflib import RDF, SKOS, BNode, URIRef
    from rdflib.collection import Collection

    ordered, members = URIRef(f"{url}{'/' if '#' in url else '#'}order"), BNode()
    Collection(graph, members, [URIRef(one) for one in iris])
    graph.add((ordered, RDF.type, SKOS.OrderedCollection))
    graph.add((ordered, SKOS.memberList, members))


def _lost(content: SystemContent) -> tuple[str, ...]:
    properties: dict[str, int] = {}
    for concept in content.concepts:
        for one in concept.properties:
            if one.code not in {"parent", "child", "inactive"}:
                name = f"values of the property '{one.code}'"
                properties[name] = properties.get(name, 0) + 1
    names = [one for it in content.concepts for one in it.designations]
    repeated = sum(
        len(it.designations) - len({(one.language, one.value) for one in it.designations})
        for it in content.concepts
    )
    return counted(
        {
            **dict(sorted(properties.items())),
            "uses of designations": sum(one.use is not None for one in names),
            "sources and other additional uses of designations": sum(
                bool(one.additional_use) for one in names
            ),
            "designations that repeat another's text and language": repeated,
            "concepts not for selection (abstract), written as others": sum(
                one.abstract for one in content.concepts
            ),
            "status words beside inactive": sum(
                bool(one.status) and one.status != "deprecated" for one in content.concepts
            ),
            "extensions of concepts": sum(len(one.extensions) for one in content.concepts),
        }
    )

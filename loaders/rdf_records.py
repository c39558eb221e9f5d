"""RDF: concepts of one scheme -> records, and collections -> value sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from loaders.rdf_nodes import Node
from termserver.errors import InvalidSource
from termserver.model import CodeSystem, Coding, PropertyDefinition
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    EdgeRecord,
    PropertyRecord,
    Record,
)

if TYPE_CHECKING:
    from rdflib import Graph

_HIDDEN = Coding(code="hiddenLabel")


class InScheme(Protocol):
    """What a member's scheme says."""

    url: str
    version: str | None


def scheme_records(
    *,
    url: str,
    version: str | None,
    title: str | None,
    nodes: Mapping[str, Node],
    fragment: bool,
) -> Iterator[Record]:
    """Yield a code system; displays are in the one language that most concepts have one in."""
    language = _language(nodes)
    yield CodeSystemRecord(
        system=CodeSystem(
            url=url,
            version=version,
            title=title,
            name=title,
            status="active",
            content="fragment" if fragment else "complete",
            case_sensitive=True,
            hierarchy_meaning="is-a" if any(one.parents for one in nodes.values()) else None,
            language=language or None,
            properties=tuple(_definitions(nodes)),
        )
    )
    for node in nodes.values():
        definition = _best(node.definitions, language)
        yield ConceptRecord(
            code=node.code,
            display=_best(node.labels, language),
            definition=definition,
            inactive=node.deprecated,
            status="deprecated" if node.deprecated else None,
        )
        for parent in node.parents:
            if parent in nodes:
                yield EdgeRecord(child=node.code, parent=nodes[parent].code)
    for node in nodes.values():
        yield from _details(node, nodes, language)


def _language(nodes: Mapping[str, Node]) -> str:
    """Return the language in which most concepts have a label; English wins a tie, "" is none."""
    counts: dict[str, int] = {}
    for node in nodes.values():
        for language in {one for one, _ in node.labels}:
            counts[language] = counts.get(language, 0) + 1
    return max(counts, key=lambda one: (counts[one], one == "en", one == "", one), default="")


def _best(texts: list[tuple[str, str]], language: str) -> str | None:
    for wanted in (language, "en", ""):
        for found, text in texts:
            if found == wanted:
                return text
    return texts[0][1] if texts else None


def _definitions(nodes: Mapping[str, Node]) -> Iterator[PropertyDefinition]:
    literals = {name for one in nodes.values() for name, _ in one.literals}
    links = {name for one in nodes.values() for name, _ in one.links} - literals
    yield from (PropertyDefinition(code=one) for one in sorted(literals))
    yield from (PropertyDefinition(code=one, type="code") for one in sorted(links))


def _details(node: Node, nodes: Mapping[str, Node], language: str) -> Iterator[Record]:
    display = _best(node.labels, language)
    for found, text in dict.fromkeys(node.labels):
        if (found, text) != (language, display):
            yield DesignationRecord(code=node.code, value=text, language=found or None)
    for kind, found, text in dict.fromkeys(node.others):
        use = _HIDDEN if kind == "hiddenLabel" else None
        yield DesignationRecord(code=node.code, value=text, language=found or None, use=use)
    for name, text in dict.fromkeys(node.literals):
        yield PropertyRecord(code=node.code, property=name, type="string", value=text)
    for name, iri in dict.fromkeys(node.links):
        code = nodes[iri].code if iri in nodes else None
        yield PropertyRecord(
            code=node.code, property=name, type="code", value=code or iri, target=code
        )


def value_sets(
    graph: Graph, schemes: Mapping[str, InScheme], nodes: Mapping[str, Node], file: str
) -> list[dict[str, object]]:
    """Return each skos:Collection as a ValueSet that lists its members; empty if there is none.

    A collection inside another gives it its members. Raises: InvalidSource for a member that is
    neither a concept nor a collection of the graph.
    """
    from rdflib import DCTERMS, OWL, RDF, SKOS

    found: list[dict[str, object]] = []
    for subject in sorted(graph.subjects(RDF.type, SKOS.Collection), key=str):
        includes: dict[str, dict[str, object]] = {}
        members = _members(graph, str(subject), file, nodes)
        for iri in (one for one in nodes if one in members):
            scheme = schemes[iri]
            include = includes.setdefault(scheme.url, _include(scheme))
            concepts = include["concept"]
            if isinstance(concepts, list):
                concepts.append({"code": nodes[iri].code})
        title = graph.value(subject, DCTERMS.title) or graph.value(subject, SKOS.prefLabel)
        version = graph.value(subject, OWL.versionInfo)
        resource: dict[str, object] = {
            "resourceType": "ValueSet",
            "url": str(subject),
            "status": "active",
            "compose": {"include": list(includes.values())},
        }
        if title is not None:
            resource["title"] = str(title)
        if version is not None:
            resource["version"] = str(version)
        found.append(resource)
    return found


def _members(graph: Graph, collection: str, file: str, nodes: Mapping[str, Node]) -> set[str]:
    from rdflib import SKOS, URIRef

    found: set[str] = set()
    seen, waiting = {collection}, [collection]
    while waiting:
        for one in map(str, graph.objects(URIRef(waiting.pop()), SKOS.member)):
            if one in nodes:
                found.add(one)
            elif (URIRef(one), SKOS.member, None) not in graph:
                raise InvalidSource(
                    f"the collection <{collection}> has the member <{one}>, which is no concept "
                    "of the file",
                    file=file,
                )
            elif one not in seen:
                seen.add(one)
                waiting.append(one)
    return found


def _include(scheme: InScheme) -> dict[str, object]:
    version = {"version": scheme.version} if scheme.version else {}
    return {"system": scheme.url, **version, "concept": []}

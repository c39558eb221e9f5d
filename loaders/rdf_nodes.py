"""RDF: resources of a graph -> concepts (SKOS concepts, else classes, else what has a label)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from termserver.errors import InvalidSource

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node as RdfTerm
    from rdflib.term import URIRef

_LOCAL = re.compile(r"[#/:]([^#/:]+)$")
_COMMENT = "http://purl.obolibrary.org/obo/IAO_0000115"


@dataclass(slots=True, kw_only=True)
class Node:
    """A concept: labels as (language or "", text); parents and links by IRI until resolved."""

    iri: str
    code: str
    labels: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str, str]] = field(default_factory=list)
    """(kind: altLabel or hiddenLabel, language, text)"""
    definitions: list[tuple[str, str]] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    literals: list[tuple[str, str]] = field(default_factory=list)
    deprecated: bool = False


@dataclass(slots=True, kw_only=True)
class Nodes:
    """What a graph gives: which kind of resources they are, and the concepts by IRI."""

    kind: str
    by_iri: dict[str, Node]
    below_itself: int = 0


def local_name(iri: str) -> str:
    """Return what stands behind the last #, / or : of an IRI, percent-escapes undone."""
    found = _LOCAL.search(iri)
    return unquote(found.group(1)) if found else iri


def read_nodes(graph: Graph, file: str) -> Nodes:
    """Return the concepts of a graph, by code.

    SKOS concepts where there are any; otherwise classes of OWL or RDFS; otherwise everything that
    has an rdfs:label. Raises: InvalidSource where there is none of these.
    """
    from rdflib import OWL, RDF, RDFS, SKOS, URIRef

    for kind, types in (
        ("skos:Concept", (SKOS.Concept,)),
        ("owl:Class", (OWL.Class, RDFS.Class)),
    ):
        found = {one for type_ in types for one in graph.subjects(RDF.type, type_)}
        if any(isinstance(one, URIRef) for one in found):
            return _nodes(graph, kind, found)
    labelled = set(graph.subjects(RDFS.label))
    if not labelled:
        raise InvalidSource(
            "the graph has no skos:Concept, no class and nothing with an rdfs:label", file=file
        )
    return _nodes(graph, "rdfs:label", labelled)


def _nodes(graph: Graph, kind: str, found: set[RdfTerm]) -> Nodes:
    from rdflib import OWL, URIRef

    subjects = [one for one in found if isinstance(one, URIRef) and one not in {OWL.Thing}]
    nodes = [_node(graph, one) for one in subjects]
    nodes.sort(key=lambda one: _natural(one.code))
    result = Nodes(kind=kind, by_iri={one.iri: one for one in nodes})
    _narrower(graph, result)
    for node in nodes:
        result.below_itself += node.iri in node.parents
        node.parents = [one for one in dict.fromkeys(node.parents) if one != node.iri]
    return result


def _natural(code: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts A2 before A10."""
    parts = re.findall(r"\d+|\D+", code)
    return [(0, int(one), "") if one.isdigit() else (1, 0, one) for one in parts]


def _node(graph: Graph, subject: URIRef) -> Node:
    from rdflib import SKOS

    notations = sorted(str(one) for one in graph.objects(subject, SKOS.notation))
    node = Node(iri=str(subject), code=notations[0] if notations else local_name(str(subject)))
    for predicate, value in sorted(graph.predicate_objects(subject)):
        _take(graph, node, str(predicate), value)
    node.parents.sort()
    return node


def _take(graph: Graph, node: Node, predicate: str, value: RdfTerm) -> None:
    from rdflib import OWL, RDF, RDFS, SKOS, Literal, URIRef

    if predicate in {str(SKOS.notation), str(SKOS.narrower), str(RDF.type)}:
        return
    if isinstance(value, Literal):
        pair = (value.language or "", str(value))
        match predicate:
            case _ if predicate == str(SKOS.prefLabel):
                node.labels.insert(0, pair)
            case _ if predicate == str(RDFS.label):
                node.labels.append(pair)
            case _ if predicate in {str(SKOS.altLabel), str(SKOS.hiddenLabel)}:
                node.others.append((local_name(predicate), *pair))
            case _ if predicate in {str(SKOS.definition), _COMMENT, str(RDFS.comment)}:
                node.definitions.append(pair)
            case _ if predicate == str(OWL.deprecated):
                node.deprecated = bool(value.value)
            case _:
                node.literals.append((local_name(predicate), str(value)))
    elif isinstance(value, URIRef):
        if predicate in {str(SKOS.broader), str(RDFS.subClassOf)}:
            if value != OWL.Thing:
                node.parents.append(str(value))
        elif predicate not in {str(SKOS.inScheme), str(SKOS.topConceptOf)}:
            node.links.append((local_name(predicate), str(value)))
    elif predicate == str(RDFS.subClassOf):
        node.links += _roles(graph, value)


def _roles(graph: Graph, restriction: RdfTerm) -> Iterator[tuple[str, str]]:
    """Yield (property, class) of a restriction `some values from` a named class."""
    from rdflib import OWL, URIRef

    on = graph.value(restriction, OWL.onProperty)
    some = graph.value(restriction, OWL.someValuesFrom)
    if isinstance(on, URIRef) and isinstance(some, URIRef):
        yield local_name(str(on)), str(some)


def _narrower(graph: Graph, nodes: Nodes) -> None:
    from rdflib import SKOS

    for above, below in sorted(graph.subject_objects(SKOS.narrower)):
        node = nodes.by_iri.get(str(below))
        if node is not None and str(above) not in node.parents:
            node.parents.append(str(above))

"""SKOS, OWL and other RDF (Turtle, N-Triples, RDF/XML, JSON-LD) -> records, through rdflib.

A skos:ConceptScheme (or an ontology) is a code system, `--system` names another canonical; a
skos:Collection a value set; skos:notation the code, the end of the IRI where there is none.
`broader` and `subClassOf` make the hierarchy. Order is that of a skos:OrderedCollection, otherwise
by code: RDF has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.base import LoadOptions, Progress, Reading
from loaders.rdf_nodes import Node, Nodes, local_name, read_nodes
from loaders.rdf_parse import is_rdf, parse_graph
from loaders.rdf_records import scheme_records, value_sets
from termserver.errors import InvalidSource
from termserver.records import DocumentRecord, PackHeader, Record

if TYPE_CHECKING:
    from rdflib import Graph


@dataclass(slots=True, kw_only=True)
class Scheme:
    """A code system to be: its concepts by IRI, in order."""

    url: str
    version: str | None = None
    title: str | None = None
    nodes: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RdfLoader:
    """Loader of RDF files (see `loaders.base.Loader`)."""

    name: str = "rdf"

    def recognises(self, source: Path) -> bool:
        """Tell whether `source` is an RDF file, by its suffix and head."""
        return source.is_file() and is_rdf(source)

    def read(self, sources: list[Path], options: LoadOptions, progress: Progress) -> Reading:
        """Read one file. Raises: InvalidSource."""
        if len(sources) != 1:
            raise InvalidSource("RDF is loaded file by file; name one")
        path = sources[0]
        graph = parse_graph(path)
        progress("triples", len(graph), len(graph))
        nodes = read_nodes(graph, path.name)
        schemes = _schemes(graph, nodes, options, path)
        for one in schemes:
            _check_codes(one, path)
        sets = value_sets(
            graph,
            {iri: one for one in schemes for iri in one.nodes},
            {iri: node for one in schemes for iri, node in one.nodes.items()},
            path.name,
        )
        outside = _outside(nodes)
        first = schemes[0]
        return Reading(
            header=PackHeader(
                name=options.name or path.stem,
                version=first.version or "unversioned",
                kind=self.name,
                title=first.title,
                warnings=_warnings(nodes, outside),
            ),
            records=_records(schemes, sets),
            expected={"concepts": sum(len(one.nodes) for one in schemes)},
        )


LOADER = RdfLoader()


def _records(schemes: list[Scheme], sets: list[dict[str, object]]) -> Iterator[Record]:
    for one in schemes:
        yield from scheme_records(
            url=one.url,
            version=one.version,
            title=one.title,
            nodes=one.nodes,
            # A value set's members are the part of their code systems that it needs.
            fragment=bool(sets),
        )
    for resource in sets:
        yield DocumentRecord(type="ValueSet", resource=resource)


def _schemes(graph: Graph, nodes: Nodes, options: LoadOptions, path: Path) -> list[Scheme]:
    """Return the code systems of a graph; with `--system` all concepts are of that one.

    Raises: InvalidSource where neither a scheme nor an ontology nor the option names one.
    """
    from rdflib import OWL, RDF, SKOS, URIRef

    types = (SKOS.ConceptScheme,) if nodes.kind == "skos:Concept" else (OWL.Ontology,)
    iris = sorted({str(one) for type_ in types for one in graph.subjects(RDF.type, type_)})
    ordered = _in_order(graph, nodes)
    if options.system or len(iris) == 1:
        source = iris[0] if len(iris) == 1 else options.system or ""
        scheme = _scheme(graph, source, options)
        scheme.url = options.system or scheme.url
        scheme.nodes = ordered
        return [scheme]
    if not iris:
        raise InvalidSource(
            "the graph names no skos:ConceptScheme and no owl:Ontology; name the code system's "
            "canonical with --system",
            file=path.name,
        )
    found = [_scheme(graph, iri, options) for iri in iris]
    for scheme in found:
        members = {str(one) for one in graph.subjects(SKOS.inScheme, URIRef(scheme.url))}
        scheme.nodes = {iri: one for iri, one in ordered.items() if iri in members}
    left = len(ordered) - sum(len(one.nodes) for one in found)
    if left:
        raise InvalidSource(
            f"{left} concepts are in none, or in several, of the schemes {', '.join(iris)}; "
            "name one canonical for all with --system",
            file=path.name,
        )
    return [one for one in found if one.nodes]


def _scheme(graph: Graph, iri: str, options: LoadOptions) -> Scheme:
    from rdflib import DCTERMS, OWL, RDFS, SKOS, URIRef

    subject = URIRef(iri)
    versions = [
        *graph.objects(subject, OWL.versionInfo),
        *graph.objects(subject, DCTERMS.hasVersion),
    ]
    titles = [
        str(one)
        for predicate in (DCTERMS.title, RDFS.label, SKOS.prefLabel)
        for one in sorted(graph.objects(subject, predicate), key=str)
    ]
    stated = str(versions[0]) if versions else None
    return Scheme(
        url=iri.rstrip("#/"),
        version=options.version or stated,
        title=titles[0] if titles else None,
    )


def _in_order(graph: Graph, nodes: Nodes) -> dict[str, Node]:
    """Return the concepts in the order of an OrderedCollection; those outside it follow by code."""
    from rdflib import SKOS
    from rdflib.collection import Collection

    listed: dict[str, Node] = {}
    for _, members in sorted(graph.subject_objects(SKOS.memberList)):
        for one in Collection(graph, members):
            if str(one) in nodes.by_iri:
                listed[str(one)] = nodes.by_iri[str(one)]
    if listed:
        _nearest_parent_first(listed)
    return {**listed, **{iri: one for iri, one in nodes.by_iri.items() if iri not in listed}}


def _nearest_parent_first(listed: dict[str, Node]) -> None:
    """Order the parents of each concept: one that stands nearest before it has it as its child.

    That is so in pre-order, in which the exporter writes concepts; RDF itself has no first parent.
    """
    places = {iri: place for place, iri in enumerate(listed)}

    def distance(parent: str, own: int) -> tuple[bool, int]:
        return places[parent] > own, abs(own - places[parent])

    for iri, node in listed.items():
        known = [one for one in node.parents if one in places]
        known.sort(key=partial(distance, own=places[iri]))
        node.parents = [*known, *(one for one in node.parents if one not in places)]


def _check_codes(scheme: Scheme, path: Path) -> None:
    codes: dict[str, str] = {}
    for node in scheme.nodes.values():
        if not node.code.strip():
            raise InvalidSource(f"<{node.iri}> has no code", file=path.name)
        if node.code in codes:
            first, second = sorted((codes[node.code], node.iri))
            raise InvalidSource(
                f"the code '{node.code}' occurs twice: <{first}> and <{second}>",
                file=path.name,
            )
        codes[node.code] = node.iri


def _outside(nodes: Nodes) -> dict[str, int]:
    """Return how often parents are named that the graph does not define, by their namespace."""
    found: dict[str, int] = {}
    for node in nodes.by_iri.values():
        for parent in node.parents:
            if parent not in nodes.by_iri:
                space = parent.removesuffix(local_name(parent))
                found[space] = found.get(space, 0) + 1
    return found


def _warnings(nodes: Nodes, outside: dict[str, int]) -> tuple[str, ...]:
    warnings = [
        f"{count} parents in '{space}' are not in the file and were left out"
        for space, count in sorted(outside.items())
    ]
    if nodes.below_itself:
        warnings.append(f"{nodes.below_itself} concepts are below themselves: not taken")
    if nodes.kind == "rdfs:label":
        warnings.append(
            "there is no skos:Concept and no class: everything with an rdfs:label is a concept"
        )
    return tuple(warnings)

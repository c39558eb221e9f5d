"""RDF files -> a graph, with nothing fetched and no entity that grows (rdflib is imported here)."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from termserver.errors import InvalidSource

if TYPE_CHECKING:
    from rdflib import Graph

FORMATS = {
    ".ttl": "turtle",
    ".nt": "nt",
    ".n3": "n3",
    ".rdf": "xml",
    ".owl": "xml",
    ".xml": "xml",
    ".jsonld": "json-ld",
}
"""Suffix -> format by rdflib's name."""

_MARKS = {
    "turtle": re.compile(rb"@prefix|PREFIX|<https?://|^\s*#"),
    "n3": re.compile(rb"@prefix|PREFIX|<https?://|^\s*#"),
    "nt": re.compile(rb"^\s*(#.*\s+)*(<|_:)"),
    "xml": re.compile(rb"<rdf:RDF|http://www\.w3\.org/1999/02/22-rdf-syntax-ns#"),
    "json-ld": re.compile(rb"\"@(context|graph|id)\""),
}
_LONGEST_ENTITY = 1000
_LINE = re.compile(r"line (\d+)")


def is_rdf(path: Path) -> bool:
    """Tell whether `path` is an RDF file, by its suffix and what its head looks like."""
    kind = FORMATS.get(path.suffix.lower())
    if kind is None or not path.is_file():
        return False
    with path.open("rb") as stream:
        return _MARKS[kind].search(stream.read(4096)) is not None


def parse_graph(path: Path) -> Graph:
    """Return the triples of a file.

    Raises: InvalidSource (with the line where the parser tells one) for a folder, for a suffix of
    no format of RDF, for what is not well formed, for XML with entities that are external or
    nested, and for JSON-LD with a remote context.
    """
    from rdflib import Graph

    kind = FORMATS.get(path.suffix.lower())
    if kind is None or not path.is_file():
        raise InvalidSource(
            f"RDF is read from a file whose name ends in one of: {', '.join(FORMATS)}",
            file=path.name,
        )
    content = path.read_bytes()
    if kind == "xml":
        _check_entities(path, content)
    if kind == "json-ld":
        _check_contexts(path, content)
    graph = Graph()
    try:
        with warnings.catch_warnings():
            # rdflib's own JSON-LD parser uses what rdflib has deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            graph.parse(data=content, format=kind, publicID=f"file:///{path.name}")
    except Exception as error:  # rdflib's parsers raise what their grammars happen to raise
        raise _fault(path, content, error) from error
    return graph


def _undecodable(content: bytes) -> int | None:
    """Return the line of the first byte that is not UTF-8 (a parser may have read in blocks)."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return None


def _fault(path: Path, content: bytes, error: Exception) -> InvalidSource:
    text = " ".join(str(error).split())[:300] or type(error).__name__
    number = getattr(error, "getLineNumber", lambda: None)()
    lines = getattr(error, "lines", None)  # rdflib counts Turtle's lines from 0
    if number is None and isinstance(lines, int):
        number = lines + 1
    found = _LINE.search(text)
    if number is None and found:
        number = int(found.group(1))
    if isinstance(error, UnicodeDecodeError):
        number = _undecodable(content)
    if number is None and path.suffix.lower() == ".nt":
        number = _bad_triple(content)
    return InvalidSource(f"the RDF is not well formed: {text}", file=path.name, line=number)


def _bad_triple(content: bytes) -> int | None:
    """Return the first line of N-Triples that is none: each line stands by itself."""
    from rdflib import Graph

    for number, line in enumerate(content.splitlines(), 1):
        try:
            Graph().parse(data=line + b"\n", format="nt")
        except Exception:
            return number
    return None


def _check_entities(path: Path, content: bytes) -> None:
    """Refuse entities that name files or other entities; plain short ones are usual in OWL."""
    from xml.parsers import expat

    parser = expat.ParserCreate()

    def declared(name: str, _: int, value: str | None, *rest: str | None) -> None:
        if value is None or "&" in value or len(value) > _LONGEST_ENTITY:
            raise InvalidSource(
                f"the XML declares the entity '{name}', which is external, long or made of others: "
                "not read",
                file=path.name,
                line=parser.CurrentLineNumber,
            )

    parser.EntityDeclHandler = declared
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise InvalidSource(
            f"the XML is not well formed: {error}", file=path.name, line=error.lineno
        ) from error


def _check_contexts(path: Path, content: bytes) -> None:
    """Refuse a context that would have to be fetched."""
    try:
        whole = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise InvalidSource(
            f"the file is no JSON: {error.msg}", file=path.name, line=error.lineno
        ) from error
    waiting: list[Any] = [whole]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            context = one.get("@context")
            contexts = context if isinstance(context, list) else [context]
            remote = [it for it in (*contexts, one.get("@import")) if isinstance(it, str)]
            if remote:
                raise InvalidSource(
                    f"the context '{remote[0]}' would have to be fetched; put it into the file",
                    file=path.name,
                )
            waiting += list(one.values())
        elif isinstance(one, list):
            waiting += one

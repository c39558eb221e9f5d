"""NCI Thesaurus: what the OWL file says about its own statements (owl:Axiom), and defined classes.

Releases since 2016 write a name or a definition as a plain property (P90, P97) and say its source
and term type in an owl:Axiom that repeats it; those before wrote both into the text as escaped
markup. Source: NCI EVS, the thesaurus's annotation properties P378 to P397.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from loaders.ncit_concepts import OWN_SOURCE, Name, Term
from loaders.xmlfile import flat_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

OWL = "{http://www.w3.org/2002/07/owl#}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
RDFS = "{http://www.w3.org/2000/01/rdf-schema#}"
NAMES = frozenset({"P90", "FULL_SYN"})
DEFINITIONS = frozenset({"P97", "DEFINITION", "dDEFINITION"})
ALTERNATIVE = frozenset({"P325", "ALT_DEFINITION"})
_SOURCE_OF_DEFINITION = "P378"
_MARKS = {
    "kind": ("P383", "term-group", "term-type", "term_type"),
    "source": ("P384", "term-source"),
    "source_code": ("P385", "source-code"),
    "subsource": ("P386", "subsource-name"),
}
_MARKUP = re.compile(r"<(?:[\w-]+:)?([\w-]+)>(.*?)</", re.S)
_NAMED_AFTER = re.compile(r"[#/]([^#/]+)$")


class Axiom(NamedTuple):
    """An annotated statement: the class's id, the property, its value, what is said of it."""

    subject: str
    property: str
    value: str
    said: dict[str, str]


def local_name(iri: str) -> str:
    """Return what stands after the last `#` or `/` of an IRI."""
    found = _NAMED_AFTER.search(iri)
    return found.group(1) if found else iri.rstrip("#/")


def axiom_of(element: Element) -> Axiom | None:
    """Return the axiom of an owl:Axiom element; None where it annotates no plain value."""
    subject = element.find(f"{OWL}annotatedSource")
    about = element.find(f"{OWL}annotatedProperty")
    target = element.find(f"{OWL}annotatedTarget")
    if subject is None or about is None or target is None or len(target):
        return None
    said = {
        local_name(child.tag.rpartition("}")[2]): flat_text(child)
        for child in element
        if not child.tag.startswith((OWL, RDF, RDFS)) and len(child) == 0
    }
    return Axiom(
        subject=local_name(subject.get(f"{RDF}resource") or ""),
        property=local_name(about.get(f"{RDF}resource") or ""),
        value=flat_text(target),
        said={name: value for name, value in said.items() if value},
    )


def marked(text: str) -> dict[str, str] | None:
    """Return the parts of a text that is escaped markup, None of a plain text."""
    found = {part: value.strip() for part, value in _MARKUP.findall(text)}
    return found or None


def name_of(text: str, said: dict[str, str]) -> Name:
    """Return a name with what is said of it; its kind is SY where nothing says it."""
    parts = {
        field: next((said[mark] for mark in marks if said.get(mark)), "")
        for field, marks in _MARKS.items()
    }
    return Name(**{**parts, "kind": parts["kind"] or "SY", "text": text})


def annotate(term: Term, axioms: Iterable[Axiom]) -> None:
    """Add what the axioms of a concept say to its names, its definition and its properties.

    The definition is NCI's own where one is, else the first. Every other definition, and every
    other value that an axiom annotates, is a property whose text ends with what is said of it in
    square brackets, since a property has no place for more.
    """
    definitions: list[tuple[str, str, dict[str, str]]] = []
    for one in axioms:
        if one.property in NAMES:
            term.add_name(name_of(one.value, one.said))
        elif one.property in DEFINITIONS | ALTERNATIVE:
            definitions.append((one.property, one.value, one.said))
        elif one.said and (one.property, one.value) in term.properties:
            at = term.properties.index((one.property, one.value))
            term.properties[at] = (one.property, f"{one.value} {_bracketed(one.said)}")
    _define(term, definitions)


def define(term: Term, texts: list[tuple[str, str]]) -> None:
    """Take the definitions of a class, each by its property: plain, or markup with a source."""
    known = []
    for name, text in texts:
        part = marked(text) or {}
        source = part.get("def-source")
        said = {_SOURCE_OF_DEFINITION: source} if source else {}
        known.append((name, part.get("def-definition") or text, said))
    if known:
        term.definition = known[0][1]
        _define(term, known)


def _define(term: Term, known: list[tuple[str, str, dict[str, str]]]) -> None:
    own = [
        text
        for name, text, said in known
        if name in DEFINITIONS and said.get(_SOURCE_OF_DEFINITION, OWN_SOURCE) == OWN_SOURCE
    ]
    if own:
        term.definition = own[0]
    for name, text, said in known:
        if (name, text) in term.properties:
            term.properties.remove((name, text))
        if text == term.definition and (not said or said == {_SOURCE_OF_DEFINITION: OWN_SOURCE}):
            continue
        term.properties.append((name, f"{text} {_bracketed(said)}" if said else text))


def _bracketed(said: dict[str, str]) -> str:
    if list(said) == [_SOURCE_OF_DEFINITION]:
        return f"[{said[_SOURCE_OF_DEFINITION]}]"
    return "[" + "; ".join(f"{name}={value}" for name, value in said.items()) + "]"

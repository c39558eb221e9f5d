"""NCI Thesaurus: the OWL file in RDF/XML, read class by class.

Properties are named by their code since 2016 (P108) and by words before (Preferred_Name); a class
is named by its code or, in old files, by words with the code as a property. Source and type of each
name and source of each definition are read from axioms or, in old files, from escaped markup
(`loaders.ncit_axioms`). A defined class has its parents and roles in owl:equivalentClass. What is
not read, and counted: roles inside a union (one of them holds), and annotations on axioms.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loaders.ncit_axioms import (
    DEFINITIONS,
    OWL,
    RDF,
    RDFS,
    Axiom,
    annotate,
    axiom_of,
    define,
    local_name,
    marked,
    name_of,
)
from loaders.ncit_concepts import Name, Term
from loaders.xmlfile import each_child, fault, flat_text
from termserver.errors import InvalidSource

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MARK = b"ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
_NAMES = {
    "code": "code",
    "NHC0": "code",
    "Preferred_Name": "name",
    "P108": "name",
    "Display_Name": "display",
    "P107": "display",
    "Synonym": "synonym",
    "FULL_SYN": "synonym",
    "P90": "synonym",
    "Semantic_Type": "type",
    "P106": "type",
    "Concept_Status": "status",
    "P310": "status",
}


def is_owl(path: Path) -> bool:
    """Tell whether `path` is an OWL file of the NCI Thesaurus, by the namespace in its head."""
    if not path.is_file() or path.suffix.lower() not in {".owl", ".rdf", ".xml"}:
        return False
    with path.open("rb") as stream:
        return _MARK in stream.read(8192)


def read_owl(path: Path) -> tuple[str | None, dict[str, Term], tuple[int, int, int]]:
    """Return the version, the concepts by code, and three counts.

    They are of parents that are not in the file, of classes left out because they have no name of
    their own (`rdf:about="#"`), and of unions in definitions, whose roles are not read.

    Raises: InvalidSource where the XML is not well formed, a code occurs twice, or a class with a
    code has no name.
    """
    reader = _Reader(path)
    reader.read()
    if not reader.terms:
        raise InvalidSource("the file has no class with a code", file=path.name)
    missing = reader.resolve()
    terms = {one.code: one for one in reader.terms.values()}
    return reader.version, terms, (missing, reader.unnamed, reader.unions)


class _Reader:
    """Gathers classes by the id that the file gives them; ids become codes at the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version: str | None = None
        self.terms: dict[str, Term] = {}
        self.unnamed = 0
        self.unions = 0
        self._codes: set[str] = set()
        self._axioms: dict[str, list[Axiom]] = {}

    def read(self) -> None:
        # Whole releases are 700 MB: a class is taken when it ends, and then let go.
        each_child(self.path, self._take)

    def _take(self, element: Element) -> None:
        if element.tag == f"{OWL}Ontology":
            found = element.find(f"{OWL}versionInfo")
            self.version = flat_text(found) if found is not None else None
        elif element.tag == f"{OWL}Class":
            self.unnamed += self._class(element) is None
        elif element.tag == f"{OWL}Axiom":
            axiom = axiom_of(element)
            if axiom is not None and axiom.said:
                self._axioms.setdefault(axiom.subject, []).append(axiom)

    def _class(self, element: Element) -> str | None:
        """Take a class and those that stand inside it; return its id, None for an unnamed one."""
        id_ = _id(element)
        parents: list[str] = []
        roles: list[tuple[str, str]] = []
        for above in element.findall(f"{RDFS}subClassOf"):
            named = above.get(f"{RDF}resource")
            inner = above.find(f"{OWL}Class")
            if named:
                parents.append(local_name(named))
            elif inner is not None:
                parents += filter(None, [self._class(inner)])
            for restriction in above.findall(f"{OWL}Restriction"):
                roles += self._role(restriction)
        for defined in element.findall(f"{OWL}equivalentClass/{OWL}Class"):
            self._definition(defined, parents, roles)
        if id_ is not None:
            self._term(id_, element, parents, roles)
        return id_

    def _definition(
        self, element: Element, parents: list[str], roles: list[tuple[str, str]]
    ) -> None:
        """Add the parents and roles of a definition: all that stands in its intersections."""
        self.unions += len(element.findall(f"{OWL}unionOf"))
        for part in element.findall(f"{OWL}intersectionOf/*"):
            named = _id(part)
            if part.tag == f"{OWL}Restriction":
                roles += self._role(part)
            elif named is not None:
                parents.append(named)
            else:
                self._definition(part, parents, roles)

    def _role(self, restriction: Element) -> list[tuple[str, str]]:
        role = _reference(restriction.find(f"{OWL}onProperty"))
        target = restriction.find(f"{OWL}someValuesFrom")
        inner = target.find(f"{OWL}Class") if target is not None else None
        value = self._class(inner) if inner is not None else _reference(target)
        return [(role, value)] if role and value else []

    def _term(
        self, id_: str, element: Element, parents: list[str], roles: list[tuple[str, str]]
    ) -> None:
        texts: dict[str, list[str]] = {}
        others: list[tuple[str, str]] = []
        definitions: list[tuple[str, str]] = []
        for child in element:
            name = child.tag.rpartition("}")[2]
            own = _NAMES.get(name)
            if name in DEFINITIONS:
                definitions.append((name, flat_text(child)))
            elif own:
                texts.setdefault(own, []).append(flat_text(child))
            elif not child.tag.startswith((OWL, RDF, RDFS)) and len(child) == 0:
                others.append((name, flat_text(child)))
        label = element.find(f"{RDFS}label")
        names = texts.get("name") or ([flat_text(label)] if label is not None else [])
        code = next(iter(texts.get("code", ())), "")
        if not code:
            return
        if code in self._codes:
            raise fault(self.path, element, f"the code '{code}' occurs twice")
        if not names:
            raise fault(self.path, element, f"the class '{code}' has no name")
        self._codes.add(code)
        term = Term(
            code=code,
            display=names[0],
            parents=parents,
            semantic_types=texts.get("type", []),
            statuses=texts.get("status", []),
            roles=roles,
            properties=[one for one in others if one[1]],
        )
        define(term, definitions)
        for text in texts.get("display", ()):
            term.add_name(Name("DN", text))
        for text in texts.get("synonym", ()):
            parts = marked(text)
            term.add_name(
                name_of(parts.get("term-name", text), parts) if parts else name_of(text, {})
            )
        self.terms[id_] = term

    def resolve(self) -> int:
        """Take the axioms, turn ids into codes; return how many name no concept of the file."""
        missing = 0
        for id_, term in self.terms.items():
            annotate(term, self._axioms.pop(id_, ()))
            term.drop_plain_names()
            known = [one for one in term.parents if one in self.terms]
            missing += len(term.parents) - len(known)
            term.parents = [self.terms[one].code for one in dict.fromkeys(known)]
            term.roles = [
                (role, self.terms[one].code if one in self.terms else one)
                for role, one in dict.fromkeys(term.roles)
            ]
        return missing


def _id(element: Element) -> str | None:
    own = element.get(f"{RDF}ID") or local_name(element.get(f"{RDF}about") or "")
    return own or None


def _reference(element: Element | None) -> str | None:
    """Return the id that a property names, by attribute or by an element inside it."""
    if element is None:
        return None
    named = element.get(f"{RDF}resource")
    if named:
        return local_name(named)
    inner = next(iter(element), None)
    return _id(inner) if inner is not None else None

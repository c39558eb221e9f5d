"""NCI Thesaurus: the OWL file in RDF/XML, read class by class.

Properties are named by their code since 2016 (P108) and by words before (Preferred_Name); a class
is named by its code or, in old files, by words with the code as a property. FULL_SYN and
definitions are escaped markup in old files. What is not read: annotations on axioms (source and
type of each name) and defining axioms.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.ncit_concepts import Term
from loaders.xmlfile import flat_text
from termserver.errors import InvalidSource

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_OWL = "{http://www.w3.org/2002/07/owl#}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_RDFS = "{http://www.w3.org/2000/01/rdf-schema#}"
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
    "DEFINITION": "definition",
    "dDEFINITION": "definition",
    "P97": "definition",
    "Semantic_Type": "type",
    "P106": "type",
    "Concept_Status": "status",
    "P310": "status",
}
_MARKED_NAME = re.compile(r"<(?:[\w-]+:)?term-name>(.*?)</")
_MARKED_DEFINITION = re.compile(r"<(?:[\w-]+:)?def-definition>(.*?)</", re.S)
_NAMED_AFTER = re.compile(r"[#/]([^#/]+)$")


def is_owl(path: Path) -> bool:
    """Tell whether `path` is an OWL file of the NCI Thesaurus, by the namespace in its head."""
    if not path.is_file() or path.suffix.lower() not in {".owl", ".rdf", ".xml"}:
        return False
    with path.open("rb") as stream:
        return _MARK in stream.read(8192)


def read_owl(path: Path) -> tuple[str | None, dict[str, Term], tuple[int, int]]:
    """Return the version, the concepts by code, and two counts.

    They are of parents that are not in the file, and of classes left out because they have no name
    of their own (`rdf:about="#"`).

    Raises: InvalidSource where the XML is not well formed, a code occurs twice, or a class with a
    code has no name.
    """
    reader = _Reader(path)
    reader.read()
    if not reader.terms:
        raise InvalidSource("the file has no class with a code", file=path.name)
    missing = reader.resolve()
    terms = {one.code: one for one in reader.terms.values()}
    return reader.version, terms, (missing, reader.unnamed)


class _Reader:
    """Gathers classes by the id that the file gives them; ids become codes at the end."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version: str | None = None
        self.terms: dict[str, Term] = {}
        self.unnamed = 0
        self._codes: set[str] = set()

    def read(self) -> None:
        from xml.etree.ElementTree import ParseError

        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import iterparse

        depth, root = 0, None
        try:
            # Whole releases are 700 MB: a class is taken when it ends, and then let go.
            for event, element in iterparse(self.path, events=("start", "end"), forbid_dtd=False):
                depth += 1 if event == "start" else -1
                root = element if root is None else root
                if event == "end" and depth == 1:
                    self._take(element)
                    root.clear()
        except ParseError as error:
            raise InvalidSource(
                f"the XML is not well formed: {error}",
                file=self.path.name,
                line=error.position[0],
            ) from error
        except DefusedXmlException as error:
            raise InvalidSource(
                f"the XML declares entities, which are not read: {error}", file=self.path.name
            ) from error

    def _take(self, element: Element) -> None:
        if element.tag == f"{_OWL}Ontology":
            found = element.find(f"{_OWL}versionInfo")
            self.version = flat_text(found) if found is not None else None
        elif element.tag == f"{_OWL}Class":
            self.unnamed += self._class(element) is None

    def _class(self, element: Element) -> str | None:
        """Take a class and those that stand inside it; return its id, None for an unnamed one."""
        id_ = _id(element)
        parents: list[str] = []
        roles: list[tuple[str, str]] = []
        for above in element.findall(f"{_RDFS}subClassOf"):
            named = above.get(f"{_RDF}resource")
            inner = above.find(f"{_OWL}Class")
            if named:
                parents.append(_local(named))
            elif inner is not None:
                parents += filter(None, [self._class(inner)])
            for restriction in above.findall(f"{_OWL}Restriction"):
                roles += self._role(restriction)
        if id_ is not None:
            self._term(id_, element, parents, roles)
        return id_

    def _role(self, restriction: Element) -> list[tuple[str, str]]:
        role = _reference(restriction.find(f"{_OWL}onProperty"))
        target = restriction.find(f"{_OWL}someValuesFrom")
        inner = target.find(f"{_OWL}Class") if target is not None else None
        value = self._class(inner) if inner is not None else _reference(target)
        return [(role, value)] if role and value else []

    def _term(
        self, id_: str, element: Element, parents: list[str], roles: list[tuple[str, str]]
    ) -> None:
        texts: dict[str, list[str]] = {}
        others: list[tuple[str, str]] = []
        for child in element:
            name = child.tag.rpartition("}")[2]
            own = _NAMES.get(name)
            if own:
                texts.setdefault(own, []).append(_unmarked(own, flat_text(child)))
            elif not child.tag.startswith((_OWL, _RDF, _RDFS)) and len(child) == 0:
                others.append((name, flat_text(child)))
        label = element.find(f"{_RDFS}label")
        names = texts.get("name") or ([flat_text(label)] if label is not None else [])
        code = next(iter(texts.get("code", ())), "")
        if not code:
            return
        if code in self._codes:
            raise InvalidSource(f"the code '{code}' occurs twice", file=self.path.name)
        if not names:
            raise InvalidSource(f"the class '{code}' has no name", file=self.path.name)
        self._codes.add(code)
        term = Term(
            code=code,
            display=names[0],
            definition=next(iter(texts.get("definition", ())), None),
            parents=parents,
            semantic_types=texts.get("type", []),
            statuses=texts.get("status", []),
            roles=roles,
            properties=[one for one in others if one[1]],
        )
        for kind, own in (("DN", "display"), ("SY", "synonym")):
            for text in texts.get(own, ()):
                if text and text != term.display:
                    term.names[kind, text] = None
        self.terms[id_] = term

    def resolve(self) -> int:
        """Turn ids into codes; return how many name no concept of the file."""
        missing = 0
        for term in self.terms.values():
            known = [one for one in term.parents if one in self.terms]
            missing += len(term.parents) - len(known)
            term.parents = [self.terms[one].code for one in dict.fromkeys(known)]
            term.roles = [
                (role, self.terms[one].code if one in self.terms else one)
                for role, one in dict.fromkeys(term.roles)
            ]
        return missing


def _id(element: Element) -> str | None:
    own = element.get(f"{_RDF}ID") or _local(element.get(f"{_RDF}about") or "")
    return own or None


def _reference(element: Element | None) -> str | None:
    """Return the id that a property names, by attribute or by an element inside it."""
    if element is None:
        return None
    named = element.get(f"{_RDF}resource")
    if named:
        return _local(named)
    inner = next(iter(element), None)
    return _id(inner) if inner is not None else None


def _local(iri: str) -> str:
    found = _NAMED_AFTER.search(iri)
    return found.group(1) if found else iri.rstrip("#/")


def _unmarked(kind: str, text: str) -> str:
    """Return the text of a name or definition that old files hold as escaped markup."""
    form = {"synonym": _MARKED_NAME, "definition": _MARKED_DEFINITION}.get(kind)
    found = form.search(text) if form else None
    return found.group(1).strip() if found else text

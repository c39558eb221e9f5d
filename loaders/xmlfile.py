"""XML files of publishers: no entities, no DTD is fetched, and elements know their line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from termserver.errors import InvalidSource

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LINE = "#line"
"""Attribute that holds an element's line; no XML name can begin so."""


def parse_xml(path: Path) -> Element:
    """Return the root element; a DOCTYPE may name a DTD, which is never fetched.

    Raises: InvalidSource with file and line where the XML is not well formed, is in another
    encoding than it says, or declares entities.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException

    try:
        with path.open("rb") as stream:
            root: Element = _parsed(stream.read())
    except ParseError as error:
        raise InvalidSource(
            f"the XML is not well formed: {error}", file=path.name, line=error.position[0]
        ) from error
    except DefusedXmlException as error:
        raise InvalidSource(
            f"the XML declares entities, which are not read: {error}", file=path.name
        ) from error
    except OSError as error:
        raise InvalidSource(f"the file cannot be read: {error.strerror}", file=path.name) from error
    return root


def _parsed(content: bytes) -> Element:
    from xml.etree.ElementTree import TreeBuilder

    from defusedxml.ElementTree import DefusedXMLParser

    parser: Any = DefusedXMLParser(target=TreeBuilder(), forbid_dtd=False)
    expat = parser.parser
    start = expat.StartElementHandler

    def with_line(tag: str, attributes: list[str]) -> Element:
        element: Element = start(tag, attributes)
        element.set(LINE, str(expat.CurrentLineNumber))
        return element

    expat.StartElementHandler = with_line
    parser.feed(content)
    root: Element = parser.close()
    return root


def line_of(element: Element) -> int | None:
    """Return the line on which an element begins, None where it was not read by `parse_xml`."""
    line = element.get(LINE)
    return int(line) if line else None


def fault(path: Path, element: Element, text: str) -> InvalidSource:
    """Return (not raise) an error that names the file and the element's line."""
    return InvalidSource(text, file=path.name, line=line_of(element))


def flat_text(element: Element) -> str:
    """Return the text of an element and of all inside it, blanks made single."""
    return " ".join("".join(element.itertext()).split())


def head_has(path: Path, mark: bytes) -> bool:
    """Tell whether an XML file (by its suffix) holds `mark` among its first bytes."""
    if not path.is_file() or path.suffix.lower() != ".xml":
        return False
    with path.open("rb") as stream:
        return mark in stream.read(4096)

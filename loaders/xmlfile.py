"""XML files of publishers: no entities, no DTD is fetched, and elements know their line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from termserver.errors import InvalidSource

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LINE = "#line"
"""Attribute that holds an element's line; no XML name can begin so."""
_BLOCK = 1 << 20


def parse_xml(path: Path) -> Element:
    """Return the root element; a DOCTYPE may name a DTD, which is never fetched.

    Raises: InvalidSource with file and line where the XML is not well formed, is in another
    encoding than it says, or declares entities.
    """
    with _refused(path), path.open("rb") as stream:
        return _parsed(stream.read())


def each_child(path: Path, take: Callable[[Element], None]) -> None:
    """Call `take` with each child of the root as it ends, so that no whole tree is held.

    Raises: as `parse_xml`, and what `take` raises.
    """
    with _refused(path), path.open("rb") as stream:
        _fed(stream, _Children(take))


class _Children:
    """A parser's target that builds each child of the root by itself, with its lines."""

    def __init__(self, take: Callable[[Element], None]) -> None:
        self._take = take
        self._depth = 0
        self._builder: Any = None
        self.line: Callable[[], int] = int

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        from xml.etree.ElementTree import TreeBuilder

        self._depth += 1
        if self._depth == 2:
            self._builder = TreeBuilder()
        if self._builder is not None:
            self._builder.start(tag, {**attributes, LINE: str(self.line())})

    def end(self, tag: str) -> None:
        """End an element; a child of the root is handed on."""
        self._depth -= 1
        if self._builder is None:
            return
        element = self._builder.end(tag)
        if self._depth == 1:
            self._builder = None
            self._take(element)

    def data(self, text: str) -> None:
        """Take text inside a child of the root."""
        if self._builder is not None:
            self._builder.data(text)

    def close(self) -> None:
        """End the file."""


def _fed(stream: IO[bytes], target: _Children) -> None:
    from defusedxml.ElementTree import DefusedXMLParser

    parser: Any = DefusedXMLParser(target=target, forbid_dtd=False)
    expat = parser.parser
    target.line = lambda: int(expat.CurrentLineNumber)
    while block := stream.read(_BLOCK):
        parser.feed(block)
    parser.close()


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Turn what a parser raises into InvalidSource."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException

    try:
        yield
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

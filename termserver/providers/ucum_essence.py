"""UCUM's essence: prefixes and atoms with their meaning, read from the file that ucumvert carries.

The distribution is not imported (a second, for pint and lark): its data file is located.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from termserver.errors import InvalidSource

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DISTRIBUTION, _FILE = "ucumvert", "ucumvert/vendor/ucum-essence.xml"
_SPACE = "{http://unitsofmeasure.org/ucum-essence}"
_VERSION = re.compile(rb'<root[^>]*\sversion="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """A unit atom. `unit` is the expression that defines it, None for a base unit.

    `factor` times `unit` is its value; it is None where a function stands between them (`Cel`).
    """

    code: str
    name: str
    property: str
    metric: bool
    unit: str | None = None
    factor: Fraction | None = Fraction(1)
    arbitrary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """A prefix for metric atoms."""

    code: str
    name: str
    factor: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Essence:
    """The tables of one UCUM version."""

    version: str
    prefixes: Mapping[str, Prefix]
    atoms: Mapping[str, Atom]


def essence_path() -> Path:
    """Return the essence file of the installed distribution. Raises: InvalidSource."""
    from importlib import metadata

    try:
        path = Path(str(metadata.distribution(_DISTRIBUTION).locate_file(_FILE)))
    except metadata.PackageNotFoundError as error:
        raise InvalidSource(
            f"the Python package {_DISTRIBUTION} is not installed; it carries UCUM's tables"
        ) from error
    if not path.is_file():
        raise InvalidSource(f"the Python package {_DISTRIBUTION} carries no {_FILE}")
    return path


def essence_version(path: Path) -> str:
    """Return the version that the file's root states, without reading on. Raises: InvalidSource."""
    with path.open("rb") as stream:
        found = _VERSION.search(stream.read(1024))
    if found is None:
        raise InvalidSource("the essence file states no version", file=path.name)
    return found.group(1).decode()


def read_essence(path: Path) -> Essence:
    """Return the tables of an essence file. Raises: InvalidSource."""
    from defusedxml.ElementTree import parse

    root: Element = parse(path, forbid_dtd=True).getroot()
    prefixes = {one.code: one for one in map(_prefix, root.iter(f"{_SPACE}prefix"))}
    bases = {one.code: one for one in map(_base, root.iter(f"{_SPACE}base-unit"))}
    units = {one.code: one for one in map(_unit, root.iter(f"{_SPACE}unit"))}
    if not (prefixes and bases and units):
        raise InvalidSource("the essence file lacks prefixes, base units or units", file=path.name)
    return Essence(version=essence_version(path), prefixes=prefixes, atoms=bases | units)


def _prefix(element: Element) -> Prefix:
    return Prefix(
        code=element.get("Code", ""),
        name=_text(element, "name"),
        factor=Fraction(element.find(f"{_SPACE}value").get("value", "1")),  # type: ignore[union-attr]
    )


def _base(element: Element) -> Atom:
    return Atom(
        code=element.get("Code", ""),
        name=_text(element, "name"),
        property=_text(element, "property"),
        metric=True,
    )


def _unit(element: Element) -> Atom:
    value = element.find(f"{_SPACE}value")
    function = value.find(f"{_SPACE}function") if value is not None else None
    source = value if function is None else function
    unit = source.get("Unit", "1") if source is not None else "1"
    text = source.get("value", "1") if source is not None else "1"
    return Atom(
        code=element.get("Code", ""),
        name=_text(element, "name"),
        property=_text(element, "property"),
        metric=element.get("isMetric") == "yes",
        unit=unit,
        factor=Fraction(text) if function is None else None,
        arbitrary=element.get("isArbitrary") == "yes",
    )


def _text(element: Element, tag: str) -> str:
    return " ".join((element.findtext(f"{_SPACE}{tag}") or "").split())

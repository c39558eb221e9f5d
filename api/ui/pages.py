"""A resource as a page (jinja2, escaped): what it is, what it says, where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from api.operations import Operation
from api.version import VERSION
from termserver.model import Json

_SHOWN = [
    "url",
    "version",
    "title",
    "name",
    "status",
    "experimental",
    "date",
    "publisher",
    "language",
    "content",
    "count",
    "copyright",
]
MOST_ROWS = 1_000


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("api.ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def resource_page(resource: Json, root: str) -> str:
    """Return the page of a CodeSystem, ValueSet, ConceptMap or NamingSystem."""
    facts = [(name, resource[name]) for name in _SHOWN if name in resource]
    rows = list(_concepts(resource.get("concept", ()), 0))
    return (
        _environment()
        .get_template("resource.html")
        .render(
            kind=resource.get("resourceType"),
            id=resource.get("id", ""),
            title=resource.get("title") or resource.get("name") or resource.get("url"),
            description=resource.get("description", ""),
            facts=facts,
            concepts=rows[:MOST_ROWS],
            more=max(0, len(rows) - MOST_ROWS),
            includes=[
                (kind, one)
                for kind in ("include", "exclude")
                for one in (resource.get("compose") or {}).get(kind, ())
            ],
            groups=resource.get("group", ()),
            identifiers=resource.get("uniqueId", ()),
            root=root,
        )
    )


def _concepts(concepts: Any, depth: int) -> Any:
    for one in concepts:
        yield depth, one
        yield from _concepts(one.get("concept", ()), depth + 1)


def start_page() -> str:
    """Return the page at the server's root: what is here and what to try."""
    return _environment().get_template("start.html").render(version=VERSION)


def operations_page(operations: Sequence[Operation]) -> str:
    """Return the page of all operations and their parameters."""
    return (
        _environment()
        .get_template("operations.html")
        .render(version=VERSION, operations=operations)
    )

"""`termserver ecl`: concepts by an expression constraint, and how it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from api.cli_errors import DONE
from api.cli_home import terminology_of
from api.cli_output import json_option, print_json, print_table, release_option
from api.cli_sets import print_expansion
from api.settings import Settings
from termserver.errors import NotSupported, UnknownCodeSystem
from termserver.systems import SNOMED_CT
from termserver.terminology import Terminology
from valuesets.expand import expand
from valuesets.model import ExpandRequest

if TYPE_CHECKING:
    from termserver.ecl.syntax import Expression


@click.command(epilog='Example: termserver ecl "<< 73211009 |Diabetes mellitus|"')
@click.argument("expression", metavar="EXPR")
@click.option("--explain", is_flag=True, help="Show the parts and how many concepts each has.")
@click.option("--system-version", help="Edition or version of SNOMED CT, as a URI.")
@click.option(
    "--count", type=click.IntRange(0), default=100, show_default=True, help="At most so many."
)
@release_option
@json_option
@click.pass_obj
def ecl(
    settings: Settings,
    expression: str,
    explain: bool,
    system_version: str | None,
    count: int,
    release: str,
    as_json: bool,
) -> int:
    """List the SNOMED CT concepts that an ECL expression selects."""
    with terminology_of(settings, release) as terminology:
        if explain:
            rows = list(steps(terminology, expression, system_version))
            if as_json:
                print_json([{"depth": a, "expression": b, "concepts": c} for a, b, c in rows])
            else:
                shown = [("  " * depth + text, number) for depth, text, number in rows]
                print_table(None, ("expression", "concepts"), shown)
            return DONE
        base = system_version or SNOMED_CT
        url = f"{base}?fhir_vs=ecl/{quote(expression, safe='')}"
        expansion = expand(terminology, ExpandRequest(release=release, url=url, count=count))
    return print_expansion(expansion, release, as_json=as_json)


def steps(
    terminology: Terminology, text: str, version: str | None
) -> Iterator[tuple[int, str, int]]:
    """Yield depth, text and number of concepts of an expression and its parts, outer first.

    Raises: InvalidExpression, UnknownCodeSystem, NotSupported.
    """
    from termserver.ecl.evaluate import evaluate
    from termserver.ecl.format import format_ecl
    from termserver.ecl.parse import parse_ecl

    provider = terminology.find_system(SNOMED_CT, version)
    if provider is None:
        wanted = f" version '{version}'" if version else ""
        raise UnknownCodeSystem(f"SNOMED CT{wanted} is not loaded")
    opened = getattr(provider, "ecl_source", None)
    if opened is None:
        raise NotSupported("This SNOMED CT content has no reference sets and relationships to ask")
    source = opened()
    for depth, part in _parts(parse_ecl(text), 0):
        yield depth, format_ecl(part), len(evaluate(part, source))


def _parts(tree: Expression, depth: int) -> Iterator[tuple[int, Expression]]:
    yield depth, tree
    for part in _below(tree):
        yield from _parts(part, depth + 1)


def _below(node: Any) -> Iterator[Expression]:
    """Yield the nearest expressions inside a node of the tree."""
    from termserver.ecl.syntax import Compound, Dotted, Refined, SubExpression

    for one in fields(node):
        value = getattr(node, one.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, SubExpression | Compound | Refined | Dotted):
                yield item
            elif is_dataclass(item) and not isinstance(item, type):
                yield from _below(item)

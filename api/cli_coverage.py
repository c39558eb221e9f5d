"""`termserver coverage`: what value sets name that is not loaded."""

from __future__ import annotations

import dataclasses

import click

from api.cli_errors import DONE, NEGATIVE
from api.cli_home import terminology_of
from api.cli_output import json_option, print_json, release_option
from api.coverage_table import coverage_lines
from api.settings import Settings
from termserver.errors import UnknownValueSet
from valuesets.coverage import Coverage
from valuesets.coverage import coverage as covered


@click.command(epilog="Example: termserver coverage http://hl7.org/fhir/us/mcode")
@click.argument("prefix", metavar="CANONICAL-PREFIX")
@release_option
@json_option
@click.option("--markdown", is_flag=True, help="Print tables for a document.")
@click.pass_obj
def coverage(settings: Settings, prefix: str, release: str, as_json: bool, markdown: bool) -> int:
    """List, for each value set, the code systems and codes it names that are not loaded.

    Exit code 1 where something is missing.
    """
    with terminology_of(settings, release) as terminology:
        found = list(covered(terminology, prefix))
    if not found:
        raise UnknownValueSet(f"No value set has a url that begins with '{prefix}'")
    if as_json:
        print_json([dataclasses.asdict(one) for one in found])
    elif markdown:
        click.echo("\n".join(coverage_lines(found)))
    else:
        for one in found:
            _print(one)
        whole = sum(one.is_whole for one in found)
        click.echo(f"{len(found)} value sets, {whole} whole")
    return DONE if all(one.is_whole for one in found) else NEGATIVE


def _print(one: Coverage) -> None:
    size = "no list" if one.total is None else f"{one.total} concepts"
    click.echo(f"{one.canonical}: {one.status}, {'refused' if one.refusal else size}")
    if one.refusal:
        click.echo(f"  {one.refusal}")
    for canonical in one.missing_systems:
        click.echo(f"  missing code system: {canonical}")
    for canonical in one.unchecked_systems:
        click.echo(f"  codes as written, code system not loaded: {canonical}")
    for sentence in one.not_available:
        click.echo(f"  {sentence}")
    for absent in one.absent:
        what = "missing root code" if absent.root else "missing code"
        display = f" ({absent.display})" if absent.display else ""
        click.echo(f"  {what}: {absent.system}|{absent.version or ''}#{absent.code}{display}")

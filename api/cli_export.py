"""`termserver export`: a loaded code system or value set as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from api.cli_errors import DONE
from api.cli_home import terminology_of
from api.cli_output import release_option
from api.settings import Settings
from exporters.content import Content, SystemContent, find_content
from termserver.errors import InvalidRequest

FORMATS = ("fhir", "csv", "skos", "ecl")


@click.command(
    epilog="Example: termserver export http://hl7.org/fhir/administrative-gender --format skos "
    "--out gender.ttl"
)
@click.argument("canonical")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    required=True,
    help="FHIR package (.tgz), table, SKOS (.ttl, .nt, .rdf or .jsonld), or an ECL list.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file to write; it must not exist.",
)
@release_option
@click.pass_obj
def export(settings: Settings, canonical: str, format_name: str, out: Path, release: str) -> int:
    """Write the code system or value set CANONICAL (`url` or `url|version`) to a file.

    What the format has no place for is listed on the error output.
    """
    if out.exists():
        raise InvalidRequest(f"'{out}' exists already: name another file")
    with terminology_of(settings, release) as terminology:
        content = find_content(terminology, canonical)
    try:
        lost = _writer(format_name)(content, out)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    click.echo(f"{out}: {_described(content)}")
    for sentence in lost:
        click.echo(f"Not held by the format: {sentence}", err=True)
    return DONE


def _writer(format_name: str) -> Callable[[Content, Path], tuple[str, ...]]:
    """Return the exporter of a format; rdflib is imported only where it is needed."""
    match format_name:
        case "fhir":
            from exporters.fhir_package import write_fhir_package

            return write_fhir_package
        case "csv":
            from exporters.csv import write_csv

            return write_csv
        case "skos":
            from exporters.skos import write_skos

            return write_skos
        case _:
            from exporters.ecl import write_ecl

            return write_ecl


def _described(content: Content) -> str:
    if isinstance(content, SystemContent):
        return f"{len(content.concepts)} concepts of {content.system.canonical}"
    return f"{len(content.members)} members of {content.value_set.canonical}"

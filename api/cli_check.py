"""`termserver check`: the codes of resources against the bindings of their profiles."""

from __future__ import annotations

from pathlib import Path

import click

from api.check_files import resources_in
from api.check_report import SHOWN, csv_text, html_text, json_text, row, summary, undecided
from api.cli_diagnosed import diagnosed_option, edition_by_date
from api.cli_errors import DONE, NEGATIVE
from api.cli_home import terminology_of
from api.cli_output import print_facts, print_table, release_option
from api.settings import Settings
from termserver.errors import InvalidRequest
from valuesets.checking import Checker, Report
from valuesets.verdicts import CheckOptions

_TEXTS = {"json": json_text, "csv": csv_text, "html": html_text}


@click.command(epilog="Example: termserver check bundle.json --format html --out report.html")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="URL",
    help="Check against this profile too, where a resource is of its type; may be repeated.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", *_TEXTS]),
    default="table",
    show_default=True,
    help="How to report.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file."
)
@click.option(
    "--behaviour-matrix", is_flag=True, help="Take an ICD-O-3 histology with any behaviour."
)
@click.option(
    "--plausibility",
    is_flag=True,
    help="Compare ICD-O-3 site and morphology of each resource by SEER's list.",
)
@diagnosed_option
@click.option("--details", is_flag=True, help="List notes in the table too, one by one.")
@release_option
@click.pass_obj
def check(
    settings: Settings,
    files: tuple[Path, ...],
    profiles: tuple[str, ...],
    form: str,
    as_json: bool,
    out: Path | None,
    behaviour_matrix: bool,
    plausibility: bool,
    diagnosed: str | None,
    details: bool,
    release: str,
) -> int:
    """Check every code in FILES (resources, Bundles, NDJSON) against the bindings that hold for it.

    Profiles come from meta.profile and --profile; where none of them is loaded, the base type
    holds. A miss is an error in a required binding and in a maximum value set, a warning in an
    extensible one, a note in a preferred one. What hangs on content that is not loaded cannot be
    decided, and is never counted as passed. Exit code 1 if there is an error.
    """
    form = "json" if as_json else form
    if out is not None and form == "table":
        raise InvalidRequest(
            "A table is for the terminal: give --format json, csv or html to --out"
        )
    options = CheckOptions(
        behaviour_matrix=behaviour_matrix,
        plausibility=plausibility,
        edition=None if diagnosed is None else edition_by_date(settings, diagnosed),
    )
    with terminology_of(settings, release) as terminology:
        checker = Checker(terminology, profiles=profiles, options=options)
        for path in files:
            for file, resource in resources_in(path):
                checker.check(resource, file=file)
        report = checker.finish()
    _write(report, form, out, details=details)
    return NEGATIVE if report.has_errors else DONE


def _write(report: Report, form: str, out: Path | None, *, details: bool) -> None:
    if form == "table":
        _print(report, details=details)
        return
    text = _TEXTS[form](report)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_bytes(text.encode())
        print_facts(summary(report))


def _print(report: Report, *, details: bool) -> None:
    listed = [
        one
        for one in report.findings
        if details or one.severity != "information" or one.finding == "definition-not-available"
    ]
    if listed:
        columns = [one.replace("_", " ") for one in SHOWN]
        print_table(None, columns, [row(one, SHOWN) for one in listed])
    for text, places in () if details else undecided(report.findings):
        click.echo(f"{places} x {text}")
    print_facts(summary(report))

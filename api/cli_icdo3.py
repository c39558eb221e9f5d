"""`termserver plausible`: whether a morphology is plausible at a site (ICD-O-3, SEER's list)."""

from __future__ import annotations

from dataclasses import asdict

import click

from api.cli_errors import DONE, NEGATIVE
from api.cli_home import terminology_of
from api.cli_output import json_option, print_facts, print_issues, print_json, release_option
from api.settings import Settings
from termserver.operations.plausibility import plausibility


@click.command(epilog="Example: termserver plausible C50.9 8500/3")
@click.argument("site")
@click.argument("morphology")
@click.option("--list-version", help="Date of the list, where several are loaded (YYYYMMDD).")
@release_option
@json_option
@click.pass_obj
def plausible(
    settings: Settings,
    site: str,
    morphology: str,
    list_version: str | None,
    release: str,
    as_json: bool,
) -> int:
    """Tell whether MORPHOLOGY is listed at SITE (ICD-O-3 codes) in SEER's site/histology list.

    Exit code 1 where it is not, or where the list does not have the morphology.
    """
    with terminology_of(settings, release) as terminology:
        found = plausibility(terminology, site, morphology, version=list_version)
    if as_json:
        print_json(asdict(found))
    else:
        print_facts(
            [
                ("site", found.site),
                ("morphology", found.morphology),
                ("outcome", found.outcome),
                ("list", found.version),
            ]
        )
        print_issues([found.issue] if found.issue else [])
    return DONE if found.outcome == "listed" else NEGATIVE

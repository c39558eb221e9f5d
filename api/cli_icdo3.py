"""ICD-O-3: `termserver plausible` (SEER's site/histology list) and `registry-fields` (NAACCR)."""

from __future__ import annotations

from dataclasses import asdict

import click

from api.cli_diagnosed import diagnosed_option, edition_by_date
from api.cli_errors import DONE, NEGATIVE
from api.cli_home import terminology_of
from api.cli_output import (
    json_option,
    print_facts,
    print_issues,
    print_json,
    print_table,
    release_option,
)
from api.settings import Settings
from termserver.errors import InvalidRequest
from termserver.operations.plausible import PlausibleRequest
from termserver.operations.plausible import plausible as plausible_pair
from termserver.providers.icdo3 import from_registry, to_registry


@click.command(epilog="Example: termserver plausible C50.9 8500/3")
@click.argument("site")
@click.argument("morphology")
@click.option("--list-version", help="Date of the list, where several are loaded (YYYYMMDD).")
@diagnosed_option
@release_option
@json_option
@click.pass_obj
def plausible(
    settings: Settings,
    site: str,
    morphology: str,
    list_version: str | None,
    diagnosed: str | None,
    release: str,
    as_json: bool,
) -> int:
    """Tell whether MORPHOLOGY is listed at SITE (ICD-O-3 codes) in SEER's site/histology list.

    With --diagnosed both codes must be of the edition of that date too. Exit code 1 where one is
    not, where the pair is not listed, or where the list does not have the morphology.
    """
    edition = edition_by_date(settings, diagnosed) if diagnosed is not None else None
    request = PlausibleRequest(
        site=site, morphology=morphology, list_version=list_version, edition=edition
    )
    with terminology_of(settings, release) as terminology:
        answer = plausible_pair(terminology, request)
    found, issues = answer.found, answer.issues
    if as_json:
        more = {"edition": edition, "findings": [one.text for one in issues]} if edition else {}
        print_json(asdict(found) | more)
    else:
        print_facts(
            [
                ("site", found.site),
                ("morphology", found.morphology),
                ("edition", edition),
                ("outcome", found.outcome),
                ("list", found.version),
            ]
        )
        print_issues(issues)
    return DONE if answer.result else NEGATIVE


@click.command("registry-fields", epilog="Example: termserver registry-fields C50.9 8500/3")
@click.argument("codes", nargs=-1)
@click.option("--site", help="Primary site (NAACCR item 400), as C509.")
@click.option("--histology", help="Histology (item 522), as 8500.")
@click.option("--behaviour", help="Behaviour (item 523), as 3.")
@click.option("--grade", help="Grade (item 440), as 1; it becomes the sixth digit.")
@json_option
def registry_fields(
    codes: tuple[str, ...],
    site: str | None,
    histology: str | None,
    behaviour: str | None,
    grade: str | None,
    as_json: bool,
) -> int:
    """Take ICD-O-3 CODES apart into the fields of registries, or put fields together to codes.

    Whether the codes exist is not asked (validate-code does).
    """
    given = any(one is not None for one in (site, histology, behaviour, grade))
    if bool(codes) is given:
        raise InvalidRequest(
            "Give either codes, or fields (--site, --histology, --behaviour, --grade)"
        )
    if given:
        made = from_registry(site, histology, behaviour, grade)
        print_json(made) if as_json else click.echo("\n".join(made))
        return DONE
    rows = [{"code": code} | asdict(to_registry(code)) for code in codes]
    if as_json:
        print_json(rows)
    else:
        print_table(None, tuple(rows[0]), [tuple(one.values()) for one in rows])
    return DONE

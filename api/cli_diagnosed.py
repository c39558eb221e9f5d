"""`--diagnosed`: ICD-O-3's edition by the date of diagnosis, for commands that take a version."""

from __future__ import annotations

import click

from api.settings import Settings
from termserver.errors import InvalidRequest
from termserver.operations.edition import edition_of, read_editions
from termserver.systems import ALIASES, ICD_O_3

diagnosed_option = click.option(
    "--diagnosed",
    metavar="DATE",
    help="Date of diagnosis: it chooses the edition of ICD-O-3 (TERMSERVER_ICDO3_EDITIONS).",
)


def edition_by_date(settings: Settings, diagnosed: str) -> str:
    """Return the edition of the settings' table for a date. Raises: InvalidRequest."""
    return edition_of(diagnosed, read_editions(settings.icdo3_editions))


def edition_asked(
    settings: Settings, diagnosed: str, system: str | None, version: str | None
) -> str:
    """Return the version that `--diagnosed` stands for.

    Raises: InvalidRequest where a version is given too, or another code system than ICD-O-3.
    """
    if version is not None:
        raise InvalidRequest("--diagnosed and --system-version both choose a version: give one")
    if system is None or ALIASES.get(system, system) != ICD_O_3:
        raise InvalidRequest(
            f"--diagnosed chooses the edition of ICD-O-3 alone: give --system {ICD_O_3}"
        )
    return edition_by_date(settings, diagnosed)

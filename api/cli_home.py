"""The home that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from api.settings import Settings
from termserver.terminology import Terminology


@contextmanager
def terminology_of(settings: Settings, release: str) -> Iterator[Terminology]:
    """Open what is loaded for the length of a command. Raises: StoreError."""
    from api.homes import open_home

    home = open_home(settings)
    for lost in home.catalogue.broken():
        click.echo(f"Not asked: {lost.reason}", err=True)
    try:
        yield home.terminology(release)
    finally:
        home.close()

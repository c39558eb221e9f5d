"""The home that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.settings import Settings
from termserver.terminology import Terminology


@contextmanager
def terminology_of(settings: Settings, release: str) -> Iterator[Terminology]:
    """Open what is loaded for the length of a command. Raises: StoreError."""
    from termserver.library import Home

    home = Home(settings.home)
    try:
        yield home.terminology(release)
    finally:
        home.close()

"""Open the home that the settings name, as the settings say."""

from __future__ import annotations

from api.settings import Settings
from termserver.dialects import DIALECTS, refsets_of
from termserver.errors import InvalidRequest
from termserver.library import Home


def open_home(settings: Settings) -> Home:
    """Return the opened home. Raises: StoreError; InvalidRequest for an unknown dialect."""
    return Home(
        settings.home,
        dialects=dialects_of(settings.default_dialect),
        default_edition=settings.default_edition or None,
    )


def dialects_of(tag: str) -> tuple[int, ...]:
    """Return the language reference sets of a tag, none for no tag. Raises: InvalidRequest."""
    refsets = refsets_of(tag) if tag else ()
    if tag and not refsets:
        raise InvalidRequest(
            f"The setting TERMSERVER_DEFAULT_DIALECT is '{tag}', which names no language reference "
            f"set; known: {', '.join(sorted(DIALECTS))}"
        )
    return refsets

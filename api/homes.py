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


def dialects_of(tags: str) -> tuple[int, ...]:
    """Return the language reference sets of tags (with commas), in their order; none for no tag.

    Raises: InvalidRequest for a tag that names none.
    """
    found: list[int] = []
    for tag in (one.strip() for one in tags.split(",") if one.strip()):
        refsets = refsets_of(tag)
        if not refsets:
            raise InvalidRequest(
                f"The setting TERMSERVER_DEFAULT_DIALECT has '{tag}', which names no language "
                f"reference set; known: {', '.join(sorted(DIALECTS))}"
            )
        found.extend(refsets)
    return tuple(found)

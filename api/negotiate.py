"""Which representation a client asks for: JSON, or a page at a resource's url."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from termserver.errors import NotAcceptable, UnsupportedMedia

Format = Literal["json", "html"]

_JSON = frozenset({"application/fhir+json", "application/json", "text/json", "json"})
_ANY = frozenset({"*/*", "application/*"})
_HTML = frozenset({"text/html", "html", "application/xhtml+xml", "text/*"})
_KNOWN = "application/fhir+json, application/json or text/html"


def response_format(headers: Mapping[str, str], query: Mapping[str, str], release: str) -> Format:
    """Return the format of the answer: `_format` before Accept; JSON where nothing is said.

    Raises: NotAcceptable for XML and all else.
    """
    asked = query.get("_format")
    if asked is not None:
        return _named(asked.replace(" ", "+"), "_format")
    accept = headers.get("accept")
    if not accept or accept == "*/*":
        return "json"
    best: tuple[float, Format] | None = None
    for weight, media, parameters in _ranges(accept):
        if weight <= 0 or not _version_fits(parameters, release):
            continue
        found: Format | None = None
        if media in _JSON or media in _ANY:
            found = "json"
        elif media in _HTML:
            found = "html"
        if found is not None and (best is None or weight > best[0]):
            best = (weight, found)
    if best is None:
        raise NotAcceptable(f"The answer cannot be given as '{accept}'; known: {_KNOWN}")
    return best[1]


def _named(asked: str, what: str) -> Format:
    media = asked.partition(";")[0].strip().lower()
    if media in _JSON:
        return "json"
    if media in _HTML:
        return "html"
    raise NotAcceptable(f"The answer cannot be given as '{asked}' ({what}); known: {_KNOWN}")


def _ranges(accept: str) -> list[tuple[float, str, dict[str, str]]]:
    found = []
    for part in accept.split(","):
        media, *rest = part.split(";")
        parameters = dict(_pair(one) for one in rest if "=" in one)
        try:
            weight = float(parameters.get("q", "1"))
        except ValueError:
            weight = 0.0
        found.append((weight, media.strip().lower(), parameters))
    return found


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip().strip('"')


def _version_fits(parameters: Mapping[str, str], release: str) -> bool:
    """Tell whether the media type's fhirVersion (FHIR http, "FHIR Version Parameter") fits."""
    asked = parameters.get("fhirversion")
    return asked is None or asked == release or asked.startswith(release + ".")


def check_content_type(headers: Mapping[str, str], release: str) -> None:
    """Refuse a body that is not JSON of this base's release. Raises: UnsupportedMedia."""
    given = headers.get("content-type", "")
    media, *rest = given.split(";")
    if media.strip().lower() not in _JSON:
        raise UnsupportedMedia(
            f"The body is of type '{given}', but must be application/fhir+json"
            if given
            else "The body has no Content-Type; it must be application/fhir+json"
        )
    parameters = dict(_pair(one) for one in rest if "=" in one)
    if not _version_fits(parameters, release):
        raise UnsupportedMedia(
            f"The body is of FHIR version {parameters['fhirversion']}, but this base is {release}"
        )
    charset = parameters.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8"}:
        raise UnsupportedMedia(f"The body is in {charset}, but must be in UTF-8")

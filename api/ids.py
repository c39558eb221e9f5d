"""Ids of resources: stable, without collisions, the same for read, search and operations.

The id that a package gave belongs to the default version of that resource. Every other version, and
every other resource that claims the same id (R4 and THO, mCODE 3 and 4 do), has an id of its own
made from its canonical (design.md section 8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

_VALID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_OTHER = re.compile(r"[^A-Za-z0-9\-.]+")
_STEM = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What decides a resource's id. `is_default`: no other version answers when none is asked."""

    type: str
    url: str
    version: str | None
    given: str | None
    is_default: bool


def assign_ids(identities: Iterable[Identity]) -> Iterator[str]:
    """Yield an id for each identity, in order, no two alike for different canonicals.

    Of several default versions that were given the same id the first canonical in alphabetical
    order keeps it, whatever the order of packs, so that all workers agree.
    """
    listed = list(identities)
    owners: dict[tuple[str, str], str] = {}
    for one in sorted(listed, key=lambda one: (one.type, one.url)):
        if one.is_default and one.given and _VALID.fullmatch(one.given):
            owners.setdefault((one.type, one.given), one.url)
    for one in listed:
        keeps = one.is_default and owners.get((one.type, one.given or "")) == one.url
        yield one.given if keeps and one.given else own_id(one)


def own_id(identity: Identity) -> str:
    """Return the id made from a canonical: readable stem and twelve hexadecimal digits."""
    canonical = f"{identity.type}|{identity.url}|{identity.version or ''}"
    digest = sha256(canonical.encode()).hexdigest()[:12]
    stem = identity.given if identity.given and _VALID.fullmatch(identity.given) else None
    stem = stem or _OTHER.sub("-", identity.url.rstrip("/").rpartition("/")[2]).strip("-.")
    return f"{stem[:_STEM]}-{digest}" if stem else digest

"""Resources of a new pack that another pack has too, by url and version, with other content.

Same content means equal without narrative and meta (design.md section 2, "Same or other").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from termserver.model import CodeSystem
from termserver.store.pack import Pack

_AT_ONCE = 5000
_NO_CONTENT = frozenset({"text", "meta"})


def differing(new: Pack, other: Pack) -> list[str]:
    """Return `Type url|version` of each resource that both packs have, differently; sorted."""
    return sorted(
        [*(_differing_documents(new, other)), *(_differing_systems(new, other))],
    )


def _differing_documents(new: Pack, other: Pack) -> list[str]:
    theirs: dict[tuple[str, str | None, str | None], set[str]] = {}
    for type_, url, version, digest in other.document_digests():
        theirs.setdefault((type_, url, version), set()).add(digest)
    return [
        f"{type_} {url}|{version or ''}".rstrip("|")
        for type_, url, version, digest in new.document_digests()
        if url and digest not in theirs.get((type_, url, version), {digest})
    ]


def _differing_systems(new: Pack, other: Pack) -> list[str]:
    theirs = {(one.url, one.version): one for one in other.systems()}
    return [
        f"CodeSystem {system.canonical}"
        for system in new.systems()
        if (match := theirs.get((system.url, system.version))) is not None
        and not _same_system(new, system, other, match)
    ]


def _same_system(new: Pack, system: CodeSystem, other: Pack, match: CodeSystem) -> bool:
    if _content(system.resource) != _content(match.resource):
        return False
    mine, theirs = new.provider(system), other.provider(match)
    my_members, their_members = list(mine.all()), list(theirs.all())
    if len(my_members) != len(their_members):
        return False
    # A whole release has hundreds of thousands of concepts: compared part by part.
    return all(
        mine.concepts(my_members[at : at + _AT_ONCE])
        == theirs.concepts(their_members[at : at + _AT_ONCE])
        for at in range(0, len(my_members), _AT_ONCE)
    )


def _content(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key not in _NO_CONTENT}

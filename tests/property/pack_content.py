"""Everything that a SNOMED CT pack says, as plain values: with equal ones packs answer alike."""

from __future__ import annotations

from typing import Any

from termserver.model import Ordinal
from termserver.store.pack import Pack

Content = dict[str, Any]

CONCEPTS = 1 << 40


def content_of(pack: Pack) -> Content:
    """Return the pack's rows by kind; concepts by code in the order of their ordinals."""
    reader = pack.reader
    (system,) = pack.systems()
    codes = _codes(pack)
    return {
        "system": system,
        "counts": {**pack.counts},
        "codes": codes,
        "concepts": [reader.concept(at) for at in range(len(codes))],
        "facts": [reader.facts(at) for at in range(len(codes))],
        "parents": [list(pack.hierarchy.parents(Ordinal(at))) for at in range(len(codes))],
        "designations": list(reader.designation_rows(0, CONCEPTS)),
        "refsets": pack.refsets(),
        "members": {one.id: pack.refset_members(one.id) for one in pack.refsets()},
        "identifiers": [sorted(pack.identifiers(Ordinal(at))) for at in range(len(codes))],
        "history": sorted(pack.all_history()),
    }


def _codes(pack: Pack) -> list[str]:
    count = pack.counts["concepts"]
    return [pack.codes[at] for at in range(count)]


def differences(one: Content, other: Content) -> list[str]:
    """Return the kinds of rows in which two packs differ, each with the first difference."""
    return [
        f"{kind}: {first_difference(one[kind], other[kind])}"
        for kind in one
        if one[kind] != other[kind]
    ]


def first_difference(one: Any, other: Any) -> str:
    """Return what stands first in one and not in the other."""
    if isinstance(one, list) and isinstance(other, list):
        for at, (left, right) in enumerate(zip(one, other, strict=False)):
            if left != right:
                return f"[{at}] {left} != {right}"
        return f"{len(one)} != {len(other)}"
    return f"{one} != {other}"


def with_members_sorted(content: Content) -> Content:
    """Return the content with the rows of each reference set in no order of the source."""
    members = {refset: sorted(map(repr, rows)) for refset, rows in content["members"].items()}
    return {**content, "members": members}

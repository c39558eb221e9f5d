"""Coverage of value sets as a Markdown table, for documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from valuesets.coverage import Absent, Coverage

SHOWN_CODES = 5
"""So many codes are named in a cell; of the others the number is given."""


def coverage_lines(found: Iterable[Coverage]) -> Iterator[str]:
    """Yield the lines of one table for each version of value sets, with its counts before it."""
    by_version: dict[str, list[Coverage]] = {}
    for one in found:
        by_version.setdefault(one.canonical.partition("|")[2], []).append(one)
    for version in sorted(by_version, reverse=True):
        yield from _table(version, by_version[version])


def _table(version: str, listed: Sequence[Coverage]) -> Iterator[str]:
    counts = Counter(one.status for one in listed)
    said = ", ".join(f"{counts[status]} {status}" for status in ("whole", "partial", "not"))
    yield f"### Version {version or 'not given'}: {len(listed)} value sets ({said})"
    yield ""
    yield "| value set | coverage | members | what is missing |"
    yield "|---|---|---|---|"
    for one in listed:
        name = one.canonical.partition("|")[0].rpartition("/")[2]
        missing = "<br>".join(_cell(sentence) for sentence in _missing(one))
        yield f"| {name} | {one.status} | {_members(one)} | {missing} |"
    yield ""


def _members(one: Coverage) -> str:
    if one.refusal is not None:
        return "refused"
    return "no list" if one.total is None else str(one.total)


def _missing(one: Coverage) -> Iterator[str]:
    for canonical in one.missing_systems:
        yield f"code system {canonical}"
    for canonical in one.unchecked_systems:
        yield f"code system {canonical} (its codes stand as written)"
    yield from one.not_available
    versions = dict.fromkeys((absent.system, absent.version) for absent in one.absent)
    for system, version in versions:
        absent = [two for two in one.absent if (two.system, two.version) == (system, version)]
        yield from _codes(f"{system} {version or ''}".strip(), absent)


def _codes(where: str, absent: Sequence[Absent]) -> Iterator[str]:
    for word, some in (
        ("root codes of filters", [one.code for one in absent if one.root]),
        ("codes", [one.code for one in absent if not one.root]),
    ):
        if some:
            more = len(some) - SHOWN_CODES
            tail = f" and {more} more" if more > 0 else ""
            yield f"{len(some)} {word} not in {where}: {', '.join(some[:SHOWN_CODES])}{tail}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

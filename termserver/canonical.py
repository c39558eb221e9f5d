"""Canonicals: `url|version`, the order of versions and partial matches. Pure text, no lookup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cmp_to_key

_MONTH_FIRST = re.compile(r"(0[1-9]|1[0-2])([0-3]\d)((?:19|20)\d\d)")
_SNOMED_EDITION = re.compile(r"http://snomed\.info/x?sct/(\d+)(?:/version/(\d+))?$")


def parse_canonical(text: str) -> tuple[str, str | None]:
    """Return (url, version or None) of `url|version`.

    An implicit SNOMED CT value set whose ECL holds pipes (`…?fhir_vs=ecl/…`) is kept whole: its
    version stands in the URI, never behind a pipe (THO page "Using SNOMED CT").
    """
    if "?fhir_vs=ecl/" in text or "|" not in text:
        return text, None
    url, _, version = text.rpartition("|")
    return url, version or None


def format_canonical(url: str, version: str | None) -> str:
    """Return `url|version`, or `url` where there is no version."""
    return f"{url}|{version}" if version else url


def version_matches(candidate: str, wanted: str) -> bool:
    """Tell whether `candidate` satisfies `wanted`.

    Exactly; or as major and minor (`1.0` is met by `1.0.1`; `1` alone meets nothing, suite
    `version`); or by wildcards (`1.x`, `1.x.x`, `1.*`, `1.?`); or, for SNOMED CT, an edition URI
    met by its versions.
    """
    if candidate == wanted:
        return True
    if wanted.startswith("http://snomed.info/"):
        return "/version/" not in wanted and candidate.startswith(wanted + "/version/")
    if has_wildcard(wanted):
        return _matches_wildcard(candidate, wanted)
    return _is_partial(wanted) and candidate.startswith(wanted + ".")


def has_wildcard(version: str) -> bool:
    """Tell whether `version` has a part that is `x`, `X` or `*`, or ends in `?`."""
    return version.endswith("?") or any(part in {"x", "X", "*"} for part in version.split("."))


def _is_partial(version: str) -> bool:
    return bool(re.fullmatch(r"\d+\.\d+", version))


def _matches_wildcard(candidate: str, wanted: str) -> bool:
    open_ended = wanted.endswith("?")
    parts = (wanted[:-1].rstrip(".") if open_ended else wanted).split(".")
    have = candidate.split("-", maxsplit=1)[0].split("+", maxsplit=1)[0].split(".")
    if len(have) < len(parts) or (len(have) > len(parts) and not (open_ended or parts[-1] == "*")):
        return False
    return all(
        part in {"x", "X", "*"} or part == one for part, one in zip(parts, have, strict=False)
    )


def compare_versions(left: str | None, right: str | None) -> int:
    """Return negative, zero or positive as `left` is older, equal or newer.

    No version is older than any. Numbers compare as numbers, a release is newer than its
    pre-releases (SemVer 11), dates and SNOMED CT editions by date, other text as text.
    """
    if left == right:
        return 0
    if left is None or right is None:
        return -1 if left is None else 1
    one, two = version_key(left), version_key(right)
    return (one > two) - (one < two)


def version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key for one version; keys of different forms are comparable, never equal by
    luck.
    """
    edition = _SNOMED_EDITION.match(version)
    if edition:
        return ((1, int(edition[2] or 0), edition[1]),)
    release, _, pre = version.partition("-") if re.match(r"\d+\.\d", version) else (version, "", "")
    parts = tuple(_part_key(part) for part in re.split(r"[.\-+_]", release))
    return (*parts, (0, 0, pre)) if pre else (*parts, (0, 1, ""))


def _part_key(part: str) -> tuple[int, int, str]:
    # RxNorm's releases are dates written MMDDYYYY (THO, "Using RxNorm"); no year begins 01 to 12.
    american = _MONTH_FIRST.fullmatch(part)
    if american:
        month, day, year = american.groups()
        return (1, int(year + month + day), "")
    return (1, int(part), "") if part.isdigit() else (0, 2, part)


def newest(versions: Iterable[str | None]) -> str | None:
    """Return the newest of `versions` (None if none, or if only None is there)."""
    ordered = sorted(versions, key=cmp_to_key(compare_versions))
    return ordered[-1] if ordered else None


def version_form(version: str | None) -> str:
    """Return the form of a version: semver, date, number, snomed, text or none.

    Versions are only compared within one form (design.md section 3).
    """
    if not version:
        return "none"
    if _SNOMED_EDITION.match(version):
        return "snomed"
    for form, pattern in (
        ("semver", r"\d+\.\d+(\.\d+)?([-+].*)?"),
        ("date", r"(19|20)\d\d-?\d\d-?\d\d.*|(19|20)\d\d(-\d\d)?"),
        ("number", r"\d+"),
    ):
        if re.fullmatch(pattern, version):
            return form
    return "text"

"""Which version of a code system or value set a definition means, given the request's parameters.

Rules: fhir-rules 7.5 and the suite's `version`, `overload`, `default-valueset-version`. In order:
force-system-version; the version in the include; system-version; check-system-version as a default;
the server's default. check-system-version then compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from termserver.canonical import parse_canonical, version_matches
from termserver.terminology import Terminology
from valuesets.model import VersionRules


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedVersion:
    """The version that an include asks for, None for the default.

    `rule` names the parameter that decided (None: the include itself), `canonical` its value.
    """

    version: str | None
    original: str | None
    rule: str | None = None
    canonical: str | None = None

    @property
    def changed(self) -> bool:
        """Tell whether a parameter replaced what the include says."""
        return self.rule is not None


def wanted_version(
    terminology: Terminology, system: str, version: str | None, rules: VersionRules
) -> WantedVersion:
    """Return which version of `system` an include with `version` means."""
    forced = _rule(terminology, rules.force_system_version, system)
    if forced:
        return _by("force-system-version", forced, version)
    if version:
        return WantedVersion(version=version, original=version)
    for name, entries in (
        ("system-version", rules.system_version),
        ("check-system-version", rules.check_system_version),
    ):
        found = _rule(terminology, entries, system)
        if found:
            return _by(name, found, None)
    return WantedVersion(version=None, original=None)


def _by(rule: str, canonical: str, original: str | None) -> WantedVersion:
    return WantedVersion(
        version=parse_canonical(canonical)[1], original=original, rule=rule, canonical=canonical
    )


def _rule(terminology: Terminology, entries: Sequence[str], system: str) -> str | None:
    canonical = terminology.registry.canonical
    for entry in entries:
        url, version = parse_canonical(entry)
        if version and canonical(url) == canonical(system):
            return entry
    return None


def required_version(terminology: Terminology, rules: VersionRules, system: str) -> str | None:
    """Return the version that check-system-version requires of `system`, or None."""
    found = _rule(terminology, rules.check_system_version, system)
    return parse_canonical(found)[1] if found else None


def satisfies(version: str | None, required: str | None) -> bool:
    """Tell whether a resolved version is what is required (anything, if None)."""
    return required is None or (version is not None and version_matches(version, required))


def value_set_version(
    url: str, version: str | None, rules: VersionRules
) -> tuple[str | None, str | None]:
    """Return (version of a value set reference, parameter that decided or None)."""
    for entry in rules.force_valueset_version:
        if parse_canonical(entry)[0] == url:
            return parse_canonical(entry)[1], "force-valueset-version"
    if version:
        return version, None
    for name, entries in (
        ("default-valueset-version", rules.default_valueset_version),
        ("check-valueset-version", rules.check_valueset_version),
    ):
        for entry in entries:
            if parse_canonical(entry)[0] == url:
                return parse_canonical(entry)[1], name
    return None, None


def required_value_set_version(url: str, rules: VersionRules) -> str | None:
    """Return the version that check-valueset-version requires of a value set, or None."""
    found = (parse_canonical(one) for one in rules.check_valueset_version)
    return next((version for named, version in found if named == url), None)

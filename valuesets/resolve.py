"""Canonical -> ValueSet: stored, sent with the request, contained, implicit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from termserver.canonical import parse_canonical
from termserver.errors import InvalidRequest
from termserver.terminology import Terminology
from valuesets import issues
from valuesets.fhirjson import value_set_of
from valuesets.implicit import implicit_value_set
from valuesets.model import ValueSet, VersionRules
from valuesets.versions import required_value_set_version, satisfies, value_set_version


def find_value_set(terminology: Terminology, url: str, version: str | None) -> ValueSet | None:
    """Return a value set by url and version (None: the default), or None if it is not known."""
    stored = terminology.remembered(
        ("ValueSet", url, version), lambda: _stored(terminology, url, version), _weight
    )
    return stored if stored is not None else implicit_value_set(terminology, url, version)


def _stored(terminology: Terminology, url: str, version: str | None) -> ValueSet | None:
    found = terminology.find_document("ValueSet", url, version)
    return None if found is None else value_set_of(found)


def _weight(value_set: ValueSet) -> int:
    compose = value_set.compose
    clauses = (*compose.includes, *compose.excludes) if compose else ()
    return 10 + sum(len(one.concepts) for one in clauses)


def requested_value_set(
    terminology: Terminology,
    url: str | None,
    resource: Mapping[str, Any] | None,
    version: str | None,
    rules: VersionRules,
) -> ValueSet:
    """Return the value set that a request names or carries.

    Raises: InvalidRequest (neither given), UnknownValueSet, VersionConflict (check-valueset-version
    requires another).
    """
    if resource is not None:
        return _checked(value_set_of(resource), rules)
    if url is None:
        raise InvalidRequest("A value set is needed: give url, valueSet or context")
    base, pinned = parse_canonical(url)
    wanted = version or value_set_version(base, pinned, rules)[0]
    found = find_value_set(terminology, base, wanted)
    if found is None:
        raise issues.value_set_not_found(f"{base}|{wanted}" if wanted else base)
    return _checked(found, rules)


def imported_value_set(
    terminology: Terminology, importer: ValueSet, canonical: str, rules: VersionRules
) -> tuple[ValueSet | None, str, str | None]:
    """Return (value set or None, url, version asked for) of an include.valueSet entry.

    `#id` names a resource contained in the importer (suite simple-expand-contained). Raises:
    VersionConflict (check-valueset-version requires another).
    """
    if canonical.startswith("#"):
        for one in importer.resource.get("contained", ()):
            if one.get("id") == canonical[1:]:
                return value_set_of(one), canonical, None
        return None, canonical, None
    url, pinned = parse_canonical(canonical)
    version = value_set_version(url, pinned, rules)[0]
    found = find_value_set(terminology, url, version)
    return None if found is None else _checked(found, rules), url, version


def _checked(value_set: ValueSet, rules: VersionRules) -> ValueSet:
    url = value_set.url
    required = required_value_set_version(url, rules) if url else None
    if url and not satisfies(value_set.version, required):
        raise issues.value_set_version_check_failed(url, value_set.version, required or "")
    return value_set

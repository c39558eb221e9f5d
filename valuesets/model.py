"""Frozen values of value sets: the definition, what is asked of it and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from termserver.model import Designation, FilterClause, Json, Property, PropertyValue
from termserver.operations.validation import ValidateRequest, Validation, VersionRules

__all__ = [
    "Compose",
    "ConceptReference",
    "Contains",
    "ExpandRequest",
    "Expansion",
    "ExpansionParameter",
    "Include",
    "ValidateRequest",
    "Validation",
    "ValueSet",
    "VersionRules",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConceptReference:
    """ValueSet.compose.include.concept: one enumerated code."""

    code: str
    display: str | None = None
    designations: tuple[Designation, ...] = ()
    extensions: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """One include or exclude. `path` is its FHIRPath in the resource
    ("ValueSet.compose.include[0]").
    """

    system: str | None = None
    version: str | None = None
    concepts: tuple[ConceptReference, ...] = ()
    filters: tuple[FilterClause, ...] = ()
    value_sets: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """ValueSet.compose. `inactive` None where absent; `properties` is R5's compose.property."""

    includes: tuple[Include, ...] = ()
    excludes: tuple[Include, ...] = ()
    inactive: bool | None = None
    locked_date: str | None = None
    properties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSet:
    """A value set definition. `resource` is the JSON it was read from."""

    url: str | None = None
    version: str | None = None
    status: str | None = None
    experimental: bool = False
    standards_status: str | None = None
    language: str | None = None
    compose: Compose | None = None
    supplements: tuple[str, ...] = ()
    resource: Mapping[str, Any] = field(default_factory=dict)

    @property
    def canonical(self) -> str:
        """Return `url|version`, or the url alone where there is no version."""
        return f"{self.url}|{self.version}" if self.version else self.url or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpandRequest:
    """$expand, release-neutral. Exactly one of `url`, `value_set` is given.

    `display_language` is the parameter, `accept_language` the header. `release` is "4.0" or "5.0".
    `limit` is the cost limit (parameter `limit`/`_limit` or header X-TOO-COSTLY-THRESHOLD).
    """

    release: str = "4.0"
    url: str | None = None
    value_set: Mapping[str, Any] | None = None
    value_set_version: str | None = None
    filter: str | None = None
    date: str | None = None
    offset: int | None = None
    count: int | None = None
    include_designations: bool | None = None
    designations: tuple[str, ...] = ()
    include_definition: bool | None = None
    active_only: bool | None = None
    exclude_nested: bool | None = None
    exclude_not_for_ui: bool | None = None
    exclude_post_coordinated: bool | None = None
    display_language: str | None = None
    accept_language: str | None = None
    properties: tuple[str, ...] = ()
    use_supplements: tuple[str, ...] = ()
    exclude_systems: tuple[str, ...] = ()
    versions: VersionRules = field(default_factory=VersionRules)
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    """ValueSet.expansion.contains. `properties` were asked for; `contains` are nested."""

    system: str
    code: str
    version: str | None = None
    display: str | None = None
    abstract: bool = False
    inactive: bool = False
    designations: tuple[Designation, ...] = ()
    properties: tuple[Property, ...] = ()
    extensions: tuple[Json, ...] = ()
    contains: tuple[Contains, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpansionParameter:
    """ValueSet.expansion.parameter; `type` is the FHIR type in its name (Uri, Boolean …)."""

    name: str
    type: str
    value: PropertyValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """The answer of $expand. `value_set` is the definition whose facts the answer repeats.

    `total` is None where the system has no list; `offset` None where paging was not asked for.
    `properties` are (code, uri) pairs declared in expansion.property.
    """

    value_set: ValueSet
    identifier: str
    timestamp: str
    contains: tuple[Contains, ...] = ()
    total: int | None = None
    offset: int | None = None
    parameters: tuple[ExpansionParameter, ...] = ()
    properties: tuple[tuple[str, str | None], ...] = ()
    extensions: tuple[Json, ...] = ()
    include_definition: bool = False

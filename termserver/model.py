"""Frozen values that the whole project speaks in: code systems, concepts, codings and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NewType

Ordinal = NewType("Ordinal", int)
"""Our number of a concept in its pack (or in one code system sent with a request)."""

Member = Ordinal | str
"""What a provider says a code is: an ordinal, or the code itself where the system is a grammar."""

Json = Mapping[str, Any]
"""A FHIR JSON fragment that is passed on as it came (an extension, a contact, an identifier)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """A code in a system, as FHIR's Coding."""

    system: str | None = None
    version: str | None = None
    code: str | None = None
    display: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Designation:
    """Another name of a concept (CodeSystem.concept.designation).

    `status` is the standards-status of the designation; `preferred_in` and `acceptable_in` hold the
    language reference sets (SNOMED CT identifiers) in which the term has that acceptability.
    """

    value: str
    language: str | None = None
    use: Coding | None = None
    additional_use: tuple[Coding, ...] = ()
    status: str | None = None
    active: bool = True
    extensions: tuple[Json, ...] = ()
    preferred_in: frozenset[int] = frozenset()
    acceptable_in: frozenset[int] = frozenset()
    id: str | None = None
    source: str | None = None
    """Canonical of the supplement that brought it, None for the code system's own."""


PropertyValue = str | int | bool | float | Coding


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property of a concept; `type` is the FHIR type (code, Coding, string, integer …)."""

    code: str
    type: str
    value: PropertyValue
    group: int = 0
    description: str | None = None
    """Display of the value, where the value is a code."""
    code_display: str | None = None
    """Display of `code` itself, where that is a concept too (a SNOMED CT attribute)."""
    language: str | None = None
    subproperties: tuple[Property, ...] = ()
    extensions: tuple[Json, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A concept with all that its code system says of it.

    `inactive` and `abstract` are already decided (by property, status or release file);
    `status` is the status word that a response shows ("deprecated", "retired", "inactive" …), None
    where nothing was said. `parents` and `children` are codes, direct only.
    """

    code: str
    display: str | None
    definition: str | None = None
    abstract: bool = False
    inactive: bool = False
    status: str | None = None
    designations: tuple[Designation, ...] = ()
    properties: tuple[Property, ...] = ()
    extensions: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyDefinition:
    """CodeSystem.property: the code, its uri and its type."""

    code: str
    uri: str | None = None
    type: str = "string"
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterDefinition:
    """CodeSystem.filter: which operators a filter code takes."""

    code: str
    operators: tuple[str, ...] = ()
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSystem:
    """A code system version without its concepts."""

    url: str
    version: str | None = None
    id: str | None = None
    name: str | None = None
    title: str | None = None
    status: str | None = None
    experimental: bool = False
    standards_status: str | None = None
    content: str = "complete"
    case_sensitive: bool | None = None
    hierarchy_meaning: str | None = None
    compositional: bool = False
    version_needed: bool = False
    supplements: str | None = None
    language: str | None = None
    value_set: str | None = None
    copyright: str | None = None
    properties: tuple[PropertyDefinition, ...] = ()
    filters: tuple[FilterDefinition, ...] = ()
    resource: Mapping[str, Any] = field(default_factory=dict)
    """The FHIR resource without its concepts (R4 or R5 JSON as it came)."""

    @property
    def canonical(self) -> str:
        """Return `url|version`, or the url alone where there is no version."""
        return f"{self.url}|{self.version}" if self.version else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentName:
    """A resource that is loaded, by its names alone; `read` gives it whole."""

    url: str | None
    version: str | None
    id: str | None
    read: Callable[[], Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterClause:
    """ValueSet.compose.include.filter: property, operator, value."""

    property: str
    op: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A finding: part of an answer, one OperationOutcome.issue.

    `severity` error, warning or information; `code` the FHIR issue type; `tx_type` a code of
    http://hl7.org/fhir/tools/CodeSystem/tx-issue-type; `message_id` the id of the text (validator
    message catalogue); `expression` a simple FHIRPath into the request.
    """

    severity: str
    code: str
    tx_type: str | None
    text: str
    message_id: str | None = None
    expression: str | None = None
    in_message: bool = False
    """Whether the text is part of the `message` parameter (suite: notes on status or case are not).
    """


def message_of(issues: Sequence[Issue], reasons: Sequence[str] = ()) -> str | None:
    """Return the `message` of a validation, None if there is nothing to say.

    The texts of its issues, and `reasons` that are no issues, sorted and joined by `; `.
    """
    texts = sorted({*reasons, *(issue.text for issue in issues if issue.in_message)})
    return "; ".join(texts) if texts else None

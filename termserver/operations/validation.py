"""What $validate-code is asked and answers, for code systems and value sets alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from termserver.model import Coding, Issue, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRules:
    """Version parameters, each entry `system|version` as sent (canonical)."""

    system_version: tuple[str, ...] = ()
    check_system_version: tuple[str, ...] = ()
    force_system_version: tuple[str, ...] = ()
    default_valueset_version: tuple[str, ...] = ()
    check_valueset_version: tuple[str, ...] = ()
    force_valueset_version: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateRequest:
    """$validate-code of a ValueSet or (with `code_system` True) of a CodeSystem, release-neutral.

    Exactly one of: `code` (with `system`), `coding`, `codeable_concept` (its codings). For a value
    set exactly one of `url`, `value_set`; for a code system `system` (or `code_system_resource`).
    """

    release: str = "4.0"
    code_system: bool = False
    url: str | None = None
    value_set: Mapping[str, Any] | None = None
    value_set_version: str | None = None
    code: str | None = None
    system: str | None = None
    system_version: str | None = None
    display: str | None = None
    coding: Coding | None = None
    codeable_concept: tuple[Coding, ...] | None = None
    codeable_concept_json: Mapping[str, Any] | None = None
    date: str | None = None
    abstract: bool | None = None
    infer_system: bool = False
    lenient_display: bool = False
    lenient_code: bool = False
    behaviour_matrix: bool = False
    plausibility: bool = False
    membership_only: bool = False
    active_only: bool | None = None
    display_language: str | None = None
    accept_language: str | None = None
    use_supplements: tuple[str, ...] = ()
    versions: VersionRules = field(default_factory=VersionRules)
    diagnostics: bool = False
    explain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """The answer of $validate-code.

    `unknown_systems` are canonicals on which the answer hangs (`x-caused-by-unknown-system`),
    `missing_systems` are only mentioned (`x-unknown-system`); `codeable_concept` is the input
    echoed where one was given.
    """

    result: bool
    code: str | None = None
    system: str | None = None
    version: str | None = None
    display: str | None = None
    message: str | None = None
    inactive: bool | None = None
    status: str | None = None
    normalized_code: str | None = None
    codeable_concept: Json | None = None
    issues: tuple[Issue, ...] = ()
    unknown_systems: tuple[str, ...] = ()
    missing_systems: tuple[str, ...] = ()
    explain: Json | None = None

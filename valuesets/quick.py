"""The plain case of ValueSet/$validate-code at once: one include, one code that is in it.

Most of what validators ask is of this kind. The answer is that of `valuesets.validate_code` to the
byte (a property test says so); whatever is not plain is left to it: None. What a value set allows
is prepared once and kept until packs change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from termserver.errors import TerminologyError, Unenumerable
from termserver.model import Coding, Concept, FilterClause
from termserver.operations.checks import same_display
from termserver.providers.base import CodeSystemProvider
from termserver.providers.brief import brief
from termserver.status import resource_status
from termserver.terminology import Terminology
from valuesets.fhirjson import expansion_parameter
from valuesets.model import ConceptReference, Include, ValidateRequest, Validation, ValueSet
from valuesets.resolve import requested_value_set
from valuesets.versions import satisfies

_FREE = frozenset({"release", "url", "code", "system", "display", "coding"})
_DEFAULT = ValidateRequest()
_PLAIN = tuple(
    (one.name, getattr(_DEFAULT, one.name))
    for one in fields(ValidateRequest)
    if one.name not in _FREE
)
"""What a plain request leaves as it is by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What a plain value set allows; `provider` None: it is not plain.

    `codes` are its enumerated codes, None where it enumerates none.
    """

    system: str = ""
    provider: CodeSystemProvider | None = None
    filters: tuple[FilterClause, ...] = ()
    codes: Mapping[str, ConceptReference] | None = None


_NOT_PLAIN = _Prepared()


def quick_answer(terminology: Terminology, request: ValidateRequest) -> Validation | None:
    """Return the answer where the coding is plainly in the value set, None for all else."""
    url = request.url
    if url is None or terminology.overlay is not None:
        return None
    for name, default in _PLAIN:
        if getattr(request, name) != default:
            return None
    coding = request.coding or Coding(
        system=request.system, code=request.code, display=request.display
    )
    if coding.code is None or coding.version is not None:
        return None
    prepared = _prepared(terminology, url)
    if prepared is None or prepared.provider is None or prepared.system != coding.system:
        return None
    concept = _member(prepared, prepared.provider, coding.code)
    if concept is None or not _is_right(coding.display, concept.display):
        return None
    return Validation(
        result=True,
        code=coding.code,
        system=coding.system,
        version=prepared.provider.system.version,
        display=concept.display,
    )


def _is_right(given: str | None, display: str | None) -> bool:
    return given is None or (display is not None and same_display(given, display))


def _member(prepared: _Prepared, provider: CodeSystemProvider, code: str) -> Concept | None:
    """Return the concept if the value set has it and nothing is to be said of it."""
    member = provider.find(code)
    if not isinstance(member, int):
        return None
    if prepared.codes is not None and code not in prepared.codes:
        return None
    try:
        for clause in prepared.filters:
            if not provider.contains(clause, member):
                return None
    except Unenumerable:
        return None
    (concept,) = brief(provider, [member], names=False)
    said = concept.inactive or concept.abstract or concept.status is not None
    return None if said or concept.code != code else concept


def _prepared(terminology: Terminology, url: str) -> _Prepared | None:
    return terminology.remembered(
        ("validate", url), lambda: _prepare(terminology, url), lambda one: 10 + len(one.codes or ())
    )


def _prepare(terminology: Terminology, url: str) -> _Prepared | None:
    try:
        value_set = requested_value_set(terminology, url, None, None, _DEFAULT.versions)
    except TerminologyError:
        return None  # named by who answers in full
    include = _only_include(value_set)
    system = include.system if include is not None else None
    if include is None or system is None:
        return _NOT_PLAIN
    provider = terminology.find_system(system, include.version)
    if provider is None or not _is_plain_system(terminology, provider, value_set, include):
        return _NOT_PLAIN
    return _Prepared(
        system=system,
        provider=provider,
        filters=include.filters,
        codes={one.code: one for one in include.concepts} if include.concepts else None,
    )


def _only_include(value_set: ValueSet) -> Include | None:
    """Return the one include of a value set of which nothing is to be said, otherwise None."""
    compose = value_set.compose
    if compose is None or len(compose.includes) != 1 or compose.excludes:
        return None
    status = resource_status(value_set.status, value_set.standards_status, experimental=False)
    if status not in {None, "draft"} or value_set.supplements or value_set.language is not None:
        return None
    if expansion_parameter(value_set, "displayLanguage") is not None:
        return None
    include = compose.includes[0]
    marked = any(one.designations or one.extensions for one in include.concepts)
    return None if include.value_sets or marked else include


def _is_plain_system(
    terminology: Terminology, provider: CodeSystemProvider, value_set: ValueSet, include: Include
) -> bool:
    system = provider.system
    status = resource_status(
        system.status,
        system.standards_status,
        experimental=system.experimental and not value_set.experimental,
    )
    return (
        system.content == "complete"
        and not status
        and terminology.with_supplements(provider, ()) is provider
        and satisfies(system.version, include.version)
    )

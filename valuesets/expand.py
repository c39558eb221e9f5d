"""ValueSet/$expand: compose, text filter, order, paging, display, echo of parameters.

Source: FHIR R4 and R5 ValueSet/$expand, valueset 4.9.8; IG requirements and suite. Order: compose
order; an enumeration keeps its own; otherwise ordinal (pre-order, siblings as in the source); with
a text filter, rank. A page (count or offset) and a text filter give a flat list; otherwise whole
code systems and filters nest where the hierarchy is asked for (excludeNested is not true).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import urandom

from termserver.conceptset import ConceptSet
from termserver.deadline import UNLIMITED, Deadline
from termserver.errors import InvalidRequest, NotSupported
from termserver.language import Languages, first_languages
from termserver.model import Member
from termserver.systems import POLYHIERARCHIES
from termserver.terminology import Terminology
from valuesets import issues
from valuesets.compose import Segment, evaluate
from valuesets.contains import Shown, contains_of, nested
from valuesets.context import Evaluation, supplement_canonicals
from valuesets.cut import cut, narrowed, slice_of
from valuesets.echo import parameters, unclosed
from valuesets.fhirjson import expansion_parameter
from valuesets.model import (
    Contains,
    ExpandRequest,
    Expansion,
    ValueSet,
)
from valuesets.resolve import requested_value_set

DEFAULT_LIMIT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where time and identifiers come from, so that tests can fix them."""

    now: datetime
    identifier: str


def new_identifier() -> str:
    """Return a random urn:uuid (version 4); `uuid.uuid4` takes three times as long."""
    one = urandom(16).hex()
    variant = "89ab"[int(one[16], 16) & 3]
    return f"urn:uuid:{one[:8]}-{one[8:12]}-4{one[13:16]}-{variant}{one[17:20]}-{one[20:]}"


def expand(
    terminology: Terminology,
    request: ExpandRequest,
    *,
    clock: Clock | None = None,
    limit: int = DEFAULT_LIMIT,
    deadline: Deadline = UNLIMITED,
) -> Expansion:
    """Return the expansion of the value set that `request` names or carries.

    Without paging at most `limit` (or the request's own, smaller) concepts. Raises: InvalidRequest,
    InvalidLanguage, UnknownValueSet, UnknownCodeSystem, UnknownSupplement, VersionConflict,
    InvalidValueSet, CyclicValueSet, NotSupported, Unenumerable, TooCostly.
    """
    check_request(request)
    value_set = requested_value_set(
        terminology, request.url, request.value_set, request.value_set_version, request.versions
    )
    languages = requested_languages(request, value_set)
    evaluation = Evaluation(
        terminology=terminology,
        rules=request.versions,
        supplements=supplement_canonicals([value_set], request.use_supplements),
        active_only=request.active_only is True,
        exclude_systems=request.exclude_systems,
        exclude_post_coordinated=request.exclude_post_coordinated is True,
        deadline=deadline,
    )
    check_supplements(evaluation)
    segments = narrowed(
        evaluate(evaluation, value_set),
        request.filter,
        selectable=request.exclude_not_for_ui is True,
    )
    total = sum(len(one.members) for one in segments)
    paging = request.count is not None or request.offset is not None
    largest = min(limit, request.limit) if request.limit is not None else limit
    if not paging and total > largest:
        # a value set that came with the request is named by its url alone (suite snomed, too-big)
        name = value_set.url or "" if request.value_set is not None else value_set.canonical
        raise issues.too_costly(name, largest)
    shown = _shown(request, evaluation, value_set, languages)
    contains = _page(request, shown, segments) if paging else _whole(request, shown, segments)
    return Expansion(
        value_set=value_set,
        identifier=clock.identifier if clock else new_identifier(),
        timestamp=(clock.now if clock else datetime.now(UTC)).isoformat(timespec="milliseconds"),
        contains=tuple(contains),
        total=None if evaluation.open_ended else total,
        offset=(request.offset or 0) if paging else None,
        parameters=tuple(parameters(request, evaluation, value_set, segments, languages)),
        properties=tuple(shown.declared.items()),
        extensions=unclosed(evaluation),
        include_definition=request.include_definition is True,
    )


def check_request(request: ExpandRequest) -> None:
    """Refuse what cannot be answered truly. Raises: InvalidRequest, NotSupported."""
    for name, value in (("count", request.count), ("offset", request.offset)):
        if value is not None and value < 0:
            raise InvalidRequest(f"The parameter '{name}' must not be negative, but is {value}")
    if request.date is not None:
        raise NotSupported(
            f"The parameter 'date' ({request.date}) is not supported: "
            "definitions are kept by version, "
            "not by date; name the versions instead"
        )


def requested_languages(request: ExpandRequest, value_set: ValueSet) -> Languages | None:
    """Return the languages by IG languages: parameter, value set parameter, header,
    ValueSet.language.
    """
    return first_languages(
        (
            (request.display_language, "displayLanguage"),
            (expansion_parameter(value_set, "displayLanguage"), "displayLanguage"),
            (request.accept_language, "Accept-Language"),
            (value_set.language, "ValueSet.language"),
        )
    )


def check_supplements(evaluation: Evaluation) -> None:
    """Refuse supplements that are not there, whatever they would be used for.

    Raises: UnknownSupplement.
    """
    for canonical in evaluation.supplements:
        evaluation.terminology.get_supplement(canonical)


def _shown(
    request: ExpandRequest,
    evaluation: Evaluation,
    value_set: ValueSet,
    languages: Languages | None,
) -> Shown:
    compose = value_set.compose
    return Shown(
        languages=languages,
        include_designations=request.include_designations is True
        or (bool(request.designations) and request.include_designations is None),
        designations=request.designations,
        properties=request.properties or (compose.properties if compose else ()),
        with_version=frozenset(
            one for one in evaluation.named_versions if evaluation.several_versions(one)
        ),
    )


# -- members ---------------------------------------------------------------------------------------


def _page(request: ExpandRequest, shown: Shown, segments: Sequence[Segment]) -> list[Contains]:
    pieces = cut(segments, request.offset or 0, request.count, request.filter)
    return [one for segment, part in pieces for one in contains_of(shown, segment, part)]


def _whole(request: ExpandRequest, shown: Shown, segments: Sequence[Segment]) -> list[Contains]:
    flat = request.exclude_nested is True or bool(request.filter)
    result: list[Contains] = []
    for segment in segments:
        provider = segment.provider
        as_list = flat or segment.listed or segment.system in POLYHIERARCHIES
        if as_list or provider is None or not isinstance(segment.members, ConceptSet):
            result.extend(contains_of(shown, segment, _ordered(request, segment)))
        else:
            result.extend(nested(shown, segment, list(segment.members), provider))
    return result


def _ordered(request: ExpandRequest, segment: Segment) -> Sequence[Member]:
    return slice_of(segment, 0, len(segment.members), request.filter)

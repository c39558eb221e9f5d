"""CodeSystem/$validate-code: is this a code of the code system, and is the display right?

Source: FHIR R4 and R5 CodeSystem/$validate-code; IG requirements.
"""

from __future__ import annotations

from termserver import issues
from termserver.canonical import parse_canonical
from termserver.deadline import UNLIMITED, Deadline
from termserver.errors import InvalidRequest
from termserver.language import Languages, first_languages
from termserver.model import Coding, message_of
from termserver.operations.behaviour_matrix import note_matrix
from termserver.operations.checks import (
    CodeFacts,
    Place,
    note_absent,
    note_display,
    note_grammar,
    note_inactive,
    note_member,
    note_spelling,
    note_status,
    note_unknown_system,
)
from termserver.operations.plausibility import with_plausibility
from termserver.operations.validation import ValidateRequest, Validation
from termserver.status import resource_status
from termserver.terminology import Terminology


def validate_code(
    terminology: Terminology, request: ValidateRequest, *, deadline: Deadline = UNLIMITED
) -> Validation:
    """Return whether the coding (or one of the CodeableConcept's) is in its code system.

    An unknown code or code system is a finding, `result` false. Raises: InvalidRequest,
    InvalidLanguage, UnknownSupplement, UnknownConceptMap (`plausibility` without SEER's list),
    and what `deadline` does between codings and rules of a concept model.
    """
    for canonical in request.use_supplements:
        terminology.get_supplement(canonical)
    languages = first_languages(
        (
            (request.display_language, "displayLanguage"),
            (request.accept_language, "Accept-Language"),
        )
    )
    checked = [
        _checked(terminology, request, languages, coding, place, deadline)
        for coding, place in codings_of(request)
    ]
    if not checked:
        raise InvalidRequest("A CodeableConcept without coding cannot be validated")
    answer = _answer(request, checked)
    if request.plausibility and request.codeable_concept is not None:
        return with_plausibility(terminology, request.codeable_concept, answer)
    return answer


def codings_of(request: ValidateRequest) -> list[tuple[Coding, Place]]:
    """Return the codings that a request asks about, with their places.

    Raises: InvalidRequest where none is given.
    """
    if request.codeable_concept is not None:
        return [
            (coding, Place(path=f"CodeableConcept.coding[{at}]"))
            for at, coding in enumerate(request.codeable_concept)
        ]
    if request.coding is not None:
        return [(request.coding, Place(path="Coding"))]
    if request.code is None:
        raise InvalidRequest(
            "Unable to find code to validate (looked for coding | codeableConcept | code+system | "
            "code+inferSystem in parameters"
        )
    coding = Coding(
        system=request.system,
        version=request.system_version,
        code=request.code,
        display=request.display,
    )
    return [(coding, Place())]


def _checked(
    terminology: Terminology,
    request: ValidateRequest,
    languages: Languages | None,
    coding: Coding,
    place: Place,
    deadline: Deadline,
) -> CodeFacts:
    deadline.check()
    url, version = _system_of(terminology, request, coding)
    if url is None:
        facts = CodeFacts(coding=coding, place=place)
        facts.add(issues.no_system(expression=place.whole))
        return facts
    facts = CodeFacts(
        coding=Coding(system=url, version=version, code=coding.code, display=coding.display),
        place=place,
    )
    if request.lenient_code:
        note_spelling(terminology, facts)
    provider = terminology.find_system(url, version)
    if provider is None:
        note_unknown_system(terminology, facts, url, version)
        return facts
    provider = terminology.with_supplements(provider, request.use_supplements)
    if provider.system.version_needed and version is None:
        facts.add(issues.version_needed(provider.system.canonical, expression=place.at("version")))
    member = provider.find(facts.coding.code or "")
    if member is None:
        asked, lenient = request.behaviour_matrix, request.lenient_code
        if not (asked and note_matrix(terminology, facts, provider, lenient=lenient)):
            note_absent(facts, provider)
        return facts
    note_member(facts, provider, member)
    _check_use(request, facts)
    note_grammar(facts, deadline.check)
    note_display(facts, languages, lenient=request.lenient_display)
    system = provider.system
    note_status(
        facts,
        resource_status(system.status, system.standards_status, experimental=system.experimental),
    )
    return facts


def _check_use(request: ValidateRequest, facts: CodeFacts) -> None:
    """Check what the caller does not allow: abstract and inactive codes."""
    concept, code = facts.concept, facts.coding.code or ""
    if concept is None:
        return
    where = facts.place.at("code")
    if request.abstract is False and concept.abstract:
        facts.add(issues.abstract_code(facts.coding.system or "", code, expression=where))
    if request.active_only and concept.inactive:
        facts.add(issues.inactive_not_allowed(code, expression=where))
    note_inactive(facts)


def _system_of(
    terminology: Terminology, request: ValidateRequest, coding: Coding
) -> tuple[str | None, str | None]:
    """Return the code system to ask: the parameter `url` or the coding's own; they must agree.

    Two names of one code system agree, and the answer repeats the coding's. None where neither says
    it. Raises: InvalidRequest for a code alone without a system.
    """
    named, pinned = parse_canonical(request.url) if request.url else (None, None)
    system = coding.system or request.system or named
    if system is None and request.code is not None:
        raise InvalidRequest("A code system is needed: give url, or a coding with a system")
    if named and coding.system and not _same_system(terminology, named, coding.system):
        raise InvalidRequest(
            f"The coding's system '{coding.system}' is not the code system asked about, '{named}'"
        )
    return system, coding.version or request.system_version or pinned


def _same_system(terminology: Terminology, url: str, other: str) -> bool:
    canonical = terminology.registry.canonical
    return url == other or canonical(url) == canonical(other)


def _may_be_valid(facts: CodeFacts) -> bool:
    """Tell whether the code is there, or a fragment was asked, which proves nothing."""
    fragment = facts.provider is not None and facts.provider.system.content == "fragment"
    return facts.concept is not None or fragment


def _answer(request: ValidateRequest, checked: list[CodeFacts]) -> Validation:
    found = [issue for facts in checked for issue in facts.issues]
    wrong = any(facts.has_errors for facts in checked)
    shown = next((one for one in checked if not one.has_errors), checked[0])
    concept, provider = shown.concept, shown.provider
    return Validation(
        result=not wrong and any(map(_may_be_valid, checked)),
        code=shown.given_code,
        system=shown.coding.system,
        version=provider.system.version if provider else shown.coding.version,
        display=shown.display,
        message=message_of(found),
        inactive=True if concept is not None and concept.inactive else None,
        status=concept.status if concept is not None and concept.inactive else None,
        normalized_code=shown.normalized_code,
        codeable_concept=request.codeable_concept_json,
        issues=tuple(found),
        unknown_systems=tuple(one for facts in checked for one in facts.unknown_systems),
        missing_systems=tuple(one for facts in checked for one in facts.missing_systems),
    )

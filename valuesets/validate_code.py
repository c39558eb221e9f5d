"""ValueSet/$validate-code: is this coding in the value set? Never expands; findings are data.

Source: FHIR R4 and R5 ValueSet/$validate-code; IG requirements; the public suite for every finding.
"""

from __future__ import annotations

from dataclasses import replace

from termserver import issues as code_issues
from termserver.deadline import UNLIMITED, Deadline
from termserver.errors import InvalidRequest, NotSupported
from termserver.language import Languages, first_languages
from termserver.model import Issue, message_of
from termserver.operations.plausibility import with_plausibility
from termserver.operations.validate_code import codings_of
from termserver.status import resource_status
from termserver.terminology import Terminology
from valuesets import issues
from valuesets.coding_check import CodingCheck, Outcome
from valuesets.context import Evaluation, supplement_canonicals
from valuesets.fhirjson import expansion_parameter
from valuesets.membership import check_cycles
from valuesets.model import ValidateRequest, Validation, ValueSet
from valuesets.quick import quick_answer
from valuesets.resolve import requested_value_set


def validate_code(
    terminology: Terminology, request: ValidateRequest, *, deadline: Deadline = UNLIMITED
) -> Validation:
    """Return whether the coding, or any coding of the CodeableConcept, is in the value set.

    Raises: InvalidRequest, InvalidLanguage, UnknownValueSet (the one asked for), UnknownSupplement,
    CyclicValueSet, InvalidValueSet, TooCostly. All else is a finding.
    """
    plain = quick_answer(terminology, request)
    return plain if plain is not None else full_answer(terminology, request, deadline=deadline)


def full_answer(
    terminology: Terminology, request: ValidateRequest, *, deadline: Deadline = UNLIMITED
) -> Validation:
    """Return what `validate_code` does, without the shortcut for the plain case."""
    if request.date is not None:
        raise NotSupported(
            f"The parameter 'date' ({request.date}) is not supported: name versions instead"
        )
    codings = codings_of(request)
    value_set = requested_value_set(
        terminology, request.url, request.value_set, request.value_set_version, request.versions
    )
    evaluation = Evaluation(
        terminology=terminology,
        rules=request.versions,
        supplements=supplement_canonicals([value_set], request.use_supplements),
        active_only=request.active_only is True,
        deadline=deadline,
    )
    for canonical in evaluation.supplements:
        terminology.get_supplement(canonical)
    if not codings:
        raise InvalidRequest("A CodeableConcept without coding cannot be validated")
    check_cycles(evaluation, value_set)
    check = CodingCheck(
        evaluation=evaluation,
        request=request,
        value_set=value_set,
        languages=_languages(request, value_set),
        alone=request.codeable_concept is None,
    )
    checked = [check.coding(coding, place) for coding, place in codings]
    answer = _answer(check, checked)
    if request.plausibility and request.codeable_concept is not None:
        answer = with_plausibility(terminology, request.codeable_concept, answer)
    if not request.explain:
        return answer
    # imported where it is used: RapidFuzz is for those who ask why
    from valuesets.explain import explain

    return replace(answer, explain=explain(evaluation, value_set, _shown(checked).facts))


def _languages(request: ValidateRequest, value_set: ValueSet) -> Languages | None:
    return first_languages(
        (
            (request.display_language, "displayLanguage"),
            (expansion_parameter(value_set, "displayLanguage"), "displayLanguage"),
            (request.accept_language, "Accept-Language"),
            (value_set.language, "ValueSet.language"),
        )
    )


# -- the answer -----------------------------------------------------------------------------------


def _answer(check: CodingCheck, checked: list[Outcome]) -> Validation:
    found = [issue for one in checked for issue in one.facts.issues]
    inside = [one for one in checked if one.inside]
    undecided = any(one.inside is None for one in checked)
    if not inside and not check.alone and not undecided:
        found.insert(0, issues.no_valid_coding(check.value_set.canonical))
    result = bool(inside) and not any(one.severity == "error" for one in found)
    found.extend(_status_notes(check, inside))
    facts = _shown(checked).facts if _shows(check, checked) else None
    concept = facts.concept if facts else None
    provider = facts.provider if facts else None
    return Validation(
        result=result,
        code=facts.given_code if facts else None,
        system=facts.coding.system if facts else None,
        version=provider.system.version if provider else None,
        display=facts.display if facts else None,
        message=message_of(
            found, [why for one in checked if not one.inside for why in one.facts.reasons]
        ),
        inactive=True if concept is not None and concept.inactive else None,
        status=concept.status if concept is not None and concept.inactive else None,
        normalized_code=facts.normalized_code if facts else None,
        codeable_concept=check.request.codeable_concept_json,
        issues=tuple(dict.fromkeys(found)),
        unknown_systems=_each(one.facts.unknown_systems for one in checked),
        missing_systems=_each(one.facts.missing_systems for one in checked),
    )


def _shows(check: CodingCheck, checked: list[Outcome]) -> bool:
    """Tell whether one coding stands for the answer: a CodeableConcept needs one that may be
    inside.
    """
    return check.alone or any(one.inside for one in checked)


def _shown(checked: list[Outcome]) -> Outcome:
    return next((one for one in checked if one.inside), checked[0])


def _each(lists: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for some in lists for one in some))  # type: ignore[attr-defined]


def _status_notes(check: CodingCheck, inside: list[Outcome]) -> list[Issue]:
    """Return notes on draft, experimental, deprecated and withdrawn resources that were used."""
    notes: dict[Issue, None] = {}
    value_sets = [check.value_set, *check.evaluation.imports.values()]
    for outcome in inside:
        provider = outcome.facts.provider
        if provider is not None:
            system = provider.system
            status = resource_status(
                system.status,
                system.standards_status,
                experimental=system.experimental and not check.value_set.experimental,
            )
            if status:
                notes[code_issues.status_reference("CodeSystem", status, system.canonical)] = None
    for one in value_sets if inside else ():
        status = resource_status(one.status, one.standards_status, experimental=False)
        if status and status != "draft":
            notes[code_issues.status_reference("ValueSet", status, one.canonical)] = None
    return list(notes)

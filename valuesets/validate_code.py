"""ValueSet/$validate-code: is this coding in the value set? Never expands; findings are data.

Source: FHIR R4 and R5 ValueSet/$validate-code; IG requirements; the public suite for every finding.
"""

from __future__ import annotations

import time
from dataclasses import replace

from termserver import issues as code_issues
from termserver.canonical import compare_versions
from termserver.errors import InvalidRequest, NotSupported
from termserver.language import Languages, first_languages
from termserver.model import Coding, Issue, message_of
from termserver.operations.checks import (
    CodeFacts,
    Place,
    note_absent,
    note_display,
    note_inactive,
    note_member,
    note_unknown_system,
)
from termserver.operations.validate_code import codings_of
from termserver.providers.base import CodeSystemProvider
from termserver.status import resource_status
from termserver.systems import STANDARDS_STATUS, VALUESET_DEPRECATED
from termserver.terminology import Terminology
from valuesets import issues
from valuesets.context import Evaluation, supplement_canonicals
from valuesets.fhirjson import expansion_parameter
from valuesets.membership import Hit, Search, check_cycles, find_hits, systems_with
from valuesets.model import ConceptReference, ValidateRequest, Validation, ValueSet
from valuesets.quick import quick_answer
from valuesets.resolve import requested_value_set
from valuesets.versions import satisfies, wanted_version


def validate_code(
    terminology: Terminology, request: ValidateRequest, *, deadline_s: float | None = None
) -> Validation:
    """Return whether the coding, or any coding of the CodeableConcept, is in the value set.

    Raises: InvalidRequest, InvalidLanguage, UnknownValueSet (the one asked for), UnknownSupplement,
    CyclicValueSet, InvalidValueSet, TooCostly. All else is a finding.
    """
    plain = quick_answer(terminology, request)
    return plain if plain is not None else full_answer(terminology, request, deadline_s=deadline_s)


def full_answer(
    terminology: Terminology, request: ValidateRequest, *, deadline_s: float | None = None
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
        deadline=None if deadline_s is None else time.monotonic() + deadline_s,
    )
    for canonical in evaluation.supplements:
        terminology.get_supplement(canonical)
    if not codings:
        raise InvalidRequest("A CodeableConcept without coding cannot be validated")
    check_cycles(evaluation, value_set)
    check = _Check(
        evaluation=evaluation,
        request=request,
        value_set=value_set,
        languages=_languages(request, value_set),
        alone=request.codeable_concept is None,
    )
    checked = [check.coding(coding, place) for coding, place in codings]
    answer = _answer(check, checked)
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


class _Outcome:
    """The facts about one coding and whether the value set has it (None: cannot be decided)."""

    __slots__ = ("facts", "inside")

    def __init__(self, facts: CodeFacts, inside: bool | None) -> None:
        self.facts = facts
        self.inside = inside


class _Check:
    """One request's check of its codings against one value set."""

    def __init__(
        self,
        *,
        evaluation: Evaluation,
        request: ValidateRequest,
        value_set: ValueSet,
        languages: Languages | None,
        alone: bool,
    ) -> None:
        self.evaluation = evaluation
        self.request = request
        self.value_set = value_set
        self.languages = languages
        self.alone = alone

    def coding(self, coding: Coding, place: Place) -> _Outcome:
        """Check one coding."""
        facts = CodeFacts(coding=coding, place=place)
        if coding.system is None:
            inferred = self._infer(facts) if self.request.infer_system else None
            if inferred is None:
                return self._without_system(facts)
            facts.coding = replace(coding, system=inferred)
        search = Search(evaluation=self.evaluation, facts=facts)
        hits = self._of_asked_version(search, find_hits(search, self.value_set))
        if hits:
            return self._inside(search, facts, hits)
        return self._outside(search, facts)

    def _of_asked_version(self, search: Search, hits: list[Hit]) -> list[Hit]:
        """Drop hits in other versions where the coding's own version is drawn from too."""
        given = search.facts.coding.version
        if given and any(satisfies(one.system.version, given) for one in search.asked):
            return [one for one in hits if satisfies(_version(one), given)]
        return hits

    # -- the code is there ------------------------------------------------------------------------

    def _inside(self, search: Search, facts: CodeFacts, hits: list[Hit]) -> _Outcome:
        hit = self._best(facts, hits)
        for problem in hit.problems:
            facts.add(problem)
        if hit.problems:
            facts.unknown_systems.extend(search.unknown_systems)
        if search.as_alias:
            given = facts.coding.system or ""
            canonical = self.evaluation.terminology.registry.canonical(given)
            facts.add(code_issues.alias_used(given, canonical, expression=facts.place.at("system")))
        if hit.provider is None:
            facts.display = hit.reference.display if hit.reference else None
            return _Outcome(facts, inside=True)
        if hit.member is None:
            note_absent(facts, hit.provider)
            return _Outcome(facts, inside=True)
        note_member(facts, hit.provider, hit.member, names=self.languages is not None)
        self._use_reference(facts, hit.reference)
        inside = self._allowed(facts, hit)
        note_inactive(facts)
        if hit.reference is not None:
            self._note_reference(facts, hit.reference)
        note_display(facts, self.languages, lenient=self.request.lenient_display)
        return _Outcome(facts, inside)

    def _best(self, facts: CodeFacts, hits: list[Hit]) -> Hit:
        """Choose among code system versions: one without version findings, whose display fits,
        newest.
        """
        clean = [one for one in hits if not one.problems] or hits
        best = clean[0]
        for one in clean[1:]:
            if compare_versions(_version(one), _version(best)) > 0:
                best = one
        if facts.coding.display is not None and len(clean) > 1:
            for one in clean:
                if self._display_fits(facts, one):
                    return best if self._display_fits(facts, best) else one
        return best

    def _display_fits(self, facts: CodeFacts, hit: Hit) -> bool:
        if hit.provider is None or hit.member is None:
            return False
        trial = CodeFacts(coding=facts.coding, place=facts.place)
        note_member(trial, hit.provider, hit.member)
        note_display(trial, self.languages, lenient=False)
        return not trial.has_errors

    def _use_reference(self, facts: CodeFacts, reference: ConceptReference | None) -> None:
        """Let the value set's own designations count as names of the code."""
        if reference is not None and facts.concept is not None and reference.designations:
            facts.concept = replace(
                facts.concept,
                designations=(*facts.concept.designations, *reference.designations),
            )

    def _allowed(self, facts: CodeFacts, hit: Hit) -> bool:
        """Tell whether an included code may be used here: abstract and inactive ones may not
        always.
        """
        concept, code = facts.concept, facts.coding.code or ""
        where = facts.place.at("code")
        if self.request.abstract is False and concept is not None and concept.abstract:
            facts.add(code_issues.abstract_code(facts.coding.system or "", code, expression=where))
        elif hit.barred:
            facts.add(code_issues.inactive_not_allowed(code, expression=where))
        else:
            return True
        facts.add(self._not_in(facts))
        return False

    def _note_reference(self, facts: CodeFacts, reference: ConceptReference) -> None:
        for extension in reference.extensions:
            value = next((one for key, one in extension.items() if key.startswith("value")), None)
            marked = (
                extension.get("url") == VALUESET_DEPRECATED and str(value).lower() == "true"
            ) or (extension.get("url") == STANDARDS_STATUS and value in {"deprecated", "withdrawn"})
            if marked:
                status = value if extension.get("url") == STANDARDS_STATUS else "deprecated"
                facts.add(
                    issues.concept_status_in_value_set(
                        facts.coding.code or "",
                        facts.coding.system or "",
                        self.value_set.canonical,
                        str(status),
                        expression=facts.place.at("code"),
                    )
                )

    # -- the code is not there ---------------------------------------------------------------------

    def _outside(self, search: Search, facts: CodeFacts) -> _Outcome:
        if search.undecided:
            for issue in search.undecided:
                facts.add(issue)
            facts.unknown_systems.extend(search.unknown_systems)
            if self.alone:
                self._describe(search, facts)
            return _Outcome(facts, inside=None)
        return self._absent(search, facts)

    def _absent(self, search: Search, facts: CodeFacts) -> _Outcome:
        provider = self._asked_for(search)
        if provider is None and not self.request.membership_only:
            provider = self._own_system(facts)
        elif not self._has_clean(search):
            for problem in search.problems:
                facts.add(problem)
            facts.unknown_systems.extend(search.unknown_systems)
        if provider is not None:
            member = provider.find(facts.coding.code or "")
            if member is not None:
                note_member(facts, provider, member, names=self.languages is not None)
                note_inactive(facts)
                note_display(facts, self.languages, lenient=self.request.lenient_display)
            elif not self.request.membership_only:
                note_absent(facts, provider)
                if provider.system.content == "fragment" and not self._enumerates(facts):
                    return _Outcome(facts, inside=True)
        facts.add(self._not_in(facts))
        return _Outcome(facts, inside=False)

    def _has_clean(self, search: Search) -> bool:
        return not search.problems or any(
            one.system.version == search.facts.coding.version for one in search.asked
        )

    def _enumerates(self, facts: CodeFacts) -> bool:
        """Tell whether the value set lists this system's codes, so a fragment adds none."""
        compose = self.value_set.compose
        own = (
            [one for one in compose.includes if one.system == facts.coding.system]
            if compose
            else []
        )
        return bool(own) and all(one.concepts or one.filters for one in own)

    def _asked_for(self, search: Search) -> CodeSystemProvider | None:
        """Return the version that the value set draws from: the coding's, else the newest."""
        given = search.facts.coding.version
        own = [one for one in search.asked if given and satisfies(one.system.version, given)]
        providers = own or search.asked
        if not providers:
            return None
        best = providers[0]
        for one in providers[1:]:
            if compare_versions(one.system.version, best.system.version) > 0:
                best = one
        return best

    def _own_system(self, facts: CodeFacts) -> CodeSystemProvider | None:
        """Return the coding's system, not drawn from by the value set, or say why not."""
        terminology, coding = self.evaluation.terminology, facts.coding
        system = coding.system or ""
        where = facts.place.at("system")
        if ":" not in system:
            facts.add(issues.system_is_relative(expression=where))
        provider = terminology.find_system(system, coding.version)
        if provider is not None:
            return self.evaluation.use(provider)
        if terminology.find_document("ValueSet", system) is not None:
            facts.add(issues.system_is_value_set(system, expression=where))
        else:
            note_unknown_system(terminology, facts, system, coding.version, decides=False)
        return None

    def _describe(self, search: Search, facts: CodeFacts) -> None:
        """Give display and version of the code, where some version of its system has it."""
        system, terminology = facts.coding.system or "", self.evaluation.terminology
        wanted = wanted_version(terminology, system, facts.coding.version, self.request.versions)
        provider = self._asked_for(search) or terminology.find_system(system, wanted.version)
        if provider is not None:
            member = provider.find(facts.coding.code or "")
            if member is not None:
                note_member(facts, provider, member, names=self.languages is not None)
                note_display(facts, self.languages, lenient=self.request.lenient_display)

    # -- no system ---------------------------------------------------------------------------------

    def _infer(self, facts: CodeFacts) -> str | None:
        code, where = facts.coding.code or "", facts.place.at("code")
        found = systems_with(self.evaluation, self.value_set, code, facts.place)
        if len(found) == 1:
            return found[0]
        facts.add(
            issues.system_not_inferred(
                code, self.value_set.canonical, sorted(found), expression=where
            )
        )
        return None

    def _without_system(self, facts: CodeFacts) -> _Outcome:
        if not self.request.infer_system:
            facts.add(code_issues.no_system(expression=facts.place.whole))
        facts.add(self._not_in(facts))
        return _Outcome(facts, inside=False)

    def _not_in(self, facts: CodeFacts) -> Issue:
        coding = facts.coding
        version = f"|{coding.version}" if coding.version else ""
        display = f" ('{coding.display}')" if coding.display else ""
        return issues.not_in_value_set(
            f"{coding.system or ''}{version}#{coding.code or ''}{display}",
            self.value_set.canonical,
            alone=self.alone,
            expression=facts.place.at("code"),
        )


def _version(hit: Hit) -> str | None:
    return hit.provider.system.version if hit.provider else None


# -- the answer -----------------------------------------------------------------------------------


def _answer(check: _Check, checked: list[_Outcome]) -> Validation:
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
        code=facts.coding.code if facts else None,
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


def _shows(check: _Check, checked: list[_Outcome]) -> bool:
    """Tell whether one coding stands for the answer: a CodeableConcept needs one that may be
    inside.
    """
    return check.alone or any(one.inside for one in checked)


def _shown(checked: list[_Outcome]) -> _Outcome:
    return next((one for one in checked if one.inside), checked[0])


def _each(lists: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for some in lists for one in some))  # type: ignore[attr-defined]


def _status_notes(check: _Check, inside: list[_Outcome]) -> list[Issue]:
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

"""The check of one coding against a value set: inside, outside, or not to be decided, and why.

Source: the public suite for every finding (validation, version, overload, fragment, inactive …).
"""

from __future__ import annotations

from dataclasses import replace

from termserver import issues as code_issues
from termserver import issues_icdo3
from termserver.canonical import compare_versions
from termserver.language import Languages
from termserver.model import Coding, Issue
from termserver.operations.behaviour_matrix import note_matrix
from termserver.operations.checks import (
    CodeFacts,
    Place,
    note_absent,
    note_display,
    note_inactive,
    note_member,
    note_rules,
    note_spelling,
    note_unknown_system,
)
from termserver.providers.base import CodeSystemProvider
from termserver.systems import STANDARDS_STATUS, VALUESET_DEPRECATED
from valuesets import issues
from valuesets.context import Evaluation
from valuesets.matrix import matrix_membership
from valuesets.membership import Hit, Search, find_hits, systems_with
from valuesets.model import ConceptReference, ValidateRequest, ValueSet
from valuesets.versions import satisfies, wanted_version


class Outcome:
    """The facts about one coding and whether the value set has it (None: cannot be decided)."""

    __slots__ = ("facts", "inside")

    def __init__(self, facts: CodeFacts, inside: bool | None) -> None:
        self.facts = facts
        self.inside = inside


class CodingCheck:
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

    def coding(self, coding: Coding, place: Place) -> Outcome:
        """Check one coding."""
        facts = CodeFacts(coding=coding, place=place)
        if coding.system is None:
            inferred = self._infer(facts) if self.request.infer_system else None
            if inferred is None:
                return self._without_system(facts)
            facts.coding = replace(coding, system=inferred)
        if self.request.lenient_code:
            note_spelling(self.evaluation.terminology, facts)
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

    def _inside(self, search: Search, facts: CodeFacts, hits: list[Hit]) -> Outcome:
        hit = self._best(facts, hits)
        for problem in hit.problems:
            facts.add(problem)
        if hit.problems:
            facts.unknown_systems.extend(search.unknown_systems)
        self._note_alias(search, facts)
        if hit.provider is None:
            facts.display = hit.reference.display if hit.reference else None
            return Outcome(facts, inside=True)
        if hit.member is None:
            note_absent(facts, hit.provider)
            return Outcome(facts, inside=True)
        note_member(facts, hit.provider, hit.member, names=self.languages is not None)
        self._use_reference(facts, hit.reference)
        inside = self._allowed(facts, hit)
        note_inactive(facts)
        note_rules(facts, self.evaluation.check_time)
        if hit.reference is not None:
            self._note_reference(facts, hit.reference)
        note_display(facts, self.languages, lenient=self.request.lenient_display)
        return Outcome(facts, inside)

    def _note_alias(self, search: Search, facts: CodeFacts) -> None:
        if search.as_alias:
            given = facts.coding.system or ""
            canonical = self.evaluation.terminology.registry.canonical(given)
            facts.add(code_issues.alias_used(given, canonical, expression=facts.place.at("system")))

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

    def _outside(self, search: Search, facts: CodeFacts) -> Outcome:
        if search.undecided:
            for issue in search.undecided:
                facts.add(issue)
            facts.unknown_systems.extend(search.unknown_systems)
            if self.alone:
                self._describe(search, facts)
            return Outcome(facts, inside=None)
        by_matrix = self._by_matrix(search, facts) if self.request.behaviour_matrix else None
        return by_matrix or self._absent(search, facts)

    def _by_matrix(self, search: Search, facts: CodeFacts) -> Outcome | None:
        """Decide on a code that ICD-O-3's behaviour matrix makes, None where it makes none."""
        provider, compose = self._asked_for(search), self.value_set.compose
        terminology, lenient = self.evaluation.terminology, self.request.lenient_code
        if provider is None or compose is None or search.problems:
            return None
        if not note_matrix(terminology, facts, provider, lenient=lenient):
            return None
        code = facts.coding.code or ""
        inside = matrix_membership(compose, code, of_system=search.matches_system)
        if inside:
            self._note_alias(search, facts)
        elif inside is None:
            canonical, where = self.value_set.canonical, facts.place.at("code")
            facts.add(issues_icdo3.matrix_undecided(code, canonical, expression=where))
        else:
            facts.add(self._not_in(facts))
        return Outcome(facts, inside)

    def _absent(self, search: Search, facts: CodeFacts) -> Outcome:
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
                    return Outcome(facts, inside=True)
        facts.add(self._not_in(facts))
        return Outcome(facts, inside=False)

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

    def _without_system(self, facts: CodeFacts) -> Outcome:
        if not self.request.infer_system:
            facts.add(code_issues.no_system(expression=facts.place.whole))
        facts.add(self._not_in(facts))
        return Outcome(facts, inside=False)

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

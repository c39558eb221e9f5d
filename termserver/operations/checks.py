"""Checks of one coding that code system and value set validation share: code, display, status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from termserver import issues
from termserver.canonical import format_canonical
from termserver.deadline import Check
from termserver.language import Languages, choose_display, is_name_to_show, speaks
from termserver.model import Coding, Concept, Issue, Member
from termserver.operations.spelling import respelled, spelling_issues
from termserver.providers.base import CodeSystemProvider, EditionNotes, GrammarNotes
from termserver.providers.brief import brief
from termserver.providers.names import Name
from termserver.providers.supplemented import unwrapped
from termserver.terminology import Terminology


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a coding stands in the request, for the `expression` of issues.

    `path` "" for the parameters code and system, "Coding", or "CodeableConcept.coding[0]".
    """

    path: str = ""

    @property
    def whole(self) -> str:
        """Return the path of the coding itself (the parameter `code`, where it is alone)."""
        return self.path or "code"

    def at(self, name: str) -> str:
        """Return the path of one element of the coding."""
        return f"{self.path}.{name}" if self.path else name


@dataclass(slots=True, kw_only=True)
class CodeFacts:
    """What was found out about one coding, collected while it is checked."""

    coding: Coding
    place: Place
    provider: CodeSystemProvider | None = None
    member: Member | None = None
    concept: Concept | None = None
    display: str | None = None
    issues: list[Issue] = field(default_factory=list)
    unknown_systems: list[str] = field(default_factory=list)
    missing_systems: list[str] = field(default_factory=list)
    written: str | None = None
    """The code as it was given, where it was read as another way to write `coding.code`."""
    reasons: list[str] = field(default_factory=list)
    """Words for the message alone: why a filter does not take the code."""

    @property
    def has_errors(self) -> bool:
        """Tell whether any issue so far is an error."""
        return any(one.severity == "error" for one in self.issues)

    @property
    def normalized_code(self) -> str | None:
        """Return the code as its system defines it, where that differs from what was given."""
        concept = self.concept
        return concept.code if concept is not None and concept.code != self.given_code else None

    @property
    def given_code(self) -> str | None:
        """Return the code as the request wrote it."""
        return self.written or self.coding.code

    def add(self, issue: Issue) -> None:
        """Keep an issue, each once."""
        if issue not in self.issues:
            self.issues.append(issue)


def note_spelling(terminology: Terminology, facts: CodeFacts) -> None:
    """Read the code as another way to write it, where it is one, and say so (`lenient-code`)."""
    found = respelled(terminology, facts.coding)
    if found is None:
        return
    written = facts.written = facts.coding.code or ""
    facts.coding, read = found
    for issue in spelling_issues(written, read, expression=facts.place.at("code")):
        facts.add(issue)


def note_unknown_system(
    terminology: Terminology,
    facts: CodeFacts,
    url: str,
    version: str | None,
    *,
    decides: bool = True,
) -> None:
    """Add what is to be said of a code system (version) that cannot answer.

    `decides` tells that the answer hangs on it (`x-caused-by-unknown-system`); otherwise it is only
    mentioned (`x-unknown-system`: the coding's system is no part of the value set anyway).
    """
    header = terminology.find_header(url)
    if header is not None and header.content == "supplement":
        facts.add(
            issues.supplement_as_system(header.canonical, expression=facts.place.at("system"))
        )
        facts.unknown_systems.append(url)
        return
    known = terminology.system_versions(url)
    facts.add(issues.unknown_code_system(url, version, known, expression=facts.place.at("system")))
    (facts.unknown_systems if decides else facts.missing_systems).append(
        format_canonical(url, version)
    )


def note_member(
    facts: CodeFacts, provider: CodeSystemProvider, member: Member, *, names: bool = True
) -> None:
    """Keep the concept found, with a note where its code was given in another case.

    `names` False spares its designations, where neither a display nor a language is asked for. Its
    properties are not read.
    """
    facts.provider, facts.member = provider, member
    wanted = names or facts.coding.display is not None
    (concept,) = brief(provider, [member], names=wanted)
    facts.concept = concept
    code = facts.coding.code or ""
    if concept.code != code and concept.code.casefold() == code.casefold():
        facts.add(
            issues.case_difference(
                code,
                concept.code,
                provider.system.canonical,
                expression=facts.place.at("code"),
            )
        )


def note_absent(facts: CodeFacts, provider: CodeSystemProvider) -> None:
    """Add that a code system version does not have the code (an error, unless it is a fragment)."""
    facts.provider = provider
    system, code, where = provider.system, facts.coding.code or "", facts.place.at("code")
    base = unwrapped(provider)
    if system.content == "fragment":
        facts.add(
            issues.unknown_code_in_fragment(system.url, system.version, code, expression=where)
        )
    else:
        edition = base.edition_name if isinstance(base, EditionNotes) else None
        facts.add(
            issues.unknown_code(system.url, system.version, code, edition=edition, expression=where)
        )
    why = base.why_unknown(code) if isinstance(base, GrammarNotes) else None
    if why is not None:
        facts.add(replace(why, expression=where))


def note_grammar(facts: CodeFacts, check: Check) -> None:
    """Add what a grammar has to say of a valid expression ($validate-code of the code system)."""
    if facts.provider is None or facts.member is None:
        return
    base = unwrapped(facts.provider)
    if isinstance(base, EditionNotes):
        for note in base.notes(facts.member, check):
            facts.add(replace(note, expression=facts.place.at("code")))


def note_rules(facts: CodeFacts, check: Check) -> None:
    """Add what the rules of a grammar's code system do not allow (ValueSet/$validate-code).

    Nothing for a code of a list, and not the remarks that `note_grammar` has beside.
    """
    if facts.provider is None or not isinstance(facts.member, str):
        return
    base = unwrapped(facts.provider)
    if isinstance(base, EditionNotes):
        for note in base.notes(facts.member, check):
            if note.severity != "information":
                facts.add(replace(note, expression=facts.place.at("code")))


def note_inactive(facts: CodeFacts) -> None:
    """Add a warning where the concept is inactive, or active but marked as deprecated."""
    concept = facts.concept
    if concept is not None and not concept.inactive and concept.status == "deprecated":
        facts.add(
            issues.deprecated_concept(
                facts.coding.code or "", concept.status, expression=facts.place.whole
            )
        )
    if concept is not None and concept.inactive:
        facts.add(
            issues.inactive_concept(
                facts.coding.code or "", concept.status, expression=facts.place.whole
            )
        )


def note_status(facts: CodeFacts, status: str | None) -> None:
    """Add a note where the code system used is draft, experimental, deprecated or withdrawn."""
    if status and facts.provider is not None:
        facts.add(issues.status_reference("CodeSystem", status, facts.provider.system.canonical))


def note_display(facts: CodeFacts, languages: Languages | None, *, lenient: bool) -> None:
    """Choose the display to answer and check the one given, if any (suites validation, language2).

    With languages asked for, only names in them (or of no language) are right; where the code has
    none in them, the default names are accepted with a note. No languages: any name of the code.
    """
    provider, concept = facts.provider, facts.concept
    if provider is None or concept is None:
        return
    system = provider.system
    facts.display = choose_display(concept, system.language, languages) or concept.display
    given = facts.coding.display
    if given is None:
        return
    names = _names(concept, system.language)
    wanted = [
        one for one in names if languages is None or one[1] is None or speaks(one[1], languages)
    ]
    if any(same_display(given, text) for text, _ in wanted):
        return
    target = f"{facts.coding.system or system.url}#{facts.coding.code}"
    spoken = languages.text if languages and languages.ranges else "--"
    where = facts.place.at("display")
    retired = _retired(concept, given)
    severity = "warning" if lenient else "error"
    if retired is not None:
        choices = [text for text, _ in _choices(concept, wanted or names)]
        facts.add(
            issues.inactive_display(
                given, facts.coding.code or "", retired, choices, expression=where
            )
        )
    elif wanted:
        facts.add(
            issues.wrong_display(
                given,
                target,
                _choices(concept, wanted),
                spoken,
                severity=severity,
                expression=where,
            )
        )
    elif any(same_display(given, text) for text, _ in names):
        facts.add(issues.default_display_used(given, target, spoken, expression=where))
    elif names:
        facts.add(
            issues.no_display_in_language(
                given, target, concept.display, spoken, severity=severity, expression=where
            )
        )


def wrong_choices(
    given: str, display: str, language: str | None, names: Sequence[Name]
) -> list[tuple[str, str | None]] | None:
    """Return the names to offer where `given` is no name of a concept, without languages asked for.

    As `note_display` would; None where it is a name, or one that was retired.
    """
    folded = _folded(given)
    if any(_folded(one.text) == folded for one in names) or _folded(display) == folded:
        return None
    valid = [(display, language), *((one.text, one.language) for one in names if one.active)]
    fit = {one.text for one in names if one.shown} | {display}
    valid = list(dict.fromkeys(valid))
    return [one for one in valid if one[0] in fit] or valid


def same_display(given: str, valid: str) -> bool:
    """Tell whether two displays are the same but for case and the length of white space."""
    return given == valid or _folded(given) == _folded(valid)


def _folded(display: str) -> str:
    return " ".join(display.split()).casefold()


def _names(concept: Concept, language: str | None) -> list[tuple[str, str | None]]:
    """Return every name that is right as a display: (text, language), the display first."""
    names = [(concept.display, language)] if concept.display else []
    names += [(one.value, one.language or None) for one in concept.designations if one.active]
    return list(dict.fromkeys(names))


def _choices(
    concept: Concept, names: Sequence[tuple[str, str | None]]
) -> list[tuple[str, str | None]]:
    """Return the names to offer: the display and designations that are meant to be shown."""
    fit = {one.value for one in concept.designations if is_name_to_show(one)} | {concept.display}
    return [one for one in names if one[0] in fit] or list(names)


def _retired(concept: Concept, given: str) -> str | None:
    """Return the status of an inactive designation that `given` is, None if it is none."""
    for one in concept.designations:
        if not one.active and same_display(given, one.value):
            return "deprecated" if one.status == "withdrawn" else one.status or "inactive"
    return None

"""Language ranges and the choice of a display (IG languages; BCP 47; RFC 9110 Accept-Language)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from termserver.dialects import display_by_dialect, display_by_dialects
from termserver.errors import InvalidLanguage
from termserver.model import Concept, Designation
from termserver.systems import (
    DESIGNATION_USAGE,
    FULLY_SPECIFIED_NAME,
    LOINC,
    PREFERRED_FOR_LANGUAGE,
    SNOMED_CT,
)

_RANGE = re.compile(r"(?:[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,20})*|\*)$")
_WEIGHT = re.compile(r"q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$")
_MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class LanguageRange:
    """One range and its weight (0 to 1)."""

    tag: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Languages:
    """What a client asks for: `text` as it was sent, `ranges` by falling weight (0 and `*` apart).

    `wildcard` is the weight of `*`, None where it was not sent.
    """

    text: str
    ranges: tuple[LanguageRange, ...]
    wildcard: float | None = None

    @property
    def falls_back(self) -> bool:
        """Tell whether any display will do for $expand where no language fits (IG languages)."""
        return self.wildcard is None or self.wildcard > 0


def parse_languages(text: str, *, what: str = "displayLanguage") -> Languages:
    """Return the language ranges of a parameter or header.

    Raises: InvalidLanguage, naming `what` and its value.
    """
    ranges: list[LanguageRange] = []
    wildcard: float | None = None
    if len(text) > _MAX_LENGTH:
        raise InvalidLanguage(f"{what} may have {_MAX_LENGTH} characters at most")
    for part in text.split(","):
        tag, _, weight_text = (one.strip() for one in part.partition(";"))
        match = _WEIGHT.match(weight_text) if weight_text else None
        if not _RANGE.match(tag) or (weight_text and match is None):
            raise InvalidLanguage(f"Invalid {what}: '{text}'", message_id="INVALID_DISPLAY_NAME")
        weight = float(match[1]) if match else 1.0
        if tag == "*":
            wildcard = weight
        elif weight > 0:
            ranges.append(LanguageRange(tag, weight))
    ranges.sort(key=lambda one: -one.weight)
    return Languages(text, tuple(ranges), wildcard)


def fits(tag: str | None, wanted: str) -> int:
    """Return how well a designation's language fits a range: 3 exact, 2 narrower, 1 wider, 0 not.

    Ignoring case: `de` finds `de-AT`; `de-AT` falls back to `de` (RFC 4647, filtering and lookup).
    """
    if not tag:
        return 0
    have, want = tag.lower(), wanted.lower()
    if have == want:
        return 3
    if have.startswith(want + "-"):
        return 2
    return 1 if want.startswith(have + "-") else 0


def speaks(tag: str | None, languages: Languages | None) -> bool:
    """Tell whether a designation in language `tag` is in one of the languages asked for."""
    return languages is not None and any(fits(tag, one.tag) for one in languages.ranges)


def is_display(designation: Designation) -> bool:
    """Tell whether a designation can serve as a display: no use, or one that says so."""
    use = designation.use
    if use is None:
        return True
    if use.system == DESIGNATION_USAGE:
        return use.code == "display"
    if use.system == PREFERRED_FOR_LANGUAGE:
        return use.code == "preferredForLanguage"
    return False


def is_name_to_show(designation: Designation) -> bool:
    """Tell whether a designation is a name to be shown, by its use; terms of SNOMED CT and LOINC
    are.
    """
    use = designation.use
    return is_display(designation) or (use is not None and use.system in {SNOMED_CT, LOINC})


def choose_display(
    concept: Concept, system_language: str | None, languages: Languages | None
) -> str | None:
    """Return the display of `concept` in the languages asked for.

    By falling weight: the term that a SNOMED CT language reference set prefers (all those that are
    asked for in one language first), the display where it is in that language, a designation fit
    for display, any other designation that is no fully specified name. None of them: the display,
    unless the client ruled that out (`*;q=0`): None.
    """
    if languages is None or not languages.ranges:
        return concept.display
    tags = [one.tag for one in languages.ranges]
    for at, wanted in enumerate(languages.ranges):
        found = display_by_dialects(concept, tags[at:]) or display_by_dialect(concept, wanted.tag)
        if found is not None:
            return found
        found = _best(concept, system_language, wanted.tag)
        if found is not None:
            return found
    return concept.display if languages.falls_back else None


def _best(concept: Concept, system_language: str | None, tag: str) -> str | None:
    ranked: list[tuple[int, int, str]] = []
    if concept.display is not None and fits(system_language, tag):
        ranked.append((fits(system_language, tag), 4, concept.display))
    for one in concept.designations:
        quality = fits(one.language, tag) if one.active else 0
        if quality:
            ranked.append((quality, _suitability(one), one.value))
    return max(ranked, key=lambda one: one[:2])[2] if ranked else None


def _suitability(designation: Designation) -> int:
    if is_display(designation):
        return 3 if designation.use else 2
    code = designation.use.code if designation.use else None
    return 0 if code == FULLY_SPECIFIED_NAME else 1


def selects(designation: Designation, wanted: Sequence[str]) -> bool:
    """Tell whether the `designation` parameter of $expand keeps a designation (all, if empty).

    Tokens: a language, `urn:ietf:bcp:47|de`, or a use as `system|code`.
    """
    return not wanted or any(_selected_by(designation, token) for token in wanted)


def _selected_by(designation: Designation, token: str) -> bool:
    system, bar, code = token.rpartition("|")
    if not bar or system == "urn:ietf:bcp:47":
        return designation.language is not None and designation.language.lower() == code.lower()
    use = designation.use
    return use is not None and use.system == system and use.code == code


def first_languages(candidates: Iterable[tuple[str | None, str]]) -> Languages | None:
    """Return the languages of the first source that says any, in the order of IG languages.

    `candidates` are (text or None, name of the source). Raises: InvalidLanguage.
    """
    for text, what in candidates:
        if text:
            return parse_languages(text, what=what)
    return None

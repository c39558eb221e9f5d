"""SNOMED CT language reference sets by language tag, and the display they prefer.

Sources: SNOMED International, "Dialect aliases" (ECL 2.2, Appendix C) and the members' release
notes for the reference sets; "SNOMED CT language tags" for the form `en-x-sctlang-…`, whose blocks
of digits joined are the reference set's identifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from termserver.model import Concept, Designation
from termserver.systems import SYNONYM

_PRIVATE = "-x-sctlang-"

DIALECTS: dict[str, tuple[int, ...]] = {
    "da": (554461000005103,),
    "da-dk": (554461000005103,),
    "de": (31000274107,),
    "de-at": (21000234103,),
    "de-ch": (2041000195100,),
    "de-de": (31000274107,),
    "en-au": (32570271000036106,),
    "en-ca": (19491000087109,),
    "en-gb": (900000000000508004, 999001261000000100),
    "en-ie": (21000220103,),
    "en-int-gmdn": (608771002,),
    "en-nhs-clinical": (999001261000000100,),
    "en-nhs-dmd": (999000671000001103,),
    "en-nhs-pharmacy": (999000691000001104,),
    "en-nz": (271000210107,),
    "en-uk-drug": (999000681000001101,),
    "en-uk-ext": (999001251000000103,),
    "en-us": (900000000000509007,),
    "es": (448879004, 450828004),
    "es-ar": (450828004,),
    "es-419": (450828004,),
    "es-es": (448879004,),
    "es-uy": (450828004,),
    "et": (71000181105,),
    "et-ee": (71000181105,),
    "fr-be": (21000172104,),
    "fr-ca": (20581000087109,),
    "fr-ch": (2021000195106,),
    "fr-fr": (10031000315102,),
    "it-ch": (2031000195108,),
    "ko": (21000267104,),
    "ko-kr": (21000267104,),
    "nb": (61000202103,),
    "nb-no": (61000202103,),
    "nl": (31000146106,),
    "nl-be": (31000172101,),
    "nl-nl": (31000146106,),
    "nn": (91000202106,),
    "nn-no": (91000202106,),
    "sv": (46011000052107,),
    "sv-se": (46011000052107,),
}
"""Language tag in lower case -> the language reference sets that speak it, first choice first."""


def refsets_of(tag: str) -> tuple[int, ...]:
    """Return the language reference sets of a tag, empty where it names none.

    `en-x-sctlang-90000000-00005090-07` names 900000000000509007 itself.
    """
    folded = tag.lower()
    if _PRIVATE in folded:
        digits = folded.partition(_PRIVATE)[2].replace("-", "")
        return (int(digits),) if digits.isdigit() else ()
    return DIALECTS.get(folded, ())


def display_by_dialect(concept: Concept, tag: str) -> str | None:
    """Return the synonym that a language or dialect prefers; None where SNOMED CT's rows say
    nothing.

    A tag of a dialect asks its language reference sets. A tag of a language alone: the display
    where it is in that language, otherwise the first term that any reference set of the language
    prefers.
    """
    if not any(one.preferred_in for one in concept.designations):
        return None
    found = first_preferred(concept.designations, refsets_of(tag))
    if found is not None:
        return found
    spoken = [one for one in concept.designations if _speaks(one, tag)]
    if any(one.value == concept.display for one in spoken):
        return concept.display
    return next((one.value for one in spoken if one.preferred_in), None)


def display_by_dialects(concept: Concept, tags: Sequence[str]) -> str | None:
    """Return the synonym that the language reference sets of the first dialect prefer that has one.

    Of `tags`, dialects by falling weight, those that share the language of the first are asked:
    who wants en-NZ and then en-GB wants a British term before one of any other English.
    """
    language = tags[0].lower().partition("-")[0]
    same = (tag for tag in tags if tag.lower().partition("-")[0] == language)
    refsets = [refset for tag in same for refset in refsets_of(tag)]
    return first_preferred(concept.designations, refsets)


def first_preferred(designations: tuple[Designation, ...], refsets: Iterable[int]) -> str | None:
    """Return the synonym of the first language reference set that prefers one, None if none
    does.
    """
    found = (preferred_term(designations, refset) for refset in refsets)
    return next((term for term in found if term is not None), None)


def language_of(refset: int) -> str:
    """Return the language (without region) that a language reference set speaks, `en` if
    unknown.
    """
    tag = next((tag for tag, refsets in DIALECTS.items() if refset in refsets), "en")
    return tag.partition("-")[0]


def _speaks(one: Designation, tag: str) -> bool:
    language = tag.lower().partition("-")[0]
    is_synonym = one.use is not None and one.use.code == SYNONYM
    return one.active and is_synonym and (one.language or "").lower() == language


def preferred_term(designations: tuple[Designation, ...], refset: int) -> str | None:
    """Return the active synonym that a language reference set prefers, None where there is none."""
    return next(
        (
            one.value
            for one in designations
            if one.active
            and refset in one.preferred_in
            and one.use is not None
            and one.use.code == SYNONYM
        ),
        None,
    )

"""A SNOMED CT release made by chance from a seed: everything that expression constraints ask for.

Groups, concrete values, inactive concepts and descriptions, dialects, reference sets (simple,
association, simple and extended map, one with a field of each kind), historical associations,
alternate identifiers, two modules and several dates. All of it is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.rf2_release import (
    ACCEPTABLE,
    ATTRIBUTE,
    CORE,
    DEFINITION,
    EXTENDED_MAP,
    FSN,
    GB,
    MODEL,
    PREFERRED,
    REPLACED_BY,
    ROOT,
    SAME_AS,
    US,
    Rf2Release,
    international,
)

ASSOCIATIONS = "900000000000522004"
WAS_A = "900000000000528000"
LANGUAGE_TYPE = "900000000000506000"
REFSETS = "900000000000455006"
LOINC_SCHEME = "30051010000102"
SV = "46011000052107"
AU = "32570271000036106"
NHS = "999001261000000100"
STATUSES = ("900000000000074008", "900000000000073002")
DESCRIPTION_TYPES = ("900000000000013009", "900000000000003001", "900000000000550004")
ACCEPTABILITIES = (PREFERRED, ACCEPTABLE)
WORDS = [
    "heart",
    "Heart",
    "attack",
    "lung",
    "hjärta",
    "left",
    "edema",
    "oedema",
    "card",
    "itis",
    "x1",
]
TIMES = ["20190131", "20200731", "20210131", "20250801"]
_METADATA = {
    US: LANGUAGE_TYPE,
    GB: LANGUAGE_TYPE,
    SV: LANGUAGE_TYPE,
    AU: LANGUAGE_TYPE,
    NHS: LANGUAGE_TYPE,
    SAME_AS: ASSOCIATIONS,
    REPLACED_BY: ASSOCIATIONS,
    WAS_A: ASSOCIATIONS,
    EXTENDED_MAP: REFSETS,
    **dict.fromkeys([*STATUSES, *DESCRIPTION_TYPES, *ACCEPTABILITIES], "900000000000454005"),
}


@dataclass(frozen=True, kw_only=True)
class Made:
    """A release and what its expressions may name."""

    release: Rf2Release
    concepts: tuple[str, ...]
    attributes: tuple[str, ...]
    descriptions: tuple[str, ...]
    refsets: dict[str, dict[str, tuple[str, ...]]]
    identifiers: tuple[tuple[str, str], ...] = ()


def metadata(release: Rf2Release, codes: dict[str, str] | None = None) -> None:
    """Add the metadata concepts that the release format names, under their parents."""
    release.concept("Language type reference set", REFSETS, id=LANGUAGE_TYPE)
    release.concept("Historical association reference set", REFSETS, id=ASSOCIATIONS)
    release.concept("Identifier scheme", "900000000000454005", id=LOINC_SCHEME)
    for code, parent in (codes or _METADATA).items():
        release.concept(None, parent, id=code)


def make(seed: int, size: int = 60) -> Made:
    """Return a release of about `size` concepts besides its metadata."""
    random = Random(seed)
    release = international()
    metadata(release)
    attributes = _attributes(release)
    concepts, inactive = _concepts(release, random, size)
    _relationships(release, random, concepts, attributes)
    descriptions = [
        _description(release, random, one) for one in concepts for _ in range(random.randint(0, 3))
    ]
    refsets = _refsets(release, random, concepts, inactive)
    loinc = [f"{at}-{at % 7}" for at in range(100, 104)]
    for text, concept in zip(loinc, concepts, strict=False):
        release.identifier(text, LOINC_SCHEME, concept)
    identifiers = (
        *(("LOINC", text) for text in loinc),
        ("loinc", loinc[0]),
        ("SNOMEDCT", concepts[0]),
        ("LOINC", "0-0"),
    )
    return Made(
        release=release,
        concepts=(ROOT, *concepts, *inactive, CORE),
        attributes=tuple(attributes),
        descriptions=tuple(descriptions),
        refsets=refsets,
        identifiers=identifiers,
    )


def _attributes(release: Rf2Release) -> list[str]:
    top = release.concept("Associated with", ATTRIBUTE, tag="attribute")
    below = [release.concept(f"Attribute {at}", top, tag="attribute") for at in range(2)]
    return [top, *below, release.concept("Strength", ATTRIBUTE, tag="attribute")]


def _concepts(release: Rf2Release, random: Random, size: int) -> tuple[list[str], list[str]]:
    active: list[str] = []
    for _ in range(size):
        above = random.sample(active, min(len(active), random.choice([1, 1, 1, 2, 3]))) or [ROOT]
        active.append(
            release.concept(
                " ".join(random.choices(WORDS, k=random.randint(1, 3))),
                *above,
                defined=random.random() < 0.4,
                time=random.choice(TIMES),
                module=random.choice([CORE, CORE, MODEL]),
            )
        )
    inactive = [
        release.concept(random.choice(WORDS), active=False, time=random.choice(TIMES))
        for _ in range(size // 8)
    ]
    return active, inactive


def _relationships(
    release: Rf2Release, random: Random, concepts: list[str], attributes: list[str]
) -> None:
    texts = ["#5", "#5.0", "#-2.5", "#500", '"PANADOL"', '"two  words"', "true", "false"]
    for concept in concepts:
        for _ in range(random.choice([0, 1, 2, 4])):
            kind, target = random.choice(attributes), random.choice(concepts)
            group = random.choice([0, 1, 1, 2])
            release.relationship(concept, kind, target, group=group, active=random.random() < 0.9)
        for _ in range(random.choice([0, 0, 1, 2])):
            kind = random.choice(attributes[-2:])
            release.concrete(concept, kind, random.choice(texts), group=random.choice([0, 1, 2]))


def _description(release: Rf2Release, random: Random, concept: str) -> str:
    language = random.choice(["en", "en", "sv"])
    wanted = [SV] if language == "sv" else random.sample([US, GB, AU, NHS], random.randint(0, 3))
    return release.description(
        concept,
        " ".join(random.choices(WORDS, k=random.randint(1, 4))),
        kind=random.choice([*DESCRIPTION_TYPES, DESCRIPTION_TYPES[0]]),
        language=language,
        accept={one: random.choice(ACCEPTABILITIES) for one in wanted},
        active=random.random() < 0.85,
        time=random.choice(TIMES),
    )


def _refsets(
    release: Rf2Release, random: Random, concepts: list[str], inactive: list[str]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Add reference sets; return for each its fields with some values that they hold."""
    group = release.concept("Group of reference sets", REFSETS)
    simple = [release.concept(f"Simple {at}", group) for at in range(2)]
    for one in simple:
        for component in random.sample([*concepts, *inactive], len(concepts) // 3):
            release.member(one, component, active=random.random() < 0.85, time=random.choice(TIMES))
    targets = ("J45.9", "J45", "C50", "x y")
    for component in random.sample(concepts, len(concepts) // 3):
        for at in range(random.randint(1, 3)):
            release.extended_map(
                component, random.randint(1, 2), at + 1, "TRUE", "ALWAYS", random.choice(targets)
            )
    codes = release.concept("Simple map", REFSETS)
    for component in random.sample(concepts, len(concepts) // 4):
        release.simple_map(codes, component, random.choice(targets))
    for old in inactive:
        for kind in random.sample([SAME_AS, REPLACED_BY, WAS_A], random.randint(0, 2)):
            release.association(kind, old, random.choice(concepts))
    various = _various(release, random, concepts)
    association = {"targetComponentId": tuple(concepts)}
    return {
        **{one: {} for one in simple},
        EXTENDED_MAP: {
            "mapGroup": ("1", "2"),
            "mapPriority": ("1", "2"),
            "mapTarget": targets,
            "mapRule": ("TRUE",),
        },
        codes: {"mapTarget": targets},
        **various,
        SAME_AS: association,
        REPLACED_BY: association,
        WAS_A: association,
    }


def _various(
    release: Rf2Release, random: Random, concepts: list[str]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Add a reference set with a field of each kind; return it with values that they hold."""
    code = release.concept("Various", REFSETS)
    fields: dict[str, tuple[str, ...]] = {
        "valueId": tuple(concepts[:9]),
        "fieldOrder": ("1", "2", "10"),
        "isOn": ("1", "0", "true", "FALSE", "5"),
        "startTime": ("20190131", "20200731", ""),
        "note": ("two words", "Two  words", "x", "#5", ""),
    }
    for component in random.sample(concepts, len(concepts) // 2):
        release.member(
            code,
            component,
            [random.choice(values) for values in fields.values()],
            name="Various",
            pattern="cisss",
            columns=tuple(fields),
            active=random.random() < 0.85,
            time=random.choice(TIMES),
        )
    return {code: fields}


__all__ = ["DEFINITION", "FSN", "Made", "make", "metadata"]

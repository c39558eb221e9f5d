"""A release made so that the published examples of ECL select something.

It holds every identifier that the examples name; what they are of, and the rows that satisfy them,
are made up. `111115` of the examples is no valid identifier, so the files hold a stand-in for it.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.property.ecl_release import LOINC_SCHEME, metadata
from tests.rf2_release import (
    ACCEPTABLE,
    ATTRIBUTE,
    CORE,
    DEFINITION,
    FSN,
    GB,
    PREFERRED,
    ROOT,
    SAME_AS,
    US,
    Rf2Release,
    international,
)

NOT_VALID = "111115"
US_MODULE = "731000124108"
BLEEDING_NAME = "670169018"
_IDENTIFIER = re.compile(r"(?<![\d\"])[1-9]\d{5,17}(?!\d)")

FINDING, DISEASE, LUNG, HEART = "404684003", "64572001", "19829001", "56265001"
EDEMA_OF_TRUNK, LUNG_EDEMA, ASTHMA = "301867009", "40541001", "195967001"
FRACTURE, BLEEDING, DIGESTIVE = "125605004", "131148009", "386617003"
DIABETES, CYSTIC_DIABETES, INFARCTION = "73211009", "427089005", "22298006"
CARCINOID, EDEMA_FINDING, HAY_ASTHMA = "445238008", "267038008", "67415000"
ANATOMY, VALVE, VENTRICLE = "91723000", "39057004", "53085002"
EDEMA, STENOSIS, HYPERTROPHY, INFARCT = "79654002", "415582006", "56246009", "55641003"
ULCER, HEMORRHAGE, OBSTRUCTION = "56208002", "50960005", "26036001"
SUBSTANCE, PARACETAMOL = "105590001", "387517004"
PRODUCT, AMOXICILLIN, TABLET = "373873005", "27658006", "249999999101"
SITE, MORPHOLOGY, INGREDIENT = "363698007", "116676008", "127489000"
ASSOCIATED, CAUSE, DUE_TO, AFTER = "47429007", "246075003", "42752001", "255234002"
PROBLEMS, IPS, REACTIONS, FAMILY = "700043003", "816080008", "450990004", "450973005"
MAP = "447562003"

PARENTS = {
    FINDING: (ROOT,),
    DISEASE: (FINDING,),
    EDEMA_OF_TRUNK: (FINDING,),
    EDEMA_FINDING: (FINDING,),
    DIGESTIVE: (FINDING,),
    BLEEDING: (FINDING,),
    **dict.fromkeys([LUNG, HEART, FRACTURE, DIABETES, CARCINOID], (DISEASE,)),
    LUNG_EDEMA: (LUNG, EDEMA_OF_TRUNK),
    ASTHMA: (LUNG,),
    INFARCTION: (HEART,),
    CYSTIC_DIABETES: (DIABETES,),
    ANATOMY: (ROOT,),
    **dict.fromkeys([VALVE, VENTRICLE], (ANATOMY,)),
    SUBSTANCE: (ROOT,),
    PARACETAMOL: (SUBSTANCE,),
    PRODUCT: (ROOT,),
    AMOXICILLIN: (PRODUCT,),
    TABLET: (PRODUCT,),
    **dict.fromkeys([SITE, MORPHOLOGY, INGREDIENT, ASSOCIATED], (ATTRIBUTE,)),
    **dict.fromkeys([CAUSE, DUE_TO, AFTER], (ASSOCIATED,)),
}


def identifiers(texts: list[str]) -> list[str]:
    """Return the concepts that the examples name, in order."""
    found: dict[str, None] = {}
    for text in texts:
        without_terms = re.sub(r"\|[^|]*\|", "", text)
        found.update(dict.fromkeys(_IDENTIFIER.findall(without_terms)))
    return [one for one in found if one != BLEEDING_NAME]


def make(texts: list[str]) -> tuple[Rf2Release, str]:
    """Return the release and the identifier that stands for `NOT_VALID` in it."""
    release = international()
    metadata(release)
    stand_in = release.id("00")
    known = {row[0] for row in release.rows["Concept"]}
    named = [*PARENTS, *identifiers(texts)]
    for code in dict.fromkeys(named):
        if code not in known and code not in {NOT_VALID, HAY_ASTHMA}:
            release.concept(f"Concept {code}", *PARENTS.get(code, (ROOT,)), id=code)
    release.concept("Stand-in", ATTRIBUTE, id=stand_in)
    _findings(release)
    _products(release, stand_in)
    _descriptions(release)
    _facts(release)
    _refsets(release)
    return release, stand_in


def rewritten(folder: Path, target: Path, stand_in: str) -> Path:
    """Copy the files of a release with `NOT_VALID` where its stand-in was."""
    for path in folder.rglob("*.txt"):
        text = path.read_bytes().replace(stand_in.encode(), NOT_VALID.encode())
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(text)
    return target


def _finding(
    release: Rf2Release, parent: str, *groups: list[tuple[str, str]], term: str = "A finding"
) -> str:
    code = release.concept(term, parent)
    for number, group in enumerate(groups, start=1):
        for kind, value in group:
            release.relationship(code, kind, value, group=number)
    return code


def _findings(release: Rf2Release) -> None:
    both = release.concept("Bleeding ulcer", ULCER, HEMORRHAGE)
    valve, ventricle = (
        [(SITE, VALVE), (MORPHOLOGY, STENOSIS)],
        [
            (SITE, VENTRICLE),
            (MORPHOLOGY, HYPERTROPHY),
        ],
    )
    release.relationship(LUNG_EDEMA, MORPHOLOGY, EDEMA, group=1)
    _finding(release, DISEASE, valve)
    _finding(release, DISEASE, valve, ventricle)
    _finding(release, FINDING, valve, [(DUE_TO, CARCINOID)])
    _finding(release, FINDING, [(SITE, VALVE), (SITE, VENTRICLE)])
    infarct = _finding(release, DISEASE, [(MORPHOLOGY, INFARCT), (SITE, VENTRICLE)])
    _finding(release, FINDING, [(ASSOCIATED, infarct)])
    _finding(release, FINDING, [(DUE_TO, INFARCTION)])
    _finding(release, FINDING, [(ASSOCIATED, EDEMA_FINDING)])
    _finding(release, LUNG, [(DUE_TO, infarct)])
    _finding(release, FINDING, [(MORPHOLOGY, both)])
    _finding(release, FINDING, [(MORPHOLOGY, OBSTRUCTION)])
    _finding(release, FINDING, [(AFTER, "71388002")])
    _finding(release, DIGESTIVE, [(SITE, VENTRICLE)])
    _finding(release, "17636008", [("424226004", "19923001"), ("363701004", SUBSTANCE)])
    allergy = _finding(release, FINDING, [(CAUSE, PARACETAMOL)])
    release.member(REACTIONS, allergy)


def _products(release: Rf2Release, stand_in: str) -> None:
    other = release.concept("Other substance", SUBSTANCE)
    for product in (stand_in, TABLET):
        release.relationship(product, INGREDIENT, other)
    release.relationship(release.concept("Mixture", PRODUCT), INGREDIENT, PARACETAMOL)
    thrice = release.concept("Ingredient of three", SUBSTANCE)
    for at in range(3):
        product = release.concept(f"Product {at}", PRODUCT)
        release.relationship(product, INGREDIENT, thrice, group=1)
    named = release.concept("Panadol", PRODUCT)
    release.concrete(named, stand_in, '"PANADOL"')
    release.concrete(named, "859999999102", "true")
    capsule = release.concept("Amoxicillin capsule", AMOXICILLIN)
    release.relationship(capsule, "411116001", "385049006")
    release.relationship(capsule, stand_in, stand_in, group=1)
    release.concrete(stand_in, stand_in, "#500", group=1)
    release.relationship(stand_in, stand_in, "258684004", group=1)


def _descriptions(release: Rf2Release) -> None:
    plain = {US: PREFERRED, GB: ACCEPTABLE}
    attack = release.concept("Heart attack", DISEASE)
    release.description(attack, "Hjärtattack", language="sv")
    release.description(attack, "Cardiopathy and cardiomyopathy", accept=plain)
    release.description(attack, "Gastritis", accept=plain)
    release.description(attack, "Eye", accept=plain)
    sick = release.concept("Heart sickness", HEART)
    release.description(sick, "Hjärtat är sjukt, hjärta", language="sv")
    release.description(sick, "A sickness of the heart", kind=DEFINITION)
    release.description(attack, "Heart attack (AU)", accept={"32570271000036106": PREFERRED})
    release.description(attack, "Cardio attack", accept={"271000210107": ACCEPTABLE})
    release.description(attack, "Card attack", accept={"999001261000000100": PREFERRED})
    bleeding = release.concept("Nosebleed", BLEEDING)
    release.description(bleeding, "Bleeding nose", id=BLEEDING_NAME, kind=FSN)


def _facts(release: Rf2Release) -> None:
    release.concept("Defined heart disease", HEART, defined=True)
    release.concept("American asthma", ASTHMA, module=US_MODULE)
    for time in ("20190131", "20190731", "20200131", "20200731", "20210131"):
        fracture = release.concept(f"Fracture of {time}", FRACTURE, time=time)
        release.relationship(fracture, SITE, VENTRICLE)
    release.identifier("54486-6", LOINC_SCHEME, DISEASE)
    release.concept("Hay asthma", id=HAY_ASTHMA, active=False)
    release.association(SAME_AS, HAY_ASTHMA, ASTHMA)
    for kind in ("900000000000526001", "900000000000528000"):
        old = release.concept("Old asthma", active=False)
        release.association(kind, old, ASTHMA)


def _refsets(release: Rf2Release) -> None:
    below = release.concept("Family refset", FAMILY)
    for refset, members in {
        PROBLEMS: [LUNG_EDEMA, DISEASE, VALVE],
        IPS: [DIABETES, DISEASE, HAY_ASTHMA],
        below: [ASTHMA],
    }.items():
        for one in members:
            release.member(refset, one)
    stenoses = [row[4] for row in release.rows["Relationship"] if row[5] == STENOSIS]
    release.member(PROBLEMS, stenoses[0])
    for group, priority, target in ((1, 1, "J45.9"), (2, 1, "J45.9"), (2, 2, "J46")):
        release.extended_map(ASTHMA, group, priority, "TRUE", "ALWAYS", target, refset=MAP)
    release.extended_map(ASTHMA, 1, 1, "TRUE", "ALWAYS", "J40", refset=MAP)


__all__ = ["CORE", "NOT_VALID", "make", "rewritten"]

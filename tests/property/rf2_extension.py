"""An extension of a generated release, made by chance from a seed: what members change and add.

New concepts, relationships, concrete values, terms in another language, reference sets and maps;
rows of the base under the same id (retired relationships, descriptions, members and concepts, a
concept that becomes defined); identifiers of its own.
"""

from __future__ import annotations

from random import Random

from tests.property.ecl_release import ACCEPTABILITIES, LOINC_SCHEME, REFSETS, SV, Made
from tests.rf2_release import (
    CORE,
    DEFINED,
    DEFINITION,
    GB,
    INFERRED,
    IS_A,
    MODEL,
    REPLACED_BY,
    ROOT,
    US,
    Rf2Release,
)

MODULE = "731000124108"
UPPER = "5991000124107"
DATE = "20250901"
UPPER_DATE = "20250930"


def extend(made: Made, seed: int, size: int = 15, *, upper: bool = False) -> Rf2Release:
    """Return an extension of `made` with about `size` concepts of its own.

    The `upper` one depends on the other and changes rows of the base, a month later.
    """
    random = Random(seed)
    module, date, namespace = (UPPER, UPPER_DATE, 1000125) if upper else (MODULE, DATE, 1000124)
    release = Rf2Release(module=module, date=date, namespace=namespace)
    concepts = [one for one in made.concepts if one not in {ROOT, CORE}]
    active = _active(made.release, concepts)
    local = [
        release.concept(
            f"local finding {at}", *random.sample(active, random.choice([1, 1, 2])), tag="finding"
        )
        for at in range(size)
    ]
    _relationships(release, random, made, [*active, *local], local)
    _descriptions(release, random, [*active, *local])
    _refsets(release, random, made, [*active, *local])
    _replaced(release, random, made.release, active)
    release.identifier("901-1" if upper else "900-1", LOINC_SCHEME, local[0])
    release.dependency(module, CORE, target_time=made.release.date)
    release.dependency(module, MODEL, target_time=made.release.date)
    if upper:
        release.dependency(module, MODULE, target_time=DATE)
    return release


def _active(base: Rf2Release, concepts: list[str]) -> list[str]:
    on = {row[0] for row in base.rows["Concept"] if row[2] == "1"}
    return [one for one in concepts if one in on]


def _relationships(
    release: Rf2Release, random: Random, made: Made, targets: list[str], local: list[str]
) -> None:
    for concept in [*local, *random.sample(targets, 10)]:
        for _ in range(random.choice([0, 1, 2])):
            kind, group = random.choice(made.attributes), random.choice([0, 1, 2])
            release.relationship(concept, kind, random.choice(targets), group=group)
        if random.random() < 0.3:
            release.concrete(concept, made.attributes[-1], random.choice(["#7", '"local"']))


def _descriptions(release: Rf2Release, random: Random, concepts: list[str]) -> None:
    for concept in random.sample(concepts, len(concepts) // 2):
        language = random.choice(["en", "sv"])
        refset = SV if language == "sv" else random.choice([US, GB])
        accept = {refset: random.choice(ACCEPTABILITIES)}
        release.description(concept, "local card x1", language=language, accept=accept)
    for concept in random.sample(concepts, 5):
        release.description(concept, "What is meant here.", kind=DEFINITION)


def _refsets(release: Rf2Release, random: Random, made: Made, concepts: list[str]) -> None:
    own = release.concept("Local set", REFSETS, tag="foundation metadata concept")
    for component in random.sample(concepts, 8):
        release.member(own, component)
    (simple, *_) = made.refsets
    for component in random.sample(concepts, 6):
        release.member(simple, component)
        release.extended_map(component, 1, 9, "TRUE", "LOCAL ADVICE", "C61")
        release.association(REPLACED_BY, component, random.choice(concepts))


def _replaced(release: Rf2Release, random: Random, base: Rf2Release, active: list[str]) -> None:
    """Give rows of the base a newer state in the extension's module."""
    newer = [release.date, "0", release.module]
    edges = [row for row in base.rows["Relationship"] if row[4] in active and row[2] == "1"]
    for row in random.sample(edges, len(edges) // 5):
        release.rows["Relationship"].append([row[0], *newer, *row[4:]])
        if row[7] == IS_A:
            # a retired concept has none; every other one keeps a parent
            above = [release.date, "1", release.module, row[4], ROOT, "0", IS_A, INFERRED, row[9]]
            release.rows["Relationship"].append([release.id("02"), *above])
    for name, share in (("Description", 8), ("RelationshipConcreteValues", 4)):
        rows = base.rows.get(name, [])
        for row in random.sample(rows, len(rows) // share):
            release.rows.setdefault(name, []).append([row[0], *newer, *row[4:]])
    for concept in random.sample(active, 4):
        release.rows["Concept"].append([concept, release.date, "1", release.module, DEFINED])
    for key, rows in base.refsets.items():
        if key[0] == "ModuleDependency":
            continue
        for row in random.sample(rows, len(rows) // 6):
            release.refsets.setdefault(key, []).append([row[0], *newer, *row[4:]])


__all__ = ["DATE", "MODULE", "UPPER", "UPPER_DATE", "extend"]

"""The requests of $expand: pages of hierarchies and lists, text, filters, several systems."""

from __future__ import annotations

from collections.abc import Callable

from termserver.conceptset import ConceptSet
from termserver.systems import LOINC, RXNORM, SNOMED_CT
from tests.bench.world import Shot, World, expand_post, filtered, get, has_total, is_page


def expand_below(count: int) -> Callable[[World], Shot]:
    """EX01: a page at any offset, over hierarchies of every size (a page of 10 fits in each)."""

    def make(world: World) -> Shot:
        top = world.pick(world.parents if count <= 10 else world.large)
        members = world.snomed.hierarchy.descendants(top) | ConceptSet.of([top])
        offset = world.random.randrange(max(len(members) - count, 1))
        first = world.code(members.page(offset, 1)[0])
        url = f"{SNOMED_CT}?fhir_vs=isa/{world.code(top)}"
        check = has_total(len(members), first)
        return get("ValueSet/$expand", check, url=url, count=count, offset=offset)

    return make


def expand_sent(world: World) -> Shot:
    """EX02: descendent-of and generalizes."""
    if world.random.random() < 0.5:
        top = world.pick(world.parents)
        check = has_total(len(world.snomed.hierarchy.descendants(top)))
        return expand_post(
            check, [filtered(SNOMED_CT, ("concept", "descendent-of", world.code(top)))]
        )
    one = world.pick(world.active)
    check = has_total(len(world.snomed.hierarchy.ancestors(one)) + 1)
    return expand_post(check, [filtered(SNOMED_CT, ("concept", "generalizes", world.code(one)))])


def expand_text(world: World) -> Shot:
    """EX03: two words, the second one begun."""
    name = world.name(world.pick(world.active)).split()
    text = (
        f"{world.pick(name)} {world.pick(world.words)[:4]}"
        if len(name) < 2
        else " ".join((name[0], name[-1][:4]))
    )
    return get("ValueSet/$expand", is_page, url=f"{SNOMED_CT}?fhir_vs", filter=text, count=10)


def expand_short_text(world: World) -> Shot:
    """EX03: one to three letters."""
    text = world.pick(world.words)[: world.random.randrange(1, 4)]
    offset = world.random.randrange(0, 100)
    url = f"{SNOMED_CT}?fhir_vs"
    return get("ValueSet/$expand", is_page, url=url, filter=text, count=10, offset=offset)


def expand_listed(count: int) -> Callable[[World], Shot]:
    """EX04: stored enumerations, some with text."""
    check = lambda status, json: status == 200 and "expansion" in json  # noqa: E731

    def make(world: World) -> Shot:
        more = {"filter": world.pick(world.words)[:3]} if world.random.random() < 0.2 else {}
        return get("ValueSet/$expand", check, url=world.pick(world.listed), count=count, **more)

    return make


def _attribute(world: World) -> tuple[str, str, int]:
    rows = world.snomed.attribute_index
    at = world.random.randrange(len(rows))
    return world.code(int(rows.type[at])), world.code(int(rows.target[at])), int(rows.source[at])


def expand_attribute(world: World) -> Shot:
    """EX05: is-a, attribute =, both, several includes."""
    kind, target, source = _attribute(world)
    top = world.code(world.above(source))
    both = filtered(SNOMED_CT, ("concept", "is-a", top), (kind, "=", target))
    other = filtered(SNOMED_CT, ("concept", "is-a", world.code(world.pick(world.parents))))
    return expand_post(
        is_page, world.pick([[filtered(SNOMED_CT, (kind, "=", target))], [both], [both, other]])
    )


def expand_rxnorm(world: World) -> Shot:
    """EX06: RxNorm by term type and by ingredient, alone and together."""
    kind = ("TTY", "=", world.pick(["IN", "SCD", "SBD", "SCDC", "BN", "DF"]))
    made_of = ("has_ingredient", "=", f"CUI:{world.pick(world.ingredients)}")
    clauses = world.pick([[kind], [made_of], [("TTY", "=", "SCDC"), made_of]])
    return expand_post(is_page, [filtered(RXNORM, *clauses)])


def expand_three(world: World) -> Shot:
    """EX07: text over SNOMED CT, LOINC and RxNorm together."""
    include = [{"system": one} for one in (SNOMED_CT, LOINC, RXNORM)]
    return expand_post(is_page, include, world.pick(world.words))


def expand_all_three(world: World) -> Shot:
    """EX08: is-a, attribute and text."""
    kind, target, source = _attribute(world)
    top = world.code(world.above(source))
    include = [filtered(SNOMED_CT, ("concept", "is-a", top), (kind, "=", target))]
    return expand_post(is_page, include, world.pick(world.name(source).split() or ["a"]))

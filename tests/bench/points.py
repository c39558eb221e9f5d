"""The requests of search by url, $lookup, $validate-code, $subsumes and $translate."""

from __future__ import annotations

from collections.abc import Callable

from termserver.systems import SNOMED_CT
from tests.bench.world import REPLACED_BY, Shot, World, get, is_missing, says, sent


def search_by_url(world: World) -> Shot:
    """FS01: value sets and code systems."""
    found = lambda status, json: status == 200 and json["total"] == 1  # noqa: E731
    if world.packaged and world.random.random() < 0.5:
        url, version, _ = world.pick(world.packaged)
        return get("CodeSystem", found, url=url, version=version, _count=10, _summary="true")
    one = world.pick(world.value_sets)
    version = one["version"]
    return get("ValueSet", found, url=one["url"], version=version, _count=10, _summary="true")


def lookup(world: World) -> Shot:
    """LK01: $lookup in SNOMED CT."""
    one = world.pick(world.active)
    check = says("display", world.name(one))
    return get("CodeSystem/$lookup", check, system=SNOMED_CT, code=world.code(one))


def lookup_in(url: str) -> Callable[[World], Shot]:
    """LK02, LK04: $lookup in another code system."""

    def make(world: World) -> Shot:
        stored = world.stored(url)
        one = world.random.randrange(stored.first, stored.last)
        check = says("display", stored.display_of(one))
        return get("CodeSystem/$lookup", check, system=url, code=stored.code_of(one))

    return make


def lookup_packaged(world: World) -> Shot:
    """LK03: $lookup in the code systems of packages, with their version."""
    url, version, stored = world.pick(world.packaged)
    one = world.random.randrange(stored.first, stored.last)
    check = says("display", stored.display_of(one))
    code = stored.code_of(one)
    return get("CodeSystem/$lookup", check, system=url, version=version, code=code)


def lookup_unknown(world: World) -> Shot:
    """LK05."""
    code = world.random.randrange(10**9, 10**10) * 1000 + 7
    return get("CodeSystem/$lookup", is_missing, system=SNOMED_CT, code=code)


def validate(world: World) -> Shot:
    """VC01."""
    code = world.code(world.pick(world.active))
    where = {"url": f"{SNOMED_CT}?fhir_vs", "system": SNOMED_CT}
    return get("ValueSet/$validate-code", says("result", True), **where, code=code)


def validate_display(world: World) -> Shot:
    """VC02: code and display, one in ten of them wrong."""
    one = world.pick(world.active)
    wrong = world.random.random() < 0.1
    display = "no name of anything" if wrong else world.name(one)
    where = {"url": f"{SNOMED_CT}?fhir_vs", "system": SNOMED_CT, "code": world.code(one)}
    return get("ValueSet/$validate-code", says("result", not wrong), **where, display=display)


def validate_below(world: World) -> Shot:
    """VC03: members of `isa/` and others."""
    one = world.pick(world.active)
    top = world.above(one if world.random.random() < 0.7 else world.pick(world.active))
    inside = one == top or world.snomed.hierarchy.is_below(one, top)
    where = {"url": f"{SNOMED_CT}?fhir_vs=isa/{world.code(top)}", "system": SNOMED_CT}
    check = says("result", inside)
    return get("ValueSet/$validate-code", check, **where, code=world.code(one))


def subsumes(world: World) -> Shot:
    """SS01: all four outcomes."""
    one = world.pick(world.active)
    above, other = world.above(one), world.pick(world.active)
    left, right = world.pick([(one, one), (above, one), (one, above), (one, other)])
    below = world.snomed.hierarchy.is_below
    outcome = (
        "equivalent"
        if left == right
        else "subsumes"
        if below(right, left)
        else "subsumed-by"
        if below(left, right)
        else "not-subsumed"
    )
    codes = {"codeA": world.code(left), "codeB": world.code(right)}
    check = says("outcome", outcome)
    return get("CodeSystem/$subsumes", check, system=SNOMED_CT, **codes)


def translate(world: World) -> Shot:
    """CM01: by the reference set of replaced concepts."""
    url = f"{SNOMED_CT}?fhir_cm={REPLACED_BY}"
    one = world.code(world.pick(world.replaced))
    where = {"url": url, "system": SNOMED_CT, "target": f"{SNOMED_CT}?fhir_vs"}
    return get("ConceptMap/$translate", says("result", True), **where, code=one)


def translate_packaged(world: World) -> Shot:
    """CM02: by the concept maps of packages."""
    one = world.pick(world.maps)
    group = one["group"][0]
    code = world.pick(group["element"])["code"]
    where = {"url": one["url"], "system": group["source"], "target": f"{SNOMED_CT}?fhir_vs"}
    return get("ConceptMap/$translate", says("result", True), **where, code=code)


def posted(make: Callable[[World], Shot]) -> Callable[[World], Shot]:
    """Return the maker of the same requests as POST."""
    return lambda world: sent(make(world))

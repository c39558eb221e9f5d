"""The requests of the 20 operations: distinct inputs from a loaded home, with a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import orjson

from termserver.conceptset import ConceptSet
from termserver.model import Json
from termserver.systems import LOINC, RXNORM, SNOMED_CT
from termserver.terminology import Terminology

SEED = 20250101
Check = Callable[[int, Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One request, and what its answer must say (status and JSON)."""

    path: str
    check: Check
    body: bytes = b""


@dataclass(kw_only=True)
class World:
    """A loaded home as the makers of requests see it."""

    terminology: Terminology
    random: random.Random = field(default_factory=lambda: random.Random(SEED))

    @cached_property
    def snomed(self) -> Any:
        """Return the stored provider of SNOMED CT."""
        return self.stored(SNOMED_CT)

    def stored(self, url: str) -> Any:
        """Return the stored provider of a code system, None where it is not loaded."""
        found: Any = self.terminology.find_system(url)
        return None if found is None else getattr(found, "stored", found)

    @cached_property
    def active(self) -> list[int]:
        """Return the active concepts of SNOMED CT."""
        return list(self.snomed.all() - self.snomed.inactive())

    @cached_property
    def parents(self) -> list[int]:
        """Return the concepts that have ten descendants and more."""
        below = self.snomed.hierarchy.descendants
        return [one for one in self.active if len(below(one)) >= 10]

    @cached_property
    def words(self) -> list[str]:
        """Return the words of a sample of names, each once."""
        names = self.random.sample(self.active, min(20_000, len(self.active)))
        found = {word for one in names for word in self.name(one).lower().split()}
        return sorted(word for word in found if word.isalpha() and len(word) > 3)

    def pick(self, some: list[Any]) -> Any:
        """Return one of `some`."""
        return self.random.choice(some)

    def code(self, ordinal: int) -> str:
        """Return a code of SNOMED CT."""
        return str(self.snomed.code_of(ordinal))

    def name(self, ordinal: int) -> str:
        """Return a display of SNOMED CT."""
        return self.snomed.display_of(ordinal) or ""

    def above(self, ordinal: int) -> int:
        """Return an ancestor, the concept itself at a root."""
        found = list(self.snomed.hierarchy.ancestors(ordinal))
        return self.pick(found) if found else ordinal

    @cached_property
    def value_sets(self) -> list[Json]:
        """Return the stored value sets."""
        return self.terminology.documents("ValueSet")


def get(path: str, check: Check, **parameters: Any) -> Shot:
    """Return a GET."""
    return Shot(path=f"/r4/{path}?{urlencode(parameters)}", check=check)


def expand_post(check: Check, include: list[dict[str, Any]], text: str | None = None) -> Shot:
    """Return $expand of a value set that is sent, a page of 10."""
    value_set = {"resourceType": "ValueSet", "status": "active", "compose": {"include": include}}
    parameters: list[dict[str, Any]] = [
        {"name": "valueSet", "resource": value_set},
        {"name": "count", "valueInteger": 10},
    ]
    if text is not None:
        parameters.append({"name": "filter", "valueString": text})
    body = orjson.dumps({"resourceType": "Parameters", "parameter": parameters})
    return Shot(path="/r4/ValueSet/$expand", check=check, body=body)


def filtered(system: str, *clauses: tuple[str, str, str]) -> dict[str, Any]:
    """Return an include with filters."""
    return {
        "system": system,
        "filter": [{"property": name, "op": op, "value": value} for name, op, value in clauses],
    }


# -- what an answer must say -----------------------------------------------------------------------


def value_of(json: Any, name: str) -> Any:
    """Return the value of one output parameter, None where it is not there."""
    for one in json.get("parameter", ()):
        if one["name"] == name:
            return next(value for key, value in one.items() if key.startswith("value"))
    return None


def says(name: str, value: Any) -> Check:
    """Return a check that an output parameter has a value."""
    return lambda status, json: status == 200 and value_of(json, name) == value


def has_total(total: int, first: str | None = None) -> Check:
    """Return a check of an expansion's total, and of the first code of its page."""

    def check(status: int, json: Any) -> bool:
        if status != 200:
            return False
        expansion = json["expansion"]
        codes = [one["code"] for one in expansion.get("contains", ())]
        return expansion.get("total") == total and (first is None or codes[:1] == [first])

    return check


def is_page(status: int, json: Any) -> bool:
    """Tell whether an answer is an expansion of at most ten, each once."""
    if status != 200:
        return False
    codes = [(one["system"], one["code"]) for one in json["expansion"].get("contains", ())]
    return len(codes) <= 10 and len(codes) == len(set(codes)) <= json["expansion"]["total"]


def is_missing(status: int, json: Any) -> bool:
    """Tell whether an answer is 404 with an OperationOutcome."""
    return status == 404 and json["resourceType"] == "OperationOutcome"


# -- the operations --------------------------------------------------------------------------------


def search_by_url(world: World) -> Shot:
    """FS01."""
    one = world.pick(world.value_sets)
    count = lambda status, json: status == 200 and json["total"] >= 1  # noqa: E731
    return get("ValueSet", count, url=one["url"], _count=10, _summary="true")


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


def expand_below(world: World) -> Shot:
    """EX01: a page of 10 at any offset, over hierarchies of every size."""
    top = world.pick(world.parents)
    members = world.snomed.hierarchy.descendants(top) | ConceptSet.of([top])
    offset = world.random.randrange(len(members))
    first = world.code(members.page(offset, 1)[0])
    url = f"{SNOMED_CT}?fhir_vs=isa/{world.code(top)}"
    return get("ValueSet/$expand", has_total(len(members), first), url=url, count=10, offset=offset)


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


def expand_listed(world: World) -> Shot:
    """EX04: stored enumerations, 10 to 1000 a page, some with text."""
    listed = [one for one in world.value_sets if str(one.get("id", "")).startswith("list")]
    check = lambda status, json: status == 200 and "expansion" in json  # noqa: E731
    count = world.pick([10, 50, 100, 1000])
    more = {"filter": world.pick(world.words)[:3]} if world.random.random() < 0.2 else {}
    return get("ValueSet/$expand", check, url=world.pick(listed)["url"], count=count, **more)


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
    """EX06: RxNorm by term type, and by a relationship of a drug that has one."""
    kind = filtered(RXNORM, ("TTY", "=", world.pick(["IN", "SCD", "SBD", "SCDC", "BN", "DF"])))
    return expand_post(is_page, [kind])


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


REPLACED_BY = 900000000000526001


def translate(world: World) -> Shot:
    """CM01: by the reference set of replaced concepts."""
    codes = list(world.snomed.refset_concepts(REPLACED_BY))
    url = f"{SNOMED_CT}?fhir_cm={REPLACED_BY}"
    one = world.code(world.pick(codes))
    where = {"url": url, "system": SNOMED_CT, "target": f"{SNOMED_CT}?fhir_vs"}
    return get("ConceptMap/$translate", says("result", True), **where, code=one)


OPERATIONS: dict[str, Callable[[World], Shot]] = {
    "FS01": search_by_url,
    "LK01": lookup,
    "LK02": lookup_in(LOINC),
    "LK04": lookup_in(RXNORM),
    "LK05": lookup_unknown,
    "VC01": validate,
    "VC02": validate_display,
    "VC03": validate_below,
    "EX01": expand_below,
    "EX02": expand_sent,
    "EX03": expand_text,
    "EX03s": expand_short_text,
    "EX04": expand_listed,
    "EX05": expand_attribute,
    "EX06": expand_rxnorm,
    "EX07": expand_three,
    "EX08": expand_all_three,
    "SS01": subsumes,
    "CM01": translate,
}
"""Id -> maker of one request. LK03 and CM02 ask for packages, which the made-up worlds lack."""

POINT = frozenset({"LK01", "LK02", "LK04", "LK05", "VC01", "VC02", "VC03", "SS01", "CM01"})


def needs(name: str) -> tuple[str, ...]:
    """Return the code systems that an operation asks."""
    more = {"LK02": (LOINC,), "LK04": (RXNORM,), "EX06": (RXNORM,), "EX07": (LOINC, RXNORM)}
    return (SNOMED_CT, *more.get(name, ()))


def pool(world: World, name: str, size: int) -> Iterator[Shot]:
    """Yield `size` requests of an operation; the same ones for the same home, name and size."""
    own = World(terminology=world.terminology, random=random.Random(f"{SEED} {name}"))
    for cached in ("snomed", "active", "parents", "words", "value_sets"):
        if cached in world.__dict__:
            own.__dict__[cached] = world.__dict__[cached]
    for _ in range(size):
        yield OPERATIONS[name](own)
    for cached in ("snomed", "active", "parents", "words", "value_sets"):
        if cached in own.__dict__:
            world.__dict__[cached] = own.__dict__[cached]

"""Generated releases that are classified, and a naive second opinion on subsumption in them.

The oracle knows nothing of the product: an expression is the primitive concepts that it is one of,
and its role groups, inherited ones too, values expanded likewise (EL without role chains). One is
below another if it has all of the other's primitives, and for each of its groups one that has
every attribute or a narrower one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from tests.rf2_release import ATTRIBUTE, ROOT, Rf2Release, international

Groups = frozenset["Group"]
Group = frozenset[tuple[str, "Canon"]]


@dataclass(frozen=True)
class Canon:
    """What an expression means, written out."""

    primitives: frozenset[str]
    groups: frozenset[Group] = frozenset()


@dataclass(frozen=True)
class Text:
    """An expression as it is written: focus concepts, and groups (one without braces is alone)."""

    focus: tuple[str, ...]
    groups: tuple[tuple[tuple[str, str | Text], ...], ...] = ()
    braces: bool = True

    def __str__(self) -> str:
        alone = [one for one in self.groups if not self.braces and len(one) == 1]
        grouped = [one for one in self.groups if one not in alone]
        parts = [_joined(one) for one in alone] + [f"{{{_joined(one)}}}" for one in grouped]
        return "+".join(self.focus) + (f":{','.join(parts)}" if parts else "")


def _joined(group: tuple[tuple[str, str | Text], ...]) -> str:
    return ",".join(
        f"{name}=({value})" if isinstance(value, Text) else f"{name}={value}"
        for name, value in group
    )


@dataclass
class World:
    """A release and the written-out meaning of its concepts."""

    release: Rf2Release = field(default_factory=international)
    attributes: dict[str, str | None] = field(default_factory=dict)
    """Attribute -> the attribute above it, if any."""
    canons: dict[str, Canon] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    values: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def canon(self, what: str | Text) -> Canon:
        """Return what a concept or an expression means."""
        if isinstance(what, str):
            return self.canons[what]
        own = frozenset(
            frozenset((name, self.canon(value)) for name, value in group) for group in what.groups
        )
        focus = [self.canons[one] for one in what.focus]
        return Canon(
            frozenset().union(*(one.primitives for one in focus)),
            own.union(*(one.groups for one in focus)),
        )

    def is_below(self, low: Canon, high: Canon) -> bool:
        """Tell whether `low` is the same as `high` or narrower."""
        return high.primitives <= low.primitives and all(
            any(self._group_is_below(one, group) for one in low.groups) for group in high.groups
        )

    def _group_is_below(self, low: Group, high: Group) -> bool:
        return all(
            any(
                self._name_is_below(name, above) and self.is_below(value, wide)
                for name, value in low
            )
            for above, wide in high
        )

    def _name_is_below(self, low: str, high: str) -> bool:
        return low == high or self.attributes[low] == high


def make_classified(seed: int) -> World:
    """Return a release with primitive and defined concepts, whose is-a rows are all inferred."""
    random, world = Random(seed), World()
    release = world.release
    first = release.concept("Attribute 0", ATTRIBUTE, tag="attribute")
    below = release.concept("Attribute 1", first, tag="attribute")
    other = release.concept("Attribute 2", ATTRIBUTE, tag="attribute")
    world.attributes = {first: None, below: first, other: None}
    for number in range(10):
        world.values.append(_primitive(world, random, f"Value {number}", world.values))
    for number in range(8):
        world.findings.append(_primitive(world, random, f"Finding {number}", world.findings))
    for number in range(14):
        _defined(world, random, f"Defined {number}")
    return world


def _primitive(world: World, random: Random, term: str, above: list[str]) -> str:
    parents = random.sample(above, min(len(above), random.choice((0, 1, 1, 2))))
    code = world.release.concept(term, *_nearest(world, parents) or [ROOT])
    groups = [_group(world, random)] if random.random() < 0.3 and world.findings else []
    canon = world.canon(Text(tuple(parents), tuple(groups)))
    world.canons[code] = Canon(canon.primitives | {code}, canon.groups)
    _write_groups(world, code)
    return code


def _defined(world: World, random: Random, term: str) -> None:
    text = Text(
        tuple(random.sample(world.findings, random.choice((1, 1, 2)))),
        tuple(_group(world, random) for _ in range(random.choice((1, 1, 2)))),
    )
    canon = world.canon(text)
    known = [one for one in world.findings if world.is_below(canon, world.canons[one])]
    if any(world.is_below(world.canons[one], canon) for one in world.findings):
        return  # it would be above a concept whose rows are written already
    code = world.release.concept(term, *_nearest(world, known), defined=True)
    world.canons[code] = canon
    world.defined.add(code)
    world.findings.append(code)
    _write_groups(world, code)


def _group(world: World, random: Random) -> tuple[tuple[str, str | Text], ...]:
    names = random.sample(list(world.attributes), random.choice((1, 2)))
    return tuple((name, random.choice(world.values)) for name in names)


def _nearest(world: World, concepts: list[str]) -> list[str]:
    """Return the concepts without those above another of them."""
    return [
        one
        for one in concepts
        if not any(
            other != one and world.is_below(world.canons[other], world.canons[one])
            for other in concepts
        )
    ]


def _write_groups(world: World, code: str) -> None:
    """Write the role groups of a concept, inherited ones too, as a classifier does."""
    codes = {canon: known for known, canon in world.canons.items()}
    ordered = sorted(
        sorted((name, codes[value]) for name, value in group) for group in world.canons[code].groups
    )
    for number, group in enumerate(ordered, start=1):
        for name, value in group:
            world.release.relationship(code, name, value, group=number)


def expression(world: World, random: Random, *, depth: int = 1) -> Text:
    """Return a random expression over findings, with values that may be expressions."""
    focus = tuple(random.sample(world.findings, random.choice((1, 1, 1, 2))))
    groups = tuple(_any_group(world, random, depth) for _ in range(random.choice((0, 1, 1, 2))))
    return Text(focus, groups, braces=random.random() < 0.7)


def _any_group(world: World, random: Random, depth: int) -> tuple[tuple[str, str | Text], ...]:
    found: list[tuple[str, str | Text]] = []
    for name, value in _group(world, random):
        if depth and random.random() < 0.25:
            assert isinstance(value, str)
            inner = tuple(_any_group(world, random, depth - 1) for _ in range(1))
            found.append((name, Text((value,), inner)))
        else:
            found.append((name, value))
    return tuple(found)

"""The 20 operations of the field's benchmark, some in several forms, and the requests of each."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cached_property

from termserver.systems import LOINC, RXNORM, SNOMED_CT
from tests.bench import expansions, points
from tests.bench.world import SEED, Shot, World

OPERATIONS: dict[str, Callable[[World], Shot]] = {
    "FS01": points.search_by_url,
    "LK01": points.lookup,
    "LK02": points.lookup_in(LOINC),
    "LK03": points.lookup_packaged,
    "LK04": points.lookup_in(RXNORM),
    "LK05": points.lookup_unknown,
    "VC01": points.validate,
    "VC01 POST": points.posted(points.validate),
    "VC02": points.validate_display,
    "VC02 POST": points.posted(points.validate_display),
    "VC03": points.validate_below,
    "VC03 POST": points.posted(points.validate_below),
    "EX01": expansions.expand_below(10),
    "EX01 100": expansions.expand_below(100),
    "EX01 1000": expansions.expand_below(1000),
    "EX02": expansions.expand_sent,
    "EX03": expansions.expand_text,
    "EX03 short": expansions.expand_short_text,
    "EX04": expansions.expand_listed(10),
    "EX04 100": expansions.expand_listed(100),
    "EX04 1000": expansions.expand_listed(1000),
    "EX05": expansions.expand_attribute,
    "EX06": expansions.expand_rxnorm,
    "EX07": expansions.expand_three,
    "EX08": expansions.expand_all_three,
    "SS01": points.subsumes,
    "SS01 POST": points.posted(points.subsumes),
    "CM01": points.translate,
    "CM01 POST": points.posted(points.translate),
    "CM02": points.translate_packaged,
}
"""Id -> maker of one request; a number is the length of the page, 10 where there is none."""

PAGES = frozenset({"EX01", "EX01 100", "EX01 1000", "EX04", "EX04 100", "EX04 1000"})
POINT = frozenset(name for name in OPERATIONS if not name.startswith(("EX", "FS")))
GROWING = sorted(
    name for name in (POINT | {"EX01", "EX01 100"}) - {"LK03", "CM02"} if " POST" not in name
)
"""What must cost the same in a world of any size."""

_NEEDS = {
    "LK02": (LOINC,),
    "LK04": (RXNORM,),
    "EX06": (RXNORM,),
    "EX07": (LOINC, RXNORM),
}


def lacking(world: World, name: str) -> str | None:
    """Return what an operation asks for that is not loaded, None where all is there."""
    missing = [one for one in (SNOMED_CT, *_NEEDS.get(name, ())) if world.stored(one) is None]
    if name in {"LK03", "CM02"} and not (world.packaged and world.maps):
        missing.append("code systems and concept maps of the made-up package")
    return ", ".join(missing) or None


def pool(world: World, name: str, size: int, part: int = 0) -> Iterator[Shot]:
    """Yield `size` requests of an operation: the same for the same home, name, size and part."""
    own = World(terminology=world.terminology, random=random.Random(f"{SEED} {name} {part}"))
    own.__dict__.update({name: world.__dict__[name] for name in _CACHED if name in world.__dict__})
    for _ in range(size):
        yield OPERATIONS[name](own)
    world.__dict__.update({name: own.__dict__[name] for name in _CACHED if name in own.__dict__})


_CACHED = [name for name, kind in vars(World).items() if isinstance(kind, cached_property)]

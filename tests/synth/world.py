"""The whole world in one folder: four sources for the ordinary loaders, and what is in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.synth.lines import write_lines
from tests.synth.loinc_files import write_loinc
from tests.synth.loinc_plan import make_loinc
from tests.synth.rxnorm_files import write_rxnorm
from tests.synth.rxnorm_plan import make_rxnorm
from tests.synth.sizes import Size
from tests.synth.snomed_files import DATE, write_terminology
from tests.synth.snomed_metadata import CORE, EXTENDED_MAP, SIMPLE_MAP
from tests.synth.snomed_plan import TOPS, Plan, make_plan
from tests.synth.snomed_refsets import write_refsets
from tests.synth.valuesets import World, write_value_sets

SEED = 20250101
SNOMED_FOLDER = f"SnomedCT_Synth_{DATE}"
LOINC_FOLDER = "Loinc_2.99"
RXNORM_FOLDER = "RxNorm_full_01062025"
VALUE_SETS_FOLDER = "valuesets"


def quiet(text: str) -> None:
    """Say nothing."""


def write_world(
    out: Path, size: Size, *, seed: int = SEED, say: Callable[[str], None] = quiet
) -> dict[str, Any]:
    """Write all sources below `out` and world.json beside them; return what world.json holds.

    The same seed and size give the same bytes. world.json names counts by source and, for whoever
    asks questions, the top hierarchies with their sizes, attribute types, reference sets and maps.
    """
    snomed = make_plan(seed, size)
    say(f"SNOMED CT: {snomed.count} concepts")
    counts: dict[str, dict[str, int]] = {
        "snomed": {
            **write_terminology(out / SNOMED_FOLDER, seed, snomed),
            **write_refsets(out / SNOMED_FOLDER, seed, size, snomed),
        }
    }
    loinc = make_loinc(seed, size)
    say(f"LOINC: {len(loinc.terms)} terms")
    counts["loinc"] = write_loinc(out / LOINC_FOLDER, seed, loinc)
    rxnorm = make_rxnorm(seed, size)
    say(f"RxNorm: {rxnorm.count} concepts")
    counts["rxnorm"] = write_rxnorm(out / RXNORM_FOLDER, seed, rxnorm)
    say("Value sets")
    world = World(snomed=snomed, loinc=loinc, rxnorm=rxnorm)
    counts["value sets"] = write_value_sets(out / VALUE_SETS_FOLDER, seed, size, world)
    facts = {
        "seed": seed,
        "fraction": size.fraction,
        "folders": {
            "snomed": SNOMED_FOLDER,
            "loinc": LOINC_FOLDER,
            "rxnorm": RXNORM_FOLDER,
            "value sets": VALUE_SETS_FOLDER,
        },
        "versions": {
            "snomed": f"http://snomed.info/sct/{CORE}/version/{DATE}",
            "loinc": "2.99",
            "rxnorm": "01062025",
        },
        "counts": counts,
        "snomed": _landmarks(snomed),
    }
    write_lines(out / "world.json", [json.dumps(facts, indent=1)])
    return facts


def _landmarks(plan: Plan) -> dict[str, Any]:
    """Return codes to ask by: hierarchies of each size, attribute types in use, reference sets."""
    ids = plan.ids.tolist()
    children = np.bincount(plan.parent, minlength=plan.count)
    wide = np.argsort(-children, kind="stable")[:20].tolist()
    used = np.bincount(plan.attributes.type, minlength=plan.count)
    types = [at for at in np.argsort(-used, kind="stable").tolist() if used[at]]
    return {
        "tops": [
            {"code": str(ids[start]), "name": one.name, "concepts": stop - start}
            for one, (start, stop) in zip(TOPS, plan.blocks, strict=True)
        ],
        "widest": [{"code": str(ids[at]), "children": int(children[at])} for at in wide],
        "attribute types": [{"code": str(ids[at]), "rows": int(used[at])} for at in types],
        "simple refsets": [str(ids[at]) for at in plan.simple_refsets],
        "maps": [str(SIMPLE_MAP), str(EXTENDED_MAP)],
    }

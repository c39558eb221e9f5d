"""Made-up code systems and concept maps of a FHIR package, as guides carry them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.synth.draw import Draw
from tests.synth.lines import write_lines
from tests.synth.sizes import Size

BASE = "http://example.org/synth"
SNOMED = "http://snomed.info/sct"
CODES = 250
"""Concepts of a code system, and elements of a concept map."""


def write_code_systems(package: Path, size: Size) -> int:
    """Write code systems of three levels with properties; return how many."""
    count = size.of(100, least=4)
    for number in range(count):
        resource = {
            **_header("CodeSystem", f"codes-{number}"),
            "caseSensitive": True,
            "content": "complete",
            "hierarchyMeaning": "is-a",
            "property": [{"code": "weight", "type": "integer"}],
            "concept": [_concept(number, at) for at in range(0, CODES, 10)],
        }
        write_lines(package / f"CodeSystem-codes-{number}.json", [json.dumps(resource)])
    return count


def _concept(system: int, at: int) -> dict[str, Any]:
    """Return a concept, the tens with nine below them."""
    return {
        "code": f"C{at}",
        "display": f"Made-up thing {at} of {system}",
        "designation": [{"language": "de", "value": f"Erfundenes Ding {at}"}],
        "property": [{"code": "weight", "valueInteger": at}],
        **({"concept": [_concept(system, at + by) for by in range(1, 10)]} if at % 10 == 0 else {}),
    }


def write_concept_maps(package: Path, seed: int, size: Size, codes: list[str]) -> int:
    """Write a map of each code system to SNOMED CT `codes`, one or two targets each."""
    draw = Draw(seed, "packaged concept maps")
    count = size.of(100, least=4)
    kinds = ("equivalent", "wider", "narrower")
    for number in range(count):
        picked = draw.below(2 * CODES, len(codes)).tolist()
        elements = [
            {
                "code": f"C{at}",
                "target": [
                    {"code": codes[one], "equivalence": kinds[one % 3]}
                    for one in dict.fromkeys(picked[2 * at : 2 * at + 1 + at % 2])
                ],
            }
            for at in range(CODES)
        ]
        group = {
            "source": f"{BASE}/CodeSystem/codes-{number}",
            "target": SNOMED,
            "element": elements,
        }
        resource = {**_header("ConceptMap", f"map-{number}"), "group": [group]}
        write_lines(package / f"ConceptMap-map-{number}.json", [json.dumps(resource)])
    return count


def _header(kind: str, name: str) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "id": name,
        "url": f"{BASE}/{kind}/{name}",
        "version": "1.0.0",
        "name": name.replace("-", "").capitalize(),
        "title": f"Made-up {name}",
        "status": "active",
        "experimental": True,
        "date": "2025-01-01",
        "publisher": "Nobody",
    }

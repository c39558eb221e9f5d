"""The made-up world: always the same, valid, and what the ordinary loaders take."""

from __future__ import annotations

import hashlib
from array import array
from pathlib import Path
from typing import Any

import pytest

from loaders.base import LoadOptions
from loaders.fhir_package import LOADER as PACKAGES
from loaders.loinc import LOADER as LOINC
from loaders.rf2 import LOADER as RF2
from termserver.records import ConceptRecord, DocumentRecord, Record, single
from termserver.sctid import first_invalid
from tests.synth.__main__ import main
from tests.synth.rxnorm_plan import INVERSES
from tests.synth.sizes import size
from tests.synth.snomed_plan import make_plan
from tests.synth.world import LOINC_FOLDER, RXNORM_FOLDER, SNOMED_FOLDER, VALUE_SETS_FOLDER
from tests.synth.world import write_world as write


def quiet(what: str, done: int, total: int | None) -> None:
    """Show no progress."""


def loaded(loader: Any, folder: Path) -> tuple[dict[str, int], list[Record]]:
    reading = loader.read([folder], LoadOptions(), quiet)
    return reading.expected, list(single(reading.records))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("world")
    return folder, write(folder, size("small"))


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(
    world: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    write(tmp_path / "again", size("small"))
    write(tmp_path / "other", size("small"), seed=7)

    first = digests(world[0])
    assert digests(tmp_path / "again") == first
    concepts = next(name for name in first if "sct2_Concept_" in name)
    assert digests(tmp_path / "other")[concepts] != first[concepts]


def test_every_identifier_has_its_check_digit_and_occurs_once(
    world: tuple[Path, dict[str, Any]],
) -> None:
    folder = world[0] / SNOMED_FOLDER / "Snapshot" / "Terminology"
    for content, kind in (
        ("Concept", "concept"),
        ("Description", "description"),
        ("Relationship_", "relationship"),
    ):
        [file] = folder.glob(f"sct2_{content}*")
        ids = [int(line.split("\t")[0]) for line in file.read_text("utf-8").splitlines()[1:]]
        assert first_invalid(array("q", ids), kind) is None  # type: ignore[arg-type]
        assert len(set(ids)) == len(ids)


def test_the_snomed_loader_reads_what_world_json_counts(
    world: tuple[Path, dict[str, Any]],
) -> None:
    folder, facts = world
    expected, records = loaded(RF2, folder / SNOMED_FOLDER)

    counts = facts["counts"]["snomed"]
    assert expected["concepts"] == counts["concepts"] == 2120
    assert expected["descriptions"] == counts["descriptions"]
    assert expected["relationships"] == counts["relationships"]
    active = [one for one in records if isinstance(one, ConceptRecord) and not one.inactive]
    assert len(active) == 1480


def test_the_loinc_loader_reads_terms_parts_answers_and_lists(
    world: tuple[Path, dict[str, Any]],
) -> None:
    folder, facts = world
    expected, records = loaded(LOINC, folder / LOINC_FOLDER)

    counts = facts["counts"]["loinc"]
    concepts = {one.code for one in records if isinstance(one, ConceptRecord)}
    assert len(concepts) == expected["concepts"]
    kinds = {kind: sum(code.startswith(kind) for code in concepts) for kind in ("LP", "LA", "LL")}
    assert kinds == {"LP": counts["parts"], "LA": 320, "LL": 32}
    assert len(concepts) - sum(kinds.values()) == counts["terms"] == 440


def test_the_package_loader_reads_the_value_sets_and_maps(
    world: tuple[Path, dict[str, Any]],
) -> None:
    _, records = loaded(PACKAGES, world[0] / VALUE_SETS_FOLDER)
    documents = [one.resource for one in records if isinstance(one, DocumentRecord)]
    sets = [one for one in documents if one["resourceType"] == "ValueSet"]
    maps = [one for one in documents if one["resourceType"] == "ConceptMap"]

    assert len(sets) == 24
    assert len(maps) == 4
    assert {len(one["group"][0]["element"]) for one in maps} == {250}
    listed = {one["url"] for one in sets}
    imports = {
        url
        for one in sets
        for include in one["compose"]["include"]
        for url in include.get("valueSet", ())
    }
    assert imports
    assert imports <= listed


def test_rxnorm_relations_go_both_ways_between_known_concepts(
    world: tuple[Path, dict[str, Any]],
) -> None:
    rrf = world[0] / RXNORM_FOLDER / "rrf"
    names = [line.split("|") for line in (rrf / "RXNCONSO.RRF").read_text("utf-8").splitlines()]
    rows = [line.split("|") for line in (rrf / "RXNREL.RRF").read_text("utf-8").splitlines()]

    assert {len(one) for one in names} == {19}
    assert {len(one) for one in rows} == {17}
    known = {one[0] for one in names}
    links = {(one[4], one[7], one[0]) for one in rows}
    assert {one[0] for one in links} | {one[2] for one in links} <= known
    inverses = INVERSES | {other: one for one, other in INVERSES.items()}
    assert {(right, inverses[name], left) for left, name, right in links} == links


def test_the_hierarchy_has_the_shape_of_the_real_one() -> None:
    plan = make_plan(1, size("medium"))
    ancestors: list[set[int]] = [set() for _ in range(plan.active)]
    depth = [0] * plan.active
    for child, parent in zip(plan.child.tolist(), plan.parent.tolist(), strict=True):
        ancestors[child] |= ancestors[parent] | {parent}
        depth[child] = max(depth[child], depth[parent] + 1)

    assert 1.5 < len(plan.child) / plan.active < 1.7
    assert 10 < sum(map(len, ancestors)) / plan.active < 20
    assert 12 < max(depth) < 25
    assert 3 < len(plan.attributes.source) / plan.active < 4


def test_the_command_refuses_a_folder_in_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--size", "small", "--scale", "0.5", "--out", str(tmp_path / "new")]

    assert main(arguments) == 0
    assert "1,060 concepts" in capsys.readouterr().out
    assert main(arguments) == 2
    assert "is not empty" in capsys.readouterr().err

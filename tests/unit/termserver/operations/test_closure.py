"""$closure over a small hierarchy, with a store in memory that keeps the store's contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from termserver.conceptmap_write import concept_map_json
from termserver.errors import InvalidRequest, UnknownCode, UnknownResource, VersionConflict
from termserver.model import Coding
from termserver.operations.closure import (
    Closure,
    ClosureConcept,
    ClosureEntry,
    ClosureTable,
    closure,
    closure_map,
)
from termserver.providers.base import CodeSystemProvider
from termserver.providers.overlay import overlay_provider

SYSTEM = "http://example.org/animals"


@dataclass(slots=True)
class Tables:
    """The store's promise: rows are appended only after the version that was read."""

    kept: dict[str, ClosureTable] = field(default_factory=dict)

    def reset_closure(self, name: str) -> None:
        self.kept[name] = ClosureTable(name=name)

    def read_closure(self, name: str) -> ClosureTable | None:
        return self.kept.get(name)

    def extend_closure(
        self,
        name: str,
        *,
        after: int,
        concepts: Sequence[ClosureConcept],
        entries: Sequence[ClosureEntry],
    ) -> bool:
        before = self.kept.get(name)
        if before is None or before.version != after:
            return False
        self.kept[name] = replace(
            before,
            version=after + 1,
            concepts=(*before.concepts, *concepts),
            entries=(*before.entries, *entries),
        )
        return True


@dataclass(frozen=True, slots=True)
class Animals:
    """One code system: animal > dog > poodle, animal > cat."""

    version: str = "1"

    def find_system(self, url: str, version: str | None = None, /) -> CodeSystemProvider | None:
        dog = {"code": "dog", "concept": [{"code": "poodle"}]}
        resource: dict[str, Any] = {
            "resourceType": "CodeSystem",
            "url": SYSTEM,
            "version": self.version,
            "content": "complete",
            "caseSensitive": False,
            "hierarchyMeaning": "is-a",
            "concept": [{"code": "animal", "concept": [dog, {"code": "cat"}]}],
        }
        return overlay_provider(resource) if url == SYSTEM else None


def add(tables: Tables, *codes: str) -> Closure:
    concepts = [Coding(system=SYSTEM, code=one) for one in codes]
    return closure(Animals(), tables, name="t", concepts=concepts)


def pairs(answer: Closure) -> list[tuple[str, str]]:
    return [(one.source, one.target) for one in answer.entries]


@pytest.fixture
def tables() -> Tables:
    made = Tables()
    closure(Animals(), made, name="t")
    return made


def test_a_name_alone_begins_the_table_at_version_0() -> None:
    assert closure(Animals(), Tables(), name="t") == Closure(name="t", version="0")


def test_a_concept_is_related_to_all_before_it_in_both_directions(tables: Tables) -> None:
    assert pairs(add(tables, "dog")) == []
    assert pairs(add(tables, "poodle")) == [("poodle", "dog")]
    answer = add(tables, "animal", "cat")

    assert pairs(answer) == [("dog", "animal"), ("poodle", "animal"), ("cat", "animal")]
    assert answer.version == "3"


def test_a_code_entered_before_in_any_case_brings_nothing_new(tables: Tables) -> None:
    add(tables, "dog")

    assert pairs(add(tables, "DOG", "dog")) == []
    assert len(tables.kept["t"].concepts) == 1


def test_replay_gives_what_was_added_after_a_version(tables: Tables) -> None:
    add(tables, "dog", "poodle")
    add(tables, "animal")

    assert pairs(closure(Animals(), tables, name="t", version="0")) == [
        ("poodle", "dog"),
        ("dog", "animal"),
        ("poodle", "animal"),
    ]
    assert pairs(closure(Animals(), tables, name="t", version="1")) == [
        ("dog", "animal"),
        ("poodle", "animal"),
    ]
    for version in ("9", "9" * 5000, "²"):
        with pytest.raises(InvalidRequest, match=f"never had the version '{version}'"):
            closure(Animals(), tables, name="t", version=version)


def test_a_table_that_was_not_begun_is_an_error() -> None:
    with pytest.raises(UnknownResource, match="'t' is not known"):
        add(Tables(), "dog")


def test_a_changed_code_system_asks_for_a_new_beginning(tables: Tables) -> None:
    add(tables, "dog")

    with pytest.raises(VersionConflict, match="must be reinitialized"):
        closure(Animals("2"), tables, name="t", version="0")


def test_faulty_requests_are_named(tables: Tables) -> None:
    dog = Coding(system=SYSTEM, code="dog")

    with pytest.raises(InvalidRequest, match="cannot be used"):
        closure(Animals(), tables, name="a b")
    with pytest.raises(InvalidRequest, match="not both"):
        closure(Animals(), tables, name="t", concepts=[dog], version="0")
    with pytest.raises(UnknownCode, match="'mouse'"):
        add(tables, "mouse")


def test_the_map_has_the_lower_code_as_source(tables: Tables) -> None:
    found = closure_map(add(tables, "dog", "poodle"))
    r4, r5 = concept_map_json(found, "4.0"), concept_map_json(found, "5.0")

    assert (r4["id"], r4["version"]) == ("t", "1")
    element = {"code": "poodle", "target": [{"code": "dog", "equivalence": "subsumes"}]}
    assert r4["group"] == [{"source": SYSTEM, "target": SYSTEM, "element": [element]}]
    assert r5["group"][0]["element"][0]["target"] == [
        {"code": "dog", "relationship": "source-is-narrower-than-target"}
    ]
    assert "group" not in concept_map_json(closure_map(add(tables, "cat")), "4.0")

"""Tests of valuesets.coverage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from loaders.run import load
from termserver.library import Home
from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from valuesets.coverage import Absent, Coverage, coverage

HERE = "http://example.org/here"
GONE = "http://example.org/gone"
AJCC = "http://cancerstaging.org"
VS = "http://example.org/ValueSet/"


def code_system(**facts: Any) -> dict[str, Any]:
    concepts = [{"code": "a", "concept": [{"code": "a1"}]}, {"code": "b"}]
    return {
        "resourceType": "CodeSystem",
        "url": HERE,
        "version": "1",
        "content": "complete",
        "concept": concepts,
        **facts,
    }


def value_set(name: str, *include: dict[str, Any], **compose: Any) -> dict[str, Any]:
    return {
        "resourceType": "ValueSet",
        "url": VS + name,
        "title": name,
        "compose": {"include": list(include), **compose},
    }


def codes(system: str, *given: str) -> dict[str, Any]:
    return {"system": system, "concept": [{"code": one} for one in given]}


def is_a(code: str, system: str = HERE) -> dict[str, Any]:
    clause = {"property": "concept", "op": "is-a", "value": code}
    return {"system": system, "filter": [clause]}


def covered(*resources: dict[str, Any]) -> list[Coverage]:
    sent = [code_system(), *resources]
    return list(coverage(Terminology(Registry(())).with_overlay(sent), VS))


def test_a_value_set_that_lacks_nothing_is_whole() -> None:
    assert covered(value_set("x", codes(HERE, "b"), is_a("a"))) == [
        Coverage(canonical=VS + "x", title="x", status="whole", total=3, refusal=None)
    ]


def test_value_sets_come_in_order_and_others_are_left_out() -> None:
    other = value_set("z", is_a("a")) | {"url": "http://example.com/ValueSet/z"}

    found = covered(value_set("y", is_a("a")), other, value_set("x", is_a("a")))

    assert [one.canonical for one in found] == [VS + "x", VS + "y"]


def test_an_enumerated_code_that_the_version_lacks_is_named() -> None:
    [found] = covered(value_set("x", codes(HERE, "b", "c")))

    assert (found.status, found.total) == ("partial", 1)
    assert found.absent == (Absent(system=HERE, version="1", code="c"),)


def test_a_value_set_of_which_no_code_is_there_is_not_covered() -> None:
    [found] = covered(value_set("x", codes(HERE, "c")))

    assert (found.status, found.total) == ("not", 0)


def test_codes_of_a_system_that_is_not_loaded_stand_as_written() -> None:
    [found] = covered(value_set("x", codes(GONE, "c", "d")))

    assert (found.status, found.total) == ("whole", 2)
    assert (found.unchecked_systems, found.missing_systems) == ((GONE,), ())


def test_a_system_that_is_needed_whole_is_missing() -> None:
    [found] = covered(value_set("x", {"system": GONE, "version": "2"}, codes(HERE, "b")))

    assert (found.status, found.total) == ("partial", None)
    assert found.missing_systems == (f"{GONE}|2",)
    assert found.refusal is not None
    assert GONE in found.refusal


def test_a_version_that_is_not_loaded_is_missing_though_codes_are_enumerated() -> None:
    [found] = covered(value_set("x", {**codes(HERE, "b"), "version": "7"}))

    assert found.missing_systems == (f"{HERE}|7",)
    assert found.unchecked_systems == ()


def test_a_root_that_the_version_lacks_is_named() -> None:
    [found] = covered(value_set("x", is_a("c")))

    assert found.status == "not"
    assert found.absent == (Absent(system=HERE, version="1", code="c", root=True),)


def test_a_proprietary_system_is_named_with_its_owner() -> None:
    [found] = covered(value_set("x", {"system": AJCC}))

    assert found.missing_systems == (AJCC,)
    assert found.not_available == (
        f"{AJCC} is not available: AJCC staging is licensed by the American College of Surgeons",
    )


def test_what_an_import_lacks_the_importer_lacks() -> None:
    imported = value_set("a", codes(HERE, "b", "c"))

    found = covered(imported, value_set("x", {"valueSet": [VS + "a"]}))

    assert [one.absent for one in found] == [(Absent(system=HERE, version="1", code="c"),)] * 2


def test_value_sets_that_import_each_other_are_refused_and_end() -> None:
    [one, two] = covered(
        value_set("x", {"valueSet": [VS + "y"]}), value_set("y", {"valueSet": [VS + "x"]})
    )

    assert (one.status, two.status) == ("not", "not")


def test_a_code_that_an_exclude_names_is_not_missed() -> None:
    [found] = covered(value_set("x", is_a("a"), exclude=[codes(HERE, "c")]))

    assert (found.status, found.absent) == ("whole", ())


def test_a_code_that_a_fragment_lacks_is_not_missed() -> None:
    sent = [code_system(content="fragment"), value_set("x", codes(HERE, "c"))]

    [found] = coverage(Terminology(Registry(())).with_overlay(sent), VS)

    assert (found.status, found.absent, found.total) == ("whole", (), 1)


def test_with_mcode_alone_62_of_its_103_value_sets_are_whole(shared: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, [str(shared / "data" / "mcode" / "hl7.fhir.us.mcode-4.0.0.tgz")])
    opened = Home(home)
    try:
        found = list(coverage(opened.terminology(), "http://hl7.org/fhir/us/mcode"))
    finally:
        opened.close()

    assert len(found) == 103
    assert sum(one.is_whole for one in found) == 62
    assert not any(one.absent for one in found)

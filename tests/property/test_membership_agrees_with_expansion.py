"""$validate-code, $expand and $compare say the same of a value set, wherever it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings

from termserver.fhirjson import code_system_records
from termserver.providers.packs import pack_content, wrappers
from termserver.providers.registry import Registry
from termserver.records import DocumentRecord, PackHeader, Record, SourceFile
from termserver.store.build import build_pack
from termserver.store.pack import Pack
from termserver.terminology import Terminology
from tests.property.strategies import CODES, NOT_THERE, SYSTEMS, VALUE_SET, worlds
from valuesets.compare import CompareRequest, Comparison, compare
from valuesets.expand import expand
from valuesets.model import Contains, ExpandRequest, ValidateRequest
from valuesets.validate_code import validate_code

World = list[dict[str, Any]]
THIRD = VALUE_SET + "third"


def sent(world: World) -> Terminology:
    """Return a terminology with all content sent with the request."""
    return Terminology(Registry(())).with_overlay(world)


@contextmanager
def stored(world: World) -> Iterator[Terminology]:
    """Give a terminology with all content in one pack."""
    header = PackHeader(
        name="world",
        version="1",
        kind="fhir-resource",
        sources=(SourceFile(name="world.json", sha256="a" * 64),),
    )
    with TemporaryDirectory() as folder:
        installed = build_pack(Path(folder), header, records(world))
        pack = Pack.open(installed.path)
        try:
            yield Terminology(Registry((pack_content(installed, pack, wrappers()),)))
        finally:
            pack.close()


def records(world: World) -> Iterator[Record]:
    """Yield the records of all resources."""
    for one in world:
        if one["resourceType"] == "CodeSystem":
            yield from code_system_records(one)
        else:
            yield DocumentRecord(type="ValueSet", resource=one)


def flat(contains: Sequence[Contains]) -> Iterator[tuple[str, str]]:
    """Yield (system, code) of every entry, in order."""
    for one in contains:
        yield one.system, one.code
        yield from flat(one.contains)


def members(terminology: Terminology, url: str) -> list[tuple[str, str]]:
    """Return the expansion as (system, code)."""
    return list(flat(expand(terminology, ExpandRequest(url=url)).contains))


def is_valid(terminology: Terminology, url: str, system: str, code: str) -> bool:
    """Return the result of $validate-code."""
    request = ValidateRequest(url=url, system=system, code=code)
    return validate_code(terminology, request).result


def compared(terminology: Terminology, this: str, other: str) -> Comparison:
    """Return the result of $compare by url."""
    request = CompareRequest(this_url=this, other_url=other, diagnostics=True)
    return compare(terminology, request)


@given(worlds())
@settings(max_examples=40)
def test_a_code_is_valid_exactly_if_the_expansion_has_it(world: World) -> None:
    terminology = sent(world)
    expanded = set(members(terminology, THIRD))

    for system in SYSTEMS:
        for code in (*CODES, NOT_THERE):
            valid = is_valid(terminology, THIRD, system, code)
            assert valid == ((system, code) in expanded), (system, code)


@given(worlds())
@settings(max_examples=30)
def test_an_expansion_has_each_code_once(world: World) -> None:
    expanded = members(sent(world), THIRD)

    assert len(expanded) == len(set(expanded))


@given(worlds())
@settings(max_examples=40)
def test_a_comparison_says_what_the_expansions_say(world: World) -> None:
    terminology = sent(world)
    second, third = VALUE_SET + "second", THIRD
    here, there = set(members(terminology, second)), set(members(terminology, third))

    found = compared(terminology, second, third)

    if found.performed_expansion:
        expected = {
            "same": here == there and bool(here),
            "subset": here < there and bool(here),
            "superset": here > there and bool(there),
            "disjoint": not here & there and bool(here or there),
            "empty": not here and not there,
            "overlapping": bool(here & there) and not here <= there and not here >= there,
        }
        assert expected[found.result]
    elif NOT_THERE not in str(world):
        # codes that no version has count where definitions alone decide
        assert here == there if found.result == "same" else found.result != "indeterminate"


@given(worlds())
@settings(max_examples=15)
def test_answers_do_not_depend_on_where_content_comes_from(world: World) -> None:
    overlay = sent(world)
    with stored(world) as pack:
        assert members(pack, THIRD) == members(overlay, THIRD)
        second = VALUE_SET + "second"
        assert compared(pack, second, THIRD) == compared(overlay, second, THIRD)
        for system in SYSTEMS:
            for code in (*CODES, NOT_THERE, "A"):
                request = ValidateRequest(url=THIRD, system=system, code=code)
                assert validate_code(pack, request) == validate_code(overlay, request)

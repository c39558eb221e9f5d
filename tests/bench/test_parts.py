"""Timings of the parts: `pytest tests/bench -m bench`. No bound is asserted, only the answer."""

from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from api.params import parse_query
from termserver.conceptset import ConceptSet
from termserver.ecl.evaluate import evaluate
from termserver.ecl.parse import parse_ecl
from termserver.systems import SNOMED_CT
from tests.bench.world import World
from valuesets.expand import expand
from valuesets.model import ExpandRequest, ValidateRequest
from valuesets.validate_code import full_answer, validate_code

pytestmark = pytest.mark.bench

ALL = f"{SNOMED_CT}?fhir_vs"


def top_of(world: World) -> tuple[int, int]:
    """Return the concept with the most descendants below the root's children, and one of those."""
    below = world.snomed.hierarchy.descendants
    top = max(world.parents[1:], key=lambda one: len(below(one)))
    return top, below(top).page(len(below(top)) // 2, 1)[0]


def test_and_of_two_sets(benchmark: BenchmarkFixture, world: World) -> None:
    left = ConceptSet.range(0, 200_000)
    right = ConceptSet.of(range(100_000, 300_000, 3))
    assert len(benchmark(lambda: left & right)) == 33_334


def test_descendants_of_a_large_hierarchy(benchmark: BenchmarkFixture, world: World) -> None:
    top, member = top_of(world)
    assert member in benchmark(world.snomed.hierarchy.descendants, top)


def test_membership_by_ancestors(benchmark: BenchmarkFixture, world: World) -> None:
    top, member = top_of(world)
    assert benchmark(world.snomed.hierarchy.is_below, member, top)


def test_find_a_code(benchmark: BenchmarkFixture, world: World) -> None:
    _, member = top_of(world)
    assert benchmark(world.snomed.find, world.code(member)) == member


@pytest.mark.parametrize("answer", [validate_code, full_answer])
def test_validate_code_below_a_concept(
    benchmark: BenchmarkFixture, world: World, answer: Any
) -> None:
    top, member = top_of(world)
    url = f"{ALL}=isa/{world.code(top)}"
    request = ValidateRequest(url=url, system=SNOMED_CT, code=world.code(member))
    assert benchmark(answer, world.terminology, request).result


@pytest.mark.parametrize("count", [10, 100, 1000])
def test_page_of_a_hierarchy(benchmark: BenchmarkFixture, world: World, count: int) -> None:
    top, _ = top_of(world)
    request = ExpandRequest(url=f"{ALL}=isa/{world.code(top)}", count=count, offset=5)
    found = benchmark(expand, world.terminology, request)
    assert len(found.contains) == min(count, (found.total or 0) - 5)


@pytest.mark.parametrize("letters", [1, 3, 100])
def test_text_search(benchmark: BenchmarkFixture, world: World, letters: int) -> None:
    _, member = top_of(world)
    word = world.name(member).split()[0][:letters]
    assert member in benchmark(world.snomed.pack.text.concepts, word)


def test_page_of_a_text(benchmark: BenchmarkFixture, world: World) -> None:
    _, member = top_of(world)
    request = ExpandRequest(url=ALL, filter=world.name(member).split()[0], count=10)
    assert benchmark(expand, world.terminology, request).contains


def test_parse_an_expression_constraint(benchmark: BenchmarkFixture) -> None:
    text = (
        "(<< 404684003 : { 363698007 = << 39057004 , 116676008 = << 415582006 }) MINUS < 22298006"
    )
    assert benchmark(parse_ecl, text)


def test_evaluate_an_expression_constraint(benchmark: BenchmarkFixture, world: World) -> None:
    top, member = top_of(world)
    provider: Any = world.terminology.find_system(SNOMED_CT)
    tree = parse_ecl(f"<< {world.code(top)} MINUS < {world.code(member)}")
    assert benchmark(evaluate, tree, provider.ecl_source)


def test_parse_a_query(benchmark: BenchmarkFixture) -> None:
    query = b"url=http%3A%2F%2Fsnomed.info%2Fsct%3Ffhir_vs&code=73211009&display=Diabetes+mellitus"
    assert len(benchmark(parse_query, query)) == 3

"""The stored hierarchy and its numbering against a plain walk over the edges."""

from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from termserver.model import Ordinal
from termserver.records import Record
from tests.small_packs import codes_of, only_provider, opened, tree

Edges = list[tuple[int, int]]


@st.composite
def hierarchies(draw: st.DrawFn) -> tuple[list[int], Edges]:
    """Return concepts in source order and acyclic edges (child, parent), some of them twice."""
    n = draw(st.integers(1, 30))
    order = draw(st.permutations(range(n)))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(
        lambda it: it[0] != it[1]
    )
    drawn = draw(st.lists(pairs, max_size=80))
    return list(order), [(max(pair), min(pair)) for pair in drawn]


def records_of(order: list[int], edges: Edges) -> list[Record]:
    pairs = " ".join(f"{child}<{parent}" for child, parent in edges)
    return tree(" ".join(map(str, order)), pairs)


@settings(max_examples=30)
@given(hierarchies())
def test_closures_equal_those_of_a_walk(drawn: tuple[list[int], Edges]) -> None:
    order, edges = drawn
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(order)
    with TemporaryDirectory() as home:
        pack = opened(Path(home), records_of(order, edges))
        provider = only_provider(pack)
        hierarchy = provider.hierarchy
        for concept in order:
            at = provider.find(str(concept))
            assert isinstance(at, int)
            above = {str(one) for one in nx.descendants(graph, concept)}
            below = {str(one) for one in nx.ancestors(graph, concept)}
            assert set(codes_of(provider, hierarchy.ancestors(Ordinal(at)))) == above
            assert set(codes_of(provider, hierarchy.descendants(Ordinal(at)))) == below
            direct = list(dict.fromkeys(str(p) for c, p in edges if c == concept))
            assert codes_of(provider, hierarchy.parents(Ordinal(at))) == direct
            for other in range(len(order)):
                inside = other in hierarchy.ancestors(Ordinal(at))
                assert hierarchy.is_below(Ordinal(at), Ordinal(other)) is inside
        pack.close()


@settings(max_examples=30)
@given(hierarchies())
def test_a_concept_stands_right_behind_its_first_parents_earlier_children(
    drawn: tuple[list[int], Edges],
) -> None:
    order, edges = drawn
    first_parent: dict[int, int] = {}
    for child, parent in edges:
        first_parent.setdefault(child, parent)
    numbered: list[str] = []

    def visit(concept: int) -> None:
        numbered.append(str(concept))
        for one in order:
            if first_parent.get(one) == concept:
                visit(one)

    for concept in order:
        if concept not in first_parent:
            visit(concept)
    with TemporaryDirectory() as home:
        pack = opened(Path(home), records_of(order, edges))
        provider = only_provider(pack)
        assert codes_of(provider, range(len(order))) == numbered
        pack.close()

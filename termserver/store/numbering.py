"""Ordinals: concepts of one code system in pre-order of their hierarchy, and cycles by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from termserver.errors import InvalidSource
from termserver.index.hierarchy import to_csr, topological_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """`order[i]` is the source position of number i; edges are numbers, distinct, first parent
    first.
    """

    order: NDArray[np.int64]
    child: NDArray[np.int64]
    parent: NDArray[np.int64]
    depth: Sequence[int]


def number(
    n: int, child: NDArray[Any], parent: NDArray[Any], name: Callable[[int], str]
) -> Numbering:
    """Number `n` concepts, given by source position with their edges in source order.

    A concept stands below its first parent, siblings in source order, so a subtree is one run (but
    for further parents). `name` gives the code of a source position.

    Raises: InvalidSource naming one cycle, where there is any.
    """
    child, parent = _distinct(n, child.astype(np.int64), parent.astype(np.int64))
    up, down = to_csr(n, child, parent), to_csr(n, parent, child)
    if len(topological_order(n, up, down)) < n:
        raise InvalidSource(_cycle(child, parent, name))
    primary = np.full(n, -1, dtype=np.int64)
    has_parent = np.diff(up[0].astype(np.int64)) > 0
    primary[has_parent] = up[1][up[0][:-1][has_parent].astype(np.int64)]
    order, depth = _pre_order(n, primary)
    numbers = np.empty(n, dtype=np.int64)
    numbers[order] = np.arange(n)
    new_child, new_parent = numbers[child], numbers[parent]
    by_child = np.argsort(new_child, kind="stable")
    return Numbering(
        order=order, child=new_child[by_child], parent=new_parent[by_child], depth=depth
    )


def _distinct(
    n: int, child: NDArray[np.int64], parent: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    _, first = np.unique(child * max(n, 1) + parent, return_index=True)
    first.sort()
    return child[first], parent[first]


def _pre_order(n: int, primary: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[int]]:
    placed = np.flatnonzero(primary >= 0)
    starts, below = (it.tolist() for it in to_csr(n, primary[placed], placed))
    waiting = [(one, 0) for one in reversed(np.flatnonzero(primary < 0).tolist())]
    order: list[int] = []
    depths: list[int] = []
    while waiting:
        one, depth = waiting.pop()
        order.append(one)
        depths.append(depth)
        waiting.extend((it, depth + 1) for it in reversed(below[starts[one] : starts[one + 1]]))
    return np.array(order, dtype=np.int64), depths


def _cycle(child: NDArray[Any], parent: NDArray[Any], name: Callable[[int], str]) -> str:
    import networkx as nx  # half a second to import, and only for a source that is refused

    graph = nx.DiGraph()
    graph.add_edges_from(zip(child.tolist(), parent.tolist(), strict=True))
    steps = nx.find_cycle(graph)
    codes = [name(one) for one, _ in steps]
    codes.append(codes[0])
    return (
        f"The hierarchy has a cycle: {' is below '.join(f'{code!r}' for code in codes)}; "
        "correct the source"
    )

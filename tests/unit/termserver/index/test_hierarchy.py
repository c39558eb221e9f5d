"""The mapped hierarchy files."""

from pathlib import Path

import numpy as np
import pytest

from termserver.conceptset import ConceptSet
from termserver.errors import StoreError
from termserver.index.hierarchy import StoredHierarchy, build_hierarchy, open_hierarchy
from termserver.model import Ordinal


def built(folder: Path, n: int, edges: list[tuple[int, int]]) -> StoredHierarchy:
    child, parent = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    build_hierarchy(folder, n, child, parent)
    return open_hierarchy(folder)


def test_parents_keep_the_order_of_the_edges_and_children_that_of_the_ordinals(
    tmp_path: Path,
) -> None:
    hierarchy = built(tmp_path, 4, [(3, 2), (3, 1), (2, 0), (1, 0)])
    assert list(hierarchy.parents(Ordinal(3))) == [2, 1]
    assert list(hierarchy.children(Ordinal(0))) == [1, 2]
    assert list(hierarchy.parents(Ordinal(0))) == []
    assert list(hierarchy.children(Ordinal(3))) == []


def test_closures_are_counted_once_where_paths_meet(tmp_path: Path) -> None:
    hierarchy = built(tmp_path, 5, [(1, 0), (2, 0), (3, 1), (3, 2), (4, 3)])
    assert hierarchy.descendants(Ordinal(0)) == ConceptSet.of([1, 2, 3, 4])
    assert hierarchy.ancestors(Ordinal(4)) == ConceptSet.of([0, 1, 2, 3])
    assert hierarchy.is_below(Ordinal(4), Ordinal(2))
    assert not hierarchy.is_below(Ordinal(2), Ordinal(4))
    assert not hierarchy.is_below(Ordinal(2), Ordinal(2))


def test_a_pack_without_edges_has_empty_answers(tmp_path: Path) -> None:
    hierarchy = built(tmp_path, 2, [])
    assert (
        hierarchy.descendants(Ordinal(0)) == hierarchy.ancestors(Ordinal(1)) == ConceptSet.empty()
    )


def test_a_cycle_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cycle"):
        built(tmp_path, 2, [(0, 1), (1, 0)])


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    built(tmp_path, 1, [])
    (tmp_path / "ancestors.idx").unlink()
    with pytest.raises(StoreError, match=r"'ancestors\.idx'.*--replace"):
        open_hierarchy(tmp_path)

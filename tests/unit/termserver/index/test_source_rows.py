from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest

from termserver.errors import StoreError
from termserver.index.source_rows import SourceRowsWriter, has_source_rows, source_rows
from termserver.records import SourceRows


def block(
    numbers: list[list[int]],
    state: list[int],
    states: Sequence[tuple[str, ...]],
    kind: str = "relationship",
    at: tuple[int, ...] = (0, 2),
) -> SourceRows:
    return SourceRows(
        kind=kind,
        at=at,
        numbers=tuple(array("q", one) for one in numbers),
        state=array("I", state),
        states=list(states),
    )


def test_rows_come_back_in_order_with_their_columns_in_place(tmp_path: Path) -> None:
    writer = SourceRowsWriter(tmp_path)
    states = [("20250801", "a"), ("20250901", "é")]
    writer.add(block([[5, 3, 2**62], [-1, 7, 0]], [0, 1, 0], states))

    assert list(source_rows(tmp_path, ["relationship"])) == [
        (
            "relationship",
            [
                ("5", "20250801", "-1", "a"),
                ("3", "20250901", "7", "é"),
                (str(2**62), "20250801", "0", "a"),
            ],
        )
    ]


def test_states_are_known_to_later_blocks_of_the_kind(tmp_path: Path) -> None:
    writer = SourceRowsWriter(tmp_path)
    writer.add(block([[1], [2]], [0], [("x", "y")]))
    writer.add(block([[9]], [0], [("of another kind",)], kind="concept", at=(0,)))
    writer.add(block([[3], [4]], [1], [("z", "w")]))
    writer.add(block([[5], [6]], [0], []))

    rows = [row for _, found in source_rows(tmp_path, ["relationship"]) for row in found]

    assert rows == [("1", "x", "2", "y"), ("3", "z", "4", "w"), ("5", "x", "6", "y")]


def test_concepts_are_written_as_their_ranks_and_come_back(tmp_path: Path) -> None:
    writer = SourceRowsWriter(tmp_path)
    writer.add(block([[900, 20]], [0, 0], [("c",)], kind="concept", at=(0,)))
    writer.add(block([[5, 6], [20, 900]], [0, 0], [("x", "y")]))
    writer.add(block([[7, 8], [20, 901]], [0, 0], []))

    rows = [row for _, found in source_rows(tmp_path, ["relationship"]) for row in found]

    assert rows == [
        ("5", "x", "20", "y"),
        ("6", "x", "900", "y"),
        ("7", "x", "20", "y"),
        ("8", "x", "901", "y"),
    ]


def test_rows_without_columns_of_numbers_are_kept_whole(tmp_path: Path) -> None:
    SourceRowsWriter(tmp_path).add(block([], [0, 0], [("0012", "", "text")], at=()))

    assert list(source_rows(tmp_path, ["relationship"])) == [
        ("relationship", [("0012", "", "text"), ("0012", "", "text")])
    ]


def test_a_pack_without_such_rows_has_no_file(tmp_path: Path) -> None:
    SourceRowsWriter(tmp_path)

    assert not has_source_rows(tmp_path)
    with pytest.raises(StoreError, match=r"kept\.rows"):
        list(source_rows(tmp_path, ["concept"]))

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.rf2_files import LAYOUTS, ReleaseType, Rf2File, Row
from loaders.rf2_full import Block, Cut, current_blocks, earlier_rows, placed
from loaders.rf2_merge import merged_blocks, merged_earlier
from termserver.errors import InvalidSource

CORE, OTHER = "900000000000207008", "731000124108"
CUT = Cut(date="20250901", modules={CORE: "20250801"})


def written(folder: Path, source: int, rows: list[Row], release: ReleaseType) -> Rf2File:
    path = folder / f"sct2_Concept_{release}_{source}.txt"
    lines = ["\t".join(row) for row in [list(LAYOUTS["concept"]), *rows]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Rf2File(path=path, kind="concept", release=release, source=source)


def row(id_: str, time: str, module: str = CORE, rest: str = "a") -> Row:
    return [id_, time, "1", module, rest]


def outcome(blocks: Iterator[Block]) -> list[tuple[str, Row]] | str:
    try:
        return [(file.name, one) for file, _, one in placed(blocks)]
    except InvalidSource as fault:
        return fault.text


TIMES = st.sampled_from(["20250201", "20250801", "20250901", "20251001"])
MODULES = st.sampled_from([CORE, OTHER])
ROWS = st.builds(row, st.sampled_from("abcdef"), TIMES, MODULES, st.just("a"))


@given(
    base=st.lists(ROWS, unique_by=lambda one: one[0]),
    others=st.lists(ROWS, unique_by=lambda one: (one[0], one[1])),
)
def test_it_is_the_rule_of_full_files(
    tmp_path_factory: pytest.TempPathFactory, base: list[Row], others: list[Row]
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    files = [written(folder, 0, base, "Snapshot"), written(folder, 1, others, "Full")]
    wanted = outcome(current_blocks(files, CUT))

    assert outcome(merged_blocks(files, CUT)) == wanted
    if isinstance(wanted, list):
        earlier = [one for _, _, one in merged_earlier(files, CUT)]
        assert earlier == [one for _, _, one in earlier_rows(files, CUT)]


def test_an_id_that_stands_twice_in_the_base_is_refused(tmp_path: Path) -> None:
    twice = [row("a", "20250201"), row("a", "20250801")]
    files = [
        written(tmp_path, 0, twice, "Snapshot"),
        written(tmp_path, 1, [row("b", "20250901")], "Snapshot"),
    ]

    with pytest.raises(InvalidSource, match="the id a is there twice"):
        list(merged_blocks(files, CUT))


def test_two_different_rows_of_one_time_are_refused(tmp_path: Path) -> None:
    files = [
        written(tmp_path, 0, [row("a", "20250801")], "Snapshot"),
        written(tmp_path, 1, [row("a", "20250801", rest="b")], "Snapshot"),
    ]

    with pytest.raises(InvalidSource, match="a has two different rows of 20250801"):
        list(merged_blocks(files, CUT))

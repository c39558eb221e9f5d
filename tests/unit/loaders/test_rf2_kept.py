import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.rf2_files import LAYOUTS, Row
from loaders.rf2_kept import NUMBERS, RowKeeper
from termserver.index.source_rows import SourceRowsWriter, source_rows
from termserver.records import SourceRows

PLAIN = ["100028", "20250801", "1", "900000000000207008", "138875005", "404684003"]
ROW = [*PLAIN, "0", "116680003", "900000000000011006", "900000000000451002"]


def kept(*blocks: list[Row], kind: str = "relationship") -> list[SourceRows]:
    keeper = RowKeeper(kind)
    for block in blocks:
        keeper.keep(block)
    return list(keeper.taken())


def test_what_repeats_in_rows_is_given_once() -> None:
    other = ["100127", *ROW[1:]]

    first, second = kept([ROW], [other])

    assert [list(one) for one in first.numbers] == [[100028], [138875005], [404684003]]
    assert first.states == [tuple(one for at, one in enumerate(ROW) if at not in {0, 4, 5})]
    assert (list(second.state), second.states) == ([0], [])


def test_a_row_whose_column_is_no_plain_number_is_kept_as_text() -> None:
    odd = [*ROW[:5], "0404684003", *ROW[6:]]

    text, plain = kept([odd, ROW])

    assert (text.at, text.states) == ((), [tuple(odd)])
    assert (plain.at, len(plain.state)) == ((0, 4, 5), 1)


def test_nothing_is_kept_of_an_empty_block() -> None:
    assert kept([]) == []


TEXT = st.text(st.characters(exclude_characters="\t\r\n", exclude_categories=["Cs"]), max_size=6)
ODD = st.one_of(TEXT, st.sampled_from(["", "007", "-5", "²", "٣", "1_0", str(2**63), " 12"]))
COLUMN = st.one_of(st.integers(1, 2**63 - 1).map(str), ODD)


@given(
    kind=st.sampled_from(sorted(NUMBERS)),
    data=st.data(),
)
def test_rows_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: st.DataObject
) -> None:
    width = len(LAYOUTS[kind])
    row = st.lists(COLUMN, min_size=width, max_size=width)
    blocks = data.draw(st.lists(st.lists(row, max_size=4), max_size=3))
    folder = tmp_path_factory.mktemp("index")
    writer = SourceRowsWriter(folder)
    for one in kept(*blocks, kind=kind):
        writer.add(one)

    written = [tuple(one) for block in blocks for one in block]
    back = [row for _, rows in source_rows(folder, [kind]) for row in rows] if written else []

    assert sorted(map(tuple, back)) == sorted(written)

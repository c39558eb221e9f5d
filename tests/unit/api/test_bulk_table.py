"""Codes by polars: the same rows, refusals and files as the plain way."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import bulk_frames
from api.bulk_frames import opened_frames
from api.bulk_read import FIELDS, Columns, opened
from api.bulk_table import write_table
from api.bulk_write import write, write_csv
from termserver.errors import InvalidSource
from tests.unit.api.test_bulk_files import REFUSED
from valuesets.bulk import Row, Verdict, answered_rows


def rows(path: Path, columns: Columns | None = None) -> list[Row]:
    """Return the rows of a file as frames tell them."""
    with opened_frames(path, columns or Columns()) as source:
        found = [one for frame in source.frames for one in frame.to_dicts()]
        assert source.share() == 1.0
    return [Row(at, *map(one.get, FIELDS)) for at, one in enumerate(found, start=1)]


def answer(row: Row) -> Verdict:
    """Return a verdict that tells all that was asked."""
    if row.code is None:
        return Verdict(code=None, system=row.system, result=False, message="no code")
    good = len(row.code) % 2 == 0
    return Verdict(
        code=row.code,
        system=row.system or "s",
        result=good,
        display=row.display,
        message=None if good else f'Un"known,\n{row.version}',
        message_ids=() if good else ("One", "Two"),
    )


def note(rows: int, wrong: int) -> None:
    """Take no note."""


@REFUSED
def test_the_same_is_refused_in_the_same_words(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_bytes(text.encode())
    with pytest.raises(InvalidSource) as caught:
        rows(tmp_path / name)
    assert said in caught.value.text


def test_a_line_that_is_refused_late_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_frames, "_CHUNK", 16)
    (tmp_path / "in.csv").write_text("id,code\n" + "1,a\n" * 50 + "2\n3,4,5\n", encoding="utf-8")
    with pytest.raises(InvalidSource, match="line 52: 1 cells under 2 headings"):
        rows(tmp_path / "in.csv")


@pytest.mark.parametrize("heading", ["code,x,y", "x,code,y", "x,y,code", "code,system,version"])
@pytest.mark.parametrize("lines", ["1,2,3,4\n1,2\n", "1,2\n1,2,3,4\n", "1\n1,2,3,4,5\n"])
def test_a_cell_too_many_does_not_make_up_for_a_missing_one(
    tmp_path: Path, heading: str, lines: str
) -> None:
    (tmp_path / "in.csv").write_text(f"{heading}\na,b,c\n{lines}", encoding="utf-8")
    with pytest.raises(InvalidSource, match=r"line 3: \d cells under 3 headings"):
        rows(tmp_path / "in.csv")


def test_a_byte_order_mark_in_the_middle_is_text(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes("\ufeffcode\n\ufeff\na\n".encode())
    with opened(path, Columns()) as source:
        assert rows(path) == list(source.rows) == [Row(1, "\ufeff"), Row(2, "a")]


def test_bytes_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b"code\n\xe4\n")
    with pytest.raises(InvalidSource, match="not UTF-8"):
        rows(tmp_path / "in.csv")


CELLS = st.text(alphabet='ab;,"\r\n \tä', max_size=3)
LINES = st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=8)


@given(
    body=st.one_of(
        LINES.map(lambda lines: "".join(f"{a},{b}\n" for a, b in lines)),
        st.text(alphabet='ab,"\r\n', max_size=30),
    )
)
def test_any_text_is_read_or_refused_as_by_the_plain_way(
    tmp_path_factory: pytest.TempPathFactory, body: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "in.csv"
    path.write_bytes(("code,display\n" + body).encode())

    def plain() -> list[Row]:
        with opened(path, Columns()) as source:
            return list(source.rows)

    outcomes: list[object] = []
    for read in (plain, lambda: rows(path)):
        try:
            outcomes.append(read())
        except InvalidSource as error:
            outcomes.append(error.text)
    assert outcomes[1] == outcomes[0]


QUESTIONS = st.lists(
    st.tuples(*[st.sampled_from([None, "a", "bb", 'c,"', "dä"])] * 4), min_size=1, max_size=20
)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".ndjson"])
@given(asked=QUESTIONS)
def test_files_are_those_of_the_plain_way(
    tmp_path_factory: pytest.TempPathFactory, ending: str, asked: list[tuple[str | None, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("files")
    frame = pl.DataFrame(asked, schema=dict.fromkeys(FIELDS, pl.String), orient="row")
    half = len(asked) // 2
    parts = [one for one in (frame[:half], frame[half:]) if len(one)]
    write_table(folder / f"fast{ending}", iter(parts), answer, note)
    plain = [Row(at, *one) for at, one in enumerate(asked, start=1)]
    write(folder / f"plain{ending}", answered_rows(answer, plain))
    assert (folder / f"fast{ending}").read_text() == (folder / f"plain{ending}").read_text()


def test_a_distinct_question_is_asked_once_with_its_first_row() -> None:
    asked: list[Row] = []

    def remembering(row: Row) -> Verdict:
        asked.append(row)
        return answer(row)

    frames = [pl.DataFrame({"code": ["x", "y", "x"]}), pl.DataFrame({"code": ["y", "z"]})]
    notes: list[tuple[int, int]] = []
    out = io.BytesIO()
    write_table(out, iter(frames), remembering, lambda *one: notes.append(one))
    assert asked == [Row(1, "x"), Row(2, "y"), Row(5, "z")]
    assert notes == [(3, 3), (2, 2)]
    assert [line.split(",")[0] for line in out.getvalue().decode().splitlines()] == [
        "row", "1", "None\"", "2", "None\"", "3", "None\"", "4", "None\"", "5", "None\"",
    ]  # fmt: skip


def test_what_fails_on_the_way_is_raised_and_leaves_nothing(tmp_path: Path) -> None:
    def frames() -> Iterator[pl.DataFrame]:
        yield pl.DataFrame({"code": ["a"]})
        raise InvalidSource("broken", file="in.csv", line=3)

    with pytest.raises(InvalidSource, match="broken"):
        write_table(tmp_path / "out.csv", frames(), answer, note)
    assert list(tmp_path.iterdir()) == []


def test_parquet_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_table(path, iter([pl.DataFrame({"code": ["ab", "c"]})]), answer, note)
    assert pl.read_parquet(path).to_dicts() == [
        {"row": 1, "code": "ab", "system": "s", "result": True, "display": None, "message": None,
         "message_ids": []},
        {"row": 2, "code": "c", "system": "s", "result": False, "display": None,
         "message": 'Un"known,\nNone', "message_ids": ["One", "Two"]},
    ]  # fmt: skip
    assert rows(path) == [Row(1, "ab", "s"), Row(2, "c", "s")]
    numbers = tmp_path / "numbers.parquet"
    pl.DataFrame({"code": [73211009, None], "system": ["", "s"]}).write_parquet(numbers)
    assert rows(numbers) == [Row(1, "73211009"), Row(2, None, "s")]


def test_broken_parquet_and_its_missing_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pl.DataFrame({"row": [1], "result": [True]}).write_parquet(path)
    with pytest.raises(InvalidSource, match="there is no column 'code'; columns: 'row', 'result'"):
        rows(path)
    with pytest.raises(InvalidSource, match=r"'result' .Boolean. is neither text nor integer"):
        rows(path, Columns(code="result"))
    pl.DataFrame({"code": []}, schema={"code": pl.String}).write_parquet(path)
    with pytest.raises(InvalidSource, match="it has no rows"):
        rows(path)
    path.write_text("code\na\n", encoding="utf-8")
    with pytest.raises(InvalidSource, match="not Parquet"):
        rows(path)


def test_csv_goes_to_an_open_stream_as_the_plain_way_writes_it() -> None:
    fast, plain = io.BytesIO(), io.BytesIO()
    write_table(fast, iter([pl.DataFrame({"code": ["ab", "c"]})]), answer, note)
    write_csv(plain, answered_rows(answer, [Row(1, "ab"), Row(2, "c")]))
    assert fast.getvalue() == plain.getvalue()

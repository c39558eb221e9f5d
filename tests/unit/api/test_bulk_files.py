"""Files of codes: what is read, what is refused with its line, what is written."""

import json
from pathlib import Path

import pytest

from api.bulk_read import Columns, opened, require_readable
from api.bulk_write import require_ending, write
from termserver.errors import InvalidRequest, InvalidSource, NotSupported
from valuesets.bulk import Row, Verdict

GOOD = Verdict(code="a", system="s", result=True, display='Äpfel, "rot"')
BAD = Verdict(code="x", system="s", result=False, message="Unknown", message_ids=("One", "Two"))


def rows(path: Path, text: str, columns: Columns | None = None) -> list[Row]:
    path.write_bytes(text.encode())
    with opened(path, columns or Columns()) as source:
        return list(source.rows)


def test_csv_takes_the_columns_of_the_fields_names(tmp_path: Path) -> None:
    text = '\ufeffid,code,display,system\r\n1,a,"Apple, red",s\r\n\r\n2,,,\r\n'
    assert rows(tmp_path / "in.csv", text) == [
        Row(1, "a", "s", None, "Apple, red"),
        Row(2, None),
    ]


def test_columns_are_named_or_left_out(tmp_path: Path) -> None:
    columns = Columns(code="loinc", system="", display="name")
    text = "loinc\tname\tsystem\n1-8\tAcyclovir\tblood\n"
    assert rows(tmp_path / "in.tsv", text, columns) == [Row(1, "1-8", None, None, "Acyclovir")]


def test_lines_may_end_in_carriage_returns_alone(tmp_path: Path) -> None:
    text = "id;code\r1;a\r2;b\r"
    assert rows(tmp_path / "in.csv", text) == [Row(1, "a"), Row(2, "b")]


def test_ndjson_takes_text_and_whole_numbers(tmp_path: Path) -> None:
    text = '{"code": 73211009, "display": "x"}\n\n{"code": null}\n'
    assert rows(tmp_path / "in.ndjson", text) == [
        Row(1, "73211009", None, None, "x"),
        Row(2, None),
    ]


REFUSED = pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("in.csv", "", "it is empty"),
        ("in.csv", "code\n", "it has no rows"),
        ("in.ndjson", "\n", "it has no rows"),
        ("in.csv", "id,kode\n1,a\n", "there is no column 'code'; columns: 'id', 'kode'"),
        ("in.csv", "code,code\na,b\n", "the column 'code' stands there twice"),
        ("in.csv", "id,code\n1,a\n2\n", "line 3: 1 cells under 2 headings"),
        ("in.csv", 'code\n"a\n', "line 2: not CSV"),
        ("in.ndjson", '{"kode": "a"}\n', "there is no column 'code'; columns: 'kode'"),
        ("in.ndjson", '{"code": "a"}\n{"code"\n', "line 2: not JSON"),
        ("in.ndjson", '{"code": "a"}\n["a"]\n', "line 2: no JSON object"),
        ("in.ndjson", '{"code": 1.5}\n', "line 1: 'code' is neither text nor a whole number"),
    ],
)


@REFUSED
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(InvalidSource) as caught:
        rows(tmp_path / name, text)
    assert said in caught.value.text


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b"code\n\xe4\n")
    with pytest.raises(InvalidSource, match="not UTF-8"), opened(path, Columns()) as source:
        list(source.rows)


def test_reading_may_stop_halfway(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("code\na\nb\n", encoding="utf-8")
    with opened(path, Columns()) as source:
        assert next(source.rows) == Row(1, "a")


@pytest.mark.parametrize("name", ["in.csv", "in.ndjson"])
def test_a_named_column_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    text = "code\na\n" if name.endswith("csv") else '{"code": "a"}\n'
    with pytest.raises(InvalidSource, match="there is no column 'term'; columns: 'code'"):
        rows(tmp_path / name, text, Columns(display="term"))


def test_csv_is_written_with_a_heading(tmp_path: Path) -> None:
    write(tmp_path / "out.csv", [(1, GOOD), (2, BAD)])
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == (
        "row,code,system,result,display,message,message_ids\n"
        '1,a,s,true,"Äpfel, ""rot""",,\n'
        "2,x,s,false,,Unknown,One Two\n"
    )


def test_ndjson_is_written_an_object_a_row(tmp_path: Path) -> None:
    write(tmp_path / "out.ndjson", [(2, BAD)])
    assert json.loads((tmp_path / "out.ndjson").read_text(encoding="utf-8")) == {
        "row": 2,
        "code": "x",
        "system": "s",
        "result": False,
        "display": None,
        "message": "Unknown",
        "message_ids": ["One", "Two"],
    }


def test_what_fails_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("earlier", encoding="utf-8")
    failing = ((1 // one, GOOD) for one in (1, 0))
    with pytest.raises(ZeroDivisionError):
        write(out, failing)
    assert [one.name for one in tmp_path.iterdir()] == ["out.csv"]
    assert out.read_text(encoding="utf-8") == "earlier"


def test_an_unknown_ending_is_refused() -> None:
    with pytest.raises(InvalidSource, match=r"'\.xlsx' is no ending that is known here: \.csv"):
        require_readable(Path("in.xlsx"))
    with pytest.raises(InvalidRequest, match=r"'\.xlsx' is no ending that is known here"):
        require_ending(Path("out.xlsx"))


def test_parquet_without_polars_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.polars_extra.find_spec", lambda name: None)
    with pytest.raises(NotSupported, match=r"termserver\[bulk\]"):
        require_readable(tmp_path / "in.parquet")
    with pytest.raises(NotSupported, match=r"termserver\[bulk\]"):
        require_ending(tmp_path / "out.parquet")


def test_the_delimiter_is_the_one_under_which_the_heading_names_the_codes(tmp_path: Path) -> None:
    assert rows(tmp_path / "in.csv", "code;display\n1-8;a, b\n") == [
        Row(1, "1-8", None, None, "a, b")
    ]
    assert rows(tmp_path / "in.csv", "a\tcode\n1\tx\n") == [Row(1, "x")]
    assert rows(tmp_path / "in.csv", "a;b,code\n1,x\n") == [Row(1, "x")]

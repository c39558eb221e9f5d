"""The table reader names file and line of what it refuses."""

from pathlib import Path

import pytest

from loaders.tables import header_of, read_rows
from termserver.errors import InvalidSource


def _write(folder: Path, content: bytes) -> Path:
    path = folder / "t.csv"
    path.write_bytes(content)
    return path


def test_rows_come_with_their_line_and_columns(tmp_path: Path) -> None:
    rows = list(read_rows(_write(tmp_path, b'a,b\r\n1,"x, y"\r\n\r\n2,z\r\n')))
    assert [(row.line, row.fields) for row in rows] == [
        (2, {"a": "1", "b": "x, y"}),
        (4, {"a": "2", "b": "z"}),
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = _write(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n")
    assert header_of(path) == ("a", "b")
    assert next(read_rows(path, required=("a",)))["a"] == "1"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a,c\n1,2\n", "t.csv, line 1: the column 'b' is missing; there are: a, c"),
        (b"a,b,a\n1,2,3\n", "t.csv, line 1: the column 'a' occurs twice"),
        (b"a,b\n1,2\n1\n", "t.csv, line 3: 1 fields where the header has 2 columns"),
        (
            b"a,b\n1,\xe9\n",
            "t.csv, line 2: the text is not UTF-8 (byte 3 of the line); "
            "save the file in that encoding",
        ),
        (b"a,b\n1,\x00\n", "t.csv, line 2: the line holds a NUL character"),
        (b"", "t.csv: the file is empty; a header line is needed"),
    ],
)
def test_a_bad_table_is_refused_with_file_and_line(
    tmp_path: Path, content: bytes, text: str
) -> None:
    with pytest.raises(InvalidSource) as caught:
        list(read_rows(_write(tmp_path, content), required=("a", "b")))
    assert caught.value.text == text or str(caught.value) == text


def test_a_quote_that_is_not_closed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match=r"^t\.csv, line 3: the row cannot be read"):
        list(read_rows(_write(tmp_path, b'a,b\n1,"x\n2,y\n')))


def test_an_empty_field_that_is_needed_is_refused(tmp_path: Path) -> None:
    row = next(read_rows(_write(tmp_path, b"a,b\n1,\n")))
    with pytest.raises(InvalidSource, match=r"^t\.csv, line 2: the column 'b' is empty$"):
        row.need("b")

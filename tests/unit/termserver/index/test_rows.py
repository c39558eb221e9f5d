"""Rows of expansions: lines by ordinal, runs and hits in any order."""

from pathlib import Path

import pytest

from termserver.index.rows import PageRows, rows_of

CODES = ["a", 'q"', "c", "d", "e"]
DISPLAYS = ["Alpha", "line\nfeed", "", "Délta", "Echo"]


@pytest.fixture
def rows(tmp_path: Path) -> PageRows:
    lines = rows_of(CODES, DISPLAYS, [0, 1, 0, 1, 0], {1, 2}, {3, 4}, {3: "retired"})
    PageRows.build(tmp_path, lines)
    found = PageRows.open(tmp_path)
    assert found is not None
    return found


def test_a_line_is_code_display_and_flags_as_json(rows: PageRows) -> None:
    assert rows.lines([0]) == b'\n,"code":"a","display":"Alpha"'
    assert rows.lines([1]) == (
        b'\n,"abstract":true,"inactive":true,"code":"q\\"","display":"line\\nfeed"'
    )
    assert rows.lines([2]) == b'\n,"abstract":true,"code":"c"'


def test_a_status_stands_before_its_line(rows: PageRows) -> None:
    assert (
        rows.lines([3])
        == 'retired\x1f,"inactive":true,"code":"d","display":"Délta"'.join(["\n", ""]).encode()
    )


def test_a_run_is_what_its_lines_are(rows: PageRows) -> None:
    each = [rows.lines([one]) or b"" for one in range(4)]
    assert rows.lines(range(4)) == rows.lines([0, 1, 2, 3]) == b"".join(each)
    assert rows.lines([2, 1, 3]) == each[2] + each[1] + each[3]
    assert rows.lines([3, 0, 2]) == each[3] + each[0] + each[2]
    assert rows.lines([]) == b""


def test_a_concept_of_which_more_is_to_be_said_has_no_line(rows: PageRows) -> None:
    assert rows.lines([4]) is None
    assert rows.lines([0, 4]) is None


def test_a_pack_without_lines_has_no_rows(tmp_path: Path) -> None:
    assert PageRows.open(tmp_path) is None

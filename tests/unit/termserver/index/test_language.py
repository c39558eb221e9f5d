"""Rows of language reference sets come back as they were, by component and by reference set."""

from array import array
from pathlib import Path
from uuid import UUID

from termserver.index.language import LanguageIndex, build_language
from termserver.records import LanguageBlock

US, GB, PREFERRED, ACCEPTABLE, MODULE = 5001, 5002, 1, 2, 77
IDS = [UUID(int=at) for at in range(1, 5)]


def block() -> LanguageBlock:
    return LanguageBlock(
        states=[
            (US, PREFERRED, True, MODULE, 20250101),
            (GB, ACCEPTABLE, False, MODULE, 20240101),
        ],
        state=array("I", [0, 1, 0, 1]),
        components=array("q", [30, 30, 10, 20]),
        members=b"".join(one.bytes for one in IDS),
    )


def test_rows_of_a_component_keep_the_order_of_the_source(tmp_path: Path) -> None:
    build_language(tmp_path, [block()])
    assert list(LanguageIndex(tmp_path).rows_of(30)) == [
        (30, (US, PREFERRED, True, MODULE, 20250101), IDS[0].bytes),
        (30, (GB, ACCEPTABLE, False, MODULE, 20240101), IDS[1].bytes),
    ]
    assert list(LanguageIndex(tmp_path).rows_of(31)) == []


def test_members_of_a_reference_set_come_by_component(tmp_path: Path) -> None:
    build_language(tmp_path, [block()])
    index = LanguageIndex(tmp_path)
    assert [(row[0], row[2]) for row in index.members(US)] == [
        (10, IDS[2].bytes),
        (30, IDS[0].bytes),
    ]
    assert list(index.members(1)) == []
    assert list(index.facts(US)) == [row[:2] for row in index.members(US)]
    assert list(index.facts(1)) == []


def test_blocks_with_states_of_their_own_are_joined(tmp_path: Path) -> None:
    other = LanguageBlock(
        states=[(GB, PREFERRED, True, MODULE, 20250701)],
        state=array("I", [0]),
        components=array("q", [10]),
        members=UUID(int=9).bytes,
    )
    build_language(tmp_path, [block(), other])
    rows = list(LanguageIndex(tmp_path).rows_of(10))
    assert [row[1][:2] for row in rows] == [(US, PREFERRED), (GB, PREFERRED)]


def test_a_pack_without_language_rows_has_no_files(tmp_path: Path) -> None:
    build_language(tmp_path, [])
    assert list(tmp_path.iterdir()) == []
    index = LanguageIndex(tmp_path)
    assert (list(index.rows_of(10)), list(index.members(US))) == ([], [])

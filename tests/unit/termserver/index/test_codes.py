"""Codes by hash: exact, in any case, within one code system."""

from pathlib import Path

from termserver.index.codes import Codes

ONE, TWO = (1, 0, 3), (2, 3, 5)


def built(folder: Path) -> Codes:
    codes = ["A", "a", "β", "A", "B"]
    Codes.build(folder, codes, [(*ONE, True), (*TWO, False)])
    return Codes.open(folder)


def test_a_code_is_found_in_its_own_system(tmp_path: Path) -> None:
    codes = built(tmp_path)
    assert [codes.find("A", one) for one in (ONE, TWO)] == [0, 3]
    assert [codes.find("a", one) for one in (ONE, TWO)] == [1, None]
    assert [codes.find("B", one) for one in (ONE, TWO)] == [None, 4]
    assert codes[2] == "β"


def test_the_first_code_answers_where_case_does_not_matter(tmp_path: Path) -> None:
    codes = built(tmp_path)
    assert codes.find_folded("a", ONE) == 0
    assert codes.find_folded("Β", ONE) == 2
    assert codes.find_folded("b", TWO) is None


def test_every_one_of_many_codes_is_found(tmp_path: Path) -> None:
    many = [str(one * 7919) for one in range(5000)]
    Codes.build(tmp_path, many, [(1, 0, 5000, True)])
    codes = Codes.open(tmp_path)
    assert [codes.find(one, (1, 0, 5000)) for one in many] == list(range(5000))
    assert codes.find("7918", (1, 0, 5000)) is None


def test_text_that_cannot_be_encoded_is_not_found(tmp_path: Path) -> None:
    codes = built(tmp_path)
    assert codes.find("\ud800", ONE) is None
    assert codes.find_folded("\ud800", ONE) is None
    assert codes.find("", ONE) is None


def test_an_empty_pack_has_no_codes(tmp_path: Path) -> None:
    Codes.build(tmp_path, [], [])
    assert Codes.open(tmp_path).find("a", (1, 0, 0)) is None

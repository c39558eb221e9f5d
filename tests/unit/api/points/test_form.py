"""Answers into which texts are filled."""

import json

import pytest

from api.points.form import Form, inner, mark


def test_texts_stand_in_the_place_of_their_marks() -> None:
    form = Form({"code": mark(0), "text": f"'{mark(0)}' means {mark(1)}, 100 %d"})
    filled = form.fill(inner("a"), inner("b"))
    assert filled == b'{"code":"a","text":"\'a\' means b, 100 %d"}'


@pytest.mark.parametrize("text", ['say "so"', "a\\b", "line\nfeed", "Größe", "%s", "", "\ue0000"])
def test_a_text_is_read_back_as_it_was(text: str) -> None:
    assert json.loads(Form([mark(0)]).fill(inner(text))) == [text]


def test_texts_that_have_no_mark_are_left_out() -> None:
    assert Form({"code": mark(1)}).fill(inner("a"), inner("b"), inner("c")) == b'{"code":"b"}'

"""Hits of a text within many concepts and few, in runs and with gaps."""

from pathlib import Path

import pytest

from termserver.conceptset import ConceptSet
from termserver.index.text import DISPLAY, OTHER, TextBuilder, TextIndex

SIZE = 6_000


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TextIndex:
    folder: Path = tmp_path_factory.mktemp("text")
    builder = TextBuilder()
    for ordinal in range(SIZE):
        builder.add(ordinal, f"common number{ordinal % 100}", tier=DISPLAY, inactive=False)
        builder.add(ordinal, "common too", tier=OTHER, inactive=ordinal % 7 == 0)
    builder.write(folder)
    return TextIndex(folder)


@pytest.mark.parametrize(
    "within",
    [
        range(SIZE),
        range(SIZE + 100),
        range(1_000, 4_000),
        range(0, SIZE, 2),
        range(1, SIZE + 2_000, 3),
        range(5, 50, 9),
    ],
)
@pytest.mark.parametrize("text", ["number42", "common", "co", "common number4", "number7 too"])
def test_hits_are_those_within(index: TextIndex, text: str, within: range) -> None:
    members = ConceptSet.of(within)
    found = index.concepts(text)
    assert found is not None
    hits, ranked = index.hits(text, members), list(index.ranked(text, members))
    assert hits.total == len(found & members) == len(ranked)
    assert hits.page(0, SIZE) == ranked
    assert hits.page(7, 13) == ranked[7:20]


def test_what_words_begin_with_is_kept_and_stays_right(index: TextIndex) -> None:
    everything = ConceptSet.range(0, SIZE)
    first = index.hits("number42 comm", everything)
    assert [index.hits("number42 comm", everything).total for _ in range(3)] == [first.total] * 3
    assert index.hits("comm", everything).total == SIZE

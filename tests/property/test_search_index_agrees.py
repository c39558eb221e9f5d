"""The index of names gives what the plain rule of termserver.search gives."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from termserver.conceptset import ConceptSet
from termserver.index.text import CODE, DISPLAY, OTHER, TextBuilder, TextIndex
from termserver.model import CodeSystem
from termserver.records import CodeSystemRecord, ConceptRecord, DesignationRecord, Record
from termserver.search import matches
from tests.small_packs import only_provider, opened

# few letters, so that words meet; some that fold, some outside the first plane
ALPHABET = "abA1éßµ糖𝒂 -/."
names = st.text(ALPHABET, max_size=14)
queries = st.text(ALPHABET, max_size=8) | st.lists(
    st.sampled_from(["a", "ab", "ba", "b", "aab", "abab", "1", "ss", "糖"]), max_size=3
).map(" ".join)


@given(st.lists(st.lists(names, min_size=1, max_size=4), max_size=8), st.lists(queries, max_size=5))
def test_the_index_finds_what_the_rule_finds(concepts: list[list[str]], asked: list[str]) -> None:
    with TemporaryDirectory() as folder:
        builder = TextBuilder()
        for ordinal, (code, *rest) in enumerate(concepts):
            builder.add(ordinal, code, tier=CODE, inactive=False)
            for at, name in enumerate(rest):
                builder.add(ordinal, name, tier=OTHER if at else DISPLAY, inactive=ordinal % 2 == 0)
        builder.write(Path(folder))
        index = TextIndex(Path(folder))
        for text in asked:
            wanted = [at for at, (code, *rest) in enumerate(concepts) if matches(text, code, rest)]
            found = index.concepts(text)
            assert (list(range(len(concepts))) if found is None else list(found)) == wanted


@given(
    st.lists(st.lists(names, min_size=1, max_size=4), min_size=1, max_size=8),
    st.lists(queries.filter(str.strip), max_size=4),
    st.sets(st.integers(0, 9)) | st.just(set(range(8))),
    st.integers(0, 4),
    st.integers(0, 9),
)
def test_hits_are_what_is_found_and_ranked(
    concepts: list[list[str]], asked: list[str], within: set[int], offset: int, count: int
) -> None:
    with TemporaryDirectory() as folder:
        builder = TextBuilder()
        for ordinal, (code, *rest) in enumerate(concepts):
            builder.add(ordinal, code, tier=CODE, inactive=False)
            for name in rest:
                builder.add(ordinal, name, tier=OTHER, inactive=ordinal % 2 == 0)
        builder.write(Path(folder))
        index = TextIndex(Path(folder))
        for text in asked:
            found, members = index.concepts(text), ConceptSet.of(within)
            assert found is not None
            hits = index.hits(text, members)
            assert hits.total == len(found & members)
            ranked = list(index.ranked(text, members))
            assert hits.page(offset, count) == ranked[offset : offset + count]


@settings(max_examples=30)
@given(
    st.lists(st.tuples(names, st.lists(names.filter(bool), max_size=3)), max_size=6),
    st.lists(queries, max_size=4),
)
def test_a_stored_provider_searches_by_the_rule(
    concepts: list[tuple[str, list[str]]], asked: list[str]
) -> None:
    records: list[Record] = [CodeSystemRecord(system=CodeSystem(url="http://x"))]
    records.extend(
        ConceptRecord(code=f"{at}-{display[:1]}", display=display)
        for at, (display, _) in enumerate(concepts)
    )
    records.extend(
        DesignationRecord(code=f"{at}-{display[:1]}", value=value)
        for at, (display, values) in enumerate(concepts)
        for value in values
    )
    with TemporaryDirectory() as home:
        pack = opened(Path(home), records)
        provider = only_provider(pack)
        for text in asked:
            wanted = [
                at
                for at, (display, values) in enumerate(concepts)
                if matches(text, f"{at}-{display[:1]}", [display, *values])
            ]
            found = provider.search(text)
            assert list(found) == wanted
            ranked = list(provider.search_ranked(text, provider.all()))
            assert sorted(ranked) == wanted
        pack.close()

"""Records -> pack: what is refused, what is left behind, what comes out the same."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from termserver.errors import InvalidSource, StoreError
from termserver.model import CodeSystem
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationRecord,
    PropertyRecord,
    Record,
)
from termserver.store.build import build_pack, check_space
from termserver.store.manifest import read_manifest, verify
from tests.small_packs import build, codes_of, header, only_provider, opened, tree


def test_concepts_are_numbered_in_pre_order_with_siblings_in_source_order(tmp_path: Path) -> None:
    records = tree("leaf2 root leaf1 mid other", "leaf2<mid leaf1<mid mid<root other<root")
    provider = only_provider(opened(tmp_path, records))
    assert codes_of(provider, range(5)) == ["root", "mid", "leaf2", "leaf1", "other"]


def test_the_first_edge_decides_where_a_concept_stands(tmp_path: Path) -> None:
    provider = only_provider(opened(tmp_path, tree("r a b x", "a<r b<r x<b x<a")))
    assert codes_of(provider, range(4)) == ["r", "a", "b", "x"]
    assert codes_of(provider, provider.hierarchy.parents(provider.find("x"))) == ["b", "a"]  # type: ignore[arg-type]


def test_code_systems_of_one_pack_stand_one_after_the_other(tmp_path: Path) -> None:
    pack = opened(tmp_path, [*tree("a b", url="http://one"), *tree("a", url="http://two")])
    one, two = (pack.provider(system) for system in pack.systems())
    assert (one.find("a"), one.find("b"), two.find("a"), two.find("b")) == (0, 1, 2, None)


def test_a_cycle_is_named_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="cycle") as caught:
        build(tmp_path, tree("r a b c", "a<r a<c b<a c<b"))
    assert all(f"'{code}'" in caught.value.text for code in "abc")
    assert list((tmp_path / "packs").iterdir()) == []


def test_a_concept_below_itself_is_a_cycle(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="'a' is below 'a'"):
        build(tmp_path, tree("a", "a<a"))


def test_an_edge_to_a_code_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="names the code 'ghost'"):
        build(tmp_path, tree("a", "a<ghost"))


def test_a_code_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="'a' occurs twice"):
        build(tmp_path, tree("a b a"))


def test_a_code_system_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match=r"animals\|1' occurs twice"):
        build(tmp_path, [*tree("a"), *tree("b")])


@pytest.mark.parametrize(
    "record",
    [
        DesignationRecord(code="ghost", value="x"),
        PropertyRecord(code="ghost", property="p", type="string", value="x"),
        PropertyRecord(code="a", property="p", type="code", value="ghost", target="ghost"),
    ],
)
def test_a_detail_of_a_code_that_is_not_there_is_refused(tmp_path: Path, record: Record) -> None:
    with pytest.raises(InvalidSource, match="names the code 'ghost'"):
        build(tmp_path, [*tree("a"), record])


def test_a_concept_after_designations_is_refused(tmp_path: Path) -> None:
    records = [*tree("a"), DesignationRecord(code="a", value="x")]
    with pytest.raises(InvalidSource, match="'b' comes before its code system, or after"):
        build(tmp_path, [*records, ConceptRecord(code="b", display=None)])


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    records = [
        *tree("r a b", "a<r b<r"),
        DesignationRecord(code="b", value="Bee", preferred_in=frozenset({3, 1, 2})),
        DesignationRecord(code="a", value="Ay"),
        PropertyRecord(code="a", property="p", type="integer", value=1),
    ]
    first, second = (build(tmp_path / home, records) for home in ("one", "two"))
    assert first.folder == second.folder
    assert read_manifest(first.path) == read_manifest(second.path)
    assert (first.path / "pack.sqlite").read_bytes() == (second.path / "pack.sqlite").read_bytes()


def test_loading_the_same_again_gives_the_folder_that_is_there(tmp_path: Path) -> None:
    assert build(tmp_path, tree("a")).path == build(tmp_path, tree("a")).path


def test_other_content_of_the_same_sources_goes_beside(tmp_path: Path) -> None:
    first, second = build(tmp_path, tree("a")), build(tmp_path, tree("a b"))
    assert second.folder == f"{first.folder}.2"


def test_the_folder_name_carries_name_version_and_digest(tmp_path: Path) -> None:
    head = header("SNOMED CT", "http://snomed.info/sct/900000000000207008/version/20250101")
    folder = build(tmp_path, tree("a"), head).folder
    digest = hashlib.sha256(b"a" * 64).hexdigest()[:8]
    assert folder == (
        f"SNOMED-CT@http-snomed.info-sct-900000000000207008-version-20250101-{digest}"
    )


def test_an_interrupted_stream_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Record]:
        yield from tree("a")
        raise InvalidSource("line 7 is torn", file="x.csv", line=7)

    with pytest.raises(InvalidSource, match="line 7"):
        build_pack(tmp_path, header(), broken())
    assert list((tmp_path / "packs").iterdir()) == []


def test_a_load_without_room_is_refused_before_it_starts(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="MB are free"):
        check_space(tmp_path / "not" / "yet", 10**18)


def test_counts_are_by_kind(tmp_path: Path) -> None:
    records = [*tree("r a", "a<r a<r"), DesignationRecord(code="a", value="x")]
    assert dict(build(tmp_path, records).counts) == {
        "code systems": 1,
        "concepts": 2,
        "hierarchy edges": 1,
        "designations": 1,
    }


def test_an_empty_code_system_is_kept(tmp_path: Path) -> None:
    system = CodeSystem(url="http://x", content="not-present")
    provider = only_provider(opened(tmp_path, [CodeSystemRecord(system=system)]))
    assert (provider.system, len(provider.all()), provider.find("a")) == (system, 0, None)


def test_verify_names_a_file_that_was_changed(tmp_path: Path) -> None:
    pack = build(tmp_path, tree("a"))
    assert verify(pack.path).digest == pack.digest
    codes = pack.path / "index" / "codes.txt"
    codes.write_bytes(b"b")
    with pytest.raises(StoreError, match=r"'index/codes\.txt'.* is not what was loaded"):
        verify(pack.path)


def test_verify_names_a_file_that_does_not_belong_there(tmp_path: Path) -> None:
    pack = build(tmp_path, tree("a"))
    (pack.path / "extra").write_text("x")
    with pytest.raises(StoreError, match="'extra'"):
        verify(pack.path)

"""A load from source to catalogue, on a real store."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from pathlib import Path

import pytest

from loaders import run
from loaders.base import LoadOptions
from loaders.counting import check_counts
from loaders.run import load
from termserver.errors import InvalidRequest, InvalidSource, StoreError
from termserver.store.catalogue import Catalogue, load_lock
from termserver.store.installed import InstalledPack
from termserver.store.manifest import verify
from termserver.store.pack import Pack
from tests.fhir_packages import code_system, manifest, package, value_set


def installed(home: Path) -> list[InstalledPack]:
    with closing(Catalogue.open(home)) as catalogue:
        return list(catalogue.packs())


def titles(home: Path) -> list[str]:
    found = []
    for one in installed(home):
        with closing(Pack.open(one.path)) as pack:
            found += [str(document["title"]) for document in pack.documents("ValueSet")]
    return found


def test_a_load_reports_what_it_stored(tmp_path: Path) -> None:
    source = package(tmp_path / "p.tgz", code_system(), value_set())
    (report,) = load(tmp_path / "home", [source])
    assert (report.status, report.name, report.version) == ("loaded", "example.package", "1.0.0")
    assert report.licence == "CC0-1.0"
    assert report.sources == (source,)
    assert report.source_counts == {"code systems": 1, "concepts": 1, "ValueSet": 1}
    assert {kind: report.counts[kind] for kind in report.source_counts} == report.source_counts
    assert [one.folder for one in installed(tmp_path / "home")] == [report.pack]


def test_several_sources_make_several_packs_in_order(tmp_path: Path) -> None:
    first = package(tmp_path / "a.tgz", value_set(name="a"), head=manifest("a"))
    second = package(tmp_path / "b.tgz", value_set(name="b"), head=manifest("b"))
    reports = load(tmp_path / "home", [first, second])
    assert [one.name for one in reports] == ["a", "b"]
    assert [one.name for one in installed(tmp_path / "home")] == ["b", "a"]


def test_several_sources_together_make_one_pack(tmp_path: Path) -> None:
    first = package(tmp_path / "a.tgz", value_set(name="a"))
    second = package(tmp_path / "b.tgz", value_set(name="b"))
    (report,) = load(tmp_path / "home", [first, second], together=True)
    assert report.counts["ValueSet"] == 2
    assert [one.name for one in installed(tmp_path / "home")[0].sources] == ["a.tgz", "b.tgz"]


def test_sources_of_two_formats_make_no_pack_together(tmp_path: Path) -> None:
    first = package(tmp_path / "a.tgz", value_set())
    second = tmp_path / "vs.json"
    second.write_text(json.dumps(value_set()))
    with pytest.raises(InvalidSource, match=r"of one format: .*fhir-package, .*fhir-resource"):
        load(tmp_path / "home", [first, str(second)], together=True)


def test_the_same_source_again_changes_nothing_and_says_so(tmp_path: Path) -> None:
    source = package(tmp_path / "p.tgz", value_set())
    load(tmp_path / "home", [source])
    before = installed(tmp_path / "home")
    renamed = str(Path(source).rename(tmp_path / "renamed.tgz"))
    (report,) = load(tmp_path / "home", [renamed])
    assert report.status == "already loaded"
    assert report.reason == (
        f"The same source is installed as '{before[0].folder}': nothing was changed"
    )
    assert installed(tmp_path / "home") == before


def test_the_same_source_under_another_name_is_another_pack(tmp_path: Path) -> None:
    source = package(tmp_path / "p.tgz", value_set())
    load(tmp_path / "home", [source])
    (report,) = load(tmp_path / "home", [source], options=LoadOptions(name="other"))
    assert (report.status, report.name) == ("loaded", "other")
    (again,) = load(tmp_path / "home", [source], options=LoadOptions(name="other"))
    assert again.status == "already loaded"


def test_other_content_of_one_name_is_a_second_pack_and_each_resource_is_named(
    tmp_path: Path,
) -> None:
    first = package(tmp_path / "a.tgz", value_set(), code_system(), value_set(name="same"))
    second = package(
        tmp_path / "b.tgz",
        value_set("Other"),
        code_system("Beta"),
        {**value_set(name="same"), "meta": {"versionId": "2"}},
    )
    (one,) = load(tmp_path / "home", [first])
    (two,) = load(tmp_path / "home", [second])
    assert len(installed(tmp_path / "home")) == 2
    assert one.pack != two.pack
    assert two.warnings == (
        f"Pack '{one.pack}' has 2 of the same resources with other content, the pack of higher "
        "rank answers (`packs prefer` changes it): CodeSystem http://example.org/codes|1, "
        "ValueSet http://example.org/values|1",
    )


def test_replace_swaps_the_pack_of_that_name_and_version(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, [package(tmp_path / "a.tgz", value_set("Old"))])
    source = package(tmp_path / "b.tgz", value_set("New"))
    (report,) = load(home, [source], replace=True)
    assert report.status == "replaced"
    assert report.warnings == ()
    assert titles(home) == ["New"]


def test_replace_of_what_is_not_there_is_a_plain_load(tmp_path: Path) -> None:
    (report,) = load(tmp_path / "h", [package(tmp_path / "a.tgz", value_set())], replace=True)
    assert report.status == "loaded"


def test_replace_in_a_package_of_parts_swaps_the_part_of_the_same_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    parts = [package(tmp_path / f"{one}.tgz", value_set(one, one)) for one in ("a", "b")]
    load(home, parts)
    package(tmp_path / "a.tgz", value_set("newer", "a"))
    (report,) = load(home, [parts[0]], replace=True)
    assert report.status == "replaced"
    assert sorted(titles(home)) == ["b", "newer"]


def test_replace_is_refused_where_it_is_not_clear_what_goes_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, [package(tmp_path / f"{one}.tgz", value_set(one, one)) for one in ("a", "b")])
    with pytest.raises(InvalidRequest, match=r"does not say which pack of 'example.package@1"):
        load(home, [package(tmp_path / "c.tgz", value_set("c", "c"))], replace=True)
    assert sorted(titles(home)) == ["a", "b"]


def test_a_dry_run_reads_all_and_writes_nothing(tmp_path: Path) -> None:
    source = package(tmp_path / "p.tgz", code_system(), value_set())
    (report,) = load(tmp_path / "home", [source], dry_run=True)
    assert (report.status, report.pack) == ("would load", "example.package@1.0.0")
    assert report.counts == {"code systems": 1, "concepts": 1, "ValueSet": 1}
    assert not (tmp_path / "home").exists()


def test_a_bad_source_leaves_the_home_as_it_was(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, [package(tmp_path / "good.tgz", value_set())])
    before = sorted(one.relative_to(home) for one in home.rglob("*"))
    bad = package(tmp_path / "bad.tgz", {**code_system(), "content": "some"}, head=manifest("bad"))
    with pytest.raises(InvalidSource, match="has content 'some'"):
        load(home, [bad])
    assert sorted(one.relative_to(home) for one in home.rglob("*")) == before


def test_sources_before_a_bad_one_stay_loaded(tmp_path: Path) -> None:
    good = package(tmp_path / "good.tgz", value_set())
    with pytest.raises(InvalidSource, match="There is no file or folder"):
        load(tmp_path / "home", [good, str(tmp_path / "absent.tgz")])
    assert len(installed(tmp_path / "home")) == 1


def test_no_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="Name at least one source"):
        load(tmp_path / "home", [])


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="Unknown format 'x'"):
        load(tmp_path / "home", [package(tmp_path / "p.tgz", value_set())], format="x")


def test_what_a_killed_load_unpacked_is_swept_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "home" / ".unpacked-left"
    left.mkdir(parents=True)
    load(tmp_path / "home", [package(tmp_path / "p.tgz", value_set())])
    assert sorted(one.name for one in (tmp_path / "home").glob(".*")) == []


def test_a_home_without_room_is_refused_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one stand-in of this file: a disk that is full cannot be had for a test.
    monkeypatch.setattr(run, "content_bytes", lambda _: 1 << 62)
    with pytest.raises(StoreError, match="make room or choose another --home"):
        load(tmp_path / "home", [package(tmp_path / "p.tgz", value_set())])
    assert installed(tmp_path / "home") == []


def test_a_second_load_waits_and_says_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    source = package(tmp_path / "p.tgz", value_set())
    said: list[str] = []
    heard = threading.Event()

    def listen(what: str, _done: int, _total: int | None) -> None:
        said.append(what)
        heard.set()

    with load_lock(home, said.append):
        second = threading.Thread(target=load, args=(home, [source]), kwargs={"progress": listen})
        second.start()
        assert heard.wait(timeout=30)
        assert said == [f"Another load is at work in '{home}'; waiting until it has ended"]
        assert not (home / "packs").exists()
    second.join(timeout=30)
    assert titles(home) == ["Values"]


def test_counts_that_differ_from_the_sources_are_refused() -> None:
    check_counts({"concepts": 2, "edges": 1, "rows": 9}, {"concepts": 2, "hierarchy edges": 1})
    with pytest.raises(InvalidSource) as caught:
        check_counts({"concepts": 2, "ValueSet": 1}, {"concepts": 1})
    assert caught.value.text == (
        "The counts of the source do not match what was read: concepts: 2 stated, 1 read; "
        "ValueSet: 1 stated, 0 read"
    )


def test_loading_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    source = package(tmp_path / "p.tgz", code_system(), value_set())
    files = []
    for home in (tmp_path / "one", tmp_path / "two"):
        load(home, [source])
        packs = home / "packs"
        files.append(
            {
                one.relative_to(packs): one.read_bytes()
                for one in packs.rglob("*.*")
                if one.is_file()
            }
        )
    assert files[0] == files[1]


def test_real_packages_are_stored_whole(shared: Path, tmp_path: Path) -> None:
    names = (
        "mcode/hl7.fhir.us.mcode-4.0.0.tgz",
        "mcode/hl7.fhir.us.mcode-3.0.0.tgz",
        "fhir/hl7.fhir.us.core-6.1.0-terminology.tgz",
    )
    reports = load(tmp_path / "home", [str(shared / "data" / name) for name in names])
    kinds = ("code systems", "concepts", "ValueSet", "ConceptMap")
    assert [tuple(one.counts.get(kind, 0) for kind in kinds) for one in reports] == [
        (1, 0, 103, 1),
        (1, 4, 82, 1),
        (5, 9, 36, 0),
    ]
    assert [one.warnings for one in reports] == [(), (), ()]


@pytest.mark.parametrize("damaged", ["manifest.json", "pack.sqlite", "index/codes.txt"])
def test_a_damaged_pack_is_made_whole_by_loading_its_source_with_replace(
    tmp_path: Path, damaged: str
) -> None:
    home = tmp_path / "home"
    source = package(tmp_path / "p.tgz", code_system(), value_set())
    (first,) = load(home, [source])
    file = home / "packs" / first.pack / damaged
    content = file.read_bytes()
    file.write_bytes(bytes([content[0] ^ 255]) + content[1:])
    load(home, [source], replace=True)
    (pack,) = installed(home)
    verify(pack.path)
    with closing(Catalogue.open(home)) as catalogue:
        assert catalogue.broken() == ()

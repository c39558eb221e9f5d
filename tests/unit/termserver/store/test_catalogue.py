"""The catalogue: install, replace, remove, prefer; what other processes see; what cannot be
written.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from termserver.errors import InvalidRequest, InvalidSource, StoreError, UnknownResource
from termserver.records import Record
from termserver.store.build import add_pack
from termserver.store.building import begin_building
from termserver.store.catalogue import Catalogue, load_lock
from termserver.store.locks import try_lock
from termserver.store.pack import Pack
from tests.small_packs import build, header, tree


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path)
    yield opened
    opened.close()


def install(catalogue: Catalogue, name: str, version: str = "1", source: str = "a") -> str:
    pack = build(catalogue.home, tree("a"), header(name, version, source))
    return catalogue.install(pack).folder


def names(catalogue: Catalogue) -> list[str]:
    return [one.name for one in catalogue.packs()]


def test_the_pack_installed_last_ranks_highest(catalogue: Catalogue) -> None:
    install(catalogue, "first")
    install(catalogue, "second")
    assert names(catalogue) == ["second", "first"]


def test_a_preferred_pack_ranks_before_all_others(catalogue: Catalogue) -> None:
    install(catalogue, "first")
    install(catalogue, "second")
    assert catalogue.prefer("first").preferred
    install(catalogue, "third")
    assert names(catalogue) == ["first", "third", "second"]


def test_installing_the_same_pack_again_changes_nothing(catalogue: Catalogue) -> None:
    install(catalogue, "first")
    install(catalogue, "second")
    catalogue.changed()
    install(catalogue, "first")
    assert (names(catalogue), catalogue.changed()) == (["second", "first"], False)


def test_other_content_of_one_name_and_version_stands_beside(catalogue: Catalogue) -> None:
    folders = [install(catalogue, "mcode", "4", source) for source in "ab"]
    assert [one.folder for one in catalogue.packs()] == folders[::-1]


def test_replacing_takes_the_place_of_the_old_one_and_deletes_it(catalogue: Catalogue) -> None:
    old = install(catalogue, "first", source="a")
    install(catalogue, "second")
    pack = build(catalogue.home, tree("a b"), header("first", "1", "b"))
    catalogue.install(pack, replace=True)
    assert [one.folder for one in catalogue.packs()][1:] == [pack.folder]
    assert not (catalogue.packs_folder / old).exists()


def test_one_of_several_packs_of_a_name_can_be_replaced(catalogue: Catalogue) -> None:
    first, second = (install(catalogue, "mcode", "4", source) for source in "ab")
    pack = build(catalogue.home, tree("a b"), header("mcode", "4", "c"))
    catalogue.install(pack, instead_of=first)
    assert [one.folder for one in catalogue.packs()] == [second, pack.folder]


def test_a_removed_pack_is_gone(catalogue: Catalogue) -> None:
    folder = install(catalogue, "first")
    assert catalogue.remove("first@1") == folder
    assert (catalogue.packs(), list(catalogue.packs_folder.iterdir())) == ((), [])


def test_a_pack_in_use_is_deleted_when_nobody_has_it_open(catalogue: Catalogue) -> None:
    folder = install(catalogue, "first")
    pack = Pack.open(catalogue.packs_folder / folder)
    catalogue.remove("first")
    assert catalogue.packs() == ()
    assert pack.provider(pack.systems()[0]).find("a") == 0
    pack.close()
    Catalogue.open(catalogue.home).close()
    assert not (catalogue.packs_folder / folder).exists()


def test_a_pack_can_be_installed_again_before_its_folder_is_deleted(catalogue: Catalogue) -> None:
    folder = install(catalogue, "first")
    pack = Pack.open(catalogue.packs_folder / folder)
    catalogue.remove("first")
    install(catalogue, "first")
    pack.close()
    catalogue.delete_removed()
    assert [one.folder for one in catalogue.packs()] == [folder]


def test_an_unknown_pack_is_named_with_those_that_are_there(catalogue: Catalogue) -> None:
    folder = install(catalogue, "first")
    with pytest.raises(UnknownResource, match=f"no pack 'other'; installed: {folder}"):
        catalogue.remove("other")


def test_a_name_that_means_several_packs_is_refused(catalogue: Catalogue) -> None:
    folders = [install(catalogue, "first", version) for version in "12"]
    with pytest.raises(InvalidRequest, match="means several packs"):
        catalogue.prefer("first")
    assert catalogue.prefer(folders[0]).version == "1"


def test_another_process_sees_a_change(catalogue: Catalogue) -> None:
    other = Catalogue.open(catalogue.home)
    assert not other.changed()
    install(catalogue, "first")
    assert (other.changed(), other.changed(), names(other)) == (True, False, ["first"])
    assert (catalogue.changed(), catalogue.changed()) == (True, False)
    other.close()


def test_a_damaged_pack_is_not_served_and_says_so(catalogue: Catalogue) -> None:
    folder = install(catalogue, "first")
    install(catalogue, "second")
    (catalogue.packs_folder / folder / "pack.sqlite").write_bytes(b"")
    (broken,) = catalogue.broken()
    assert names(catalogue) == ["second"]
    assert broken.folder == folder
    assert "'pack.sqlite'" in broken.reason


def test_loading_a_damaged_pack_again_takes_its_place(catalogue: Catalogue) -> None:
    first = install(catalogue, "first")
    install(catalogue, "second")
    (catalogue.packs_folder / first / "index" / "codes.txt").write_bytes(b"z")
    again = install(catalogue, "first")
    assert (again, names(catalogue)) == (f"{first}.2", ["second", "first"])
    assert catalogue.broken() == ()


def test_a_pack_is_carried_to_another_home(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = install(catalogue, "first")
    other = Catalogue.open(tmp_path / "other")
    added = add_pack(other.home, catalogue.packs_folder / folder)
    assert other.install(added).folder == folder
    assert names(other) == ["first"]
    other.close()


def test_a_damaged_pack_is_not_carried_along(catalogue: Catalogue, tmp_path: Path) -> None:
    path = catalogue.packs_folder / install(catalogue, "first")
    (path / "index" / "codes.txt").write_bytes(b"z")
    with pytest.raises(StoreError, match="is not what was loaded"):
        add_pack(tmp_path / "other", path)


def test_without_write_access_the_catalogue_is_read_and_changes_are_refused(
    catalogue: Catalogue,
) -> None:
    install(catalogue, "first")
    catalogue.close()
    other = Catalogue.open(catalogue.home, read_only=True)
    assert names(other) == ["first"]
    with pytest.raises(StoreError, match="cannot be written"):
        other.remove("first")
    other.close()


def test_without_write_access_an_empty_home_is_an_empty_catalogue(tmp_path: Path) -> None:
    home = tmp_path / "none"
    other = Catalogue.open(home, read_only=True)
    assert (other.packs(), home.exists()) == ((), False)
    other.close()


def test_a_catalogue_of_a_newer_termserver_is_refused(catalogue: Catalogue) -> None:
    catalogue.close()
    connection = sqlite3.connect(catalogue.home / "catalogue.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match=r"format 99.*use the newer termserver"):
        Catalogue.open(catalogue.home)


def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path) -> None:
    (tmp_path / "catalogue.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="no database of termserver"):
        Catalogue.open(tmp_path)


def test_a_backup_is_a_catalogue(catalogue: Catalogue, tmp_path: Path) -> None:
    install(catalogue, "first")
    catalogue.backup(tmp_path / "copy.sqlite")
    connection = sqlite3.connect(tmp_path / "copy.sqlite")
    assert connection.execute("SELECT name FROM pack").fetchall() == [("first",)]
    connection.close()


def test_building_folders_of_dead_loads_are_swept_and_those_of_live_ones_stay(
    tmp_path: Path,
) -> None:
    dead = tmp_path / "packs" / ".building-0"
    dead.mkdir(parents=True)
    with begin_building(tmp_path / "packs") as alive:
        Catalogue.open(tmp_path).close()
        assert (dead.exists(), alive.exists()) == (False, True)
    assert list((tmp_path / "packs").iterdir()) == []


def test_a_load_that_is_killed_leaves_what_was_there(catalogue: Catalogue) -> None:
    install(catalogue, "first")
    script = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from tests.small_packs import build, header, tree\n"
        "def dying():\n"
        "    yield from tree('a')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"build(Path({str(catalogue.home)!r}), dying(), header('second'))\n"
    )
    root = Path(__file__).resolve().parents[4]
    subprocess.run([sys.executable, "-c", script], cwd=root, env=os.environ, check=False)
    assert len(list(catalogue.packs_folder.glob(".building-*"))) == 2
    again = Catalogue.open(catalogue.home)
    assert names(again) == ["first"]
    assert len(list(catalogue.packs_folder.iterdir())) == 1
    again.close()


def test_a_failed_replacement_leaves_the_old_one(catalogue: Catalogue) -> None:
    install(catalogue, "first")
    cycle: list[Record] = tree("a b", "a<b b<a")
    with pytest.raises(InvalidSource):
        build(catalogue.home, cycle, header("first", "1", "b"))
    assert names(catalogue) == ["first"]


def test_a_second_load_says_that_it_waits(tmp_path: Path) -> None:
    said: list[str] = []
    first = try_lock(tmp_path / "load.lock")
    assert first is not None

    def waiting(sentence: str) -> None:
        said.append(sentence)
        first.release()

    with load_lock(tmp_path, waiting):
        assert said == [f"Another load is at work in '{tmp_path}'; waiting until it has ended"]
    with load_lock(tmp_path, waiting):
        assert len(said) == 1

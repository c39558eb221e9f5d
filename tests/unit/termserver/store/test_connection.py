"""Connections: one for each thread, none left over from threads that have ended."""

import threading
from pathlib import Path

import pytest

from termserver.errors import StoreError
from termserver.store.connection import Connections, open_immutable
from tests.small_packs import build, only_provider, opened, tree


def in_thread(connections: Connections, found: list[object]) -> None:
    thread = threading.Thread(target=lambda: found.append(connections.get()))
    thread.start()
    thread.join()


def test_each_thread_has_its_own_connection(tmp_path: Path) -> None:
    connections = Connections(build(tmp_path, tree("a")).path / "pack.sqlite")
    found: list[object] = [connections.get()]
    in_thread(connections, found)
    assert connections.get() is found[0]
    assert found[1] is not found[0]
    connections.close()


def test_connections_of_ended_threads_are_closed(tmp_path: Path) -> None:
    connections = Connections(build(tmp_path, tree("a")).path / "pack.sqlite")
    found: list[object] = []
    for _ in range(5):
        in_thread(connections, found)
    connections.get()
    assert len(connections._opened) == 1
    connections.close()


def test_after_closing_a_new_connection_is_opened(tmp_path: Path) -> None:
    provider = only_provider(opened(tmp_path, tree("a")))
    provider.pack.close()
    assert provider.concept(provider.all().page(0, 1)[0]).code == "a"
    provider.pack.close()


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"none\.sqlite' cannot be opened"):
        open_immutable(tmp_path / "none.sqlite")


def test_a_home_with_odd_characters_can_be_opened(tmp_path: Path) -> None:
    pack = opened(tmp_path / "a b?c#d%20é", tree("a"))
    assert only_provider(pack).concept(only_provider(pack).all().page(0, 1)[0]).code == "a"

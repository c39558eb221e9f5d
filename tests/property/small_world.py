"""What is asked in two ways: a generated world as it is loaded, and packs of made-up records."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from loaders.run import load
from termserver.library import Home
from termserver.providers.packs import pack_content, wrappers
from termserver.providers.registry import Registry
from termserver.records import Record
from termserver.store.pack import Pack
from tests.small_packs import build, header
from tests.synth.sizes import size
from tests.synth.world import write_world


def load_world(folder: Path) -> Path:
    """Return a home below `folder` into which all of a small generated world is loaded."""
    write_world(folder / "world", size("small"))
    for one in sorted((folder / "world").iterdir()):
        if one.is_dir():
            load(folder / "home", [str(one)])
    return folder / "home"


@contextmanager
def open_world(folder: Path) -> Iterator[Home]:
    """Open a small generated world, written and loaded below `folder`."""
    opened = Home(load_world(folder))
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def open_records(folder: Path, records: Iterable[Record]) -> Iterator[Registry]:
    """Open a pack of `records`, built below `folder`, and nothing else."""
    installed = build(folder, records, header())
    pack = Pack.open(installed.path)
    try:
        yield Registry((pack_content(installed, pack, wrappers()),))
    finally:
        pack.close()

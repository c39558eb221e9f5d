"""A small made-up release of SNOMED CT, loaded once for the timings of parts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.run import load
from termserver.library import Home
from tests.bench.world import World
from tests.synth.sizes import size
from tests.synth.world import SNOMED_FOLDER, write_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("world")
    write_world(folder / "world", size("small"))
    home = folder / "home"
    load(home, [str(folder / "world" / SNOMED_FOLDER)])
    opened = Home(home)
    yield World(terminology=opened.terminology("4.0"))
    opened.close()

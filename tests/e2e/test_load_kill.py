"""A load that is killed at any moment leaves the home as it was, and can be done again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from loaders.run import load
from termserver.store.catalogue import Catalogue
from termserver.store.manifest import verify
from termserver.store.pack import Pack
from tests.fhir_packages import code_system, manifest, package, value_set

ROOT = Path(__file__).resolve().parents[2]

# Loads in a process of its own, tells every step and stops at the step named, to be killed there.
CHILD = """
import sys
from pathlib import Path
from loaders.run import load
from termserver.store.catalogue import Catalogue

home, source, moment = sys.argv[1:]

def step(what, done=0, total=None):
    print(what, flush=True)
    if what.startswith(moment):
        print("stopped", flush=True)
        sys.stdin.read()

install = Catalogue.install

def entered(self, pack, **options):
    step("built and not entered")
    found = install(self, pack, **options)
    step("entered")
    return found

Catalogue.install = entered
load(Path(home), [source], replace=True, progress=step)
"""

BEFORE_ENTRY = [
    "resources looked at",
    "resources",
    "number ",
    "sort names and properties",
    "index tables",
    "index codes and hierarchy",
    "index names",
    "publish",
    "built and not entered",
]


@contextmanager
def stopped_load(home: Path, source: str, moment: str) -> Iterator[subprocess.Popen[str]]:
    """Give a load that stands still at `moment`; it is killed at the end."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(home), source, moment],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        said = []
        for line in child.stdout:
            said.append(line.strip())
            if said[-1] == "stopped":
                break
        assert said[-1:] == ["stopped"], f"never came to '{moment}': {said}"
        yield child
    finally:
        child.kill()
        child.communicate()


def state(home: Path) -> list[Any]:
    """Return what a server would have: packs with their content, whole and verified."""
    found: list[Any] = []
    with closing(Catalogue.open(home)) as catalogue:
        assert catalogue.broken() == ()
        for one in catalogue.packs():
            verify(one.path)
            with closing(Pack.open(one.path)) as pack:
                found.append((one, pack.systems(), list(pack.documents("ValueSet"))))
    return found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with one pack, which the load is to replace."""
    load(tmp_path / "home", [package(tmp_path / "old.tgz", code_system("Old"), value_set("Old"))])
    return tmp_path / "home"


@pytest.mark.parametrize("moment", BEFORE_ENTRY)
def test_a_load_killed_before_its_entry_leaves_the_home_as_it_was(
    home: Path, tmp_path: Path, moment: str
) -> None:
    source = package(tmp_path / "new.tgz", code_system("New"), value_set("New"))
    before = state(home)
    with stopped_load(home, source, moment) as child:
        child.kill()
        child.wait()
        assert state(home) == before
    assert not list((home / "packs").glob(".building-*[0-9]"))
    (report,) = load(home, [source], replace=True)
    assert report.status == "replaced"
    assert [documents[0]["title"] for _, _, documents in state(home)] == ["New"]
    assert not list(home.glob(".unpacked-*"))


def test_a_load_killed_after_its_entry_has_replaced_the_pack(home: Path, tmp_path: Path) -> None:
    source = package(tmp_path / "new.tgz", code_system("New"), value_set("New"))
    with stopped_load(home, source, "entered") as child:
        child.kill()
        child.wait()
        assert [documents[0]["title"] for _, _, documents in state(home)] == ["New"]


def test_while_a_load_runs_the_old_pack_is_served(home: Path, tmp_path: Path) -> None:
    source = package(tmp_path / "other.tgz", value_set("Other"), head=manifest("other.package"))
    before = state(home)
    with stopped_load(home, source, "publish"):
        assert state(home) == before

"""The import direction, read from the sources: who may know whom, and who may know a library.

`api -> valuesets -> termserver`, `loaders -> termserver`, `exporters -> valuesets, termserver`;
nothing imports upward. The composition roots are named here and put the parts together, so they
may import all.
"""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Folder -> the other folders that it may import.
EDGES = {
    "termserver": frozenset[str](),
    "valuesets": frozenset({"termserver"}),
    "loaders": frozenset({"termserver"}),
    "exporters": frozenset({"termserver", "valuesets"}),
    "api": frozenset({"termserver", "valuesets"}),
}

COMPOSITION_ROOTS = ("api/app.py", "api/cli*.py", "api/__main__.py", "termserver/library.py")

# Library -> the only modules that may import it.
CONFINED = {
    "sqlite3": ("termserver/store/*",),
    "sqlite_utils": ("termserver/store/*",),
    "starlette": ("api/*",),
    "fastapi": ("api/*",),
    "uvicorn": ("api/*",),
    "pyroaring": ("termserver/conceptset.py", "termserver/index/*"),
}


class Import(NamedTuple):
    """One imported module with the line of its import; relative ones are made absolute."""

    line: int
    module: str


def imports_of(source: str, package: tuple[str, ...]) -> Iterator[Import]:
    """Yield every import of a module in `package`, also inside functions and by name in a call."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (Import(node.lineno, name.name) for name in names)
            case ast.ImportFrom(module=module, level=level, names=names):
                above = package[: len(package) - level + 1] if level else ()
                base = ".".join((*above, *([module] if module else [])))
                if base:
                    yield Import(node.lineno, base)
                else:
                    yield from (Import(node.lineno, name.name) for name in names)
            case ast.Call(
                func=ast.Attribute(attr="import_module")
                | ast.Name(id="import_module" | "__import__"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield Import(node.lineno, name)


def violations(path: str, source: str) -> list[str]:
    """Return a sentence for each import that the module at `path` may not make; empty when none."""
    parts = Path(path).parts
    folder, allowed = parts[0], EDGES[parts[0]]
    is_root = any(fnmatch(path, pattern) for pattern in COMPOSITION_ROOTS)
    found = []
    for line, module in imports_of(source, parts[:-1]):
        top = module.split(".")[0]
        if top in EDGES and top != folder and top not in allowed and not is_root:
            found.append(f"{path}:{line}: {folder} may not import {module}")
        homes = CONFINED.get(top)
        if homes is not None and not any(fnmatch(path, home) for home in homes):
            found.append(f"{path}:{line}: {top} is for {' and '.join(homes)} only")
    return found


def modules() -> list[str]:
    """Return the paths of all modules of the five folders, from the root, sorted."""
    found = (file for folder in EDGES for file in (ROOT / folder).rglob("*.py"))
    return sorted(file.relative_to(ROOT).as_posix() for file in found)


def test_every_import_follows_the_direction() -> None:
    found = [
        sentence
        for path in modules()
        for sentence in violations(path, (ROOT / path).read_text(encoding="utf-8"))
    ]
    assert found == []


def test_all_five_folders_are_read() -> None:
    assert {path.split("/")[0] for path in modules()} == set(EDGES)


def test_the_edges_have_no_cycle() -> None:
    assert not [
        (lower, upper) for lower in EDGES for upper in EDGES[lower] if lower in EDGES[upper]
    ]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("termserver/terminology.py", "import valuesets.expand"),
        ("termserver/terminology.py", "from api.settings import Settings"),
        ("valuesets/expand.py", "from loaders import run"),
        ("loaders/run.py", "def late():\n    from valuesets.model import ValueSet"),
        ("exporters/skos.py", "from loaders.base import Loader"),
        ("api/handlers/valueset.py", "import exporters"),
        ("valuesets/expand.py", "from importlib import import_module\nimport_module('api.app')"),
        ("valuesets/expand.py", "import importlib\nimportlib.import_module('api.app')"),
        ("loaders/run.py", "import sqlite3"),
        ("termserver/search.py", "from sqlite3 import Row"),
        ("termserver/library.py", "import sqlite3"),
        ("valuesets/expand.py", "from starlette.requests import Request"),
        ("termserver/library.py", "import uvicorn"),
        ("valuesets/compose.py", "from pyroaring import BitMap"),
    ],
)
def test_an_import_against_the_direction_is_named(path: str, source: str) -> None:
    assert len(violations(path, source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("valuesets/expand.py", "from termserver.conceptset import ConceptSet"),
        ("valuesets/mapping/care.py", "from .. import compose\nfrom ..model import ValueSet"),
        ("exporters/skos.py", "import rdflib\nfrom valuesets import expand"),
        ("api/cli_load.py", "from loaders.run import load"),
        ("api/app.py", "import loaders, exporters"),
        ("termserver/library.py", "from valuesets import expand"),
        ("termserver/store/pack.py", "import sqlite3"),
        ("termserver/index/hierarchy.py", "from pyroaring import BitMap"),
        ("api/lane.py", "from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol"),
    ],
)
def test_an_import_along_the_direction_passes(path: str, source: str) -> None:
    assert violations(path, source) == []

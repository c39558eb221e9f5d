"""The published examples of ECL over a release that holds all they name, against the naive one."""

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from loaders.base import LoadOptions
from loaders.rf2 import LOADER
from loaders.run import quiet
from termserver.ecl.evaluate import Evaluator
from termserver.ecl.parse import parse_ecl
from termserver.providers.snomed_source import SnomedSource
from termserver.records import Record, single
from termserver.store.build import build_pack
from termserver.store.pack import Pack
from tests.property.ecl_examples_release import NOT_VALID, make, rewritten
from tests.property.ecl_naive import Naive
from tests.property.ecl_rows import read_release
from tests.property.test_ecl_agrees import by_hand, by_product, source_of

EDITION = "http://snomed.info/sct/900000000000207008/version/20250801"


def examples(shared: Path) -> dict[str, str]:
    files = sorted((shared / "data" / "ecl-examples").glob("*/*.txt"))
    return {file.stem: file.read_text(encoding="utf-8") for file in files}


def renamed(records: Iterator[Record], old: str, new: str) -> Iterator[Record]:
    """Yield the records with one concept's identifier replaced, which the loader would refuse."""
    for record in single(records):
        changes: dict[str, Any] = {
            one.name: new for one in fields(record) if getattr(record, one.name) == old
        }
        yield replace(record, **changes) if changes else record


def loaded(folder: Path, home: Path, stand_in: str) -> Pack:
    reading = LOADER.read([folder], LoadOptions(version=EDITION), quiet)
    records = renamed(iter(reading.records), stand_in, NOT_VALID)
    return Pack.open(build_pack(home, reading.header, records).path)


def test_every_example_selects_what_the_naive_evaluator_selects(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = examples(shared)
    release, stand_in = make(list(texts.values()))
    folder = release.write(tmp_path / "release")
    pack = loaded(folder, tmp_path / "home", stand_in)
    source: SnomedSource = source_of(pack)
    naive = Naive(read_release(rewritten(folder, tmp_path / "rows", stand_in)))

    empty = []
    for name, text in texts.items():
        wanted = by_hand(naive, text)
        assert isinstance(wanted, set | tuple), name
        assert by_product(source, text) == wanted, name
        if not (wanted[1] if isinstance(wanted, tuple) else wanted):
            empty.append(name)
    assert Evaluator(source=source).concepts(parse_ecl("*"))
    pack.close()

    with capsys.disabled():
        print(f"\n{len(texts)} examples agree; empty: {', '.join(empty) or 'none'}")
    assert len(texts) == 121
    assert len(texts) - len(empty) >= 100

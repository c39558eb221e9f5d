from pathlib import Path

import pytest

from loaders.base import LoadOptions, Reading
from loaders.rf2 import LOADER
from termserver.errors import InvalidSource
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationBlock,
    EdgeRecord,
    HistoryRecord,
)
from tests.rf2_release import ROOT, Rf2Release, international


def read(folder: Path, as_of: str | None = None, version: str | None = None) -> Reading:
    options = LoadOptions(as_of=as_of, version=version)
    return LOADER.read([folder], options, lambda what, done, total: None)


def with_history() -> tuple[Rf2Release, str, str]:
    """Return a Full release of two dates: a concept is retired and its is-a moved at the second."""
    release = international("20250201")
    old = release.concept("Old disease", ROOT)
    below = release.concept("Below", old, tag="disease")
    edge = next(row for row in release.rows["Relationship"] if row[4] == below)
    release.date = "20250801"
    release.dependency("900000000000207008", "900000000000012004")
    release.concept(None, id=old, active=False)
    release.relationship(below, "116680003", old, active=False, id=edge[0])
    release.relationship(below, "116680003", ROOT)
    return release, old, below


def test_full_alone_is_built_at_its_latest_time(tmp_path: Path) -> None:
    release, old, below = with_history()

    every = list(read(release.write(tmp_path, "Full")).records)

    (version,) = [one.system.version for one in every if isinstance(one, CodeSystemRecord)]
    concepts = {one.code: one for one in every if isinstance(one, ConceptRecord)}
    edges = [one for one in every if isinstance(one, EdgeRecord) and one.child == below]
    assert version == "http://snomed.info/sct/900000000000207008/version/20250801"
    assert concepts[old].inactive
    assert [one.parent for one in edges] == [ROOT]


def test_earlier_states_are_kept_as_history(tmp_path: Path) -> None:
    release, old, _ = with_history()

    every = list(read(release.write(tmp_path, "Full")).records)

    history = [one for one in every if isinstance(one, HistoryRecord)]
    assert [(one.kind, one.effective_time) for one in history] == [
        ("concept", 20250201),
        ("relationship", 20250201),
        ("refset", 20250201),
    ]
    assert history[0].component == int(old)
    assert history[0].active


def test_full_is_built_as_of_an_earlier_time(tmp_path: Path) -> None:
    release, old, below = with_history()

    every = list(read(release.write(tmp_path, "Full"), as_of="20250201").records)

    (version,) = [one.system.version for one in every if isinstance(one, CodeSystemRecord)]
    concepts = {one.code: one for one in every if isinstance(one, ConceptRecord)}
    edges = [one for one in every if isinstance(one, EdgeRecord) and one.child == below]
    assert version == "http://snomed.info/sct/900000000000207008/version/20250201"
    assert not concepts[old].inactive
    assert [one.parent for one in edges] == [old]
    assert not [one for one in every if isinstance(one, HistoryRecord)]


def test_a_time_that_the_files_do_not_have_lists_those_they_have(tmp_path: Path) -> None:
    release, _, _ = with_history()

    with pytest.raises(InvalidSource, match=r"no effective time 20250301.*20250201, 20250801"):
        read(release.write(tmp_path, "Full"), as_of="20250301")


def test_as_of_needs_full_files(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="needs Full files"):
        read(international().write(tmp_path), as_of="20250801")


def test_a_snapshot_is_preferred_to_full_where_no_date_is_asked(tmp_path: Path) -> None:
    release, _, _ = with_history()
    release.write(tmp_path, "Full")
    release.write(tmp_path)

    every = list(read(tmp_path).records)

    assert not [one for one in every if isinstance(one, HistoryRecord)]
    assert sum(len(one.rows) for one in every if isinstance(one, DesignationBlock)) == 26


def test_one_id_with_two_rows_of_one_time_is_refused(tmp_path: Path) -> None:
    release, old, _ = with_history()
    release.concept(None, id=old, active=True)

    with pytest.raises(InvalidSource, match=f"{old} has two different rows of 20250801"):
        list(read(release.write(tmp_path, "Full")).records)

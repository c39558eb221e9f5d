"""Bad rows of every publisher's format are refused with file and line, and the page says so."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from loaders.base import LoadOptions
from loaders.detect import FORMATS, detect, find_loader
from loaders.run import load
from termserver.errors import InvalidSource
from tests.unit.loaders.bad_releases import BAD, FAULTS, RELEASES, Bad, Release

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "formats.md"
IN_ARCHIVES = "truncated archive"
# Formats whose bad rows are tested in a file of their own, and why they are not in the matrix.
ELSEWHERE = {
    "icd10gm": "crosswalks: test_icd10gm",
    "icdo3-maps": "made of editions, which are in the matrix",
    "icdo3-naaccr": "spreadsheets: test_icdo3_naaccr",
    "seer-sites": "spreadsheets: test_seer_sites",
    "fhir-package": "JSON: test_fhir_package",
    "fhir-resource": "JSON: test_fhir_package",
}


def _written(folder: Path, release: Release) -> Path:
    """Write a release; return the folder, or the only file of it."""
    source = folder / "release"
    source.mkdir()
    release.write(source)
    files = [one for one in source.rglob("*") if one.is_file()]
    return files[0] if len(files) == 1 else source


def _edit(source: Path, bad: Bad) -> Path:
    files = [source] if source.is_file() else sorted(source.rglob("*"))
    path = next(one for one in files if one.is_file() and bad.file in one.name)
    content, new = path.read_bytes(), bad.new.encode(bad.encoding)
    if bad.old is None:
        content += new
    else:
        old = bad.old.encode()
        assert old in content
        content = content.replace(old, new, 1)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", RELEASES)
def test_the_release_loads_as_it_is(tmp_path: Path, name: str) -> None:
    release = RELEASES[name]
    source = _written(tmp_path, release)

    assert detect(source).name == release.loader
    reading = find_loader(release.loader).read(
        [source], LoadOptions(**release.options), lambda *_: None
    )

    assert list(reading.records)


@pytest.mark.parametrize(
    ("name", "fault"), [(name, fault) for name, faults in BAD.items() for fault in faults]
)
def test_a_bad_row_is_refused_with_file_and_line(tmp_path: Path, name: str, fault: str) -> None:
    release, bad = RELEASES[name], BAD[name][fault]
    source = _written(tmp_path, release)
    _edit(source, bad)
    loader, options = find_loader(release.loader), LoadOptions(**release.options)

    if not bad.refused:
        warnings = loader.read([source], options, lambda *_: None).header.warnings
        assert [one for one in warnings if one.startswith(bad.text)]
        return
    with pytest.raises(InvalidSource) as caught:
        list(loader.read([source], options, lambda *_: None).records)
    assert str(caught.value).startswith(bad.text)
    if bad.has_line:
        assert f"{caught.value.file}, line {caught.value.line}: " in bad.text


@pytest.mark.parametrize("name", RELEASES)
def test_a_truncated_archive_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    source = _written(tmp_path, RELEASES[name])
    files = [source] if source.is_file() else [one for one in source.rglob("*") if one.is_file()]
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in files:
            archive.write(one, one.relative_to(tmp_path))
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(InvalidSource, match=r"^release\.zip: The archive is damaged"):
        load(tmp_path / "home", [str(path)], options=LoadOptions(**RELEASES[name].options))


def test_every_format_is_in_the_matrix_or_tested_elsewhere() -> None:
    tested = {one.loader for one in RELEASES.values()}

    assert tested | set(ELSEWHERE) == set(FORMATS)


def test_the_page_has_the_matrix() -> None:
    lines = ["| format | " + " | ".join(FAULTS) + " |", "|---|" + "---|" * len(FAULTS)]
    for name in RELEASES:
        cells = [_cell(name, fault) for fault in FAULTS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")

    assert "\n".join(lines) in PAGE.read_text(encoding="utf-8")


def _cell(name: str, fault: str) -> str:
    if fault == IN_ARCHIVES:
        return "archive"
    bad = BAD[name].get(fault)
    if bad is None:
        return "–"
    if not bad.refused:
        return "warning"
    return "file, line" if bad.has_line else "file"

"""Which loader takes a source."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from loaders.detect import FORMATS, detect, find_loader
from termserver.errors import InvalidRequest, InvalidSource


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_loader_of_that_name(name: str) -> None:
    assert find_loader(name).name == name


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidRequest) as caught:
        find_loader("clamp")
    assert caught.value.text == f"Unknown format 'clamp'; known: {', '.join(FORMATS)}"


def test_a_folder_with_a_manifest_is_a_fhir_package(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    manifest = {"name": "a.b", "version": "1.0.0", "fhirVersions": ["4.0.1"]}
    (tmp_path / "package" / "package.json").write_text(json.dumps(manifest))
    assert detect(tmp_path).name == "fhir-package"


def test_a_json_resource_is_told_from_other_json(tmp_path: Path) -> None:
    resource, other = tmp_path / "vs.json", tmp_path / "other.json"
    resource.write_text(json.dumps({"resourceType": "ValueSet", "url": "http://e.org/vs"}))
    other.write_text(json.dumps({"name": "no resource"}))
    assert detect(resource).name == "fhir-resource"
    with pytest.raises(InvalidSource):
        detect(other)


def test_a_program_with_a_package_json_is_no_fhir_package(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(json.dumps({"name": "program", "version": "1.0.0"}))
    with pytest.raises(InvalidSource):
        detect(tmp_path)


def test_a_code_table_is_csv(tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("code,display\nA,Alpha\n")
    assert detect(file).name == "csv"


def test_a_source_that_nobody_recognises_is_refused_with_the_known_formats(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Nothing in particular.\n")
    with pytest.raises(InvalidSource) as caught:
        detect(file, shown_as="my notes.txt")
    assert caught.value.text.startswith(
        "'my notes.txt' is of no known format. Known: SNOMED CT RF2"
    )
    assert all(text in caught.value.text for _, text in FORMATS.values())


def test_a_folder_of_archives_is_refused_with_their_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            archive.writestr("x", "")
    with pytest.raises(InvalidSource) as caught:
        detect(tmp_path, shown_as="downloads")
    assert caught.value.text == (
        "'downloads' is a folder of archives (a.zip, b.zip): name those to be loaded"
    )

"""FHIR packages and resources: what is kept, counted, warned of and refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from loaders.archive import open_source
from loaders.base import Loader, LoadOptions, Reading
from loaders.fhir_package import LOADER
from loaders.fhir_resource import LOADER as RESOURCES
from termserver.errors import InvalidRequest, InvalidSource
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DocumentRecord,
    EdgeRecord,
    Record,
)

MANIFEST = {"name": "example.package", "version": "1.2.0", "fhirVersions": ["4.0.1"]}
CODES = {
    "resourceType": "CodeSystem",
    "id": "codes",
    "url": "http://example.org/codes",
    "version": "1",
    "content": "complete",
    "concept": [{"code": "a", "display": "A", "concept": [{"code": "b"}]}, {"code": "c"}],
}
VALUES = {"resourceType": "ValueSet", "id": "values", "url": "http://example.org/values"}


def write_package(
    folder: Path, *resources: Mapping[str, Any], manifest: Mapping[str, Any] = MANIFEST
) -> Path:
    package = folder / "package"
    package.mkdir(parents=True)
    (package / "package.json").write_text(json.dumps(manifest))
    (package / ".index.json").write_text("{}")
    for number, resource in enumerate(resources):
        (package / f"{number}-{resource['resourceType']}.json").write_text(json.dumps(resource))
    return folder


def opened(
    source: Path, options: LoadOptions | None = None, loader: Loader = LOADER
) -> tuple[Reading, list[Record]]:
    reading = loader.read([source], options or LoadOptions(), lambda *_: None)
    return reading, list(reading.records)


def documents(records: list[Record]) -> list[Mapping[str, Any]]:
    return [one.resource for one in records if isinstance(one, DocumentRecord)]


def test_the_header_is_that_of_the_manifest(tmp_path: Path) -> None:
    manifest = {**MANIFEST, "license": "CC0-1.0", "title": "An example"}
    header = opened(write_package(tmp_path / "p", CODES, manifest=manifest))[0].header
    assert (header.name, header.version, header.kind) == (
        "example.package",
        "1.2.0",
        "fhir-package",
    )
    assert (header.licence, header.title) == ("CC0-1.0", "An example")
    assert (header.fhir_versions, header.core) == (("4.0.1",), None)


@pytest.mark.parametrize(
    ("manifest", "core"),
    [
        ({"name": "hl7.fhir.r4.core", "version": "4.0.1", "fhirVersions": ["4.0.1"]}, "4.0"),
        ({"name": "hl7.fhir.r5.core", "version": "5.0.0", "fhirVersions": ["5.0.0"]}, "5.0"),
        ({"name": "mine", "version": "1", "fhirVersions": ["5.0.0"], "type": "Core"}, "5.0"),
        ({"name": "hl7.terminology", "version": "7.3.0", "fhirVersions": ["5.0.0"]}, None),
    ],
)
def test_core_packages_are_known_by_name_or_type(
    tmp_path: Path, manifest: Mapping[str, Any], core: str | None
) -> None:
    source = write_package(tmp_path / "p", VALUES, manifest=manifest)
    assert opened(source)[0].header.core == core


def test_the_fhir_version_is_that_of_the_core_dependency_where_none_is_stated(
    tmp_path: Path,
) -> None:
    manifest = {"name": "a", "version": "1", "dependencies": {"hl7.fhir.r4.core": "4.0.1"}}
    source = write_package(tmp_path / "p", VALUES, manifest=manifest)
    assert opened(source)[0].header.fhir_versions == ("4.0.1",)


def test_a_package_without_version_needs_one_to_be_said(tmp_path: Path) -> None:
    manifest = {"name": "a", "fhirVersions": ["4.0.1"]}
    source = write_package(tmp_path / "p", VALUES, manifest=manifest)
    with pytest.raises(InvalidSource, match="has no version; say it with --version"):
        opened(source)
    assert opened(source, LoadOptions(version="9"))[0].header.version == "9"


@pytest.mark.parametrize(
    ("options", "name"),
    [(LoadOptions(system="http://e.org"), "--system"), (LoadOptions(as_of="20250101"), "--as-of")],
)
def test_options_that_mean_nothing_here_are_refused(
    tmp_path: Path, options: LoadOptions, name: str
) -> None:
    source = write_package(tmp_path / "p", VALUES)
    file = tmp_path / "vs.json"
    file.write_text(json.dumps(VALUES))
    for loader, path in ((LOADER, source), (RESOURCES, file)):
        with pytest.raises(InvalidRequest, match=f"^{name} '.*' does not go with a FHIR"):
            opened(path, options, loader)


def test_code_systems_become_concepts_and_edges(tmp_path: Path) -> None:
    reading, records = opened(write_package(tmp_path / "p", CODES))
    assert [type(one) for one in records] == [CodeSystemRecord, *[ConceptRecord] * 3, EdgeRecord]
    assert reading.expected == {"code systems": 1, "concepts": 3}


def test_value_sets_maps_and_naming_systems_are_kept_whole(tmp_path: Path) -> None:
    map_ = {"resourceType": "ConceptMap", "url": "http://example.org/map", "group": []}
    naming = {"resourceType": "NamingSystem", "name": "Example", "uniqueId": []}
    reading, records = opened(write_package(tmp_path / "p", naming, map_, VALUES))
    assert documents(records) == [VALUES, map_, naming]
    assert reading.header.warnings == ()


def test_other_resource_types_are_counted_and_passed_over(tmp_path: Path) -> None:
    others = [{"resourceType": "Patient"}, {"resourceType": "Patient"}, {"resourceType": "List"}]
    reading, records = opened(write_package(tmp_path / "p", VALUES, *others))
    assert documents(records) == [VALUES]
    assert reading.header.warnings == (
        "Passed over, not for a terminology service: 1 List, 2 Patient",
    )


def test_files_beside_the_content_are_counted_and_passed_over(tmp_path: Path) -> None:
    source = write_package(tmp_path / "p", VALUES)
    (source / "package" / "example").mkdir()
    (source / "package" / "example" / "vs.json").write_text(json.dumps({**VALUES, "version": "2"}))
    reading, records = opened(source)
    assert documents(records) == [VALUES]
    assert reading.header.warnings == (
        "Passed over, no content of the package: 1 files in example/",
    )


def test_a_plain_folder_with_a_manifest_is_read_as_well(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(json.dumps(MANIFEST))
    (tmp_path / "vs.json").write_text(json.dumps(VALUES))
    assert LOADER.recognises(tmp_path)
    assert documents(opened(tmp_path)[1]) == [VALUES]


def test_a_value_set_without_url_is_kept_with_a_warning(tmp_path: Path) -> None:
    nameless = {"resourceType": "ValueSet", "id": "nameless"}
    reading, records = opened(write_package(tmp_path / "p", nameless))
    assert documents(records) == [nameless]
    assert reading.header.warnings == (
        "ValueSet 'nameless' (0-ValueSet.json) has no url: it can be read by its id, nothing can "
        "refer to it",
    )


def test_a_code_system_without_url_is_left_out_with_a_warning(tmp_path: Path) -> None:
    nameless = {key: value for key, value in CODES.items() if key != "url"}
    reading, records = opened(write_package(tmp_path / "p", nameless, VALUES))
    assert documents(records) == [VALUES]
    assert "CodeSystem 'codes' (0-CodeSystem.json) has no url: it is left out" in (
        reading.header.warnings
    )


def test_a_naming_system_has_a_url_in_r5_only(tmp_path: Path) -> None:
    naming = {"resourceType": "NamingSystem", "id": "n", "name": "N"}
    r5 = {**MANIFEST, "fhirVersions": ["5.0.0"]}
    assert opened(write_package(tmp_path / "r4", naming))[0].header.warnings == ()
    assert len(opened(write_package(tmp_path / "r5", naming, manifest=r5))[0].header.warnings) == 1


def test_the_same_resource_twice_is_kept_once(tmp_path: Path) -> None:
    again = {**VALUES, "meta": {"versionId": "7"}, "text": {"status": "generated"}}
    reading, records = opened(write_package(tmp_path / "p", VALUES, again))
    assert documents(records) == [VALUES]
    assert reading.header.warnings == (
        "Passed over, not for a terminology service: 1 ValueSet given twice",
    )


def test_one_url_and_version_with_other_content_is_named(tmp_path: Path) -> None:
    other = {**VALUES, "title": "Other"}
    reading, records = opened(write_package(tmp_path / "p", VALUES, other))
    assert documents(records) == [VALUES]
    assert reading.header.warnings[0] == (
        "ValueSet 'http://example.org/values|' is there twice with other content: 0-ValueSet.json "
        "is taken, 1-ValueSet.json is left out"
    )


def test_a_code_given_twice_is_taken_once_and_named(tmp_path: Path) -> None:
    twice = {**CODES, "concept": [{"code": "a", "display": "1"}, {"code": "a", "display": "2"}]}
    reading, records = opened(write_package(tmp_path / "p", twice))
    concepts = [one for one in records if isinstance(one, ConceptRecord)]
    assert [(one.code, one.display) for one in concepts] == [("a", "1")]
    assert reading.header.warnings == (
        "CodeSystem 'http://example.org/codes' defines 1 codes more than once, the first of each "
        "is taken: a",
    )


@pytest.mark.parametrize("content", ["complete", "fragment", "example", "not-present"])
def test_all_content_modes_are_read(tmp_path: Path, content: str) -> None:
    records = opened(write_package(tmp_path / "p", {**CODES, "content": content}))[1]
    (system,) = [one.system for one in records if isinstance(one, CodeSystemRecord)]
    assert system.content == content


def test_a_supplement_names_what_it_supplements(tmp_path: Path) -> None:
    supplement = {**CODES, "content": "supplement", "supplements": "http://example.org/base"}
    records = opened(write_package(tmp_path / "p", supplement))[1]
    (system,) = [one.system for one in records if isinstance(one, CodeSystemRecord)]
    assert system.supplements == "http://example.org/base"


def test_a_supplement_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="is a supplement but does not say of what"):
        opened(write_package(tmp_path / "p", {**CODES, "content": "supplement"}))


def test_an_unknown_content_mode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match="has content 'partial'; known: complete, example"):
        opened(write_package(tmp_path / "p", {**CODES, "content": "partial"}))


def test_a_concept_without_code_is_refused_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidSource, match=r"^0-CodeSystem.json: .*concept needs a code"):
        opened(write_package(tmp_path / "p", {**CODES, "concept": [{"display": "A"}]}))


def test_broken_json_is_refused_with_file_and_line(tmp_path: Path) -> None:
    source = write_package(tmp_path / "p", VALUES)
    (source / "package" / "bad.json").write_text('{\n "resourceType": ')
    with pytest.raises(InvalidSource) as caught:
        opened(source)
    assert (caught.value.file, caught.value.line) == ("bad.json", 2)


def test_a_byte_order_mark_is_survived(tmp_path: Path) -> None:
    source = write_package(tmp_path / "p")
    content = b"\xef\xbb\xbf" + json.dumps(VALUES).encode()
    (source / "package" / "vs.json").write_bytes(content)
    assert documents(opened(source)[1]) == [VALUES]


def test_profiles_are_kept_with_what_bindings_need(tmp_path: Path) -> None:
    binding = {"strength": "required", "valueSet": "http://example.org/values"}
    profile = {
        "resourceType": "StructureDefinition",
        "url": "http://example.org/profile",
        "type": "Observation",
        "text": {"div": "long"},
        "snapshot": {
            "element": [
                {
                    "id": "Observation.code",
                    "path": "Observation.code",
                    "min": 1,
                    "max": "1",
                    "definition": "long",
                    "type": [{"code": "CodeableConcept"}],
                    "patternCodeableConcept": {"coding": [{"code": "a"}]},
                    "binding": {**binding, "description": "long"},
                }
            ]
        },
        "differential": {"element": [{"id": "Observation", "path": "Observation"}]},
    }
    (kept,) = documents(opened(write_package(tmp_path / "p", profile))[1])
    assert kept == {
        "resourceType": "StructureDefinition",
        "url": "http://example.org/profile",
        "type": "Observation",
        "snapshot": {
            "element": [
                {
                    "id": "Observation.code",
                    "path": "Observation.code",
                    "min": 1,
                    "max": "1",
                    "type": [{"code": "CodeableConcept"}],
                    "patternCodeableConcept": {"coding": [{"code": "a"}]},
                    "binding": binding,
                }
            ]
        },
    }


# -- resources outside of a package -------------------------------------------------------------


def test_one_resource_makes_a_pack_named_after_its_id(tmp_path: Path) -> None:
    file = tmp_path / "anything.json"
    file.write_text(json.dumps(CODES))
    reading, records = opened(file, loader=RESOURCES)
    assert (reading.header.name, reading.header.version) == ("codes", "1")
    assert isinstance(records[0], CodeSystemRecord)


def test_a_bundle_gives_its_entries(tmp_path: Path) -> None:
    file = tmp_path / "bundle.json"
    entries = [{"resource": VALUES}, {"fullUrl": "urn:x"}, {"resource": CODES}]
    file.write_text(json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}))
    reading, records = opened(file, loader=RESOURCES)
    assert Counter(type(one).__name__ for one in records)["ConceptRecord"] == 3
    assert documents(records) == [VALUES]
    assert reading.header.name == "bundle"


def test_a_folder_of_resources_makes_one_pack(tmp_path: Path) -> None:
    folder = tmp_path / "local content"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(VALUES))
    (folder / "b.json").write_text(json.dumps(CODES))
    reading, records = opened(folder, LoadOptions(version="3"), RESOURCES)
    assert (reading.header.name, reading.header.version) == ("local content", "3")
    assert documents(records) == [VALUES]


def test_other_files_of_a_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(VALUES))
    (tmp_path / "b.json").write_text("{}")
    (tmp_path / "README").write_text("About these")
    assert not RESOURCES.recognises(tmp_path)
    (tmp_path / "c.json").write_text(json.dumps(CODES))
    assert RESOURCES.recognises(tmp_path)
    assert opened(tmp_path, loader=RESOURCES)[0].header.warnings == (
        "Passed over, not for a terminology service: 1 JSON without resource",
        "Passed over, no JSON: README",
    )


def test_a_resource_that_is_not_kept_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "patient.json"
    file.write_text(json.dumps({"resourceType": "Patient"}))
    with pytest.raises(InvalidSource, match=r"'patient.json' holds no CodeSystem, ValueSet"):
        opened(file, loader=RESOURCES)


def test_fhir_xml_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "vs.xml"
    file.write_text('<ValueSet xmlns="http://hl7.org/fhir"><url value="x"/></ValueSet>')
    assert RESOURCES.recognises(file)
    with pytest.raises(InvalidSource, match=r"read as JSON, this is XML"):
        opened(file, loader=RESOURCES)


# -- real packages ------------------------------------------------------------------------------

REAL = {
    "mcode/hl7.fhir.us.mcode-4.0.0.tgz": {
        "code systems": 1,
        "concepts": 0,
        "ConceptMap": 1,
        "ValueSet": 103,
    },
    "mcode/hl7.fhir.us.mcode-3.0.0.tgz": {
        "code systems": 1,
        "concepts": 4,
        "ConceptMap": 1,
        "ValueSet": 82,
    },
    "mcode/hl7.fhir.us.mcode-4.0.0-profiles.tgz": {"StructureDefinition": 53},
    "fhir/hl7.fhir.r4.core-4.0.1-terminology.tgz": {
        "code systems": 1062,
        "concepts": 20731,
        "ConceptMap": 80,
        "ValueSet": 1316,
    },
    "fhir/hl7.fhir.r4.core-4.0.1-definitions.tgz": {"StructureDefinition": 650},
    "fhir/hl7.fhir.r5.core-5.0.0-terminology.tgz": {
        "code systems": 448,
        "concepts": 4862,
        "ConceptMap": 94,
        "NamingSystem": 4,
        "ValueSet": 788,
    },
    "fhir/hl7.terminology-7.3.0-from-utg-source.tgz": {
        "code systems": 926,
        "concepts": 20375,
        "NamingSystem": 675,
        "ValueSet": 2525,
    },
    "fhir/hl7.terminology-5.1.0.tgz": {
        "code systems": 1135,
        "concepts": 19268,
        "NamingSystem": 612,
        "StructureDefinition": 9,
        "ValueSet": 2424,
    },
    "fhir/hl7.fhir.us.core-6.1.0-terminology.tgz": {
        "code systems": 5,
        "concepts": 9,
        "ValueSet": 36,
    },
}


@dataclass(frozen=True, slots=True)
class Real:
    """What a real package was read as, and the urls of its code systems."""

    reading: Reading
    urls: frozenset[str]


@pytest.fixture(scope="module")
def real(shared: Path) -> Callable[[str], Real]:
    """Return a reader of real packages that reads each of them once."""

    @cache
    def read(file: str) -> Real:
        with open_source(shared / "data" / file) as source:
            reading = LOADER.read([source], LoadOptions(), lambda *_: None)
            # Code systems come before the documents.
            systems = takewhile(lambda one: not isinstance(one, DocumentRecord), reading.records)
            urls = (one.system.url for one in systems if isinstance(one, CodeSystemRecord))
            return Real(reading, frozenset(urls))

    return read


@pytest.mark.parametrize("file", REAL)
def test_the_counts_of_real_packages_are_those_of_the_notes(
    real: Callable[[str], Real], file: str
) -> None:
    assert real(file).reading.expected == REAL[file]


def test_the_two_resources_without_url_are_named(real: Callable[[str], Real]) -> None:
    header = real("fhir/hl7.terminology-7.3.0-from-utg-source.tgz").reading.header
    assert [one.split(" has no url")[0] for one in header.warnings] == [
        "NamingSystem 'ILRSpeakingSkillScale' (NamingSystem-ILRSpeakingSkillScale.json)",
        "ValueSet 'image-reference-type' (ValueSet-image-reference-type.json)",
    ]


def test_746_code_systems_are_in_r4_core_and_in_hl7_terminology(
    real: Callable[[str], Real],
) -> None:
    core = real("fhir/hl7.fhir.r4.core-4.0.1-terminology.tgz").urls
    terminology = real("fhir/hl7.terminology-7.3.0-from-utg-source.tgz").urls
    assert len(core & terminology) == 746

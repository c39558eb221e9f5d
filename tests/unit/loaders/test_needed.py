"""An extension or a map package whose base is an installed pack."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from loaders.run import load
from termserver.errors import InvalidSource
from termserver.store.catalogue import Catalogue
from termserver.store.manifest import FILE
from tests.rf2_release import CORE, MODEL, ROOT, Rf2Release, international

US = "731000124108"


def extension(folder: Path, base: str = "20250801") -> Path:
    made = Rf2Release(module=US, date="20250901", namespace=1000124)
    made.concept("Local disease", ROOT)
    made.dependency(US, CORE, target_time=base)
    made.dependency(US, MODEL, target_time=base)
    return made.write(folder / "Extension")


def base(folder: Path) -> tuple[Path, str]:
    source = international().write(folder / "International")
    [report] = load(folder / "home", [str(source)])
    return source, report.pack


def forget_source_rows(pack: Path) -> None:
    """Make a pack as it was built before its source rows were kept."""
    (pack / "index" / "kept.rows").unlink()
    manifest = json.loads((pack / FILE).read_bytes())
    manifest["files"] = [one for one in manifest["files"] if one["path"] != "index/kept.rows"]
    (pack / FILE).write_text(json.dumps(manifest))


def refusal(home: Path, source: Path) -> str:
    with pytest.raises(InvalidSource) as caught:
        load(home, [str(source)])
    return caught.value.text


def test_an_extension_alone_is_made_whole_with_its_installed_base(tmp_path: Path) -> None:
    _, pack = base(tmp_path)

    [report] = load(tmp_path / "home", [str(extension(tmp_path))])

    assert (report.status, report.name, report.version) == (
        "loaded",
        f"snomed-sct-{US}",
        "20250901",
    )
    assert report.counts["concepts"] == 12
    assert report.reason == f"Made whole with the rows of '{pack}'"


def test_a_dry_run_makes_it_whole_too_and_leaves_nothing(tmp_path: Path) -> None:
    _, pack = base(tmp_path)
    before = sorted((tmp_path / "home").rglob("*"))

    [report] = load(tmp_path / "home", [str(extension(tmp_path))], dry_run=True)

    assert (report.status, report.counts["concepts"]) == ("would load", 12)
    assert report.reason == f"Made whole with the rows of '{pack}'"
    assert sorted((tmp_path / "home").rglob("*")) == before


def test_what_was_written_for_the_load_is_gone_after_it(tmp_path: Path) -> None:
    base(tmp_path)

    load(tmp_path / "home", [str(extension(tmp_path))])

    assert [one.name for one in (tmp_path / "home").iterdir() if "unpacked" in one.name] == []


def test_an_extension_before_its_base_is_refused_and_loads_after_it(tmp_path: Path) -> None:
    source = extension(tmp_path)
    text = refusal(tmp_path / "home", source)
    base(tmp_path)

    [report] = load(tmp_path / "home", [str(source)])

    assert f"{CORE} (International) of 20250801" in text
    assert text.endswith("load that release first, or both with --together")
    assert report.status == "loaded"


def test_an_extension_that_was_loaded_on_its_base_is_loaded_already(tmp_path: Path) -> None:
    international_source, _ = base(tmp_path)
    source = extension(tmp_path)
    [first] = load(tmp_path / "home", [str(source)])

    [again] = load(tmp_path / "home", [str(source)])
    [both] = load(tmp_path / "home", [str(source), str(international_source)], together=True)

    assert [one.status for one in (again, both)] == ["already loaded", "already loaded"]
    assert {one.pack for one in (again, both)} == {first.pack}


def test_it_can_be_replaced(tmp_path: Path) -> None:
    base(tmp_path)
    source = extension(tmp_path)
    [first] = load(tmp_path / "home", [str(source)])

    [again] = load(tmp_path / "home", [str(source)], replace=True)

    assert (again.status, again.pack) == ("replaced", first.pack)


def test_an_installed_base_of_another_date_is_named(tmp_path: Path) -> None:
    _, pack = base(tmp_path)

    text = refusal(tmp_path / "home", extension(tmp_path, "20250701"))

    assert text.endswith(f"Pack '{pack}' has module {MODEL} of 20250801, and 20250701 is needed")


def test_a_base_from_before_packs_kept_its_rows_is_named_with_the_command(tmp_path: Path) -> None:
    _, pack = base(tmp_path)
    forget_source_rows(tmp_path / "home" / "packs" / pack)
    source = extension(tmp_path)

    assert refusal(tmp_path / "home", source).endswith(
        f"Pack '{pack}' has module {MODEL} of 20250801 and module {CORE} of 20250801, but was "
        "built before packs kept what an extension needs of its base: termserver load --together "
        f"International {source}"
    )


def test_a_map_package_is_made_whole_with_its_installed_base(tmp_path: Path) -> None:
    _, pack = base(tmp_path)
    package = Rf2Release(module="449080006")
    package.extended_map(ROOT, 1, 1, "TRUE", "ALWAYS E14", "E14")
    package.dependency("449080006", CORE)

    [report] = load(tmp_path / "home", [str(package.write(tmp_path / "map"))])

    assert (report.name, report.version) == (f"snomed-sct-{CORE}", "20250801")
    assert report.pack != pack


def test_the_smallest_installed_edition_is_the_base(tmp_path: Path) -> None:
    _, pack = base(tmp_path)
    load(tmp_path / "home", [str(extension(tmp_path))])
    other = Rf2Release(module="45991000052106", date="20250901", namespace=1000052)
    other.concept("Other local disease", ROOT)
    other.dependency("45991000052106", CORE, target_time="20250801")

    [report] = load(tmp_path / "home", [str(other.write(tmp_path / "other"))])

    assert report.reason == f"Made whole with the rows of '{pack}'"


def test_an_edition_with_another_extension_is_no_base(tmp_path: Path) -> None:
    _, pack = base(tmp_path)
    [local] = load(tmp_path / "home", [str(extension(tmp_path))])
    with closing(Catalogue.open(tmp_path / "home")) as catalogue:
        catalogue.remove(pack)
    other = Rf2Release(module="45991000052106", date="20250901", namespace=1000052)
    other.concept("Other local disease", ROOT)
    other.dependency("45991000052106", CORE, target_time="20250801")

    assert refusal(tmp_path / "home", other.write(tmp_path / "other")).endswith(
        f"Pack '{local.pack}' has module {CORE} of 20250801, but is the edition of module {US}, "
        "on which the source does not depend"
    )


def test_what_no_installed_pack_has_is_named(tmp_path: Path) -> None:
    _, pack = base(tmp_path)
    upper = Rf2Release(module="5991000124107", date="20250930", namespace=1000125)
    upper.concept("Local disease of the upper extension", ROOT)
    upper.dependency("5991000124107", CORE, target_time="20250801")
    upper.dependency("5991000124107", US, target_time="20250901")

    assert refusal(tmp_path / "home", upper.write(tmp_path / "upper")).endswith(
        f"Pack '{pack}' has module {CORE} of 20250801, and no pack has module {US} of 20250901"
    )


def test_two_bases_are_put_together(tmp_path: Path) -> None:
    base(tmp_path)
    [local] = load(tmp_path / "home", [str(extension(tmp_path))])
    other = Rf2Release(module="45991000052106", date="20250901", namespace=1000052)
    other.concept("Other local disease", ROOT)
    other.dependency("45991000052106", CORE, target_time="20250801")
    [second] = load(tmp_path / "home", [str(other.write(tmp_path / "other"))])
    upper = Rf2Release(module="5991000124107", date="20250930", namespace=1000125)
    upper.concept("Local disease of the upper extension", ROOT)
    for module, time in ((CORE, "20250801"), (US, "20250901"), ("45991000052106", "20250901")):
        upper.dependency("5991000124107", module, target_time=time)

    [report] = load(tmp_path / "home", [str(upper.write(tmp_path / "upper"))])

    assert report.reason is not None
    assert local.pack in report.reason
    assert second.pack in report.reason
    assert report.counts["concepts"] == 14


def test_an_extension_of_an_extension_is_made_whole_with_that_edition(tmp_path: Path) -> None:
    base(tmp_path)
    [first] = load(tmp_path / "home", [str(extension(tmp_path))])
    upper = Rf2Release(module="5991000124107", date="20250930", namespace=1000125)
    upper.concept("Local disease of the upper extension", ROOT)
    upper.dependency("5991000124107", CORE, target_time="20250801")
    upper.dependency("5991000124107", US, target_time="20250901")

    [report] = load(tmp_path / "home", [str(upper.write(tmp_path / "upper"))])

    assert report.reason == f"Made whole with the rows of '{first.pack}'"
    assert report.counts["concepts"] == 13


def test_both_together_make_the_edition_beside_its_base(tmp_path: Path) -> None:
    source, pack = base(tmp_path)

    [report] = load(tmp_path / "home", [str(extension(tmp_path)), str(source)], together=True)

    assert (report.name, report.version) == (f"snomed-sct-{US}", "20250901")
    assert report.pack != pack


def test_an_extension_that_brings_the_dependency_rows_of_its_base_still_needs_it(
    tmp_path: Path,
) -> None:
    made = Rf2Release(module=US, date="20250901", namespace=1000124)
    made.concept("Local disease", ROOT)
    made.dependency(US, CORE, target_time="20250801")
    made.dependency(CORE, MODEL, "20250801", "20250801")

    text = refusal(tmp_path / "home", made.write(tmp_path / "extension"))

    assert f"{CORE} (International) of 20250801" in text

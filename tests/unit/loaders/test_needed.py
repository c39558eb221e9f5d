"""An extension or a map package whose base is an installed pack."""

from pathlib import Path

import pytest

from loaders.run import load
from termserver.errors import InvalidSource
from tests.rf2_release import CORE, ROOT, Rf2Release, international

US = "731000124108"


def extension(folder: Path, base: str = "20250801") -> Path:
    made = Rf2Release(module=US, date="20250901", namespace=1000124)
    made.concept("Local disease", ROOT)
    made.dependency(US, CORE, target_time=base)
    made.dependency(US, "900000000000012004", target_time=base)
    return made.write(folder / "Extension")


def base(folder: Path) -> tuple[Path, str]:
    source = international().write(folder / "International")
    [report] = load(folder / "home", [str(source)])
    return source, report.pack


def refusal(home: Path, source: Path) -> str:
    with pytest.raises(InvalidSource) as caught:
        load(home, [str(source)])
    return caught.value.text


def test_an_installed_base_is_named_with_the_command_that_loads_both(tmp_path: Path) -> None:
    _, pack = base(tmp_path)
    source = extension(tmp_path)

    text = refusal(tmp_path / "home", source)

    assert f"{CORE} (International) of 20250801" in text
    assert text.endswith(
        f"That release is installed as '{pack}', but an edition is made whole: "
        f"termserver load --together International {source}"
    )


def test_an_installed_base_of_another_date_is_named(tmp_path: Path) -> None:
    _, pack = base(tmp_path)

    text = refusal(tmp_path / "home", extension(tmp_path, "20250701"))

    assert text.endswith(f"Pack '{pack}' is of 20250801, and 20250701 is needed")


def test_a_map_package_names_its_installed_base_too(tmp_path: Path) -> None:
    _, pack = base(tmp_path)
    package = Rf2Release(module="449080006")
    package.extended_map(ROOT, 1, 1, "TRUE", "ALWAYS E14", "E14")
    package.dependency("449080006", CORE)

    assert f"installed as '{pack}'" in refusal(tmp_path / "home", package.write(tmp_path / "map"))


def test_both_together_make_the_edition_beside_its_base(tmp_path: Path) -> None:
    source, pack = base(tmp_path)

    [report] = load(tmp_path / "home", [str(extension(tmp_path)), str(source)], together=True)

    assert (report.name, report.version) == (f"snomed-sct-{US}", "20250901")
    assert report.pack != pack


def test_without_an_installed_base_the_refusal_is_as_it_was(tmp_path: Path) -> None:
    assert refusal(tmp_path / "home", extension(tmp_path)).endswith("with it (--together)")

from pathlib import Path

import pytest

from loaders.base import LoadOptions
from loaders.rf2 import LOADER
from termserver.errors import InvalidSource
from tests.rf2_release import ROOT, Rf2Release, international


def load(folder: Path) -> None:
    reading = LOADER.read([folder], LoadOptions(), lambda what, done, total: None)
    for _ in reading.records:
        pass


def released(tmp_path: Path) -> tuple[Rf2Release, Path]:
    release = international()
    return release, release.write(tmp_path)


def file_of(folder: Path, start: str) -> Path:
    (found,) = folder.rglob(f"{start}*")
    return found


def edit(folder: Path, start: str, line: int, old: str, new: str) -> str:
    """Replace text in one line (1-based) of the file whose name begins so; return its name."""
    path = file_of(folder, start)
    lines = path.read_bytes().split(b"\r\n")
    assert old.encode() in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old.encode(), new.encode(), 1)
    path.write_bytes(b"\r\n".join(lines))
    return path.name


@pytest.mark.parametrize(
    ("start", "line", "old", "new", "message"),
    [
        ("sct2_Concept", 2, "138875005", "138875004", "'138875004' is no valid concept identifier"),
        ("sct2_Concept", 3, "\t1\t", "\tx\t", "'x' is no active flag"),
        ("sct2_Concept", 3, "20250801", "2025-08-01", "is no effective time"),
        ("sct2_Concept", 4, "\t900000000000074008", "", "4 columns where the header has 5"),
        ("sct2_Concept", 1, "moduleId", "module", "columns id, effectiveTime, active, module,"),
        ("sct2_Relationship", 2, "138875005", "73211009", "names concept 73211009, which is not"),
        ("sct2_Relationship", 3, "\t0\t", "\tA\t", "'A' is no relationship group"),
        ("sct2_Description", 2, "138875005", "73211009", "is of concept 73211009, which is not"),
        (
            "der2_cRefset_Language",
            5,
            "900000000000548007",
            "900000000000074008",
            "no acceptability",
        ),
        ("der2_ssRefset", 2, "-", "", "is no member id"),
    ],
)
def test_a_bad_row_is_named_with_file_and_line(
    tmp_path: Path, start: str, line: int, old: str, new: str, message: str
) -> None:
    _, folder = released(tmp_path)
    name = edit(folder, start, line, old, new)

    with pytest.raises(InvalidSource) as caught:
        load(folder)

    assert message in caught.value.text
    assert (caught.value.file, caught.value.line) == (name, line)


def test_bytes_that_are_not_utf_8_are_named_with_their_line(tmp_path: Path) -> None:
    _, folder = released(tmp_path)
    path = file_of(folder, "sct2_Description")
    path.write_bytes(path.read_bytes().replace(b"Linkage concept\t", b"Linkage conc\xe9pt\t"))

    with pytest.raises(InvalidSource) as caught:
        load(folder)

    assert "not UTF-8" in caught.value.text
    assert caught.value.line == 7


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    _, folder = released(tmp_path)
    path = file_of(folder, "sct2_Concept")
    path.write_bytes(path.read_bytes()[:-2])

    with pytest.raises(InvalidSource, match="cut off"):
        load(folder)


def test_an_id_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    _, folder = released(tmp_path)
    path = file_of(folder, "sct2_Relationship")
    content = path.read_bytes()
    path.write_bytes(content + content.split(b"\r\n")[1] + b"\r\n")

    with pytest.raises(InvalidSource) as caught:
        load(folder)

    assert "is there twice (also sct2_Relationship" in caught.value.text
    assert caught.value.line == len(content.split(b"\r\n"))


def test_columns_that_stand_in_another_order_are_read_by_name(tmp_path: Path) -> None:
    release = international()
    release.identifier("A1", "900000000000294009", ROOT)
    folder = release.write(tmp_path)
    path = file_of(folder, "sct2_Identifier")
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    turned = ["\t".join([row[4], row[0], row[1], row[2], row[3], row[5]]) for row in rows]
    path.write_bytes(("\r\n".join(turned) + "\r\n").encode())

    load(folder)


def test_a_refset_whose_name_and_header_differ_is_refused(tmp_path: Path) -> None:
    release = international()
    release.member("447562003", ROOT, ["a"], name="SimpleMap", pattern="ss", columns=("mapTarget",))

    with pytest.raises(InvalidSource, match="the name says 2 extra columns"):
        load(release.write(tmp_path))

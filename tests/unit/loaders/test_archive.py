"""Archives from outside: what is unpacked, and what is refused."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from loaders.archive import Limits, archive_form, content_bytes, open_source, source_digest
from termserver.errors import InvalidSource


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def make_tgz(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def link(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def refusal(path: Path, limits: Limits | None = None) -> str:
    with (
        pytest.raises(InvalidSource) as caught,
        open_source(path, limits=limits or Limits()) as opened,
    ):
        pytest.fail(f"was unpacked to {opened}")
    return caught.value.text.removeprefix(f"{path.name}: ")


def test_a_zip_comes_as_a_folder_named_after_it_and_is_gone_afterwards(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "Release_1.0.zip", {"a/b.txt": b"content"})
    with open_source(path) as opened:
        assert opened.name == "Release_1.0"
        assert (opened / "a" / "b.txt").read_bytes() == b"content"
    assert not opened.exists()


def test_a_zip_of_one_file_comes_as_that_file(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "Release_1.0.zip", {"codes.csv": b"code,display\n"})
    with open_source(path) as opened:
        assert opened.name == "codes.csv"
    assert not opened.parent.exists()


def test_a_tgz_comes_as_a_folder(tmp_path: Path) -> None:
    path = make_tgz(tmp_path / "p.tgz", [(tarfile.TarInfo("package/package.json"), b"{}")])
    with open_source(path, workspace=tmp_path) as opened:
        assert opened.is_relative_to(tmp_path)
        assert (opened / "package" / "package.json").read_bytes() == b"{}"


def test_a_gzip_of_one_file_comes_as_that_file(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv.gz"
    path.write_bytes(gzip.compress(b"code,display\n"))
    with open_source(path) as opened:
        assert opened.name == "codes.csv"
        assert opened.read_bytes() == b"code,display\n"


def test_a_folder_and_a_plain_file_come_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("code,display\n")
    for source in (tmp_path, file):
        with open_source(source) as opened:
            assert opened == source


def test_an_office_document_stays_a_file(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "table.xlsx", {"[Content_Types].xml": b"<Types/>"})
    assert archive_form(path) is None


def test_an_absent_source_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.zip") == f"There is no file or folder '{tmp_path / 'none.zip'}'"


@pytest.mark.parametrize(
    "name", ["../outside.txt", "a/../../outside.txt", "/outside.txt", "C:/x.txt", "..\\outside.txt"]
)
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    refused = f"The member '{name}' would be written outside of the folder"
    zipped = make_zip(inner / "slip.zip", {name: b"x"})
    assert refusal(zipped) == refused
    assert refusal(make_tgz(inner / "slip.tgz", [(tarfile.TarInfo(name), b"x")])) == refused
    assert [one.name for one in tmp_path.iterdir()] == ["inner"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE])
def test_links_and_devices_of_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    path = make_tgz(tmp_path / "link.tgz", [(link("here", "/etc/hostname", kind), b"")])
    assert refusal(path) == "The member 'here' is a link or a device"


def test_a_link_of_a_zip_is_refused(tmp_path: Path) -> None:
    member = zipfile.ZipInfo("here")
    member.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(member, "/etc/hostname")
    assert refusal(tmp_path / "link.zip") == "The member 'here' is a link or a device"


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "bomb.zip", {"zeros": bytes(4 << 20)})
    text = refusal(path, Limits(ratio_from_bytes=1 << 20))
    assert text == "Unpacks to more than 200 times its size: no publisher's archive does"


def test_more_bytes_than_the_limit_are_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "large.zip", {"a": bytes(600), "b": bytes(600)})
    assert refusal(path, Limits(total_bytes=1000)) == "Unpacks to more than 1000 bytes"


def test_more_members_than_the_limit_are_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "many.zip", {str(number): b"" for number in range(4)})
    assert refusal(path, Limits(members=3)) == "More than 3 members"


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    members = [(tarfile.TarInfo("a"), b"1"), (tarfile.TarInfo("a"), b"2")]
    path = make_tgz(tmp_path / "twice.tgz", members)
    assert refusal(path) == "The member 'a' occurs twice"


def test_a_damaged_archive_is_refused_by_name(tmp_path: Path) -> None:
    whole = make_tgz(tmp_path / "whole.tgz", [(tarfile.TarInfo("a"), bytes(range(256)) * 99)])
    cut = tmp_path / "cut.tgz"
    cut.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(InvalidSource, match="damaged") as caught, open_source(cut):
        pytest.fail("was unpacked")
    assert caught.value.file == "cut.tgz"


def test_a_digest_tells_content_not_names_of_archives(tmp_path: Path) -> None:
    first, second = tmp_path / "a.bin", tmp_path / "b.bin"
    first.write_bytes(b"same")
    second.write_bytes(b"same")
    assert source_digest(first) == source_digest(second)


def test_a_folders_digest_changes_with_a_name_or_a_content(tmp_path: Path) -> None:
    def digest(*files: tuple[str, str]) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        for name, text in files:
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return source_digest(folder)

    base = digest(("a/x.txt", "1"), ("b.txt", "2"))
    assert digest(("b.txt", "2"), ("a/x.txt", "1")) == base
    assert digest(("a/x.txt", "1"), ("b.txt", "2"), ("__pycache__/c.pyc", "3")) == base
    assert digest(("a/y.txt", "1"), ("b.txt", "2")) != base
    assert digest(("a/x.txt", "1"), ("b.txt", "3")) != base


def test_the_unpacked_size_of_a_zip_is_known_beforehand(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a": bytes(5000), "b": bytes(7)})
    assert content_bytes(path) == 5007

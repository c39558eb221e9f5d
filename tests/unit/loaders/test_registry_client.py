"""FHIR packages by name and version, from the cache and from a registry on this machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from loaders.registry_client import PackageReference, open_package, parse_reference
from loaders.run import load
from termserver.errors import InvalidSource
from tests.fhir_packages import package, value_set

WANTED = PackageReference(name="example.package", version="1.0.0")


@contextmanager
def registry(answers: dict[str, tuple[str, bytes]]) -> Iterator[str]:
    """Serve path -> (content type, body) on this machine; 404 for every other path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = answers.get(self.path, ("", b""))
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_reference_is_name_and_version() -> None:
    assert parse_reference("example.package@1.0.0") == WANTED
    assert parse_reference("example.package#1.0.0") == WANTED
    assert parse_reference("./folder") is None
    assert parse_reference("example.package") is None


def test_a_package_of_the_local_cache_is_loaded_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    folder = tmp_path / ".fhir" / "packages" / "example.package#1.0.0" / "package"
    folder.mkdir(parents=True)
    manifest = {"name": "example.package", "version": "1.0.0", "fhirVersions": ["4.0.1"]}
    (folder / "package.json").write_text(json.dumps(manifest))
    (folder / "vs.json").write_text(json.dumps(value_set()))
    (report,) = load(tmp_path / "home", ["example.package@1.0.0"])
    assert (report.status, report.counts["ValueSet"]) == ("loaded", 1)


def test_without_a_registry_an_absent_package_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with (
        pytest.raises(InvalidSource) as caught,
        open_package(WANTED, cache=tmp_path, registry_url=None),
    ):
        pytest.fail("was opened")
    assert caught.value.text == (
        f"The package 'example.package@1.0.0' is not in the local FHIR package cache ({tmp_path}), "
        "and no package registry is set: give its file, or name a registry in "
        "TERMSERVER_REGISTRY_URL"
    )


def test_a_registry_may_send_the_archive_itself(tmp_path: Path) -> None:
    content = Path(package(tmp_path / "p.tgz", value_set())).read_bytes()
    answers = {"/example.package/1.0.0": ("application/gzip", content)}
    with (
        registry(answers) as url,
        open_package(WANTED, cache=tmp_path, registry_url=url) as file,
    ):
        assert file.read_bytes() == content
    assert not file.exists()


def test_a_registry_may_say_where_the_archive_is(tmp_path: Path) -> None:
    content = Path(package(tmp_path / "p.tgz", value_set())).read_bytes()
    checksum = hashlib.sha1(content).hexdigest()  # noqa: S324 (the protocol's own)
    stated = {"dist": {"tarball": "files/p.tgz", "shasum": checksum}}
    answers = {
        "/example.package/1.0.0": ("application/json", json.dumps(stated).encode()),
        "/files/p.tgz": ("application/octet-stream", content),
    }
    with registry(answers) as url:
        (report,) = load(tmp_path / "home", ["example.package@1.0.0"], registry_url=url)
    assert report.counts["ValueSet"] == 1


def test_an_archive_that_is_not_what_the_registry_says_is_refused(tmp_path: Path) -> None:
    stated = {"dist": {"tarball": "p.tgz", "shasum": "0" * 40}}
    answers = {
        "/example.package/1.0.0": ("application/json", json.dumps(stated).encode()),
        "/p.tgz": ("application/gzip", b"other"),
    }
    with (
        registry(answers) as url,
        pytest.raises(InvalidSource, match="is not what the registry says"),
        open_package(WANTED, cache=tmp_path, registry_url=url),
    ):
        pytest.fail("was opened")


def test_a_package_that_the_registry_lacks_is_named(tmp_path: Path) -> None:
    with (
        registry({}) as url,
        pytest.raises(InvalidSource, match=r"has no package 'example.package@1.0.0'"),
        open_package(WANTED, cache=tmp_path, registry_url=url),
    ):
        pytest.fail("was opened")


def test_a_registry_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with registry({}) as url:
        pass
    with (
        pytest.raises(InvalidSource, match="did not give the package"),
        open_package(WANTED, cache=tmp_path, registry_url=url),
    ):
        pytest.fail("was opened")

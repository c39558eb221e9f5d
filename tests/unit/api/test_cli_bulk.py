"""`termserver validate-codes`, in this process, on a small home."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import termserver
from loaders.run import load
from termserver.errors import InvalidRequest, UnknownCodeSystem
from tests.api_requests import RESOURCES
from tests.fhir_packages import package

COLOUR, WARM = "http://example.org/colours", "http://example.org/warm"

Run = Callable[..., Result]


@pytest.fixture(params=["polars", "plain"])
def run(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Run:
    if request.param == "plain":
        monkeypatch.setattr("api.polars_extra.find_spec", lambda name: None)
    load(tmp_path / "home", [package(tmp_path / "package.tgz", *RESOURCES)])

    def command(text: str, *arguments: str) -> Result:
        (tmp_path / "in.csv").write_text(text, encoding="utf-8")
        start = ["--home", str(tmp_path / "home"), "validate-codes", str(tmp_path / "in.csv")]
        return CliRunner().invoke(termserver, [*start, *arguments], standalone_mode=False)

    return command


def test_codes_are_validated_to_stdout_and_the_exit_code_tells(run: Run) -> None:
    good = run("code\nred\ncrimson\n", "--system", COLOUR, "--valueset", WARM)
    assert (good.exception, good.return_value) == (None, 0)
    assert good.stdout.splitlines() == [
        "row,code,system,result,display,message,message_ids",
        f"1,red,{COLOUR},true,Red,,",
        f"2,crimson,{COLOUR},true,Crimson,,",
    ]
    bad = run("code\nred\nblue\n", "--system", COLOUR, "--valueset", WARM)
    assert bad.return_value == 1
    assert "rows: 2, not valid: 1\n" in bad.stderr
    assert bad.stdout.splitlines()[2].startswith(f"2,blue,{COLOUR},false,Blue,")


def test_codes_are_validated_to_a_file(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    result = run("c,s\nred," + COLOUR + "\n", "--code-column", "c", "--system-column", "s",
                 "--out", str(out))  # fmt: skip
    assert (result.exception, result.return_value, result.stdout) == (None, 0, "")
    assert '"row":1,"code":"red"' in out.read_text(encoding="utf-8")


def test_what_cannot_be_used_is_an_error(run: Run, tmp_path: Path) -> None:
    assert isinstance(run("code\nred\n", "--system", "x").exception, UnknownCodeSystem)
    same = run("code\nred\n", "--system", COLOUR, "--out", str(tmp_path / "in.csv"))
    assert isinstance(same.exception, InvalidRequest)
    assert "no column 'system'" in str(run("code\nred\n").exception)
    alone = run("code,system\nred,\n", "--system-column", "")
    assert isinstance(alone.exception, InvalidRequest)

"""The commands, in this process, on a small home."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from api.cli import LAZY, termserver
from api.cli_errors import exit_code, hint
from loaders.run import load
from termserver.errors import (
    InvalidSource,
    StoreError,
    TerminologyError,
    UnknownCode,
    UnknownCodeSystem,
    UnknownValueSet,
)
from tests.api_requests import RESOURCES
from tests.fhir_packages import package

COLOUR, WARM = "http://example.org/colours", "http://example.org/warm"

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    load(folder / "home", [package(folder / "package.tgz", *RESOURCES)])
    return folder / "home"


@pytest.fixture
def run(home: Path) -> Run:
    def command(*arguments: str) -> Result:
        return CliRunner().invoke(
            termserver, ["--home", str(home), *arguments], standalone_mode=False
        )

    return command


def shown(result: Result) -> Any:
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def test_every_command_has_help_with_an_example() -> None:
    context = click.Context(termserver)
    for name in LAZY:
        command = termserver.get_command(context, name)
        assert command is not None
        assert command.help, name
        assert (command.epilog or "").startswith("Example: termserver " + name), name


def test_the_version_is_told() -> None:
    result = CliRunner().invoke(termserver, ["--version"])
    assert result.output.startswith("termserver, version ")


def test_lookup_shows_the_concept(run: Run) -> None:
    result = run("lookup", COLOUR, "red")
    assert result.return_value == 0
    assert "display: Red" in result.stdout
    assert shown(run("lookup", COLOUR, "red", "--json"))["resourceType"] == "Parameters"


def test_lookup_of_an_unknown_code_is_an_error(run: Run) -> None:
    assert isinstance(run("lookup", COLOUR, "none").exception, UnknownCode)


def test_validate_code_answers_with_its_exit_code(run: Run) -> None:
    good = run("validate-code", "--system", COLOUR, "--code", "crimson", "--valueset", WARM)
    bad = run("validate-code", "--system", COLOUR, "--code", "blue", "--valueset", WARM)
    assert (good.return_value, bad.return_value) == (0, 1)
    assert "error: " in bad.stdout


def test_subsumes_answers_with_its_exit_code(run: Run) -> None:
    assert run("subsumes", COLOUR, "red", "crimson").stdout == "subsumes\n"
    assert run("subsumes", COLOUR, "red", "blue").return_value == 1


def test_expand_indents_what_is_nested(run: Run) -> None:
    lines = run("expand", WARM).stdout.splitlines()
    assert lines[1:3] == [f"red\tRed\t{COLOUR}", f"  crimson\tCrimson\t{COLOUR}"]
    assert "total: 2" in lines
    assert shown(run("expand", WARM, "--json", "--count", "1"))["expansion"]["offset"] == 0


def test_search_finds_by_words(run: Run) -> None:
    assert shown(run("search", "crim", "--json", "--system", COLOUR)) == [
        {"system": COLOUR, "code": "crimson", "display": "Crimson"}
    ]
    assert run("search", "nothing", "--system", COLOUR).return_value == 1


def test_translate_shows_the_target(run: Run) -> None:
    result = run("translate", "--system", COLOUR, "--code", "red")
    assert result.return_value == 0
    assert "equivalent\tR\t" in result.stdout
    assert run("translate", "--system", COLOUR, "--code", "blue").return_value == 1


def test_coverage_tells_what_is_whole(run: Run) -> None:
    result = run("coverage", "http://example.org/")
    assert result.return_value == 0
    assert "1 value sets, 1 whole" in result.stdout


def test_coverage_of_nothing_is_an_error(run: Run) -> None:
    assert isinstance(run("coverage", "http://none").exception, UnknownValueSet)


def test_packs_are_listed_verified_and_preferred(run: Run) -> None:
    (pack,) = shown(run("packs", "--json"))
    assert (pack["name"], pack["licence"]) == ("example.package", "CC0-1.0")
    assert run("verify").return_value == 0
    assert run("packs", "prefer", pack["pack"]).return_value == 0
    assert shown(run("packs", "list", "--json"))[0]["preferred"] is True


def test_a_copied_pack_is_added_to_another_home(run: Run, home: Path, tmp_path: Path) -> None:
    (folder,) = (home / "packs").glob("example.package*")
    other = ["--home", str(tmp_path / "other")]
    added = CliRunner().invoke(
        termserver, [*other, "packs", "add", str(folder)], standalone_mode=False
    )
    assert added.exception is None, added.exception
    listed = CliRunner().invoke(
        termserver, [*other, "packs", "list", "--json"], standalone_mode=False
    )
    assert shown(listed)[0]["pack"] == folder.name


def test_a_dry_run_writes_nothing(run: Run, tmp_path: Path) -> None:
    source = package(tmp_path / "next.tgz", *RESOURCES)
    other = ["--home", str(tmp_path / "other"), "load", "--dry-run", source]
    result = CliRunner().invoke(termserver, other, standalone_mode=False)
    assert result.stdout.startswith("would load: example.package@1.0.0")
    assert not (tmp_path / "other").exists()


def test_starter_goes_alone(run: Run) -> None:
    assert isinstance(run("load", "--starter", "x.zip").exception, TerminologyError)


def test_exit_codes_tell_whose_fault_it_is() -> None:
    assert exit_code(InvalidSource("no")) == 2
    assert exit_code(UnknownCode("no")) == 2
    assert exit_code(StoreError("no")) == 3


def test_what_is_not_loaded_is_told_with_what_to_do() -> None:
    told = hint(UnknownCodeSystem("none"))
    assert told is not None
    assert "termserver load" in told
    assert hint(UnknownCode("none")) is None


def test_an_empty_home_says_how_to_load(tmp_path: Path) -> None:
    shown = CliRunner().invoke(
        termserver, ["--home", str(tmp_path), "packs"], standalone_mode=False
    )
    assert "termserver load --starter" in shown.output


def test_export_writes_a_file_and_says_what_it_cannot_hold(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "colours.ttl"
    result = run("export", COLOUR, "--format", "skos", "--out", str(out))
    assert result.exception is None
    assert f"concepts of {COLOUR}" in result.stdout
    assert "skos:ConceptScheme" in out.read_text()
    again = run("export", COLOUR, "--format", "skos", "--out", str(out))
    assert isinstance(again.exception, TerminologyError)
    assert "exists already" in again.exception.text


def test_export_leaves_no_file_where_the_format_refuses(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "colours.ecl"
    result = run("export", COLOUR, "--format", "ecl", "--out", str(out))
    assert isinstance(result.exception, TerminologyError)
    assert not out.exists()

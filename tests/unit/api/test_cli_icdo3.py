"""The commands about ICD-O-3, on a small home with two editions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import termserver
from loaders.run import load
from termserver.errors import InvalidRequest, UnknownCode
from termserver.operations.plausibility import SITES_BY_MORPHOLOGY
from termserver.systems import ICD_O_3
from tests.fhir_packages import package

Run = Callable[..., Result]


def edition(version: str, *codes: str) -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "url": ICD_O_3,
        "version": version,
        "id": f"icdo-{version}",
        "status": "active",
        "content": "complete",
        "caseSensitive": True,
        "concept": [{"code": code, "display": f"Term of {code}"} for code in codes],
    }


SITES = {
    "resourceType": "ConceptMap",
    "url": SITES_BY_MORPHOLOGY,
    "id": "sites",
    "version": "20180323",
    "status": "active",
    "group": [
        {
            "source": ICD_O_3,
            "target": ICD_O_3,
            "element": [
                {"code": "8500/3", "target": [{"code": "C50.9", "equivalence": "relatedto"}]},
                {"code": "8509/3", "target": [{"code": "C50.9", "equivalence": "relatedto"}]},
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("icdo3")
    resources = [
        edition("3.0", "C50.9", "8500/3"),
        edition("3.2", "C50.9", "8500/3", "8509/3"),
        SITES,
    ]
    load(folder / "home", [package(folder / "package.tgz", *resources)])
    return folder / "home"


@pytest.fixture
def run(home: Path) -> Run:
    def command(*arguments: str) -> Result:
        return CliRunner().invoke(
            termserver, ["--home", str(home), *arguments], standalone_mode=False
        )

    return command


def refused(result: Result) -> str:
    assert isinstance(result.exception, InvalidRequest)
    return result.exception.text


def test_codes_are_taken_apart_and_put_together(run: Run) -> None:
    apart = run("registry-fields", "C50.9", "8500/3")
    assert apart.stdout == (
        "code\tsite\thistology\tbehaviour\tgrade\nC50.9\tC509\t\t\t\n8500/3\t\t8500\t3\t\n"
    )
    fields = ("--site", "C509", "--histology", "8500", "--behaviour", "3")
    assert run("registry-fields", *fields).stdout == "C50.9\n8500/3\n"
    assert json.loads(run("registry-fields", *fields, "--json").stdout) == ["C50.9", "8500/3"]


def test_a_grade_is_the_sixth_digit(run: Run) -> None:
    fields = ("--histology", "8500", "--behaviour", "3", "--grade", "2")
    assert run("registry-fields", *fields).stdout == "8500/32\n"
    arguments = ("8500/32", "--lenient-code", "--json")
    answer = json.loads(run("lookup", ICD_O_3, *arguments).stdout)
    grades = [
        {one["name"]: one.get("valueCode") or one.get("valueString") for one in each["part"]}
        for each in answer["parameter"]
        if each["name"] == "property" and each["part"][0]["valueCode"] == "grade"
    ]
    assert grades == [
        {"code": "grade", "value": "2", "description": "Grade II, moderately differentiated"}
    ]


@pytest.mark.parametrize("arguments", [(), ("C50.9", "--site", "C509")])
def test_either_codes_or_fields_are_needed(run: Run, arguments: tuple[str, ...]) -> None:
    assert refused(run("registry-fields", *arguments)) == (
        "Give either codes, or fields (--site, --histology, --behaviour, --grade)"
    )


@pytest.mark.parametrize(
    ("diagnosed", "version", "exit_code"), [("2020-12-31", "3.0", 1), ("2021-01-01", "3.2", 0)]
)
def test_the_date_of_diagnosis_chooses_the_edition(
    run: Run, diagnosed: str, version: str, exit_code: int
) -> None:
    result = run(
        *("validate-code", "--system", ICD_O_3, "--code", "8509/3", "--diagnosed", diagnosed)
    )
    assert result.return_value == exit_code
    assert f"version: {version}\n" in result.stdout


def test_a_code_is_looked_up_in_the_edition_of_the_date(run: Run) -> None:
    early = run("lookup", ICD_O_3, "8509/3", "--diagnosed", "2020-12-31")
    late = run("lookup", ICD_O_3, "8509/3", "--diagnosed", "2021")
    assert isinstance(early.exception, UnknownCode)
    assert "version: 3.2\n" in late.stdout


def test_the_table_of_editions_is_a_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERMSERVER_ICDO3_EDITIONS", "2019-01-01=3.2")
    result = run(
        *("validate-code", "--system", ICD_O_3, "--code", "8509/3", "--diagnosed", "2020-01-01")
    )
    assert result.return_value == 0


def test_a_version_and_a_date_are_not_taken_together(run: Run) -> None:
    result = run(
        *("validate-code", "--system", ICD_O_3, "--code", "8500/3"),
        *("--system-version", "3.2", "--diagnosed", "2021-01-01"),
    )
    assert refused(result) == ("--diagnosed and --system-version both choose a version: give one")


def test_a_date_of_diagnosis_is_for_icd_o_3_alone(run: Run) -> None:
    result = run(
        *("validate-code", "--system", "http://loinc.org", "--code", "1", "--diagnosed", "2021")
    )
    assert refused(result) == (
        f"--diagnosed chooses the edition of ICD-O-3 alone: give --system {ICD_O_3}"
    )


def test_a_plausible_pair_must_be_of_the_edition_too(run: Run) -> None:
    plain = run("plausible", "C50.9", "8509/3")
    early = run("plausible", "C50.9", "8509/3", "--diagnosed", "2020-12-31")
    late = run("plausible", "C50.9", "8509/3", "--diagnosed", "2021-01-01")
    assert [one.return_value for one in (plain, early, late)] == [0, 1, 0]
    assert "Unknown code '8509/3' in the CodeSystem" in early.output
    assert "edition: 3.0\n" in early.stdout


def test_the_behaviour_matrix_is_an_option(run: Run) -> None:
    arguments = ("validate-code", "--system", ICD_O_3, "--code", "8500/6")
    assert run(*arguments).return_value == 1
    taken = run(*arguments, "--behaviour-matrix")
    assert taken.return_value == 0
    assert "display: Term of 8500/3\n" in taken.stdout


def test_the_behaviour_matrix_is_an_option_for_columns_of_codes(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("code\n8500/3\n8500/6\n8501/6\n")
    arguments = ("validate-codes", str(file), "--system", ICD_O_3)
    plain, taken = run(*arguments), run(*arguments, "--behaviour-matrix")
    assert [line.split(",")[3] for line in plain.stdout.splitlines()[1:]] == [
        *("true", "false", "false")
    ]
    rows = taken.stdout.splitlines()[1:]
    assert [line.split(",")[3] for line in rows] == ["true", "true", "false"]
    assert rows[1].endswith("BEHAVIOUR_MATRIX")

"""`termserver check` and POST $check: files in, table, JSON, CSV, HTML or OperationOutcome out."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.check_files import resources_in
from api.check_report import COLUMNS
from api.cli import termserver
from loaders.run import load
from termserver.errors import InvalidSource
from termserver.systems import ICD_O_3
from tests.api_requests import ask, dispatcher, error_text, json_of, parameters
from tests.fhir_packages import manifest, package
from tests.small_profiles import (
    COLOURS,
    HERE,
    base_types,
    bound,
    colours,
    concept,
    element,
    structure,
    value_sets,
    widget,
)

PROFILE = HERE + "warm-widget"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check")
    warm = [
        element(one["id"], "CodeableConcept", **bound("warm", "required"))
        if one["id"] == "Widget.colour"
        else one
        for one in widget("Widget")
    ]
    resources = [colours(), *value_sets(), *base_types(), structure(PROFILE, *warm)]
    source = package(folder / "p.tgz", *resources, head=manifest())
    load(folder / "home", [source])
    return folder / "home"


def write(path: Path, *codes: str, **facts: Any) -> Path:
    resource = {"resourceType": "Widget", "id": "w", "colour": concept(*codes)} | facts
    path.write_text(json.dumps(resource))
    return path


def run(home: Path, *arguments: object) -> Result:
    given = ["--home", str(home), "check", *map(str, arguments)]
    return CliRunner().invoke(termserver, given, standalone_mode=False)


def test_a_required_miss_is_exit_code_1(home: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "w.json", "blue", meta={"profile": [PROFILE]})
    result = run(home, file)
    assert result.return_value == 1
    assert "Widget.colour" in result.output
    assert "bindings: 0 passed, 1 failed, 0 cannot be decided" in result.output


def test_all_right_is_exit_code_0(home: Path, tmp_path: Path) -> None:
    result = run(home, write(tmp_path / "w.json", "red", meta={"profile": [PROFILE]}))
    assert result.return_value == 0
    assert "findings: 0 errors, 0 warnings, 0 notes" in result.output


def test_a_profile_can_be_asked_for(home: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "w.json", "blue")
    assert run(home, file).return_value == 0
    assert run(home, file, "--profile", PROFILE).return_value == 1


def test_json_has_counts_and_every_finding(home: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "w.json", "blue", meta={"profile": [PROFILE]})
    told = json.loads(run(home, file, "--json").output)
    assert told["bindings"] == {"passed": 0, "failed": 1, "undecided": 0}
    (one,) = told["findings"]
    assert (one["file"], one["resource"], one["path"], one["severity"], one["strength"]) == (
        str(file),
        "Widget/w",
        "Widget.colour",
        "error",
        "required",
    )


def test_csv_has_a_header_and_a_row_for_each_finding(home: Path, tmp_path: Path) -> None:
    file, out = write(tmp_path / "w.json", "gren"), tmp_path / "out.csv"
    assert run(home, file, "--format", "csv", "--out", out).return_value == 0
    header, row = csv.reader(io.StringIO(out.read_text()))
    assert tuple(header) == COLUMNS
    assert row[:2] == ["warning", "unknown-code"]


def test_the_page_stands_alone_and_is_escaped(home: Path, tmp_path: Path) -> None:
    evil = {"system": COLOURS, "code": "blue", "display": "<script>alert(1)</script>"}
    file = tmp_path / "w.json"
    file.write_text(json.dumps({"resourceType": "Widget", "colour": {"coding": [evil]}}))
    page = run(home, file, "--profile", PROFILE, "--format", "html").output
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "src=" not in page
    assert "href=" not in page


def test_a_table_is_not_written_to_a_file(home: Path, tmp_path: Path) -> None:
    result = run(home, write(tmp_path / "w.json", "red"), "--out", tmp_path / "x")
    assert "give --format" in str(result.exception)


def test_lines_of_ndjson_are_named_by_number(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "many.ndjson"
    lines = [{"resourceType": "Widget", "colour": concept(one)} for one in ("red", "gren")]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    told = json.loads(run(home, file, "--json").output)
    assert told["resources"] == 2
    assert [one["file"] for one in told["findings"]] == [f"{file}:2"]


def test_lines_are_recognised_without_the_name(tmp_path: Path) -> None:
    file = tmp_path / "many.json"
    file.write_text('{"resourceType": "A"}\n{"resourceType": "B"}\n')
    assert [one["resourceType"] for _, one in resources_in(file)] == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", "a.json, line 1: not JSON"),
        ("a.json", "<Patient/>", "XML is not read"),
        ("a.json", "[1]", "no FHIR resource"),
        ("a.ndjson", '{"resourceType": "A"}\n{"x": 1}\n', "a.ndjson, line 2: no FHIR resource"),
    ],
)
def test_what_is_no_resource_is_refused_by_file_and_line(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(InvalidSource, match=message):
        list(resources_in(file))


def test_a_resource_can_be_posted() -> None:
    body = {"resourceType": "Gadget", "id": "g", "kind": concept("gren")}
    answer = ask("$check", body=body, to=dispatcher([colours()]))
    assert answer.status == 200
    outcome = json_of(answer)
    assert outcome["resourceType"] == "OperationOutcome"
    assert [(one["severity"], one["code"], one.get("expression")) for one in outcome["issue"]] == [
        ("information", "not-found", ["Gadget"]),
        ("warning", "code-invalid", ["Gadget.kind"]),
        ("information", "informational", None),
    ]


def test_a_resource_can_be_posted_with_profiles() -> None:
    body = parameters(
        {"name": "resource", "resource": {"resourceType": "Gadget"}},
        {"name": "profile", "valueCanonical": PROFILE},
    )
    texts = [one["details"]["text"] for one in json_of(ask("$check", body=body))["issue"]]
    assert any(PROFILE in one for one in texts)


def icd_o_3() -> dict[str, Any]:
    return {
        "resourceType": "CodeSystem",
        "url": ICD_O_3,
        "version": "3.2",
        "status": "active",
        "content": "complete",
        "concept": [{"code": code, "display": code} for code in ("C50.9", "8500/3")],
    }


GROWTH = {
    "resourceType": "Gadget",
    "id": "g",
    "site": {"coding": [{"system": ICD_O_3, "code": "C50.9"}]},
    "form": {"coding": [{"system": ICD_O_3, "code": "8500/6"}]},
}


def test_a_posted_resource_can_be_checked_by_the_rules_of_icd_o_3() -> None:
    own = "http://termserver.dev/fhir/parameter/"
    body = parameters(
        {"name": "resource", "resource": GROWTH},
        {"name": f"{own}behaviour-matrix", "valueBoolean": True},
        {"name": f"{own}plausibility", "valueBoolean": True},
        {"name": f"{own}diagnosed", "valueDate": "2021"},
    )
    answer = ask("$check", body=body, to=dispatcher([icd_o_3()]))
    texts = [one["details"]["text"] for one in json_of(answer)["issue"]]
    assert any("was accepted by the behaviour matrix" in one for one in texts)
    assert any("site/histology list is not loaded" in one for one in texts)
    assert not any("Unknown code" in one for one in texts)


def test_a_date_without_edition_is_refused_before_anything_is_checked() -> None:
    body = parameters(
        {"name": "resource", "resource": GROWTH},
        {"name": "http://termserver.dev/fhir/parameter/diagnosed", "valueDate": "1999"},
    )
    answer = ask("$check", body=body, to=dispatcher([icd_o_3()]))
    assert answer.status == 400
    assert "No edition of ICD-O-3 is set for a diagnosis of 1999" in error_text(answer)


def test_the_rules_of_icd_o_3_are_options_of_the_command(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "g.json"
    file.write_text(json.dumps(GROWTH))
    options = ("--behaviour-matrix", "--plausibility", "--diagnosed", "2021-03-31")
    found = json.loads(run(home, file, "--json", *options).stdout)["findings"]
    texts = [one["text"] for one in found if one["finding"] == "cannot-be-decided"]
    assert "Cannot be decided: SEER's site/histology list is not loaded" in texts[-1]
    assert any("'3.2'" in one for one in texts)


def test_nothing_to_check_is_a_bad_request() -> None:
    answer = ask("$check")
    assert answer.status == 400
    assert "resource" in error_text(answer)

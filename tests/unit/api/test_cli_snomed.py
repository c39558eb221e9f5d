"""Commands on a SNOMED CT edition: role groups, and expressions that the concept model refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import termserver
from termserver.systems import SNOMED_CT
from tests.snomed_edition import Clinic, clinic, home_of
from tests.unit.termserver.providers.test_snomed_model import MANDATORY, domain_row


@pytest.fixture(scope="module")
def made() -> Clinic:
    made = clinic()
    domain_row(made, "site", "disease", MANDATORY)
    return made


@pytest.fixture(scope="module")
def home(made: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    opened = home_of(made.release, tmp_path_factory.mktemp("clinic"))
    yield opened.path
    opened.close()


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(termserver, ["--home", str(home), *arguments], standalone_mode=False)


def test_lookup_numbers_the_role_groups(home: Path, made: Clinic) -> None:
    text = f"{made['fracture']}:{{{made['site']}={made['arm']}}}"
    shown = run(home, "lookup", SNOMED_CT, text, "--property", "609096000").stdout

    rows = [line.split("\t") for line in shown.splitlines() if line.startswith("609096000")]
    assert rows == [
        [f"609096000[1].{made['site']}", made["arm"], "Arm"],
        [f"609096000[2].{made['morphology']}", made["break"], "Break"],
    ]


def test_validate_code_is_negative_where_a_mandatory_rule_is_broken(
    home: Path, made: Clinic
) -> None:
    good = f"{made['fracture']}:{made['site']}={made['arm']}"
    bad = f"{made['body']}:{made['site']}={made['arm']}"

    for more in ((), ("--valueset", f"{SNOMED_CT}?fhir_vs")):
        fine = run(home, "validate-code", "--system", SNOMED_CT, "--code", good, *more)
        refused = run(home, "validate-code", "--system", SNOMED_CT, "--code", bad, *more)
        assert (fine.return_value, refused.return_value) == (0, 1)
        assert "error: The concept model does not allow the attribute" in refused.stdout

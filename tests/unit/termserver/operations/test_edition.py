"""ICD-O-3's edition by the date of diagnosis."""

from typing import Any

import pytest

from termserver.errors import InvalidRequest
from termserver.model import Coding
from termserver.operations.edition import US_EDITIONS, edition_of, in_edition, read_editions
from termserver.operations.validation import ValidateRequest, VersionRules
from termserver.systems import ALIASES, ICD_O_3

US = read_editions(US_EDITIONS)
STEPS = read_editions(["2021-01-01=3.2", "2014-07-01=3.1", "2001-01-01=3.0"])


@pytest.mark.parametrize(
    ("diagnosed", "edition"),
    [
        ("2001-01-01", "3.0"),
        ("2020-12-31", "3.0"),
        ("20201231", "3.0"),
        ("2020-12", "3.0"),
        ("2020", "3.0"),
        ("2021-01-01", "3.2"),
        ("20210101", "3.2"),
        ("2021", "3.2"),
    ],
)
def test_us_registries_change_from_3_0_to_3_2_in_2021(diagnosed: str, edition: str) -> None:
    assert edition_of(diagnosed, US) == edition


@pytest.mark.parametrize(
    ("diagnosed", "edition"), [("2014-06", "3.0"), ("2014-07", "3.1"), ("2024-02-29", "3.2")]
)
def test_a_table_of_ones_own_is_gone_by_in_any_order_of_rows(diagnosed: str, edition: str) -> None:
    assert edition_of(diagnosed, STEPS) == edition


def test_a_date_that_leaves_the_edition_open_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        edition_of("2014", STEPS)
    assert caught.value.text == (
        "The date of diagnosis 2014 is not exact enough: another edition of ICD-O-3 begins within "
        "it; give the day"
    )


def test_a_date_before_the_table_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        edition_of("2000-12-31", US)
    assert caught.value.text == (
        "No edition of ICD-O-3 is set for a diagnosis of 2000-12-31: the table begins on "
        "2001-01-01 (setting TERMSERVER_ICDO3_EDITIONS)"
    )


@pytest.mark.parametrize(
    "text", ["", "21", "2021-02-29", "2021-13", "202103", "2021-0331", "20210399", "0000", "x"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match=f"'{text}' is no date of diagnosis"):
        edition_of(text, US)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        ["3.2"],
        ["2021=3.2"],
        ["20210101=3.2"],
        ["2021-01-01="],
        ["2021-01-01=3.2", "2021-01-01=3.1"],
    ],
)
def test_a_table_that_cannot_be_read_is_refused(rows: list[str]) -> None:
    with pytest.raises(ValueError, match=r"must be rows 2021-01-01=3\.2"):
        read_editions(rows)


# -- a request in an edition ----------------------------------------------------------------

OTHER = "http://x.org/cs"
ALIAS = "http://hl7.org/fhir/sid/icd-o-3"


def placed(**request: Any) -> ValidateRequest:
    return in_edition(ValidateRequest(**request), "3.0", lambda url: ALIASES.get(url, url))


@pytest.mark.parametrize("system", [ICD_O_3, ALIAS])
def test_a_code_and_the_value_set_are_taken_in_the_edition(system: str) -> None:
    found = placed(url="http://x.org/vs", system=system, code="8500/3")
    assert found.system_version == "3.0"
    assert found.versions.system_version == (f"{ICD_O_3}|3.0",)


def test_of_several_codings_those_of_icd_o_3_get_the_version() -> None:
    codings = (
        Coding(system=OTHER, code="1"),
        Coding(system=ALIAS, code="C50.9"),
        Coding(system=ICD_O_3, code="8500/3", version="3.0"),
    )
    found = placed(url="http://x.org/vs", codeable_concept=codings)
    assert [one.version for one in found.codeable_concept or ()] == [None, "3.0", "3.0"]


def test_a_code_without_system_takes_that_of_the_operation() -> None:
    found = placed(code_system=True, url=ICD_O_3, coding=Coding(code="8500/3"))
    assert found.coding == Coding(code="8500/3", version="3.0")


@pytest.mark.parametrize(
    "request_",
    [
        {"url": "http://x.org/vs", "system": ICD_O_3, "system_version": "3.2", "code": "8500/3"},
        {"code_system": True, "url": f"{ICD_O_3}|3.2", "code": "8500/3"},
        {"url": "x", "coding": Coding(system=ICD_O_3, code="8500/3", version="3.2")},
        {
            "url": "x",
            "coding": Coding(system=ICD_O_3, code="8500/3"),
            "versions": VersionRules(force_system_version=(f"{ALIAS}|3.2",)),
        },
    ],
)
def test_another_version_beside_the_date_is_refused(request_: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        placed(**request_)
    assert caught.value.text == (
        "The date of diagnosis chooses the edition 3.0 of ICD-O-3, and the version 3.2 is asked "
        "for too: give one of them"
    )


@pytest.mark.parametrize(
    "request_",
    [
        {"url": "http://x.org/vs", "system": OTHER, "code": "1"},
        {"url": "http://x.org/vs", "code": "1"},
        {"url": "x", "coding": Coding(system=OTHER, code="1", version="3.0")},
    ],
)
def test_a_date_without_a_code_of_icd_o_3_is_refused(request_: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match="chooses the edition of ICD-O-3 alone"):
        placed(**request_)

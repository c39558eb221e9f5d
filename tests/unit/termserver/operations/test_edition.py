"""ICD-O-3's edition by the date of diagnosis."""

import pytest

from termserver.errors import InvalidRequest
from termserver.operations.edition import US_EDITIONS, edition_of, read_editions

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

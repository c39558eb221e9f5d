"""Canonicals: parsing, partial and wildcard versions, the order of versions."""

import pytest

from termserver.canonical import (
    compare_versions,
    format_canonical,
    has_wildcard,
    newest,
    parse_canonical,
    version_form,
    version_matches,
)


def test_a_canonical_is_split_at_the_last_pipe() -> None:
    assert parse_canonical("http://x.org/cs|1.0") == ("http://x.org/cs", "1.0")
    assert parse_canonical("http://x.org/cs") == ("http://x.org/cs", None)


def test_an_ecl_value_set_keeps_the_pipes_of_its_terms() -> None:
    url = "http://snomed.info/sct?fhir_vs=ecl/<404684003 |Finding|"
    assert parse_canonical(url) == (url, None)


def test_formatting_turns_parsing_round() -> None:
    assert format_canonical(*parse_canonical("http://x.org/cs|1.0")) == "http://x.org/cs|1.0"


@pytest.mark.parametrize(
    ("candidate", "wanted", "fits"),
    [
        ("1.0.0", "1.0.0", True),
        ("1.0.0", "1.0", True),
        ("1.0.0", "1", False),
        ("1.2.0", "1.0", False),
        ("1.2.0", "1.x.x", True),
        ("1.0.3", "1.0.x", True),
        ("1.2.0", "1.0.x", False),
        ("2.0.0", "1.x.x", False),
        ("1.0.3", "1.*", True),
        ("1.0.3", "1.?", True),
        ("10.0", "1.x", False),
        (
            "http://snomed.info/sct/900000000000207008/version/20250201",
            "http://snomed.info/sct/900000000000207008",
            True,
        ),
        (
            "http://snomed.info/sct/900000000000207008/version/20250201",
            "http://snomed.info/sct/9000000000002070081",
            False,
        ),
    ],
)
def test_a_version_fits_exactly_in_part_or_by_wildcard(
    candidate: str, wanted: str, fits: bool
) -> None:
    assert version_matches(candidate, wanted) is fits


def test_a_wildcard_is_a_whole_part() -> None:
    assert has_wildcard("1.x")
    assert not has_wildcard("1.0-max")


def test_numbers_in_versions_compare_as_numbers() -> None:
    assert compare_versions("1.10.0", "1.9.0") > 0
    assert compare_versions("2024-09", "2023-10") > 0
    assert compare_versions("1.0.0", "1.0.0-beta") > 0
    assert compare_versions(None, "1.0.0") < 0
    assert compare_versions("1.0.0", "1.0.0") == 0


def test_snomed_editions_compare_by_date() -> None:
    old = "http://snomed.info/sct/900000000000207008/version/20240201"
    new = "http://snomed.info/sct/731000124108/version/20250301"
    assert newest([new, old]) == new


def test_the_newest_of_nothing_is_nothing() -> None:
    assert newest([]) is None
    assert newest([None]) is None


@pytest.mark.parametrize(
    ("version", "form"),
    [
        ("1.2.3", "semver"),
        ("2018-08-12", "date"),
        ("20250901", "date"),
        ("3", "number"),
        ("http://snomed.info/sct/900000000000207008/version/20240201", "snomed"),
        ("STU3", "text"),
        (None, "none"),
    ],
)
def test_versions_are_compared_within_one_form(version: str | None, form: str) -> None:
    assert version_form(version) == form


def test_dates_that_begin_with_the_month_compare_as_dates() -> None:
    assert newest(["12022024", "01062025", "07092014"]) == "01062025"
    assert newest(["20241202", "20250106"]) == "20250106"

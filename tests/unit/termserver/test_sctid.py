from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from termserver.providers.snomed_editions import EDITIONS
from termserver.sctid import (
    check_digit,
    first_invalid,
    format_sctid,
    has_sctid_form,
    is_sctid,
    number_of,
    parse_sctid,
)

PARTITIONS = ["00", "01", "02", "10", "11", "12", "16"]


def test_a_number_is_read_only_as_identifiers_are_written() -> None:
    assert number_of("73211009") == 73211009
    for text in ("073211009", "٧٣٢١١٠٠٩", "7²", "-1", "1_0", " 1", "1\n", "", "9" * 19):
        assert number_of(text) is None


def test_a_short_identifier_has_no_namespace() -> None:
    found = parse_sctid("73211009")

    assert found is not None
    assert (found.kind, found.partition, found.namespace) == ("concept", "00", None)


def test_a_long_identifier_has_its_namespace() -> None:
    found = parse_sctid("999000041000000102")

    assert found is not None
    assert (found.kind, found.partition, found.namespace) == ("concept", "10", 1000000)


def test_a_wrong_check_digit_is_no_identifier() -> None:
    assert not is_sctid("73211008")


def test_a_description_is_no_concept() -> None:
    assert is_sctid("91000003111", "description")
    assert not is_sctid("91000003111", "concept")


def test_leading_zeros_letters_and_lengths_are_refused() -> None:
    assert not any(
        is_sctid(one) for one in ["", "00000", "073211009", "7321100x", "٧٣٢١١٠٠٩", "1" * 19]
    )


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("404684003", True),
        ("404684009", True),
        ("000000", True),
        ("1" * 18, True),
        ("12345", False),
        ("1" * 19, False),
        ("40468400x", False),
        (" 404684003", False),
        ("٤٠٤٦٨٤٠٠٣", False),
        ("", False),
    ],
)
def test_the_form_of_an_identifier_is_its_digits_and_their_number(text: str, form: bool) -> None:
    assert has_sctid_form(text) is form


def test_the_modules_of_the_edition_table_have_valid_identifiers() -> None:
    table = [one for edition in EDITIONS.values() for one in (edition.module, *edition.dialects)]

    assert [one for one in table if not is_sctid(str(one), "concept")] == []


@given(st.integers(1, 99_999_999), st.sampled_from(PARTITIONS), st.integers(1_000_000, 9_999_999))
def test_a_formatted_identifier_parses_to_its_parts(
    item: int, partition: str, namespace: int
) -> None:
    long = partition[0] == "1"
    text = format_sctid(item if long else item + 1000, partition, namespace if long else None)

    found = parse_sctid(text)

    assert found is not None
    assert found.partition == partition
    assert found.namespace == (namespace if long else None)
    assert check_digit(text[:-1]) == text[-1]


@given(st.lists(st.integers(1, 10**18 - 1) | st.integers(1, 10**9), max_size=20))
def test_many_at_a_time_agrees_with_one_at_a_time(values: list[int]) -> None:
    bad = [at for at, one in enumerate(values) if not is_sctid(str(one))]

    assert first_invalid(array("q", values)) == (bad[0] if bad else None)

"""The ways in which registries write ICD-O-3 codes."""

import pytest

from termserver.providers.icdo3 import normalise_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C509", "C50.9"),
        ("c50.9", "C50.9"),
        ("C50", "C50"),
        ("85003", "8500/3"),
        ("8500/3", "8500/3"),
        ("M-8500/3", "8500/3"),
        ("M85003", "8500/3"),
        ("icdom-85003", "8500/3"),
        (" 8500/3 ", "8500/3"),
    ],
)
def test_common_spellings_become_the_code(text: str, code: str) -> None:
    assert normalise_code(text) == code


@pytest.mark.parametrize("text", ["", "80463/3", "8140/33", "8500", "8500/4", "C5091", "D50.9"])
def test_what_is_no_spelling_of_a_code_stays_none(text: str) -> None:
    assert normalise_code(text) is None

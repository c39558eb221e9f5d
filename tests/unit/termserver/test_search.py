"""The text filter's rule: folding, tokens, what matches."""

import pytest

from termserver.search import fold, matches, tokens


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "strasse"),
        ("ÉCLAIR", "eclair"),
        ("İstanbul", "istanbul"),
        ("Sjögren’s", "sjogren’s"),
        ("ﬁbrosis ²", "fibrosis 2"),
        ("Ωμέγα", "ωμεγα"),
    ],
)
def test_case_diacritics_and_compatibility_forms_are_folded(text: str, folded: str) -> None:
    assert (fold(text), fold(folded)) == (folded, folded)


def test_tokens_are_runs_of_letters_and_digits() -> None:
    assert tokens("T-cell (CD4+), 8140/3 a_b") == ["t", "cell", "cd4", "8140", "3", "a", "b"]


def test_characters_of_scripts_without_blanks_are_tokens_of_their_own() -> None:
    assert tokens("糖尿病 type2") == ["糖", "尿", "病", "type2"]
    assert matches("尿病", "1", ["糖尿病"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mal neo", True),
        ("neoplasm malign", True),
        ("plasm", False),
        ("mal tumour", False),
        ("c50", True),
        ("C50.9", True),
        ("c50 malignant", False),
        ("", True),
        ("  ", True),
        ("+", False),
    ],
)
def test_every_word_begins_a_word_of_one_name_or_of_the_code(text: str, found: bool) -> None:
    assert matches(text, "C50.9", ["Malignant neoplasm", "Tumour of breast"]) is found

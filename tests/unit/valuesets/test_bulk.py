"""Many codes at once: each distinct one asked once, every row answered."""

from collections.abc import Iterator
from typing import Any

import pytest

from termserver.errors import InvalidRequest, UnknownCodeSystem, UnknownValueSet
from termserver.providers.registry import Registry
from termserver.terminology import Terminology
from valuesets.bulk import BulkRequest, Row, Verdict, answered_rows, row_answerer

CS = "http://x.org/cs"
VS = "http://x.org/vs"

SYSTEM = {
    "resourceType": "CodeSystem",
    "url": CS,
    "version": "1",
    "content": "complete",
    "caseSensitive": True,
    "concept": [{"code": "a", "display": "Apple"}, {"code": "b", "display": "Berry"}],
}


def value_set(*includes: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "ValueSet",
        "url": VS,
        "status": "active",
        "compose": {"include": list(includes)},
    }


ONLY_A = value_set({"system": CS, "concept": [{"code": "a"}]})


def terminology(*resources: dict[str, Any]) -> Terminology:
    return Terminology(Registry(())).with_overlay([SYSTEM, *resources])


def answers(request: BulkRequest, *rows: Row, sent: dict[str, Any] = ONLY_A) -> list[Verdict]:
    return [verdict for _, verdict in answered_rows(row_answerer(terminology(sent), request), rows)]


def test_rows_keep_their_numbers_and_order() -> None:
    rows = [Row(1, "b"), Row(2, "a"), Row(7, "b")]
    found = answered_rows(row_answerer(terminology(), BulkRequest(system=CS)), rows)
    assert [(number, one.code, one.display) for number, one in found] == [
        (1, "b", "Berry"),
        (2, "a", "Apple"),
        (7, "b", "Berry"),
    ]


def test_a_code_outside_the_value_set_is_not_valid_and_says_why() -> None:
    inside, outside = answers(BulkRequest(value_set=VS, system=CS), Row(1, "a"), Row(2, "b"))
    assert (inside.result, inside.message, inside.message_ids) == (True, None, ())
    assert outside.result is False
    assert outside.message_ids == ("None_of_the_provided_codes_are_in_the_value_set_one",)
    assert outside.message is not None
    assert VS in outside.message


def test_a_display_is_part_of_what_is_asked() -> None:
    right, wrong = answers(
        BulkRequest(system=CS), Row(1, "a", display="Apple"), Row(2, "a", display="Pear")
    )
    assert (right.result, wrong.result, wrong.display) == (True, False, "Apple")
    assert wrong.message_ids == ("Display_Name_for__should_be_one_of__instead_of",)


def test_rows_that_say_the_same_share_one_answer() -> None:
    rows = [Row(at, "ab"[at % 2]) for at in range(100)]
    found = answers(BulkRequest(system=CS), *rows)
    assert len({id(one) for one in found}) == 2
    assert found[0] is found[98]


def test_rows_are_read_as_they_are_asked_for() -> None:
    read: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(1, 1_000):
            read.append(number)
            yield Row(number, "a")

    found = answered_rows(row_answerer(terminology(), BulkRequest(system=CS)), rows())
    next(found)
    assert read == [1]


def test_a_row_without_code_is_not_valid() -> None:
    (one,) = answers(BulkRequest(system=CS), Row(1, None))
    assert (one.result, one.code, one.message) == (False, None, "The row has no code")


def test_a_row_without_system_is_not_valid_unless_a_value_set_tells_it() -> None:
    (alone,) = answers(BulkRequest(), Row(1, "a"))
    assert (alone.result, alone.system) == (False, None)
    assert alone.message_ids == ("Coding_has_no_system__cannot_validate",)
    (inferred,) = answers(BulkRequest(value_set=VS), Row(1, "a"))
    assert (inferred.result, inferred.system) == (True, CS)


def test_the_system_of_a_row_comes_before_that_of_the_request() -> None:
    other = {**SYSTEM, "url": "http://x.org/other", "concept": [{"code": "z"}]}
    request = BulkRequest(system=CS, system_version="1")
    one, two = answers(request, Row(1, "z", "http://x.org/other"), Row(2, "z"), sent=other)
    assert (one.result, two.result) == (True, False)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (BulkRequest(value_set="http://x.org/none"), UnknownValueSet),
        (BulkRequest(system="http://x.org/none"), UnknownCodeSystem),
        (BulkRequest(system=CS, system_version="9"), UnknownCodeSystem),
        (BulkRequest(system_version="1"), InvalidRequest),
    ],
)
def test_what_is_not_there_is_refused_before_the_first_row(
    request_: BulkRequest, error: type[Exception]
) -> None:
    with pytest.raises(error):
        answered_rows(row_answerer(terminology(), request_), [])


def test_an_unknown_system_in_a_row_is_an_error_with_the_row() -> None:
    for request in (BulkRequest(), BulkRequest(value_set=VS)):
        with pytest.raises(UnknownCodeSystem, match=r"Row 2, code 'a': .*http://x.org/none"):
            answers(request, Row(1, "a", CS), Row(2, "a", "http://x.org/none"))


def test_an_unknown_version_in_a_row_is_an_error_with_the_row() -> None:
    with pytest.raises(UnknownCodeSystem, match=r"Row 1, code 'a': .*'9'"):
        answers(BulkRequest(), Row(1, "a", CS, "9"))


def test_a_value_set_that_imports_what_is_not_loaded_is_an_error() -> None:
    broken = value_set({"valueSet": ["http://x.org/none"]})
    with pytest.raises(UnknownValueSet, match=r"http://x\.org/none"):
        answers(BulkRequest(value_set=VS, system=CS), Row(1, "a"), sent=broken)

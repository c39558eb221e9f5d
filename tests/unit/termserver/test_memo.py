"""What is kept, and what goes when there is too much."""

from termserver.memo import Memo


def test_a_value_is_made_once() -> None:
    made: list[str] = []
    memo = Memo(10)

    def make() -> str:
        made.append("value")
        return "value"

    assert [memo.get("key", make), memo.get("key", make)] == ["value", "value"]
    assert made == ["value"]


def test_nothing_is_made_again_and_not_kept() -> None:
    memo = Memo(10)
    assert memo.get("key", lambda: None) is None
    assert memo.get("key", lambda: 7) == 7


def test_the_older_half_goes_when_the_limit_is_passed() -> None:
    memo = Memo(4)
    for at in range(5):
        memo.get(at, lambda at=at: str(at))  # type: ignore[misc]
    assert len(memo) == 2
    assert memo.get(4, lambda: "other") == "4"
    assert memo.get(0, lambda: "other") == "other"


def test_a_value_above_the_limit_is_given_and_not_kept() -> None:
    memo = Memo(4)
    assert memo.get("big", lambda: "x", lambda _: 5) == "x"
    assert len(memo) == 0

"""The cache of documents."""

from termserver.store.cache import ByteCache


def test_what_was_used_longest_ago_goes_first() -> None:
    read: list[int] = []

    def reading(number: int) -> tuple[str, int]:
        read.append(number)
        return str(number), 4

    cache = ByteCache(10, reading)
    assert [cache.get(one) for one in (1, 2, 1, 3, 1, 2)] == ["1", "2", "1", "3", "1", "2"]
    assert read == [1, 2, 3, 2]


def test_what_is_larger_than_the_limit_is_not_kept() -> None:
    read: list[int] = []

    def reading(number: int) -> tuple[str, int]:
        read.append(number)
        return str(number), 11 if number == 9 else 4

    cache = ByteCache(10, reading)
    assert [cache.get(one) for one in (1, 9, 9, 1)] == ["1", "9", "9", "1"]
    assert read == [1, 9, 9]

"""What repeats among rows, numbered at first sight: kinds of designations and properties."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Interned(Generic[Key]):
    """Numbers 1, 2, … for distinct keys; `write` is called once for each, with (number, key)."""

    def __init__(self, write: Callable[[int, Key], None]) -> None:
        """Begin with no key."""
        self._write = write
        self._numbers: dict[Key, int] = {}

    def __call__(self, key: Key) -> int:
        """Return the number of `key`."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers) + 1
            self._write(number, key)
        return number

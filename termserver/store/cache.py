"""Documents kept in memory, bounded by the bytes of their text."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ByteCache(Generic[Value]):
    """The values asked for last, up to `limit` bytes; `read` gives (value, bytes) of a number."""

    def __init__(self, limit: int, read: Callable[[int], tuple[Value, int]]) -> None:
        """Begin empty."""
        self._limit = limit
        self._read = read
        self._kept: OrderedDict[int, tuple[Value, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, number: int) -> Value:
        """Return a value, read where it is not kept. One larger than the limit is never kept."""
        with self._lock:
            found = self._kept.get(number)
            if found is not None:
                self._kept.move_to_end(number)
                return found[0]
        value, size = self._read(number)
        if size <= self._limit:
            self._keep(number, value, size)
        return value

    def _keep(self, number: int, value: Value, size: int) -> None:
        with self._lock:
            if number not in self._kept:
                self._kept[number] = (value, size)
                self._size += size
            while self._size > self._limit:
                _, (_, gone) = self._kept.popitem(last=False)
                self._size -= gone

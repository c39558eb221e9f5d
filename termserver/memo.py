"""A bounded memory of what was made from content that does not change."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Kept(NamedTuple, Generic[Value]):
    """A plan, or that there is none: that too is kept, where None alone is not."""

    plan: Value | None


class Memo:
    """Keeps values by key up to a total weight; then the older half goes. Safe for threads."""

    __slots__ = ("_kept", "_limit", "_lock", "_weight")

    def __init__(self, limit: int) -> None:
        """Keep values of at most `limit` together."""
        self._limit = limit
        self._kept: dict[Hashable, tuple[Any, int]] = {}
        self._weight = 0
        self._lock = Lock()

    def __len__(self) -> int:
        """Return the number of values kept."""
        return len(self._kept)

    def get(
        self,
        key: Hashable,
        make: Callable[[], Value | None],
        weigh: Callable[[Value], int] = lambda _: 1,
    ) -> Value | None:
        """Return what is kept under `key`, otherwise make and keep it (None is not kept)."""
        found = self._kept.get(key)
        if found is not None:
            value: Value = found[0]
            return value
        made = make()
        if made is not None:
            self._keep(key, made, weigh(made))
        return made

    def _keep(self, key: Hashable, value: Any, weight: int) -> None:
        if weight > self._limit:
            return
        with self._lock:
            if key in self._kept:
                return
            if self._weight + weight > self._limit:
                self._forget(self._limit // 2 - weight)
            self._kept[key] = (value, weight)
            self._weight += weight

    def _forget(self, left: int) -> None:
        """Drop the values kept longest until at most `left` is kept."""
        for key in list(self._kept):
            if self._weight <= max(left, 0):
                break
            self._weight -= self._kept.pop(key)[1]

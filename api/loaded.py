"""The content of a home as one worker sees it: opened once, swapped when the catalogue changes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock

from api.service import Loaded
from termserver.library import Home

LOOK_S = 0.001
"""How long what the catalogue said is taken as said: less than any command takes to end, so that a
request sent after a load sees what was loaded."""


@dataclass(slots=True)
class LoadedContent:
    """What is installed. Safe for several threads; a look at the catalogue costs microseconds."""

    home: Home
    _loaded: Loaded = field(init=False)
    _lock: Lock = field(default_factory=Lock)
    _looked: float = 0.0

    def __post_init__(self) -> None:
        """Take what is there now."""
        self._loaded = self._take()

    def close(self) -> None:
        """Close packs and catalogue."""
        self.home.close()

    def current(self) -> Loaded:
        """Return the content; a changed catalogue is noticed here, within a millisecond."""
        now = time.monotonic()
        if now - self._looked < LOOK_S:
            return self._loaded
        with self._lock:
            if self.home.refresh():
                self._loaded = self._take()
            self._looked = now
            return self._loaded

    def _take(self) -> Loaded:
        state = blake2b(digest_size=16)
        for one in self.home.catalogue.packs():
            state.update(f"{one.folder} {one.rank} {one.preferred}\n".encode())
        return Loaded(
            generation=state.hexdigest(),
            terminologies={one: self.home.terminology(one) for one in ("4.0", "5.0")},
        )

"""The content of a home as one worker sees it: opened once, swapped when the catalogue changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock

from termserver.library import Home
from termserver.terminology import Terminology


@dataclass(slots=True)
class LoadedContent:
    """What is installed. Safe for several threads; a look at the catalogue costs microseconds."""

    home: Home
    _terminologies: dict[str, Terminology] = field(default_factory=dict)
    _generation: str = ""
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Take what is there now."""
        self._take()

    def close(self) -> None:
        """Close packs and catalogue."""
        self.home.close()

    def terminology(self, release: str) -> Terminology:
        """Return the content as a FHIR base sees it; a changed catalogue is noticed here."""
        self._notice()
        return self._terminologies[release]

    def generation(self) -> str:
        """Return a text made from the packs and their ranks, alike in all workers."""
        self._notice()
        return self._generation

    def _notice(self) -> None:
        with self._lock:
            if self.home.refresh():
                self._take()

    def _take(self) -> None:
        state = blake2b(digest_size=16)
        for one in self.home.catalogue.packs():
            state.update(f"{one.folder} {one.rank} {one.preferred}\n".encode())
        self._terminologies = {
            release: self.home.terminology(release) for release in ("4.0", "5.0")
        }
        self._generation = state.hexdigest()

"""Long enumerations looked up beside the first requests, so that no client waits for them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from api.service import ContentSource
from valuesets.page_plans import warm

log = logging.getLogger("termserver.warming")

REST = 4
"""After each value set so many times as long as it took: requests go first."""


def start_warming(content: ContentSource) -> Callable[[], None]:
    """Begin to make the plans of stored enumerations, and return what ends that."""
    stopped = Event()
    thread = Thread(target=_run, args=(content, stopped), name="warming", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join()

    return stop


def _run(content: ContentSource, stopped: Event) -> None:
    loaded = content.current()

    def is_over() -> bool:
        # packs that were taken out may be closed by now
        return stopped.is_set() or content.current() is not loaded

    def rest(seconds: float) -> bool:
        return not stopped.wait(REST * seconds) and not is_over()

    try:
        for release, terminology in loaded.terminologies.items():
            made = warm(terminology, rest)
            log.debug("%s value sets made ready for FHIR %s", made, release)
    except Exception:
        # what was not made ready is made when it is asked for
        if not is_over():
            log.exception("value sets cannot be made ready")

"""Deadlines: until when a request may work, asked between the steps of what takes long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from termserver.errors import TooCostly

Check = Callable[[], None]
"""Called between steps; raises where the work is to be given up."""

_AT_ONCE_S = 0.02


class NotAtOnce(Exception):
    """What was to be answered at once takes longer: it is to be begun anew, with more time.

    No `TerminologyError`, since nothing is wrong with the request: nobody may make an answer of it.
    """


class Deadline(NamedTuple):
    """Until when to work: `end` is a monotonic time in seconds, None for no limit.

    `is_short` is for who keeps others waiting meanwhile (an event loop): what may take seconds is
    not even begun.
    """

    end: float | None = None
    is_short: bool = False

    def check(self) -> None:
        """Raise when the time is over: TooCostly; NotAtOnce for a short one. Cost: a clock read."""
        if self.end is not None and time.monotonic() > self.end:
            if self.is_short:
                raise NotAtOnce
            raise TooCostly("The request took longer than the server allows; ask for less at once")

    def check_long(self) -> None:
        """Do as `check`, before and within what may take seconds. A short deadline is over then."""
        if self.is_short:
            raise NotAtOnce
        self.check()


UNLIMITED = Deadline()


def within(seconds: float) -> Deadline:
    """Return the deadline that ends after so many seconds from now."""
    return Deadline(time.monotonic() + seconds)


def at_once() -> Deadline:
    """Return the deadline of an answer that others wait for: some milliseconds from now."""
    return Deadline(time.monotonic() + _AT_ONCE_S, is_short=True)


def refuse() -> None:
    """Raise NotAtOnce: the check of who takes only what is at hand."""
    raise NotAtOnce

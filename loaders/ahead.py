"""Reading a large source in a second process, while the first one stores what it has read.

Reading and storing take about the same time each. The reader is forked before anything is written;
records come through a pipe, which holds it back when the store is slower. Where there is no fork or
only one core, records are read where they are stored: the result is the same.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from loaders.base import Progress, Reading
from loaders.blocks import in_blocks
from termserver.errors import StoreError, TerminologyError
from termserver.records import (
    DesignationBlock,
    LanguageBlock,
    PropertyBlock,
    Record,
    RefsetMemberBlock,
)

log = logging.getLogger("termserver.load")

WORTH_BYTES = 50_000_000
"""Smaller sources are read before a second process pays."""
_TOGETHER = 2_000
_BLOCKS = (DesignationBlock, LanguageBlock, PropertyBlock, RefsetMemberBlock)


@dataclass(slots=True)
class Relay:
    """Progress that is shown by the first process, whichever reports it."""

    show: Progress
    sender: Connection | None = None

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """Show progress, or send it to the process that shows it."""
        if self.sender is None:
            self.show(what, done, total)
        else:
            self.sender.send(("progress", (what, done, total)))


def read_ahead(reading: Reading, relay: Relay, size: int) -> Iterator[Record]:
    """Return the records of `reading`, read by a process of their own if `size` bytes are worth it.

    The process starts at once. `reading.expected` is complete when the records are at their end.
    Raises, while they are taken: what the loader raises; StoreError if the process is killed.
    """
    if size < WORTH_BYTES:
        return iter(reading.records)
    can_fork = "fork" in multiprocessing.get_all_start_methods()
    if not can_fork or (os.cpu_count() or 1) < 2:
        return in_blocks(reading.records)
    receiver, sender = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_run, args=(reading, relay, receiver, sender), daemon=True)
    process.start()
    sender.close()
    return _received(process, receiver, reading, relay)


def _received(
    process: Any, receiver: Connection, reading: Reading, relay: Relay
) -> Iterator[Record]:
    try:
        while True:
            kind, value = receiver.recv()
            if kind == "records":
                yield from value
            elif kind == "progress":
                relay(*value)
            elif kind == "error":
                raise value
            else:
                reading.expected.update(value)
                return
    except EOFError as error:
        raise StoreError("The process that read the source was ended; load it again") from error
    finally:
        receiver.close()
        process.terminate()
        process.join()


def _run(reading: Reading, relay: Relay, receiver: Connection, sender: Connection) -> None:
    gc.disable()
    receiver.close()
    relay.sender = sender
    try:
        _send(reading, sender)
    except (BrokenPipeError, KeyboardInterrupt):
        pass  # the first process is gone, or tells of it
    except Exception as error:
        sender.send(("error", _portable(error)))
    # nothing that was open when the process was forked is closed here: it is the other one's
    os._exit(0)


def _send(reading: Reading, sender: Connection) -> None:
    waiting: list[Record] = []
    for record in in_blocks(reading.records):
        waiting.append(record)
        if len(waiting) >= _TOGETHER or isinstance(record, _BLOCKS):
            sender.send(("records", waiting))
            waiting.clear()
    sender.send(("records", waiting))
    sender.send(("end", dict(reading.expected)))


def _portable(error: Exception) -> Exception:
    """Return an error as it can be sent: ours and the system's as they are, a bug by its name."""
    if isinstance(error, TerminologyError | OSError):
        return error
    log.exception("reading failed")
    return StoreError(f"Reading failed: {type(error).__name__}: {error}")

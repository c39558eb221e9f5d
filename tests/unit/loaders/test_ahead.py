"""Reading in a second process gives the same records, counts, progress and errors."""

import multiprocessing
import os
from collections.abc import Iterator

import pytest

from loaders.ahead import WORTH_BYTES, Relay, read_ahead
from loaders.base import Reading
from termserver.errors import InvalidSource, StoreError
from termserver.model import CodeSystem
from termserver.records import (
    CodeSystemRecord,
    ConceptRecord,
    DesignationBlock,
    PackHeader,
    Record,
)

pytestmark = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods() or (os.cpu_count() or 1) < 2,
    reason="this machine reads and stores in one process",
)
MANY = 4_500


def some_records() -> list[Record]:
    return [
        CodeSystemRecord(system=CodeSystem(url="http://example.org/s", version="1")),
        *(ConceptRecord(code=str(at), display=f"Concept {at}") for at in range(MANY)),
        DesignationBlock(
            rows=[("1", "Name", "en", None, True, 1, 2, 3, 4, frozenset({5}), frozenset())]
        ),
    ]


def reading_of(records: Iterator[Record]) -> Reading:
    return Reading(header=PackHeader(name="n", version="1", kind="rf2"), records=records)


def test_records_come_in_order_with_counts_and_progress() -> None:
    shown: list[tuple[str, int, int | None]] = []
    relay = Relay(lambda what, done, total: shown.append((what, done, total)))
    counts: dict[str, int] = {}

    def records() -> Iterator[Record]:
        yield from some_records()
        relay("file.txt", MANY, None)
        counts["concepts"] = MANY

    reading = Reading(
        header=PackHeader(name="n", version="1", kind="rf2"), records=records(), expected=counts
    )
    assert list(read_ahead(reading, relay, WORTH_BYTES)) == some_records()
    assert counts == {"concepts": MANY}
    assert shown == [("file.txt", MANY, None)]


def test_a_fault_of_the_source_is_raised_as_it_is() -> None:
    def records() -> Iterator[Record]:
        yield from some_records()
        raise InvalidSource("no number", file="file.txt", line=7)

    with pytest.raises(InvalidSource) as caught:
        list(read_ahead(reading_of(records()), Relay(print), WORTH_BYTES))
    assert (caught.value.text, caught.value.line) == ("file.txt, line 7: no number", 7)


def test_a_reader_that_is_killed_is_told() -> None:
    def records() -> Iterator[Record]:
        yield from some_records()
        os._exit(9)

    with pytest.raises(StoreError, match="was ended"):
        list(read_ahead(reading_of(records()), Relay(print), WORTH_BYTES))


def test_a_small_source_is_read_in_place() -> None:
    reading = reading_of(iter(some_records()))
    assert read_ahead(reading, Relay(print), 1000) is reading.records

"""What clients keep here: contexts and closure tables, bounded and expiring, seen by every
worker.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from termserver.errors import TooLarge
from termserver.operations.closure import ClosureConcept, ClosureEntry, ClosureTable
from termserver.store.closures import Closures
from termserver.store.state import State, StateLimits

A, B, C = ({"resourceType": "ValueSet", "id": one} for one in "abc")
LIMITS = StateLimits(seconds=100, context_bytes=90, closures=2, closure_seconds=1000)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(tmp_path: Path, clock: Clock) -> Iterator[State]:
    opened = State.open(tmp_path, limits=LIMITS, clock=clock)
    yield opened
    opened.close()


def test_another_worker_reads_what_was_kept(state: State, tmp_path: Path, clock: Clock) -> None:
    number = state.create([A, B])
    other = State.open(tmp_path, limits=LIMITS, clock=clock)
    assert other.get(number) == (A, B)
    other.close()


def test_an_unknown_context_is_none(state: State) -> None:
    assert (state.get("x"), state.extend("x", [A]), state.delete("x")) == (None, False, False)


def test_a_context_can_be_extended_and_deleted(state: State) -> None:
    number = state.create([A])
    assert state.extend(number, [B])
    assert state.get(number) == (A, B)
    assert state.delete(number)
    assert state.get(number) is None


def test_a_context_expires_after_it_was_last_used(state: State, clock: Clock) -> None:
    number = state.create([A])
    clock.now += 90
    assert state.get(number) == (A,)
    clock.now += 90
    assert state.get(number) == (A,)
    clock.now += 101
    assert state.get(number) is None


def test_the_context_used_longest_ago_makes_room(state: State, clock: Clock) -> None:
    first = state.create([A])
    clock.now += 1
    second = state.create([B])
    clock.now += 20
    assert state.get(first) == (A,)
    third = state.create([C])
    assert (state.get(first), state.get(second), state.get(third)) == ((A,), None, (C,))


def test_a_context_that_would_not_fit_alone_is_refused(state: State) -> None:
    with pytest.raises(TooLarge, match="90 can be kept"):
        state.create([A, B, C])


def concept(code: str) -> ClosureConcept:
    return ClosureConcept(system="http://x", system_version="1", code=code)


def entry(source: str, target: str, version: int) -> ClosureEntry:
    return ClosureEntry(
        system="http://x", source=source, target=target, equivalent=False, version=version
    )


def test_a_closure_table_grows_by_versions(state: State) -> None:
    tables = Closures(state)
    tables.reset_closure("t")
    assert tables.read_closure("t") == ClosureTable(name="t")
    first, second = entry("a", "b", 1), entry("c", "b", 2)
    assert tables.extend_closure("t", after=0, concepts=[concept("a")], entries=[first])
    assert tables.extend_closure("t", after=1, concepts=[concept("c")], entries=[second])
    assert tables.read_closure("t") == ClosureTable(
        name="t", version=2, concepts=(concept("a"), concept("c")), entries=(first, second)
    )


def test_an_extension_of_an_older_version_writes_nothing(state: State) -> None:
    tables = Closures(state)
    tables.reset_closure("t")
    assert tables.extend_closure("t", after=0, concepts=[concept("a")], entries=[])
    assert not tables.extend_closure("t", after=0, concepts=[concept("b")], entries=[])
    assert not tables.extend_closure("none", after=0, concepts=[concept("b")], entries=[])
    table = tables.read_closure("t")
    assert table is not None
    assert table.concepts == (concept("a"),)


def test_resetting_a_closure_table_empties_it(state: State) -> None:
    tables = Closures(state)
    tables.reset_closure("t")
    tables.extend_closure("t", after=0, concepts=[concept("a")], entries=[entry("a", "b", 1)])
    tables.reset_closure("t")
    assert tables.read_closure("t") == ClosureTable(name="t")


def test_closure_tables_expire_and_are_bounded(state: State, clock: Clock) -> None:
    tables = Closures(state)
    for name in ("one", "two", "three"):
        clock.now += 1
        tables.reset_closure(name)
    assert tables.read_closure("one") is None
    assert tables.read_closure("two") == ClosureTable(name="two")
    clock.now += 1001
    assert tables.read_closure("two") is None


def test_holds_tells_of_a_context_and_keeps_it_alive(tmp_path: Path) -> None:
    now = [0.0]
    state = State.open(tmp_path, limits=StateLimits(seconds=100), clock=lambda: now[0])
    number = state.create([{"resourceType": "ValueSet"}])
    now[0] = 90.0
    assert state.holds(number)
    now[0] = 180.0
    assert state.holds(number)
    assert not state.holds("other")
    now[0] = 300.0
    assert not state.holds(number)
    state.close()

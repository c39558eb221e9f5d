"""What an evaluation did: every sub-expression with the size of its answer and the time it took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from termserver.conceptset import ConceptSet
from termserver.ecl.evaluate import Evaluator, Rows
from termserver.ecl.format import format_ecl
from termserver.ecl.source import EclSource
from termserver.ecl.syntax import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One sub-expression as text; `seconds` include the steps below it (`depth` is greater)."""

    text: str
    size: int
    seconds: float
    depth: int


@dataclass(slots=True)
class _Trace:
    """Takes down steps as they begin, so that each stands before those within it."""

    clock: Callable[[], float]
    steps: list[Step] = field(default_factory=list)
    _open: list[tuple[int, float]] = field(default_factory=list)

    def begin(self, tree: Expression) -> None:
        """Note that a sub-expression is looked at."""
        step = Step(text=format_ecl(tree), size=0, seconds=0, depth=len(self._open))
        self._open.append((len(self.steps), self.clock()))
        self.steps.append(step)

    def end(self, found: ConceptSet | Rows) -> None:
        """Note the answer of the sub-expression that began last and has not ended."""
        at, begun = self._open.pop()
        size = len(found.rows) if isinstance(found, Rows) else len(found)
        self.steps[at] = replace(self.steps[at], size=size, seconds=self.clock() - begun)


def explain(tree: Expression, source: EclSource, clock: Callable[[], float]) -> list[Step]:
    """Evaluate a constraint and return its steps: the whole first, each before those within it.

    The size of rows is their number. `clock` gives seconds. A part that needs no look (`*` as any
    value) is no step. Raises: as `Evaluator.result`.
    """
    trace = _Trace(clock)
    Evaluator(source=source, observe=trace).result(tree)
    return trace.steps

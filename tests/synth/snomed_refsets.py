"""The made-up SNOMED CT's other reference sets: simple, historical, maps, module dependency."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.synth.draw import Draw
from tests.synth.lines import member_id, write_lines
from tests.synth.sizes import Size
from tests.synth.snomed_files import DATE, END, REFSET, refset_file
from tests.synth.snomed_metadata import (
    AMBIGUOUS,
    CONTEXT_DEPENDENT,
    CORE,
    DUPLICATE,
    EXTENDED_MAP,
    INACTIVATION,
    MODEL,
    MODULE_DEPENDENCY,
    NOT_SPECIFIED,
    OUTDATED,
    POSSIBLY_EQUIVALENT,
    POSSIBLY_REPLACED,
    PROPERLY_CLASSIFIED,
    REPLACED_BY,
    SAME_AS,
    SIMPLE_MAP,
)
from tests.synth.snomed_plan import Plan

_REASONS = (
    # association, reason of inactivation, weight, number of targets
    (REPLACED_BY, OUTDATED, 0.30, 1),
    (SAME_AS, DUPLICATE, 0.30, 1),
    (POSSIBLY_EQUIVALENT, AMBIGUOUS, 0.20, 3),
    (POSSIBLY_REPLACED, OUTDATED, 0.10, 2),
)
_NO_REASON = 0.10


def write_refsets(folder: Path, seed: int, size: Size, plan: Plan) -> dict[str, int]:
    """Write the reference sets; return rows by kind."""
    ids = plan.ids.tolist()
    content = {
        "simple members": ("Content", "Refset_SimpleSnapshot", _simple(seed, size, plan, ids)),
        "associations": (
            "Content",
            "cRefset_AssociationSnapshot",
            _history(seed, plan, ids, reasons=False),
        ),
        "inactivation reasons": (
            "Content",
            "cRefset_AttributeValueSnapshot",
            _history(seed, plan, ids, reasons=True),
        ),
        "simple map": ("Map", "sRefset_SimpleMapSnapshot", _simple_map(seed, size, plan, ids)),
        "extended map": (
            "Map",
            "iisssccRefset_ExtendedMapSnapshot",
            _extended_map(seed, size, plan, ids),
        ),
        "module dependencies": ("Metadata", "ssRefset_ModuleDependencySnapshot", _modules()),
    }
    return {
        kind: write_lines(refset_file(folder, place, name), lines) - 1
        for kind, (place, name, lines) in content.items()
    }


def simple_sizes(size: Size, plan: Plan) -> list[int]:
    """Return the members of each simple reference set: from few to a seventh of all concepts."""
    largest = size.of(50_000, least=40)
    return [
        max(5, min(largest // (at + 1), plan.active // 2)) for at in range(len(plan.simple_refsets))
    ]


def _simple(seed: int, size: Size, plan: Plan, ids: list[int]) -> Iterator[str]:
    yield f"{REFSET}{END}"
    first = plan.blocks[0][0]
    number = 0
    for refset, wanted in zip(plan.simple_refsets, simple_sizes(size, plan), strict=True):
        draw = Draw(seed, f"simple refset {refset}")
        chosen = dict.fromkeys((first + draw.below(wanted, plan.active - first)).tolist())
        for at in chosen:
            number += 1
            id_ = member_id(4, number)
            yield f"{id_}\t{DATE}\t1\t{CORE}\t{ids[refset]}\t{ids[at]}{END}"


def _history(seed: int, plan: Plan, ids: list[int], *, reasons: bool) -> Iterator[str]:
    """Yield associations of inactive concepts with active ones, or the reasons with them."""
    yield f"{REFSET}\t{'valueId' if reasons else 'targetComponentId'}{END}"
    gone = range(plan.active, plan.count)
    draw = Draw(seed, "history")
    kinds = draw.one_of(len(gone), [*(one[2] for one in _REASONS), _NO_REASON]).tolist()
    first = plan.blocks[0][0]
    targets = (first + draw.below(len(gone) * 3, plan.active - first)).tolist()
    number = 0
    for place, (at, kind) in enumerate(zip(gone, kinds, strict=True)):
        if kind == len(_REASONS):
            continue
        association, reason, _, count = _REASONS[kind]
        if reasons:
            id_ = member_id(5, place)
            yield f"{id_}\t{DATE}\t1\t{CORE}\t{INACTIVATION}\t{ids[at]}\t{reason}{END}"
            continue
        for target in dict.fromkeys(targets[place * 3 : place * 3 + count]):
            number += 1
            id_ = member_id(6, number)
            yield f"{id_}\t{DATE}\t1\t{CORE}\t{association}\t{ids[at]}\t{ids[target]}{END}"


def _simple_map(seed: int, size: Size, plan: Plan, ids: list[int]) -> Iterator[str]:
    """Yield body structures and morphologies with made-up codes of an oncology classification."""
    yield f"{REFSET}\tmapTarget{END}"
    draw = Draw(seed, "simple map")
    starts = [plan.blocks[at] for at in (3, 10)]
    concepts = [at for start, stop in starts for at in range(start, stop)]
    chosen = draw.shuffled(len(concepts)).tolist()[: size.of(20_000)]
    codes = draw.below(len(chosen), 6_000).tolist()
    for number, (place, code) in enumerate(zip(chosen, codes, strict=True)):
        at = concepts[place]
        site = f"C{code % 81:02d}.{code % 10}"
        form = f"{8000 + code % 1990}/{(0, 1, 2, 3, 6)[code % 5]}"
        target = site if at < starts[0][1] else form
        id_ = member_id(7, number)
        yield f"{id_}\t{DATE}\t1\t{CORE}\t{SIMPLE_MAP}\t{ids[at]}\t{target}{END}"


def _extended_map(seed: int, size: Size, plan: Plan, ids: list[int]) -> Iterator[str]:
    """Yield map rows of findings and disorders; a sixth has a rule and the row for otherwise."""
    yield (
        f"{REFSET}\tmapGroup\tmapPriority\tmapRule\tmapAdvice\tmapTarget\tcorrelationId"
        f"\tmapCategoryId{END}"
    )
    draw = Draw(seed, "extended map")
    start, stop = plan.blocks[0][0], plan.blocks[1][1]
    order = (start + draw.shuffled(stop - start)).tolist()
    wanted, number = size.of(150_000), 0
    rules = draw.happens(wanted, 0.17).tolist()
    codes = draw.below(wanted * 2, 20_000).tolist()
    if_concepts = (start + draw.below(wanted, stop - start)).tolist()
    group = 1
    while number < wanted:
        for at in order:
            if number >= wanted:
                return
            rows = [("TRUE", "ALWAYS", PROPERLY_CLASSIFIED)]
            if rules[number]:
                other = ids[if_concepts[number]]
                rows = [
                    (f"IFA {other} | Condition |", "IF CONDITION CHOOSE", CONTEXT_DEPENDENT),
                    ("OTHERWISE TRUE", "ALWAYS", PROPERLY_CLASSIFIED),
                ]
            for priority, (rule, advice, category) in enumerate(rows, start=1):
                code = _disease_code(codes[number * 2 + priority - 1])
                yield (
                    f"{member_id(8, number)}\t{DATE}\t1\t{CORE}\t{EXTENDED_MAP}\t{ids[at]}\t{group}"
                    f"\t{priority}\t{rule}\t{advice} {code}\t{code}\t{NOT_SPECIFIED}"
                    f"\t{category}{END}"
                )
                number += 1
                if number >= wanted:
                    return
        group += 1


def _disease_code(number: int) -> str:
    return f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}{number // 26 % 100:02d}.{number % 10}"


def _modules() -> Iterator[str]:
    yield f"{REFSET}\tsourceEffectiveTime\ttargetEffectiveTime{END}"
    yield f"{member_id(9, 1)}\t{DATE}\t1\t{CORE}\t{MODULE_DEPENDENCY}\t{MODEL}\t{DATE}\t{DATE}{END}"

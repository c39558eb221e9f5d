"""The made-up SNOMED CT as a Snapshot release: terminology files and language reference sets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.synth.draw import Draw
from tests.synth.lines import member_id, write_lines
from tests.synth.sct_ids import Counter
from tests.synth.snomed_metadata import (
    ACCEPTABLE,
    ANY_CASE,
    CORE,
    DEFINED,
    FSN,
    GB,
    INFERRED,
    INITIAL_CASE,
    IS_A,
    METADATA,
    MODEL,
    OWL_AXIOM,
    PREFERRED,
    PRIMITIVE,
    ROLE_GROUP,
    SOME,
    SYNONYM,
    US,
)
from tests.synth.snomed_plan import Plan
from tests.synth.snomed_terms import CHUNK, Names, names

DATE = "20250101"
END = "\r\n"
_COMMON = "id\teffectiveTime\tactive\tmoduleId"
_RELATIONSHIP = "relationshipGroup\ttypeId\tcharacteristicTypeId\tmodifierId"
REFSET = f"{_COMMON}\trefsetId\treferencedComponentId"


def terminology(folder: Path, content: str) -> Path:
    """Return the path of a terminology file in its usual place."""
    return folder / "Snapshot" / "Terminology" / f"sct2_{content}_INT_{DATE}.txt"


def refset_file(folder: Path, place: str, content: str) -> Path:
    """Return the path of a reference set file in its usual place."""
    return folder / "Snapshot" / "Refset" / place / f"der2_{content}_INT_{DATE}.txt"


def times(seed: int, purpose: str, count: int) -> list[str]:
    """Return an effective time for each row: half of them the first release, the rest spread."""
    known = [
        "20020131",
        *(f"{year}{end}" for year in range(2003, 2025) for end in ("0131", "0731")),
    ]
    weights = [40.0] + [1.0] * (len(known) - 1)
    return [known[at] for at in Draw(seed, purpose).one_of(count, weights).tolist()]


def module(at: int) -> int:
    """Return the module of a concept of the plan."""
    return MODEL if at < len(METADATA) else CORE


def write_terminology(folder: Path, seed: int, plan: Plan) -> dict[str, int]:
    """Write concepts, descriptions, relationships and axioms; return rows by kind."""
    ids = plan.ids.tolist()
    return {
        "concepts": write_lines(terminology(folder, "Concept_Snapshot"), _concepts(seed, plan, ids))
        - 1,
        **_write_names(folder, seed, plan, ids),
        **_write_relationships(folder, seed, plan, ids),
        "axioms": write_lines(
            terminology(folder, "sRefset_OWLExpressionSnapshot"), _axioms(plan, ids)
        )
        - 1,
    }


def _concepts(seed: int, plan: Plan, ids: list[int]) -> Iterator[str]:
    yield f"{_COMMON}\tdefinitionStatusId{END}"
    times_ = times(seed, "concept times", plan.count)
    defined = plan.defined.tolist()
    for at, (id_, time) in enumerate(zip(ids, times_, strict=True)):
        status = DEFINED if defined[at] else PRIMITIVE
        active = 1 if at < plan.active else 0
        yield f"{id_}\t{time}\t{active}\t{module(at)}\t{status}{END}"


def _write_names(folder: Path, seed: int, plan: Plan, ids: list[int]) -> dict[str, int]:
    """Write descriptions and language rows side by side, so that none is kept."""
    language = refset_file(folder, "Language", "cRefset_LanguageSnapshot-en")
    language.parent.mkdir(parents=True, exist_ok=True)
    counts = {"language rows": 0}
    with language.open("w", encoding="utf-8", newline="", buffering=1 << 20) as rows:
        rows.write(f"{REFSET}\tacceptabilityId{END}")

        def lines() -> Iterator[str]:
            yield (f"{_COMMON}\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId{END}")
            for line, in_language in _descriptions(seed, plan, ids):
                for one in in_language:
                    rows.write(one)
                counts["language rows"] += len(in_language)
                yield line

        written = write_lines(terminology(folder, "Description_Snapshot-en"), lines())
    return {"descriptions": written - 1, **counts}


def _descriptions(seed: int, plan: Plan, ids: list[int]) -> Iterator[tuple[str, list[str]]]:
    """Yield each description line with its language lines."""
    counter, number = Counter(1), 0
    draw = Draw(seed, "description flags")
    waiting: list[Names] = []
    for one in names(seed, plan):
        waiting.append(one)
        if len(waiting) < CHUNK and one.concept < plan.count - 1:
            continue
        rows = [(name.concept, *row) for name in waiting for row in _rows_of(name)]
        waiting = []
        flags = draw.one_of(len(rows), [0.90, 0.06, 0.02, 0.02]).tolist()
        when = times(seed, f"description times {number}", len(rows))
        made = counter.take(len(rows))
        for (at, *row), id_, flag, time in zip(rows, made, flags, when, strict=True):
            yield _lines_of(ids[at], module(at), id_, time, flag, row)
        number += 1


def _lines_of(
    concept: int, module_: int, id_: int, time: str, flag: int, row: list[Any]
) -> tuple[str, list[str]]:
    """Return a description line and its language lines.

    `flag` makes some synonyms inactive (1), case significant (2), or of British English only (3).
    """
    kind, term, us, gb = row
    other = kind == SYNONYM and us == gb == ACCEPTABLE
    common = f"{time}\t{0 if other and flag == 1 else 1}\t{module_}"
    case = INITIAL_CASE if flag == 2 else ANY_CASE
    in_language = [f"{member_id(2, id_)}\t{common}\t{GB}\t{id_}\t{gb}{END}"]
    if not (other and flag == 3):
        in_language.append(f"{member_id(1, id_)}\t{common}\t{US}\t{id_}\t{us}{END}")
    return f"{id_}\t{common}\t{concept}\ten\t{kind}\t{term}\t{case}{END}", in_language


def _rows_of(name: Names) -> Iterator[tuple[int, str, int, int]]:
    """Yield (type, term, acceptability in US and in GB English) of each description."""
    yield FSN, name.full, PREFERRED, PREFERRED
    if name.british is None:
        yield SYNONYM, name.preferred, PREFERRED, PREFERRED
    else:
        yield SYNONYM, name.preferred, PREFERRED, ACCEPTABLE
        yield SYNONYM, name.british, ACCEPTABLE, PREFERRED
    for term in name.synonyms:
        yield SYNONYM, term, ACCEPTABLE, ACCEPTABLE


def _write_relationships(folder: Path, seed: int, plan: Plan, ids: list[int]) -> dict[str, int]:
    counter = Counter(2)
    header = f"{_COMMON}\tsourceId\tdestinationId\t{_RELATIONSHIP}{END}"

    def lines() -> Iterator[str]:
        yield header
        yield from _is_a_lines(seed, plan, ids, counter)
        yield from _attribute_lines(seed, plan, ids, counter)

    rows = write_lines(terminology(folder, "Relationship_Snapshot"), lines()) - 1
    values = write_lines(
        terminology(folder, "RelationshipConcreteValues_Snapshot"),
        _concrete_lines(seed, plan, ids, counter),
    )
    return {"relationships": rows, "concrete values": values - 1}


def _is_a_lines(seed: int, plan: Plan, ids: list[int], counter: Counter) -> Iterator[str]:
    when = times(seed, "is-a times", len(plan.child))
    made = counter.take(len(plan.child))
    for id_, time, at, above in zip(
        made, when, plan.child.tolist(), plan.parent.tolist(), strict=True
    ):
        yield (
            f"{id_}\t{time}\t1\t{module(at)}\t{ids[at]}\t{ids[above]}\t0\t{IS_A}\t{INFERRED}\t{SOME}{END}"
        )


def _attribute_lines(seed: int, plan: Plan, ids: list[int], counter: Counter) -> Iterator[str]:
    rows = plan.attributes
    when = times(seed, "attribute times", len(rows.source))
    columns = (rows.source, rows.target, rows.group, rows.type)
    made = counter.take(len(rows.source))
    for id_, time, source, target, group, type_ in zip(
        made, when, *(one.tolist() for one in columns), strict=True
    ):
        yield (
            f"{id_}\t{time}\t1\t{CORE}\t{ids[source]}\t{ids[target]}\t{group}\t{ids[type_]}"
            f"\t{INFERRED}\t{SOME}{END}"
        )


def _concrete_lines(seed: int, plan: Plan, ids: list[int], counter: Counter) -> Iterator[str]:
    """Yield strengths and counts on products (7th top), in numbers and in text."""
    yield f"{_COMMON}\tsourceId\tvalue\t{_RELATIONSHIP}{END}"
    draw = Draw(seed, "concrete values")
    start, stop = plan.blocks[6]
    chosen = [
        at
        for at, keep in zip(
            range(start + 1, stop), draw.happens(stop - start - 1, 0.4), strict=True
        )
        if keep
    ]
    values = draw.below(len(chosen), 400).tolist()
    kinds = draw.below(len(chosen), len(plan.data_attributes)).tolist()
    for id_, at, value, kind in zip(counter.take(len(chosen)), chosen, values, kinds, strict=True):
        text = f'"{value} mg"' if kind == 2 else f"#{value / 4 if kind else value + 1}"
        type_ = ids[plan.data_attributes[kind]]
        yield f"{id_}\t{DATE}\t1\t{CORE}\t{ids[at]}\t{text}\t1\t{type_}\t{INFERRED}\t{SOME}{END}"


def _axioms(plan: Plan, ids: list[int]) -> Iterator[str]:
    """Yield one axiom for each active concept below the root, from its is-a and attribute rows."""
    yield f"{REFSET}\towlExpression{END}"
    rows = plan.attributes
    columns = [one.tolist() for one in (rows.source, rows.group, rows.type, rows.target)]
    parts = zip(*columns, strict=True)
    part = next(parts, None)
    parents = plan.parent.tolist()
    at, defined = 0, plan.defined.tolist()
    children = plan.child.tolist()
    while at < len(children):
        child, above = children[at], []
        while at < len(children) and children[at] == child:
            above.append(f":{ids[parents[at]]}")
            at += 1
        groups: dict[tuple[int, int], list[str]] = {}
        number = 0
        while part is not None and part[0] == child:
            number += 1
            key = (part[1], 0 if part[1] else number)
            some = f"ObjectSomeValuesFrom(:{ids[part[2]]} :{ids[part[3]]})"
            groups.setdefault(key, []).append(some)
            part = next(parts, None)
        text = _expression(ids[child], above, list(groups.values()), defined=defined[child])
        id_ = member_id(3, ids[child])
        yield f"{id_}\t{DATE}\t1\t{module(child)}\t{OWL_AXIOM}\t{ids[child]}\t{text}{END}"


def _expression(concept: int, above: list[str], groups: list[list[str]], *, defined: bool) -> str:
    inside = [*above]
    for group in groups:
        one = group[0] if len(group) == 1 else f"ObjectIntersectionOf({' '.join(group)})"
        inside.append(f"ObjectSomeValuesFrom(:{ROLE_GROUP} {one})")
    body = inside[0] if len(inside) == 1 else f"ObjectIntersectionOf({' '.join(inside)})"
    return f"{'EquivalentClasses' if defined else 'SubClassOf'}(:{concept} {body})"

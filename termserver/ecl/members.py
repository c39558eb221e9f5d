"""`^`: members of reference sets, their chosen fields, member filters and history supplements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, assert_never

from termserver.conceptset import ConceptSet
from termserver.ecl.columns import contains
from termserver.ecl.concepts import named_by, time_fits
from termserver.ecl.source import MemberRow
from termserver.ecl.syntax import (
    ActiveFilter,
    BooleanComparison,
    Comparison,
    ConceptComparison,
    EffectiveTimeFilter,
    FieldFilter,
    History,
    MemberFilter,
    ModuleFilter,
    NumberComparison,
    StringComparison,
    SubExpression,
    TimeComparison,
    Wildcard,
)
from termserver.ecl.terms import any_of
from termserver.errors import InvalidExpression, NotSupported, TooCostly
from termserver.model import Ordinal

if TYPE_CHECKING:
    from termserver.ecl.evaluate import Evaluator, Rows

ASSOCIATIONS = "900000000000522004"
"""Historical association reference set: its descendants are what +HISTORY follows."""

PROFILES = {
    "MIN": ("900000000000527005",),
    "MOD": (
        "900000000000527005",
        "900000000000526001",
        "900000000000528000",
        "1186924009",
    ),
}
"""Association reference sets of each profile (ECL 2.2, 6.11): SAME AS; then REPLACED BY, WAS A,
PARTIALLY EQUIVALENT TO as well. MAX, and none, are all of them."""

COMPONENT = "referencedComponentId"
MOST_ROWS = 500_000
"""Distinct rows of chosen fields that are answered."""

Field = Callable[[MemberRow], str]
Test = Callable[[MemberRow], bool]


def components(evaluator: Evaluator, tree: SubExpression) -> ConceptSet:
    """Return the concepts that are active members of the reference sets of the focus.

    With member filters, those with a row that satisfies all of them.
    """
    if tree.member_of is not None and tree.member_of.fields:
        return as_concepts(evaluator, rows(evaluator, tree))
    refsets = _refsets(evaluator, tree)
    if not tree.member_filters:
        return ConceptSet.union_all([evaluator.source.members(one) for one in refsets])
    found = {
        row.ordinal for _, row, _ in _filtered(evaluator, tree, refsets) if row.ordinal is not None
    }
    return ConceptSet.of(sorted(found))


def _refsets(evaluator: Evaluator, tree: SubExpression) -> ConceptSet:
    """Return the reference sets that `^` is applied to; `*` is all of them."""
    if isinstance(tree.focus, Wildcard):
        return evaluator.source.reference_sets()
    return evaluator.concepts(SubExpression(focus=tree.focus, at=tree.at))


def _filtered(
    evaluator: Evaluator, tree: SubExpression, refsets: ConceptSet
) -> Iterator[tuple[Ordinal, MemberRow, Sequence[str]]]:
    """Yield (reference set, row, names of its columns) of the rows that satisfy all filters."""
    filters = [one for group in tree.member_filters for one in group.filters]
    only_active = not any(isinstance(one, ActiveFilter) for one in filters)
    makers = [_test(evaluator, one) for one in filters]
    named = {one.field.lower(): one for one in filters if isinstance(one, FieldFilter)}
    for refset in refsets:
        columns = evaluator.source.member_columns(refset)
        _check_fields(evaluator, refset, columns, named)
        tests = [make(columns) for make in makers]
        for at, row in enumerate(evaluator.source.member_rows(refset)):
            if at % 1000 == 0:
                evaluator.check()
            if (row.active or not only_active) and all(test(row) for test in tests):
                yield refset, row, columns


def _check_fields(
    evaluator: Evaluator,
    refset: Ordinal,
    columns: Sequence[str],
    named: dict[str, FieldFilter],
) -> None:
    known = {COMPONENT.lower(), *(one.lower() for one in columns)}
    for name, one in named.items():
        if name not in known:
            raise _unknown_field(evaluator, refset, columns, one.field, one.at)


def _unknown_field(
    evaluator: Evaluator, refset: Ordinal, columns: Sequence[str], name: str, at: int
) -> InvalidExpression:
    known = ", ".join([COMPONENT, *columns])
    return InvalidExpression(
        f"The reference set {evaluator.source.code_of(refset)} has no field '{name}'; known: "
        f"{known}",
        expression=name,
        position=at,
        expected=known,
    )


def _test(evaluator: Evaluator, one: MemberFilter) -> Callable[[Sequence[str]], Test]:
    """Return what makes the test of a filter for reference sets with some columns."""
    match one:
        case ModuleFilter():
            is_named = named_by(evaluator, one.value)
            return lambda _: lambda row: is_named(row.module) != one.negated
        case EffectiveTimeFilter():
            return lambda _: lambda row: time_fits(one.comparison, row.effective_time)
        case ActiveFilter():
            return lambda _: lambda row: row.active == (one.value != one.negated)
        case FieldFilter():
            fits = _value_test(evaluator, one.comparison)
            return lambda columns: _field_test(_field(columns, one.field), fits)
        case _:
            assert_never(one)


def _field_test(field: Field, fits: Callable[[str], bool]) -> Test:
    return lambda row: fits(field(row))


def _field(columns: Sequence[str], name: str) -> Field:
    """Return what reads a field of the rows of a reference set with these columns."""
    folded = [column.lower() for column in columns]
    if name.lower() == COMPONENT.lower():
        return lambda row: str(row.component)
    at = folded.index(name.lower())
    return lambda row: row.fields[at]


def _value_test(evaluator: Evaluator, comparison: Comparison) -> Callable[[str], bool]:
    match comparison:
        case ConceptComparison():
            named = named_by(evaluator, comparison.value)
            return lambda text: named(text) != comparison.negated
        case NumberComparison():
            return lambda text: _number_fits(text, comparison)
        case StringComparison():
            matches = any_of(comparison.terms, whole=True)
            return lambda text: matches(text) != comparison.negated
        case BooleanComparison():
            wanted = {"1", "true"} if comparison.value else {"0", "false"}
            return lambda text: (text.lower() in wanted) != comparison.negated
        case TimeComparison():
            return lambda text: _date_fits(text, comparison)
        case _:
            assert_never(comparison)


def _date_fits(text: str, comparison: TimeComparison) -> bool:
    if text and not text.isdigit():
        return comparison.order == "!="  # a text that is no date is none of the dates
    return time_fits(comparison, int(text) if text else None)


def _number_fits(text: str, comparison: NumberComparison) -> bool:
    try:
        number = Decimal(text.lstrip("#"))
    except InvalidOperation:
        return False
    results = {
        "=": number == comparison.value,
        "!=": number != comparison.value,
        "<": number < comparison.value,
        "<=": number <= comparison.value,
        ">": number > comparison.value,
        ">=": number >= comparison.value,
    }
    return results[comparison.order]


# -- rows --------------------------------------------------------------------------------------


def rows(evaluator: Evaluator, tree: SubExpression) -> Rows:
    """Return the chosen fields of the members' rows, each distinct row once, in source order.

    `*` is the referenced component and every other column. Raises: InvalidExpression for a field
    that a reference set does not have, TooCostly for more than 500,000 rows.
    """
    from termserver.ecl.evaluate import Rows

    chosen = tree.member_of.fields if tree.member_of else ()
    refsets = _refsets(evaluator, tree)
    names = chosen
    if chosen == ("*",):
        columns = {tuple(evaluator.source.member_columns(one)) for one in refsets}
        if len(columns) > 1:
            raise NotSupported(
                "All fields were asked of reference sets that have different ones; name the fields"
            )
        names = (COMPONENT, *(columns.pop() if columns else ()))
    readers: dict[Ordinal, list[Field]] = {}
    found: dict[tuple[str, ...], None] = {}
    for refset, row, columns_of_row in _filtered(evaluator, tree, refsets):
        if refset not in readers:
            readers[refset] = _readers(evaluator, refset, columns_of_row, names, tree.at)
        found[tuple(read(row) for read in readers[refset])] = None
        if len(found) > MOST_ROWS:
            raise TooCostly(
                f"The expression constraint chooses fields of more than {MOST_ROWS} rows; ask for "
                "fewer by filters of members"
            )
    return Rows(fields=tuple(names), rows=tuple(found))


def _readers(
    evaluator: Evaluator, refset: Ordinal, columns: Sequence[str], names: Sequence[str], at: int
) -> list[Field]:
    """Return what reads the chosen fields. Raises: InvalidExpression for one that is not there."""
    known = {COMPONENT.lower(), *(one.lower() for one in columns)}
    for name in names:
        if name.lower() not in known:
            raise _unknown_field(evaluator, refset, columns, name, at)
    return [_field(columns, name) for name in names]


def as_concepts(evaluator: Evaluator, found: Rows) -> ConceptSet:
    """Return the concepts that rows of one field name. Raises: NotSupported for other values."""
    if len(found.fields) != 1:
        raise NotSupported(
            f"The expression constraint gives rows of the fields {', '.join(found.fields)}, not "
            "concepts"
        )
    ordinals = []
    for (code,) in found.rows:
        ordinal = evaluator.source.find(code)
        if ordinal is None:
            raise NotSupported(
                f"The expression constraint gives values of the field {found.fields[0]} that are "
                f"no concepts of this edition, such as '{code}'"
            )
        ordinals.append(ordinal)
    return ConceptSet.of(sorted(set(ordinals)))


# -- history -----------------------------------------------------------------------------------


def with_history(evaluator: Evaluator, found: ConceptSet, history: History) -> ConceptSet:
    """Return `found` and what is historically associated with any of them."""
    added = [found]
    for refset in _associations(evaluator, history):
        evaluator.check()
        components, targets = evaluator.source.associations(refset)
        added.append(ConceptSet.of(components[contains(found, targets)].tolist()))
    return ConceptSet.union_all(added)


def _associations(evaluator: Evaluator, history: History) -> ConceptSet:
    source = evaluator.source
    if history.subset is not None:
        return evaluator.concepts(history.subset)
    named = PROFILES.get(history.profile or "MAX")
    if named is not None:
        found = (source.find(one) for one in named)
        return ConceptSet.of(sorted(one for one in found if one is not None))
    top = source.find(ASSOCIATIONS)
    below = source.hierarchy.descendants(top) if top is not None else ConceptSet.empty()
    return below & source.reference_sets()

"""ValueSet/$compare: how two value sets stand to each other (suites `compare` and `related2`).

Decided from the definitions where they suffice (`valuesets.definitions`), otherwise from the
members of both. A code is the same code in every version of its system.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from termserver.deadline import UNLIMITED, Deadline
from termserver.errors import TerminologyError
from termserver.terminology import Terminology
from valuesets.compose import Segment, evaluate
from valuesets.context import Evaluation, supplement_canonicals
from valuesets.definitions import Overlap, Presumption, compare_definitions
from valuesets.model import ValueSet, VersionRules
from valuesets.resolve import requested_value_set

MOST_CODES = 10_000
"""Longest list of codes in an answer; a longer one is left out, which the message says."""


class Relation(StrEnum):
    """What $compare says of this value set, seen from it."""

    SAME = "same"
    SUBSET = "subset"
    SUPERSET = "superset"
    OVERLAPPING = "overlapping"
    DISJOINT = "disjoint"
    EMPTY = "empty"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRequest:
    """$compare. Of each side exactly one of url and value set is given.

    `diagnostics` asks for the lists of codes.
    """

    this_url: str | None = None
    this_value_set: Mapping[str, Any] | None = None
    this_version: str | None = None
    other_url: str | None = None
    other_value_set: Mapping[str, Any] | None = None
    other_version: str | None = None
    versions: VersionRules = field(default_factory=VersionRules)
    diagnostics: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The answer of $compare.

    `missing_codes` are in this value set and not in the other, `extra_codes` in the other only,
    `common_codes` in both. From enumerations they are sorted; with several code systems they are
    those of the last one that both enumerate (suite related-ov-cross-system). From members they are
    in compose order. Empty where not asked for, and where definitions other than enumerations
    decided.
    """

    result: Relation
    message: str
    performed_expansion: bool
    common_codes: tuple[str, ...] = ()
    missing_codes: tuple[str, ...] = ()
    extra_codes: tuple[str, ...] = ()


def compare(
    terminology: Terminology, request: CompareRequest, *, deadline: Deadline = UNLIMITED
) -> Comparison:
    """Return how the two value sets stand to each other.

    Content that is missing or cannot be listed gives `indeterminate`, unless the definitions
    decide.
    Raises: InvalidRequest, UnknownValueSet (one of the two themselves), InvalidValueSet.
    """
    rules = request.versions
    this = requested_value_set(
        terminology, request.this_url, request.this_value_set, request.this_version, rules
    )
    other = requested_value_set(
        terminology, request.other_url, request.other_value_set, request.other_version, rules
    )
    found = compare_definitions(terminology, this, other, Presumption.NOTHING)
    if found is not None:
        return _answer(this, other, found, request, expanded=False)
    expander = _Expander(
        terminology=terminology,
        rules=rules,
        deadline=deadline,
    )
    try:
        found = _compare_members(expander.codes(this), expander.codes(other))
    except TerminologyError as error:
        found = compare_definitions(terminology, this, other, Presumption.PROPER_PARTS)
        if found is None:
            return _undecided(this, other, error)
        return _answer(this, other, found, request, expanded=False)
    return _answer(this, other, found, request, expanded=True)


def _undecided(this: ValueSet, other: ValueSet, error: TerminologyError) -> Comparison:
    return Comparison(
        result=Relation.INDETERMINATE,
        message=f"Unable to compare {this.canonical} and {other.canonical}: "
        f"This expansion failed: {error.text}",
        performed_expansion=True,
    )


# -- members -------------------------------------------------------------------------------------


Code = tuple[str, str]
"""System and code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expander:
    """How the members of both are found."""

    terminology: Terminology
    rules: VersionRules
    deadline: Deadline

    def codes(self, value_set: ValueSet) -> dict[Code, None]:
        """Return the members in compose order. Raises: as `valuesets.compose.evaluate`."""
        segments = self._segments(value_set)
        found = dict.fromkeys(self._codes(segments))
        versions: dict[str, set[str | None]] = {}
        for one in segments:
            versions.setdefault(one.system, set()).add(one.version)
        if all(len(one) == 1 for one in versions.values()):
            return found
        # newest version first is for expansions; here the includes keep their order
        # (suite related-ver-import-version-cascade)
        ordered = (code for code in self._by_include(value_set) if code in found)
        return dict.fromkeys([*ordered, *found])

    def _by_include(self, value_set: ValueSet) -> Iterator[Code]:
        assert value_set.compose is not None
        for one in value_set.compose.includes:
            alone = replace(value_set.compose, includes=(one,), excludes=())
            yield from self._codes(self._segments(replace(value_set, compose=alone)))

    def _segments(self, value_set: ValueSet) -> list[Segment]:
        evaluation = Evaluation(
            terminology=self.terminology,
            rules=self.rules,
            supplements=supplement_canonicals([value_set], ()),
            deadline=self.deadline,
        )
        return evaluate(evaluation, value_set)

    def _codes(self, segments: Sequence[Segment]) -> Iterator[Code]:
        """Yield each member, its system and code as defined, in order."""
        for segment in segments:
            provider = segment.provider
            system = self.terminology.registry.canonical(segment.system)
            for one in segment.members:
                known = provider is not None and (isinstance(one, int) or provider.find(one))
                yield system, provider.code_of(one) if provider and known else str(one)


def _compare_members(here: Mapping[Code, None], there: Mapping[Code, None]) -> Overlap:
    common = tuple(code for system, code in here if (system, code) in there)
    missing = tuple(code for system, code in here if (system, code) not in there)
    extra = tuple(code for system, code in there if (system, code) not in here)
    equal = not missing and not extra
    return Overlap(
        common=bool(common),
        this_only=bool(missing),
        other_only=bool(extra),
        # nothing to tell apart, so nothing is listed (suite related-eq-import-vs-inline)
        common_codes=() if equal else common,
        missing_codes=missing,
        extra_codes=extra,
    )


# -- the answer ----------------------------------------------------------------------------------


def _answer(
    this: ValueSet, other: ValueSet, found: Overlap, request: CompareRequest, *, expanded: bool
) -> Comparison:
    result = _relation(found)
    message = _message(result, this.canonical, other.canonical)
    lists = [found.common_codes, found.missing_codes, found.extra_codes]
    if not request.diagnostics:
        lists = [(), (), ()]
    elif max(map(len, lists)) > MOST_CODES:
        message += f" (lists of more than {MOST_CODES} codes are left out)"
        lists = [() if len(one) > MOST_CODES else one for one in lists]
    return Comparison(
        result=result,
        message=message,
        performed_expansion=expanded,
        common_codes=lists[0],
        missing_codes=lists[1],
        extra_codes=lists[2],
    )


def _relation(found: Overlap) -> Relation:
    """Return the relation; where only one of the two has members they are disjoint."""
    if not found.common:
        return Relation.DISJOINT if found.this_only or found.other_only else Relation.EMPTY
    if found.this_only and found.other_only:
        return Relation.OVERLAPPING
    if found.this_only:
        return Relation.SUPERSET
    return Relation.SUBSET if found.other_only else Relation.SAME


def _message(result: Relation, this: str, other: str) -> str:
    match result:
        case Relation.SAME:
            return f"The value sets {this} and {other} contain the same codes"
        case Relation.SUBSET:
            return f"The valueSet {this} is a sub-set of the valueSet {other}"
        case Relation.SUPERSET:
            return f"The valueSet {this} is a super-set of the valueSet {other}"
        case Relation.OVERLAPPING:
            return (
                f"Both value sets {this} and {other} contain the codes the other doesn't, "
                "but there is some overlap"
            )
        case Relation.DISJOINT:
            return f"No shared codes between the value sets {this} and {other}"
        case Relation.EMPTY:
            return f"Both the value sets {this} and {other} are empty"
        case Relation.INDETERMINATE:
            return f"Unable to compare {this} and {other}"

"""The rules of SNOMED CT's extended maps in $translate: one target for each map group.

Source: SNOMED CT to ICD-10 Map technical specification; OperationDefinition ConceptMap-translate,
`dependency`. A dependency tells of the patient: its attribute and its value are concepts, e.g. an
observable with an age (445518008 = 3 months), the patient's sex, or a finding that is there or not
(64572001 = true).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from termserver.conceptmap import MapAttribute, MapValue, Target
from termserver.conceptmap_index import MapRow, known_as
from termserver.model import Coding
from termserver.operations.translation import Choice, Dependency
from termserver.providers.snomed_rules import (
    FEMALE,
    MALE,
    GroupChoice,
    IsA,
    Patient,
    asked_by,
    choose_targets,
    days_of,
)
from termserver.systems import SNOMED_CT

RULE = "http://snomed.info/field/ExtendedMap.mapRule"
"""Attribute of the condition under which a target holds; its value is the rule as it is written."""
ALWAYS = frozenset({"", "TRUE"})
_CONCEPT = re.compile(r"(?:http://snomed\.info/(?:id|sct)/)?(\d{6,18})")
_AGE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*")
_SEXES = {"female": FEMALE, "male": MALE}
_GENDER = "http://hl7.org/fhir/administrative-gender"


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A row of an extended map as its rules are read (`MapChoice`)."""

    row: MapRow
    target: Target

    @property
    def group(self) -> int:
        return place_of(self.target)[0]

    @property
    def priority(self) -> int:
        return place_of(self.target)[1]

    @property
    def rule(self) -> str | None:
        return text_property(self.target, "mapRule")


def text_property(target: Target, name: str) -> str | None:
    """Return the text of a target's property, None if it has none."""
    value = next((one.value for one in target.properties if one.code == name), None)
    return value if isinstance(value, str) else None


def place_of(target: Target) -> tuple[int, int]:
    """Return map group and priority; zeros where the map has none."""
    group, priority = (text_property(target, name) or "" for name in ("mapGroup", "mapPriority"))
    return int(group) if group.isdecimal() else 0, int(priority) if priority.isdecimal() else 0


def choose_rows(rows: Iterable[MapRow], dependencies: Sequence[Dependency], is_a: IsA) -> Choice:
    """Return the rows that the rules choose, by map group and priority.

    A row whose rule is decided has no condition left. Alternatives keep theirs, and a note names
    the concepts to tell of. A group without target is told by a note with the map's advice.
    """
    ruled = [_Ruled(row, row.target) for row in rows if row.target is not None]
    chosen: list[MapRow] = []
    notes: list[str] = []
    for choice in choose_targets(ruled, patient_of(dependencies), is_a):
        chosen.extend(_rows_of(choice))
        notes.extend(_notes_of(choice))
    if ruled and not any(row.target and row.target.code for row in chosen) and not notes:
        notes.append("no rule of the map holds with what 'dependency' tells")
    return Choice(rows=tuple(chosen), notes=tuple(notes))


def _rows_of(choice: GroupChoice[_Ruled]) -> Iterable[MapRow]:
    for one in choice.rows:
        conditions: tuple[MapAttribute, ...] = ()
        if not choice.decided:
            conditions = one.target.depends_on
            if not conditions:
                # it holds only if none of the alternatives before it does
                conditions = (condition_of("OTHERWISE TRUE"),)
        yield replace(one.row, target=replace(one.target, depends_on=conditions))


def condition_of(rule: str) -> MapAttribute:
    """Return a rule as the condition of a target."""
    return MapAttribute(attribute=RULE, type="string", value=rule)


def _notes_of(choice: GroupChoice[_Ruled]) -> Iterable[str]:
    if not choice.decided:
        asked = dict.fromkeys(code for one in choice.rows for code in asked_by(one.rule or ""))
        tell = f": tell {', '.join(asked)} by 'dependency'" if asked else ""
        yield f"the target of map group {choice.rows[0].group} depends on rules{tell}"
    for one in choice.rows:
        if one.target.code is None:
            condition = "" if choice.decided or not one.rule else f" ({one.rule})"
            advice = one.target.comment or "no advice"
            yield f"map group {one.group} has no target{condition}: {advice}"


# -- the patient -----------------------------------------------------------------------------


def patient_of(dependencies: Iterable[Dependency]) -> Patient:
    """Return what dependencies tell of the patient; those that tell nothing are passed over."""
    concepts: set[str] = set()
    absent: set[str] = set()
    observables: dict[str, float] = {}
    for one in dependencies:
        about = _concept_in(one.attribute)
        for value in one.values:
            length = _length(value)
            if about is not None and length is not None:
                observables[about] = length
            elif about is not None and _truth(value) is not None:
                (concepts if _truth(value) else absent).add(about)
            else:
                concepts.update(_concepts(value))
    return Patient(concepts=frozenset(concepts), absent=frozenset(absent), observables=observables)


def _concept_in(text: str) -> str | None:
    match = _CONCEPT.fullmatch(text)
    return match[1] if match else None


def _truth(value: MapValue) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def _concepts(value: MapValue) -> set[str]:
    """Return the concept that a value names: of SNOMED CT, or a sex by its FHIR word."""
    if isinstance(value, Coding):
        code, system = value.code or "", known_as(value.system)
    elif isinstance(value, str):
        code, system = value, None
    else:
        return set()
    if system in {None, _GENDER} and code in _SEXES:
        return {_SEXES[code]}
    concept = _concept_in(code) if system in {None, SNOMED_CT} else None
    return {concept} if concept else set()


def _length(value: MapValue) -> float | None:
    """Return a length of time in days: a Quantity (UCUM or words), or a text (`3 months`)."""
    if isinstance(value, Mapping):
        number, unit = value.get("value"), value.get("code") or value.get("unit")
        # an exact age is needed: `< 3 years` and the like decide no comparison
        if value.get("comparator") or not isinstance(number, int | float):
            return None
        return days_of(float(number), unit) if isinstance(unit, str) else None
    match = _AGE.fullmatch(value) if isinstance(value, str) else None
    return days_of(float(match[1]), match[2]) if match else None
